// A queue that is empty, or nearly so, most of the time.
#pragma once

#include <boost/container/deque.hpp>

namespace ptyd {

// As std::deque, which takes half a KiB for itself also when it is empty: there are many in each session.
template <class T>
using SmallDeque = boost::container::deque<T, void, boost::container::deque_options_t<boost::container::block_size<4>>>;

}  // namespace ptyd
