// EXPECT: "error.hpp" is not written from the root
#include "error.hpp"
// EXPECT: "../common/error.hpp" is not written from the root
#include "../common/error.hpp"
// EXPECT: "common/no_such_file.hpp" does not exist
#include "common/no_such_file.hpp"
