#include "ptyd/v1/ptyd.pb.h"
