#include "daemon/session/redraw.hpp"

#include "daemon/core/replay_filter.hpp"

namespace ptyd {

RebuiltScreen rebuild_screen(std::string_view recent, const TerminalModes& before) {
  RebuiltScreen out;
  out.bytes = replay_prefix();
  out.bytes += restore_modes(before);
  ReplayFilter filter;
  out.bytes += filter.filter(recent);
  out.unfinished = filter.unfinished();
  out.bytes += filter.finish();
  return out;
}

}  // namespace ptyd
