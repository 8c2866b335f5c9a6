// EXPECT: may not include "client/options.hpp"
#include "client/options.hpp"
