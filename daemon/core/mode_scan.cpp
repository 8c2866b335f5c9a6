#include "daemon/core/mode_scan.hpp"

#include <algorithm>

namespace ptyd {

void ModeScanner::on_escape(std::string_view intermediates, char final) {
  if (!intermediates.empty()) return;
  switch (final) {
    case '=': modes_.application_keypad = true; break;
    case '>': modes_.application_keypad = false; break;
    case 'c': hard_reset(); break;
    default: break;
  }
}

void ModeScanner::on_csi(const CsiSequence& csi) {
  if (csi.intermediates == "!" && csi.prefix == 0 && csi.final == 'p') soft_reset();
  if (!csi.intermediates.empty()) return;
  if (csi.prefix == '?' && (csi.final == 'h' || csi.final == 'l')) {
    const auto last = std::count(csi.parameters.begin(), csi.parameters.end(), ';');
    // More than a terminal looks at; it also keeps the work linear.
    constexpr std::ptrdiff_t kMaxParameters = 32;
    for (std::ptrdiff_t i = 0; i <= std::min(last, kMaxParameters - 1); ++i)
      set_private(csi.parameter(static_cast<std::size_t>(i), 0), csi.final == 'h');
  } else if (csi.final == 'u') {
    on_kitty(csi);
  } else if (csi.prefix == '>' && csi.final == 'm' && (csi.parameters.empty() || csi.parameter(0, 0) == 4)) {
    modes_.modify_other_keys = static_cast<std::uint8_t>(std::min<std::uint32_t>(csi.parameter(1, 0), 3));
  } else if (csi.prefix == '>' && csi.final == 'n' && csi.parameter(0, 0) == 4) {
    modes_.modify_other_keys = 0;
  }
}

void ModeScanner::set_private(std::uint32_t mode, bool on) {
  const auto number = static_cast<std::uint16_t>(mode);
  switch (mode) {
    case 1: modes_.application_cursor = on; break;
    case 5: modes_.reverse_video = on; break;
    case 7: modes_.no_autowrap = !on; break;
    case 25: modes_.cursor_hidden = !on; break;
    case 47:
    case 1047:
    case 1049:
      modes_.alternate_screen = on;
      modes_.kitty_flags = kitty().current;
      break;
    case 66: modes_.application_keypad = on; break;
    case 9:
    case 1000:
    case 1002:
    case 1003:
      // As in xterm, there is one kind of report at a time, and switching off any of them ends it.
      modes_.mouse = on ? number : std::uint16_t{0};
      break;
    case 1004: modes_.focus_events = on; break;
    case 1005:
    case 1006:
    case 1015:
    case 1016:
      if (on) modes_.mouse_encoding = number;
      if (!on && modes_.mouse_encoding == number) modes_.mouse_encoding = 0;
      break;
    case 1007: modes_.alternate_scroll = on; break;
    case 2004: modes_.bracketed_paste = on; break;
    default: break;
  }
}

void ModeScanner::on_kitty(const CsiSequence& csi) {
  auto& stack = kitty();
  const auto flags = static_cast<std::uint8_t>(csi.parameter(0, 0) & 0x1F);
  if (csi.prefix == '>') {
    if (stack.depth == stack.flags.size()) {
      std::rotate(stack.flags.begin(), stack.flags.begin() + 1, stack.flags.end());
      --stack.depth;
    }
    stack.flags[stack.depth++] = stack.current;
    stack.current = flags;
  } else if (csi.prefix == '<') {
    for (auto count = std::max<std::uint32_t>(csi.parameter(0, 1), 1); count > 0; --count) {
      if (stack.depth == 0) {
        stack.current = 0;
        break;
      }
      stack.current = stack.flags[--stack.depth];
    }
  } else if (csi.prefix == '=') {
    switch (csi.parameter(1, 1)) {
      case 1: stack.current = flags; break;
      case 2: stack.current = static_cast<std::uint8_t>(stack.current | flags); break;
      case 3: stack.current = static_cast<std::uint8_t>(stack.current & ~flags); break;
      default: break;
    }
  }
  modes_.kitty_flags = stack.current;
}

void ModeScanner::soft_reset() {
  modes_.application_cursor = false;
  modes_.application_keypad = false;
  modes_.cursor_hidden = false;
  modes_.no_autowrap = false;
}

void ModeScanner::hard_reset() {
  modes_ = {};
  kitty_ = {};
}

}  // namespace ptyd
