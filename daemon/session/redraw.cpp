#include "daemon/session/redraw.hpp"

#include "daemon/core/replay_filter.hpp"

namespace ptyd {

std::string rebuild_screen(std::string_view recent, bool whole, const TerminalModes& before) {
  std::string out = replay_prefix();
  if (!whole) {
    out += restore_modes(before);
    recent.remove_prefix(std::min(safe_start(recent), recent.size()));
  }
  ReplayFilter filter;
  out += filter.filter(recent);
  out += filter.finish();
  return out;
}

}  // namespace ptyd
