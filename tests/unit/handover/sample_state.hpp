// A state with something in every field of format 1.
#pragma once

#include "daemon/handover/saved_state.hpp"

namespace ptyd {

SavedState sample_state();

}  // namespace ptyd
