#include <csignal>

#include "daemon/session/own_signals.hpp"

namespace ptyd {

const OwnSignals& own_signals() noexcept {
  static constexpr OwnSignals kSignals{SIGHUP, SIGCONT, SIGWINCH, host::SignalTarget::group, host::SignalTarget::tree};
  return kSignals;
}

}  // namespace ptyd
