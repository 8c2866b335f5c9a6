#include "daemon/server/connection.hpp"
// EXPECT: may not include "daemon/host/ring.hpp"
#include "daemon/host/ring.hpp"
