#include <algorithm>

#include "client/format/pass_on_exit.hpp"

namespace ptyd {

int pass_on_exit(std::uint32_t code) noexcept { return static_cast<int>(std::min<std::uint32_t>(code, 255)); }

}  // namespace ptyd
