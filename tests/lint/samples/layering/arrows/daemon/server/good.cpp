#include "daemon/server/connection.hpp"
#include "ptyd/v1/ptyd.pb.h"
#include "ptyd/version.hpp"
