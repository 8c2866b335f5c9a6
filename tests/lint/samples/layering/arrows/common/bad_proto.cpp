// EXPECT: may not include "proto/frame.hpp"
#include "proto/frame.hpp"
// EXPECT: may not use <google/protobuf/message.h>
#include <google/protobuf/message.h>
