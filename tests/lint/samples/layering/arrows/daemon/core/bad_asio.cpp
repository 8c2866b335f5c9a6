// EXPECT: may not include "common/log.hpp"
#include "common/log.hpp"
// EXPECT: may not use <boost/asio/post.hpp>
#include <boost/asio/post.hpp>
