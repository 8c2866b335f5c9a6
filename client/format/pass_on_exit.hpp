// A program's exit code as ours.
#pragma once

#include <cstdint>

namespace ptyd {

// As much of `code` as this system passes on: Windows has 32 bits of it, others 8, where what is larger becomes 255.
// Never 0 but for 0.
int pass_on_exit(std::uint32_t code) noexcept;

}  // namespace ptyd
