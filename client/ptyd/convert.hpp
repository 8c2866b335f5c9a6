// Errors of the protocol as ptyd::Error.
#pragma once

#include "common/error.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

// A code this library does not know becomes `internal`.
Error from_wire(const v1::Error& error);

}  // namespace ptyd
