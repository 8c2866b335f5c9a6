#include "daemon/screen/serializer_modes.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "daemon/screen/modes.hpp"
#include "daemon/screen/serializer_pen.hpp"

namespace ptyd::screen {
namespace {

constexpr std::string_view kSt = "\x1b\\";

void append_private(std::string& out, unsigned number, bool on) {
  out += "\x1b[?";
  append_number(out, number);
  out += on ? 'h' : 'l';
}

void append_osc(std::string& out, std::string_view number, std::string_view text) {
  out += "\x1b]";
  out += number;
  out += ';';
  append_osc_text(out, text);
  out += kSt;
}

// "rgb:rr/gg/bb", XParseColor's form.
void append_color(std::string& out, std::uint32_t color) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += "rgb:";
  for (int shift = 20; shift >= 0; shift -= 4) {
    out += kDigits[color >> shift & 0xf];
    if (shift == 16 || shift == 8) out += '/';
  }
}

void append_dynamic_color(std::string& out, std::string_view number, const std::optional<std::uint32_t>& color) {
  if (!color) return;
  out += "\x1b]";
  out += number;
  out += ';';
  append_color(out, *color);
  out += kSt;
}

// What is set elsewhere: before the cursor is placed, after the last character is printed, or never.
bool has_its_own_place(Mode mode) {
  switch (mode) {
    case Mode::origin:
    case Mode::left_right_margins:
    case Mode::autowrap:
    case Mode::grapheme_clusters:
    case Mode::application_keypad:
    case Mode::synchronized: return true;
    default: return false;
  }
}

// Whether a row with this mark, told the phase at its beginning, keeps it.
bool keeps_mark(Mark mark, ShellState::Phase phase) {
  switch (phase) {
    case ShellState::Phase::prompt: return mark == Mark::prompt;
    case ShellState::Phase::input: return mark != Mark::none;
    case ShellState::Phase::running: return mark == Mark::output;
    default: return true;
  }
}

}  // namespace

// At most 16 parameters in a row: some terminals take no more. Soft reset comes first; what it does differs between
// terminals, so the rest is said. Mode 1007 stays: many terminals have it on by themselves.
void append_reset(std::string& out) {
  out +=
      "\x1b[?2026l\x1b[?1049l\x1b[!p\x1b[>4m\x1b[<17u\x1b[m\x1b[0\"q\x1b]8;;\x1b\\"
      "\x1b[?1;5;6;12;41;45;66;69;1045;2004;2027;2031;2048l\x1b[?9;1000;1002;1003;1004;1005;1006;1015;1016l\x1b[?7;25h"
      "\x1b[4;20l\x1b(B\x1b)B\x1b*B\x1b+B\x0f\x1b[r\x1b[0 q";
  append_position(out, 0, 0);
  out += "\x1b[2J";
}

void append_palette(std::string& out, const Palette& palette) {
  for (const auto& [index, color] : palette.indexed) {
    out += "\x1b]4;";
    append_number(out, index);
    out += ';';
    append_color(out, color);
    out += kSt;
  }
  append_dynamic_color(out, "10", palette.foreground);
  append_dynamic_color(out, "11", palette.background);
  append_dynamic_color(out, "12", palette.cursor);
}

void append_title(std::string& out, const TitleEntry& from, const TitleEntry& to) {
  const bool title = from.title != to.title;
  const bool icon = from.icon != to.icon;
  if (title && icon && to.title == to.icon) {
    append_osc(out, "0", to.title);
  } else {
    if (icon) append_osc(out, "1", to.icon);
    if (title) append_osc(out, "2", to.title);
  }
}

void append_title_stack(std::string& out, const std::vector<TitleEntry>& titles) {
  TitleEntry current;
  for (const auto& entry : titles) {
    append_title(out, current, entry);
    out += "\x1b[22;0t";
    current = entry;
  }
}

void append_cwd(std::string& out, const std::string& cwd) {
  if (!cwd.empty()) append_osc(out, "7", cwd);
}

void append_shell_result(std::string& out, const ShellState& shell) {
  if (shell.commands == 0) return;
  out += "\x1b]133;D";
  if (shell.exit_code) {
    out += ';';
    out += std::to_string(*shell.exit_code);
  }
  out += kSt;
}

void append_shell_phase(std::string& out, const ShellState& shell, const Grid& primary) {
  if (shell.phase == ShellState::Phase::none) return;
  int row = primary.rows() - 1;
  while (row >= 0 && !keeps_mark(primary.info(row).mark, shell.phase)) --row;
  // Without such a row: on the alternate screen, which is cleared then. Nothing is set yet that the soft reset would
  // take away, but the cursor that 1049 has saved.
  if (row < 0) out += "\x1b[?1049h";
  append_position(out, std::max(row, 0), 0);
  if (shell.phase == ShellState::Phase::done) {
    append_shell_result(out, shell);
  } else {
    out += "\x1b]133;";
    out += shell.phase == ShellState::Phase::prompt ? 'A' : shell.phase == ShellState::Phase::input ? 'B' : 'C';
    out += kSt;
  }
  if (row < 0) out += "\x1b[2J\x1b[?1049l\x1b[!p";
}

