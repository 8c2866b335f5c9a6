#include "ptyd/internal/record.pb.h"
// EXPECT: may not include "ptyd/v1/ptyd.pb.h"
#include "ptyd/v1/ptyd.pb.h"
