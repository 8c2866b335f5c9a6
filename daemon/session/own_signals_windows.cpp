#include "daemon/session/own_signals.hpp"

namespace ptyd {

// A console that is closed tells all its programs. It draws by itself after a change of its size.
const OwnSignals& own_signals() noexcept {
  static constexpr std::uint32_t kHup = 1;  // as POSIX numbers it
  static constexpr OwnSignals kSignals{kHup, 0, 0, host::SignalTarget::leader, host::SignalTarget::leader};
  return kSignals;
}

}  // namespace ptyd
