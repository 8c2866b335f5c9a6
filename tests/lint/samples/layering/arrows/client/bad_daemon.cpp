// EXPECT: may not include "daemon/core/flow.hpp"
#include "daemon/core/flow.hpp"
