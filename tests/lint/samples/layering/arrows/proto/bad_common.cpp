// EXPECT: may not include "common/error.hpp"
#include "common/error.hpp"
