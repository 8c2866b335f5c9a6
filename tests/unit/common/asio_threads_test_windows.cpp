#include <pthread.h>
#include <unistd.h>

#include <boost/asio/detail/thread.hpp>
#include <type_traits>

#include <gtest/gtest.h>

namespace ptyd {
namespace {

// Where files saw different threads, the end of a loop did not wait for its timer's thread, which wrote into freed
// memory.
TEST(AsioThreads, AreTheSystemsWhateverCameBefore) {
  EXPECT_TRUE((std::is_same_v<boost::asio::detail::thread, boost::asio::detail::win_thread>));
}

}  // namespace
}  // namespace ptyd
