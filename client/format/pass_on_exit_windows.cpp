#include "client/format/pass_on_exit.hpp"

namespace ptyd {

int pass_on_exit(std::uint32_t code) noexcept { return static_cast<int>(code); }

}  // namespace ptyd
