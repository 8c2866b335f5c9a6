// EXPECT: may not include "common/error.hpp"
#include "common/error.hpp"
// EXPECT: may not use <boost/asio.hpp>
#include <boost/asio.hpp>
