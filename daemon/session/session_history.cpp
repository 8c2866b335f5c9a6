// Session: output that was, as the ring still has it.
#include <algorithm>

#include "daemon/core/replay_filter.hpp"
#include "daemon/session/redraw.hpp"
#include "daemon/session/session.hpp"

namespace ptyd {

std::string Session::copy_output(std::uint64_t offset, std::size_t max) {
  const auto before = ring().floor();
  const auto safe = std::max(offset, ring().hold(std::min(before, offset)));
  std::string copy;
  if (safe == offset) {
    const auto spans = ring().read(offset, max);
    copy.reserve(spans.size());
    for (const auto& span : {spans.first, spans.second})
      copy.append(static_cast<const char*>(static_cast<const void*>(span.data())), span.size());
  }
  update_floor();
  return copy;
}

void Session::scan_modes(ModeScanner& scanner, std::uint64_t from, std::uint64_t to) {
  constexpr std::size_t kStep = 64 * 1024;
  for (auto offset = from; offset < to;) {
    const auto piece = copy_output(offset, std::min<std::uint64_t>(kStep, to - offset));
    if (piece.empty()) {
      offset = std::max(offset + 1, ring().oldest());
      continue;
    }
    scanner.feed(piece);
    offset += piece.size();
  }
}

TerminalModes Session::modes() {
  const auto head = ring().head();
  const auto recent = head - std::min(head, kModeScan);
  scan_modes(modes_, std::max({modes_offset_, ring().oldest(), recent}), head);
  modes_offset_ = head;
  return modes_.modes();
}

std::uint64_t Session::tail_offset(std::uint32_t lines) {
  constexpr std::size_t kStep = 64 * 1024;
  const auto end = ring().head();
  // A newline at the very end ends the last line; it does not begin one more.
  std::uint64_t wanted = lines;
  auto offset = end;
  bool last = true;
  while (offset > ring().oldest()) {
    const auto step = std::min<std::uint64_t>(kStep, offset - ring().oldest());
    const auto piece = copy_output(offset - step, step);
    if (piece.size() != step) return ring().oldest();
    for (std::size_t i = piece.size(); i-- > 0;) {
      if (piece[i] != '\n') {
        last = false;
        continue;
      }
      if (!last && wanted-- <= 1) return offset - step + i + 1;
      last = false;
    }
    offset -= step;
  }
  return ring().oldest();
}

Session::Replay Session::replay(std::uint64_t head, std::uint64_t replay_bytes) {
  const auto oldest = ring().oldest();
  auto from = head - std::min(replay_bytes, head - std::min(head, oldest));
  auto recent = copy_output(from, head - from);
  ModeScanner before;
  if (from > 0) {
    const auto cut = safe_start(recent);
    recent.erase(0, cut);
    from += cut;
    scan_modes(before, std::max(oldest, from - std::min(from, kModeScan)), from);
  }
  auto rebuilt = rebuild_screen(recent, before.modes());
  // Live output goes on before a sequence that is cut at the head, so that the client gets it whole.
  return {std::move(rebuilt.bytes), head - rebuilt.unfinished};
}

}  // namespace ptyd
