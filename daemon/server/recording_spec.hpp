// What requests say about recordings.
#pragma once

#include "common/error.hpp"
#include "daemon/session/recording.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

// Errors: invalid_argument that names the field.
Result<RecordingSpec> from_wire(const v1::RecordSpec& spec);

}  // namespace ptyd