void append_saved_modes(std::string& out, const std::map<std::uint16_t, bool>& saved) {
  constexpr std::uint16_t kCursorSaved = 1048;  // XTRESTORE does not do it
  for (const auto& [number, on] : saved) {
    const auto mode = private_mode(number);
    if (mode == Mode::size_reports || mode == Mode::synchronized || number == kCursorSaved) continue;
    const bool on_at_first = mode == Mode::autowrap || mode == Mode::cursor_visible;
    if (on != on_at_first) append_private(out, number, on);
    out += "\x1b[?";
    append_number(out, number);
    out += 's';
    if (on != on_at_first) append_private(out, number, on_at_first);
  }
  if (!saved.empty()) append_position(out, 0, 0);
}

bool has_default_tabs(const std::vector<bool>& tabs) noexcept {
  for (std::size_t column = 0; column < tabs.size(); ++column) {
    if (tabs[column] != (column % 8 == 0)) return false;
  }
  return true;
}

void append_tabs(std::string& out, const std::vector<bool>& tabs) {
  out += "\x1b[3g";
  for (std::size_t column = 0; column < tabs.size(); ++column) {
    if (!tabs[column]) continue;
    out += "\x1b[";
    append_number(out, column + 1);
    out += "G\x1bH";
  }
}

void append_kitty(std::string& out, const KittyKeyboard& kitty) {
  // The bottom of the stack is what a terminal begins with: it is set, all above is pushed.
  const auto append_flags = [&out](char how, unsigned flags) {
    out += "\x1b[";
    out += how;
    append_number(out, flags);
    out += 'u';
  };
  const auto first = kitty.stack.empty() ? kitty.flags : kitty.stack.front();
  if (first != 0) append_flags('=', first);
  for (std::size_t i = 1; i < kitty.stack.size(); ++i) append_flags('>', kitty.stack[i]);
  if (!kitty.stack.empty()) append_flags('>', kitty.flags);
}

void append_charsets(std::string& out, const Charsets& from, const Charsets& to) {
  constexpr std::string_view kDesignators = "()*+";
  constexpr std::array<std::string_view, 4> kShifts{"\x0f", "\x0e", "\x1bn", "\x1bo"};
  for (std::size_t i = 0; i < to.sets.size(); ++i) {
    if (from.sets[i] == to.sets[i]) continue;
    out += '\x1b';
    out += kDesignators[i];
    out += static_cast<char>(to.sets[i]);
  }
  if (from.left != to.left) out += kShifts[to.left % kShifts.size()];
  if (to.single_shift != 0) out += to.single_shift == 2 ? "\x1bN" : "\x1bO";
}

void append_position(std::string& out, int row, int column) {
  out += "\x1b[";
  if (row != 0 || column != 0) {
    append_number(out, static_cast<std::uint64_t>(row) + 1);
    if (column != 0) {
      out += ';';
      append_number(out, static_cast<std::uint64_t>(column) + 1);
    }
  }
  out += 'H';
}

void append_margins(std::string& out, const State& state, int rows, int columns) {
  const auto append_range = [&out](int first, int last, char final) {
    out += "\x1b[";
    append_number(out, static_cast<std::uint64_t>(first) + 1);
    out += ';';
    append_number(out, static_cast<std::uint64_t>(last) + 1);
    out += final;
  };
  const auto& margins = state.margins;
  if (state.on(Mode::left_right_margins)) append_private(out, 69, true);
  if (margins.top != 0 || margins.bottom != rows - 1) append_range(margins.top, margins.bottom, 'r');
  if (margins.left != 0 || margins.right != columns - 1) append_range(margins.left, margins.right, 's');
}

void append_modes(std::string& out, const State& state, bool reports) {
  for (const auto& [number, mode] : kPrivateModes) {
    if (has_its_own_place(mode) || (mode == Mode::size_reports && !reports)) continue;
    const bool on_at_first = mode == Mode::cursor_visible;
    if (state.on(mode) != on_at_first) append_private(out, number, state.on(mode));
  }
  if (state.mouse != MouseTracking::off) append_private(out, static_cast<unsigned>(state.mouse), true);
  if (state.mouse_encoding != MouseEncoding::x10) {
    append_private(out, static_cast<unsigned>(state.mouse_encoding), true);
  }
  if (state.modify_other_keys != 0) {
    out += "\x1b[>4;";
    append_number(out, state.modify_other_keys);
    out += 'm';
  }
  if (state.on(Mode::application_keypad)) out += "\x1b=";
  if (state.cursor_shape != CursorShape::unset) {
    out += "\x1b[";
    append_number(out, static_cast<unsigned>(state.cursor_shape));
    out += " q";
  }
}

void append_print_modes(std::string& out, const State& state) {
  if (!state.on(Mode::autowrap)) append_private(out, 7, false);
  if (state.on(Mode::grapheme_clusters)) append_private(out, 2027, true);
  if (state.on(Mode::insert)) out += "\x1b[4h";
  if (state.on(Mode::newline)) out += "\x1b[20h";
}

}  // namespace ptyd::screen
