// EXPECT: may not include "tests/support/daemon_process.hpp"
#include "tests/support/daemon_process.hpp"
