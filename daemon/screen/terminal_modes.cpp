// Modes, screens, the keyboard's modes, resets.
#include <algorithm>

#include "daemon/screen/modes.hpp"
#include "daemon/screen/terminal.hpp"

namespace ptyd::screen {
namespace {

constexpr std::uint32_t kAlternate = 47;
constexpr std::uint32_t kAlternateCleared = 1047;
constexpr std::uint32_t kCursorSaved = 1048;
constexpr std::uint32_t kAlternateAndCursor = 1049;

constexpr std::uint32_t kOtherKeys = 4;  // of XTMODKEYS
constexpr std::uint32_t kMostOtherKeys = 3;
constexpr std::uint8_t kKittyFlags = 31;

}  // namespace

void Terminal::set_ansi_modes(const Parameters& parameters, bool on) {
  for (std::size_t i = 0; i < parameters.count; ++i)
    if (const auto mode = ansi_mode(parameters.at(i, 0))) set_mode(*mode, on);
}

void Terminal::set_private_modes(const Parameters& parameters, bool on) {
  for (std::size_t i = 0; i < parameters.count; ++i) set_private_mode(parameters.at(i, 0), on);
}

void Terminal::set_private_mode(std::uint32_t number, bool on) {
  if (const auto mode = private_mode(number)) return set_mode(*mode, on);
  if (const auto tracking = mouse_tracking(number)) {
    state_.mouse = on ? *tracking : MouseTracking::off;
  } else if (const auto encoding = mouse_encoding(number)) {
    // xterm: resetting one that is not in use changes nothing.
    if (on) state_.mouse_encoding = *encoding;
    if (!on && state_.mouse_encoding == *encoding) state_.mouse_encoding = MouseEncoding::x10;
  } else {
    set_screen(number, on);
  }
}

void Terminal::set_mode(Mode mode, bool on) {
  state_.set(mode, on);
  switch (mode) {
    case Mode::insert:
    case Mode::grapheme_clusters: return text_mode_changed();
    case Mode::origin: return position(0, 0);
    case Mode::left_right_margins:
      if (!on) {
        state_.margins.left = 0;
        state_.margins.right = columns() - 1;
      }
      return;
    case Mode::size_reports:
      if (on) report_size();
      return;
    default: return;
  }
}

// As xterm does, 1049 restores the cursor on the primary screen, too.
void Terminal::set_screen(std::uint32_t number, bool on) {
  switch (number) {
    case kAlternate: return show_alternate(on);
    case kAlternateCleared:
      if (!on && state_.alternate) clear_screen();
      return show_alternate(on);
    case kCursorSaved: return on ? save_cursor() : restore_cursor();
    case kAlternateAndCursor:
      if (on) save_cursor();
      show_alternate(on);
      return on ? clear_screen() : restore_cursor();
    default: return;
  }
}

void Terminal::show_alternate(bool shown) {
  if (state_.alternate == shown) return;
  state_.alternate = shown;
  touch_all(grid());
  if (listener_ != nullptr) listener_->on_alternate(shown);
}

std::optional<bool> Terminal::private_mode_state(std::uint32_t number) const noexcept {
  if (const auto mode = private_mode(number)) return state_.on(*mode);
  if (const auto tracking = mouse_tracking(number)) return state_.mouse == *tracking;
  if (const auto encoding = mouse_encoding(number)) return state_.mouse_encoding == *encoding;
  switch (number) {
    case kAlternate:
    case kAlternateCleared:
    case kAlternateAndCursor: return state_.alternate;
    case kCursorSaved: return state_.saved[state_.alternate ? 1 : 0].has_value();
    default: return std::nullopt;
  }
}

// XTSAVE
void Terminal::save_modes(const Parameters& parameters) {
  for (std::size_t i = 0; i < parameters.count; ++i) {
    const auto number = parameters.at(i, 0);
    if (const auto on = private_mode_state(number)) state_.saved_modes[static_cast<std::uint16_t>(number)] = *on;
  }
}

// XTRESTORE
void Terminal::restore_modes(const Parameters& parameters) {
  for (std::size_t i = 0; i < parameters.count; ++i) {
    const auto number = parameters.at(i, 0);
    const auto saved = state_.saved_modes.find(static_cast<std::uint16_t>(number));
    if (saved == state_.saved_modes.end() || number == kCursorSaved) continue;
    // The screen only: its cursor has been saved by no one.
    if (number == kAlternateCleared || number == kAlternateAndCursor) {
      show_alternate(saved->second);
    } else {
      set_private_mode(number, saved->second);
    }
  }
}

// XTMODKEYS and the kitty keyboard protocol.
void Terminal::keyboard_csi(const Sequence& sequence) {
  const auto& parameters = sequence.parameters;
  auto& kitty = this->kitty();
  const auto flags = static_cast<std::uint8_t>(parameters.at(0, 0) & kKittyFlags);
  if (sequence.prefix == '>' && (sequence.key() == Sequence::key('m') || sequence.key() == Sequence::key('n'))) {
    const bool all = parameters.count == 0 && sequence.final == 'm';
    const auto value = sequence.final == 'm' ? parameters.at(1, 0) : 0;
    if (all || parameters.at(0, 0) == kOtherKeys)
      state_.modify_other_keys = static_cast<std::uint8_t>(std::min(value, kMostOtherKeys));
    return;
  }
  if (sequence.key() != Sequence::key('u')) return;
  if (sequence.prefix == '>') {
    if (kitty.stack.size() == KittyKeyboard::kMaxDepth) kitty.stack.erase(kitty.stack.begin());
    kitty.stack.push_back(kitty.flags);
    kitty.flags = flags;
  } else if (sequence.prefix == '<') {
    for (auto count = parameters.at_least_1(0); count > 0; --count) {
      kitty.flags = kitty.stack.empty() ? std::uint8_t{0} : kitty.stack.back();
      if (kitty.stack.empty()) break;
      kitty.stack.pop_back();
    }
  } else if (sequence.prefix == '=') {
    switch (parameters.at(1, 1)) {
      case 1: kitty.flags = flags; break;
      case 2: kitty.flags = static_cast<std::uint8_t>(kitty.flags | flags); break;
      case 3: kitty.flags = static_cast<std::uint8_t>(kitty.flags & ~flags); break;
      default: break;
    }
  }
}

// DECSTR, as xterm does it.
void Terminal::soft_reset() {
  for (const auto mode :
       {Mode::insert, Mode::origin, Mode::application_cursor, Mode::application_keypad, Mode::reverse_wrap,
        Mode::reverse_wrap_any, Mode::left_right_margins, Mode::cursor_blink, Mode::guarded_areas})
    state_.set(mode, false);
  state_.set(Mode::autowrap, true);
  state_.set(Mode::cursor_visible, true);
  state_.cursor_shape = CursorShape::unset;
  state_.modify_other_keys = 0;
  reset_margins();
  state_.charsets = {};
  text_mode_changed();
  const auto link = state_.pen.link;
  state_.pen = {};
  state_.pen.link = link;
  pen_changed();
  saved().reset();
}

// RIS. What programs have told about themselves stays: titles, directory, commands.
void Terminal::hard_reset() {
  const bool alternate = state_.alternate;
  State fresh;
  fresh.set(Mode::autowrap, true);
  fresh.set(Mode::cursor_visible, true);
  fresh.title = std::move(state_.title);
  fresh.icon = std::move(state_.icon);
  fresh.titles = std::move(state_.titles);
  fresh.cwd = std::move(state_.cwd);
  fresh.shell = state_.shell;
  state_ = std::move(fresh);
  last_ = 0;
  reset_margins();
  reset_tabs();
  pen_changed();
  text_mode_changed();
  for (auto* grid : {&primary_, &alternate_})
    for (int row = 0; row < grid->rows(); ++row) grid->clear(row, {});
  scrollback_.clear();
  if (alternate && listener_ != nullptr) listener_->on_alternate(false);
}

}  // namespace ptyd::screen
