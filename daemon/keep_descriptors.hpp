// Which descriptors another program gets that this process executes.
#pragma once

#include <vector>

#include "common/error.hpp"

namespace ptyd {

// Beside the standard ones only `kept`. Nothing is closed before.
void keep_only(const std::vector<int>& kept) noexcept;

// Takes that back for these. Errors: malformed when one of them is not open, or named twice.
Result<void> close_on_exec(const std::vector<int>& descriptors);

}  // namespace ptyd
