// EXPECT: may not include "daemon/session/session.hpp"
#include "daemon/session/session.hpp"
