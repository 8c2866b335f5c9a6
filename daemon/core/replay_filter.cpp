#include "daemon/core/replay_filter.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/escape.hpp"

namespace ptyd {

namespace {

// Private modes that change only how the screen looks or what keys, mouse and pastes type. Not here: 2 (VT52,
// another syntax), 18 and 19 (printer), 1001 (the terminal waits for an answer), 2026 (holds the screen back),
// 2048 (reports the size at once).
constexpr std::array<std::uint16_t, 47> kHarmlessModes{
    1,    3,    4,    5,    6,    7,    8,    9,    12,   25,   40,   41,   45,   47,   66,   67,
    69,   80,   95,   1000, 1002, 1003, 1005, 1006, 1007, 1010, 1011, 1015, 1016, 1034, 1035, 1036,
    1039, 1042, 1045, 1047, 1048, 1049, 1070, 2004, 2017, 2027, 2028, 2031, 8452, 9001, 9002};
constexpr std::uint32_t kFocusEvents = 1004;

bool is_harmless_mode(std::uint32_t mode) {
  return std::find(kHarmlessModes.begin(), kHarmlessModes.end(), mode) != kHarmlessModes.end();
}

bool one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

// Finals of sequences without a prefix, by what comes before the final.
std::string_view harmless_finals(std::string_view intermediates) {
  if (intermediates.empty()) return "@ABCDEFGHIJKLMPSXZ`abdefgmrsu";
  if (intermediates == " ") return "q@A";
  if (intermediates == "!") return "p";
  if (intermediates == "\"") return "q";
  if (intermediates == "'") return "}~";
  if (intermediates == "$") return "rtvxz{";
  if (intermediates == "*") return "x";
  if (intermediates == "#") return "{}pqPQ";
  return {};
}

bool is_harmless(const CsiSequence& csi) {
  const bool plain = csi.intermediates.empty();
  switch (csi.prefix) {
    case '?': return plain && one_of(csi.final, "JK");
    case '>': return plain && one_of(csi.final, "mnu");
    case '<':
    case '=': return plain && csi.final == 'u';
    default: break;
  }
  // Scrolls; with more parameters it tracks the mouse.
  if (plain && csi.final == 'T') return csi.parameters.find(';') == std::string_view::npos;
  // Window operations report, move and resize; only the stack of titles is left.
  if (plain && csi.final == 't') return csi.parameter(0, 0) == 22 || csi.parameter(0, 0) == 23;
  return one_of(csi.final, harmless_finals(csi.intermediates));
}

bool is_harmless_osc(std::string_view payload) {
  const auto digits = std::min(payload.find_first_not_of("0123456789"), payload.size());
  if (digits == 0 || digits > 4 || (digits < payload.size() && payload[digits] != ';')) return false;
  std::uint32_t number = 0;
  for (const char digit : payload.substr(0, digits)) number = number * 10 + static_cast<std::uint32_t>(digit - '0');
  switch (number) {
    case 0:  // titles
    case 1:
    case 2:
    case 7:    // working directory
    case 8:    // links
    case 66:   // text in other sizes
    case 104:  // colours back to what they were
    case 105:
    case 133:  // marks of prompts
      return true;
    default: break;
  }
  if (number >= 110 && number <= 119) return true;
  const bool sets_colours = number == 4 || number == 5 || (number >= 10 && number <= 19);
  return sets_colours && payload.find('?') == std::string_view::npos;
}

void append_mode(std::string& out, std::uint32_t mode, bool on = true) {
  out += "\x1b[?" + std::to_string(mode) + (on ? 'h' : 'l');
}

}  // namespace

std::string ReplayFilter::filter(std::string_view bytes) {
  out_.reserve(bytes.size());
  parser_.feed(bytes, *this);
  return std::exchange(out_, {});
}

std::string ReplayFilter::finish() {
  parser_.reset();
  if (focus_events_) append_mode(out_, kFocusEvents, *focus_events_);
  focus_events_.reset();
  return std::exchange(out_, {});
}

void ReplayFilter::on_text(std::string_view text) { out_ += text; }

void ReplayFilter::on_stray(std::uint8_t) { out_ += "\xEF\xBF\xBD"; }

void ReplayFilter::on_control(char control) {
  if (one_of(control, "\b\t\n\v\f\r\x0e\x0f")) out_ += control;
}

void ReplayFilter::on_escape(std::string_view intermediates, char final) {
  const bool harmless = intermediates.empty()  ? one_of(final, "6789=>DEHMNOclmno|}~")
                        : intermediates == "#" ? one_of(final, "34568")
                                               : one_of(intermediates[0], "()*+-./");
  if (!harmless) return;
  if (intermediates.empty() && final == 'c') focus_events_ = false;
  out_ += '\x1b';
  out_ += intermediates;
  out_ += final;
}

void ReplayFilter::on_csi(const CsiSequence& csi) {
  const bool changes_modes = csi.intermediates.empty() && ((csi.prefix == '?' && one_of(csi.final, "hlrs")) ||
                                                           (csi.prefix == 0 && one_of(csi.final, "hl")));
  if (changes_modes) {
    on_mode_change(csi);
    return;
  }
  if (!is_harmless(csi)) return;
  out_ += "\x1b[";
  if (csi.prefix != 0) out_ += csi.prefix;
  out_ += csi.parameters;
  out_ += csi.intermediates;
  out_ += csi.final;
}

void ReplayFilter::on_mode_change(const CsiSequence& csi) {
  std::string kept;
  auto rest = csi.parameters;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(';'), rest.size());
    CsiSequence one;
    one.parameters = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto mode = one.parameter(0, 0);
    const bool ansi = csi.prefix == 0;
    // Insert, and what Enter types; others lock the keyboard or echo what is typed.
    const bool harmless = ansi ? mode == 4 || mode == 20 : is_harmless_mode(mode);
    if (harmless) kept += (kept.empty() ? "" : ";") + std::to_string(mode);
    if (!ansi && mode == kFocusEvents && one_of(csi.final, "hl")) focus_events_ = csi.final == 'h';
  }
  if (kept.empty()) return;
  out_ += "\x1b[";
  if (csi.prefix != 0) out_ += csi.prefix;
  out_ += kept;
  out_ += csi.final;
}

