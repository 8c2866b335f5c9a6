// EXPECT: may not use <re2/re2.h>
#include <re2/re2.h>