void ReplayFilter::on_string(StringKind kind, std::string_view payload) {
  if (kind != StringKind::osc || !is_harmless_osc(payload) || !is_utf8(payload)) return;
  out_ += "\x1b]";
  out_ += payload;
  out_ += "\x1b\\";
}

std::size_t safe_start(std::string_view history) noexcept {
  constexpr auto kNone = std::string_view::npos;
  const auto escape = history.find_first_of("\x1b\x18\x1a");
  // A string terminator that no string comes before: all until there was inside of one.
  if (escape != kNone && history.substr(escape, 2) == "\x1b\\") return escape + 2;
  // What comes before the first escape is the rest of at most one sequence, which a line's end is not in.
  const auto before = history.substr(0, escape);
  for (const char end : {'\n', '\r', '\a'})
    if (const auto found = before.find(end); found != kNone) return found + 1;
  if (escape != kNone) return history[escape] == '\x1b' ? escape : escape + 1;
  // The very first may be the '[' of a sequence whose ESC was cut off.
  const std::size_t skip = history.starts_with('[') ? 1 : 0;
  const auto is_final = [](char c) { return c >= 0x40 && c <= 0x7E; };
  const auto found = std::find_if(history.begin() + skip, history.end(), is_final);
  return found == history.end() ? history.size() : static_cast<std::size_t>(found - history.begin()) + 1;
}

std::string replay_prefix() {
  std::string out =
      "\x1b\\"                   // ends whatever was begun
      "\x1b[?2026l\x1b[?1049l"   // draw at once, on the main screen
      "\x1b[=0;1u\x1b[>4m"       // plain keys; before the soft reset, for terminals that misread them
      "\x1b[!p\x1b(B\x1b)B\x0f"  // soft reset, ASCII
      "\x1b[4l\x1b[20l\x1b>\x1b[?1l\x1b[?5l\x1b[?6l\x1b[?7h\x1b[?69l";
  for (const std::uint32_t mode : {9, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 2004})
    append_mode(out, mode, false);
  out += "\x1b]8;;\x1b\\\x1b[0 q\x1b[?25h\x1b[r\x1b[m\x1b[H\x1b[2J";
  return out;
}

std::string restore_modes(const TerminalModes& modes) {
  std::string out;
  if (modes.alternate_screen) append_mode(out, 1049);
  if (modes.no_autowrap) append_mode(out, 7, false);
  if (modes.reverse_video) append_mode(out, 5);
  if (modes.application_cursor) append_mode(out, 1);
  if (modes.application_keypad) out += "\x1b=";
  if (modes.bracketed_paste) append_mode(out, 2004);
  if (modes.focus_events) append_mode(out, kFocusEvents);
  if (modes.alternate_scroll) append_mode(out, 1007);
  if (modes.mouse != 0) append_mode(out, modes.mouse);
  if (modes.mouse_encoding != 0) append_mode(out, modes.mouse_encoding);
  if (modes.modify_other_keys != 0) out += "\x1b[>4;" + std::to_string(modes.modify_other_keys) + "m";
  // Pushed, so that the program's later pop leaves none.
  if (modes.kitty_flags != 0) out += "\x1b[>" + std::to_string(modes.kitty_flags) + "u";
  if (modes.cursor_hidden) append_mode(out, 25, false);
  return out;
}

}  // namespace ptyd
