#include "client/terminal/output_watch.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace ptyd {

namespace {

constexpr unsigned char kEscape = 0x1B;
constexpr char kShiftOut = 0x0E;
constexpr char kShiftIn = 0x0F;
constexpr std::size_t kMaxSequence = 256;
constexpr unsigned kMaxPushes = 32;

struct PrivateMode {
  unsigned number;
  bool on_by_default;
};

constexpr unsigned kOriginMode = 6;

// In the order in which they are put right.
constexpr std::array kPrivateModes{
    PrivateMode{2026, false},  // synchronised output: nothing would be shown
    PrivateMode{1000, false},
    PrivateMode{1001, false},
    PrivateMode{1002, false},
    PrivateMode{1003, false},  // mouse
    PrivateMode{9, false},     // X10 mouse
    PrivateMode{1005, false},
    PrivateMode{1006, false},
    PrivateMode{1015, false},
    PrivateMode{1016, false},
    PrivateMode{1004, false},         // focus reports
    PrivateMode{2004, false},         // bracketed paste
    PrivateMode{2031, false},         // reports of the colour scheme
    PrivateMode{2048, false},         // reports of the size
    PrivateMode{9001, false},         // win32 input
    PrivateMode{1, false},            // application cursor keys
    PrivateMode{66, false},           // application keypad
    PrivateMode{5, false},            // reverse video
    PrivateMode{7, true},             // automatic wrap
    PrivateMode{8, true},             // automatic repeat
    PrivateMode{25, true},            // cursor shown
    PrivateMode{69, false},           // left and right margins
    PrivateMode{kOriginMode, false},  // put right with the margins
};

struct Color {
  std::string_view set;
  std::string_view reset;
};

// OSC numbers that change a colour, and those that take it back.
constexpr std::array kColors{Color{"4", "104"},  Color{"5", "105"},  Color{"10", "110"}, Color{"11", "111"},
                             Color{"12", "112"}, Color{"17", "117"}, Color{"19", "119"}};

std::optional<std::size_t> index_of_mode(unsigned number) {
  for (std::size_t i = 0; i < kPrivateModes.size(); ++i)
    if (kPrivateModes[i].number == number) return i;
  return std::nullopt;
}

// The number at the start of `text`, 0 when there is none.
unsigned leading_number(std::string_view text) {
  unsigned value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || value > 100000) break;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value;
}

// Calls `use` with each parameter of "1000;1006".
template <class Use>
void for_each_parameter(std::string_view parameters, Use use) {
  while (!parameters.empty()) {
    const auto end = std::min(parameters.find(';'), parameters.size());
    use(leading_number(parameters.substr(0, end)));
    parameters.remove_prefix(std::min(end + 1, parameters.size()));
  }
}

std::string_view second_field(std::string_view text) {
  const auto semicolon = text.find(';');
  return semicolon == std::string_view::npos ? std::string_view() : text.substr(semicolon + 1);
}

bool only_zero(std::string_view parameters) { return parameters.find_first_not_of("0;") == std::string_view::npos; }

}  // namespace

bool OutputWatch::feed(std::string_view bytes) {
  bool plain = true;
  while (!bytes.empty()) {
    if (state_ == State::ground) bytes.remove_prefix(plain_text(bytes));
    plain = plain && bytes.empty();
    while (!bytes.empty()) {
      take(static_cast<unsigned char>(bytes.front()));
      bytes.remove_prefix(1);
      if (state_ == State::ground) break;
    }
  }
  return !plain;
}

// How many bytes at the start change nothing when no sequence is begun. Most output is such text.
std::size_t OutputWatch::plain_text(std::string_view bytes) {
  for (const char c : {static_cast<char>(kEscape), kShiftOut, kShiftIn}) bytes = bytes.substr(0, bytes.find(c));
  return bytes.size();
}

void OutputWatch::take(unsigned char byte) {
  const bool in_string = state_ == State::string || state_ == State::string_escape;
  if (byte < 0x20 && byte != kEscape && !in_string) {
    take_control(byte);
    return;
  }
  switch (state_) {
    case State::ground:
      if (byte == kEscape) state_ = State::escape;
      return;
    case State::escape: take_escape(byte); return;
    case State::escape_intermediate:
      if (byte == kEscape) {
        state_ = State::escape;
      } else if (byte >= 0x30) {
        state_ = State::ground;
        const auto slot = std::string_view("()*+").find(intermediate_);
        if (slot != std::string_view::npos) changes_.charsets[slot] = byte != 'B';
      }
      return;
    case State::csi: take_csi(byte); return;
    case State::string: take_string(byte); return;
    case State::string_escape:
      // ESC ends the string whatever follows.
      if (is_osc_) finish_osc();
      state_ = State::ground;
      if (byte != '\\') take_escape(byte);
      return;
  }
}

// Controls act inside of sequences, too.
void OutputWatch::take_control(unsigned char byte) {
  if (byte == kShiftOut) changes_.shifted_out = true;
  if (byte == kShiftIn) changes_.shifted_out = false;
  if (byte == 0x18 || byte == 0x1A) state_ = State::ground;
}

void OutputWatch::take_escape(unsigned char byte) {
  state_ = State::ground;
  switch (byte) {
    case kEscape: state_ = State::escape; return;
    case '[':
      state_ = State::csi;
      sequence_.clear();
      overlong_ = false;
      return;
    case ']': begin_string(true); return;
    case 'P':
    case 'X':
    case '^':
    case '_': begin_string(false); return;
    case 'c': changes_ = Changes(); return;
    case '=': changes_.keypad = true; return;
    case '>': changes_.keypad = false; return;
    case '8': changes_.attributes = true; return;  // restores attributes that may be any
    default: break;
  }
  if (byte >= 0x20 && byte <= 0x2F) {
    state_ = State::escape_intermediate;
    intermediate_ = static_cast<char>(byte);
  }
}

void OutputWatch::begin_string(bool is_osc) {
  state_ = State::string;
  is_osc_ = is_osc;
  sequence_.clear();
  overlong_ = false;
}

void OutputWatch::take_csi(unsigned char byte) {
  if (byte == kEscape) {
    state_ = State::escape;
  } else if (byte >= 0x40 && byte < 0x7F) {
    state_ = State::ground;
    if (!overlong_) finish_csi(static_cast<char>(byte));
  } else if (byte < 0x40) {
    overlong_ = overlong_ || sequence_.size() == kMaxSequence;
    if (!overlong_) sequence_ += static_cast<char>(byte);
  }
}

void OutputWatch::take_string(unsigned char byte) {
  if (byte == kEscape) {
    state_ = State::string_escape;
  } else if (byte == 0x18 || byte == 0x1A) {
    state_ = State::ground;
  } else if (byte == 0x07 && is_osc_) {
    state_ = State::ground;
    finish_osc();
  } else {
    overlong_ = overlong_ || sequence_.size() == kMaxSequence;
    if (!overlong_) sequence_ += static_cast<char>(byte);
  }
}

void OutputWatch::finish_csi(char final_byte) {
  std::string_view parameters = sequence_;
  char marker = 0;
  char intermediate = 0;
  if (!parameters.empty() && parameters.front() >= '<' && parameters.front() <= '?') {
    marker = parameters.front();
    parameters.remove_prefix(1);
  }
  if (!parameters.empty() && parameters.back() < '0') {
    intermediate = parameters.back();
    parameters.remove_suffix(1);
  }
  const bool plain = marker == 0 && intermediate == 0;
  if (marker == '?' && intermediate == 0 && (final_byte == 'h' || final_byte == 'l')) {
    set_private_modes(parameters, final_byte == 'h');
  } else if (plain && (final_byte == 'h' || final_byte == 'l')) {
    set_modes(parameters, final_byte == 'h');
  } else if (plain && final_byte == 'm') {
    changes_.attributes = !only_zero(parameters);
  } else if (plain && final_byte == 'r') {
    changes_.scroll_region = !only_zero(parameters);
  } else if (plain && final_byte == 't') {
    change_titles(parameters);
  } else if (marker == '>' && leading_number(parameters) == 4 && (final_byte == 'm' || final_byte == 'n')) {
    changes_.other_keys = final_byte == 'm' && leading_number(second_field(parameters)) != 0;
  } else if ((marker == '>' || marker == '<' || marker == '=') && final_byte == 'u') {
    change_keyboard(marker, parameters);
  } else if (intermediate == ' ' && final_byte == 'q') {
    changes_.cursor_shape = leading_number(parameters) != 0;
  } else if (intermediate == '!' && final_byte == 'p') {
    soft_reset();
  }
}

void OutputWatch::set_modes(std::string_view parameters, bool on) {
  constexpr unsigned kInsertMode = 4;
  for_each_parameter(parameters, [&](unsigned mode) {
    if (mode == kInsertMode) changes_.insert = on;
  });
}

void OutputWatch::set_private_modes(std::string_view parameters, bool on) {
  for_each_parameter(parameters, [&](unsigned mode) {
    if (mode == 47 || mode == 1047 || mode == 1049) changes_.alternate_mode = on ? mode : 0;
    if (const auto index = index_of_mode(mode)) changes_.modes[*index] = on != kPrivateModes[*index].on_by_default;
  });
}

void OutputWatch::change_keyboard(char marker, std::string_view parameters) {
  auto& stack = keyboard();
  if (marker == '>') {
    stack.depth = std::min(stack.depth + 1, kMaxPushes);
  } else if (marker == '<') {
    const unsigned count = std::max(1u, leading_number(parameters));
    if (count > stack.depth) stack.flags_set = false;  // popping the last one clears all flags
    stack.depth -= std::min(stack.depth, count);
  } else if (stack.depth == 0) {
    stack.flags_set = leading_number(parameters) != 0 || leading_number(second_field(parameters)) == 2;
  }
}

void OutputWatch::change_titles(std::string_view parameters) {
  const unsigned operation = leading_number(parameters);
  if (operation == 22) changes_.titles_pushed = std::min(changes_.titles_pushed + 1, kMaxPushes);
  if (operation == 23 && changes_.titles_pushed > 0) --changes_.titles_pushed;
}

void OutputWatch::finish_osc() {
  const std::string_view text = sequence_;
  const auto number = text.substr(0, text.find(';'));
  const auto value = second_field(text);
  if (number == "8") changes_.hyperlink = overlong_ || !second_field(value).empty();
  for (std::size_t i = 0; i < kColors.size(); ++i) {
    const bool query = !value.empty() && value.back() == '?' && !overlong_;
    if (number == kColors[i].set && !value.empty() && !query) changes_.colors[i] = true;
    if (number == kColors[i].reset && value.empty()) changes_.colors[i] = false;
  }
}

// DECSTR: what it resets in the terminals that people use.
void OutputWatch::soft_reset() {
  for (const unsigned mode : {1u, kOriginMode, 7u, 25u, 66u, 69u}) changes_.modes[*index_of_mode(mode)] = false;
  changes_.insert = changes_.keypad = changes_.attributes = changes_.scroll_region = changes_.shifted_out = false;
  changes_.charsets.reset();
}

std::string OutputWatch::restore_sequence() const {
  std::string out;
  if (state_ != State::ground) out += "\x18";  // CAN ends whatever was begun
  if (state_ == State::string || state_ == State::string_escape) out += "\x1b\\";
  append_modes(out);
  append_margins(out);
  if (changes_.other_keys) out += "\x1b[>4m";
  if (in_alternate_screen()) {
    append_keyboard(out, changes_.alternate_keyboard);
    out += "\x1b[?" + std::to_string(changes_.alternate_mode) + "l";
  }
  append_keyboard(out, changes_.main_keyboard);
  append_looks(out);
  return out;
}

void OutputWatch::append_keyboard(std::string& out, const KittyKeyboard& keyboard) const {
  if (keyboard.depth > 0) out += "\x1b[<" + std::to_string(keyboard.depth) + "u";
  if (keyboard.flags_set) out += "\x1b[=0u";
}

void OutputWatch::append_modes(std::string& out) const {
  for (std::size_t i = 0; i < kPrivateModes.size(); ++i) {
    const auto& mode = kPrivateModes[i];
    if (changes_.modes[i] && mode.number != kOriginMode)
      out += "\x1b[?" + std::to_string(mode.number) + (mode.on_by_default ? "h" : "l");
  }
  if (changes_.keypad) out += "\x1b>";
  if (changes_.insert) out += "\x1b[4l";
}

// Both move the cursor home, which is undone where that is possible.
void OutputWatch::append_margins(std::string& out) const {
  if (changes_.modes[*index_of_mode(kOriginMode)]) {
    out += "\x1b[?6l\x1b[r\x1b[999;1H";
  } else if (changes_.scroll_region) {
    out += in_alternate_screen() ? "\x1b[r"
                                 : "\x1b"
                                   "7\x1b[r\x1b"
                                   "8";
  }
}

void OutputWatch::append_looks(std::string& out) const {
  for (std::size_t i = 0; i < kColors.size(); ++i)
    if (changes_.colors[i]) out += "\x1b]" + std::string(kColors[i].reset) + "\x1b\\";
  if (changes_.hyperlink) out += "\x1b]8;;\x1b\\";
  for (std::size_t slot = 0; slot < changes_.charsets.size(); ++slot)
    if (changes_.charsets[slot]) out += std::string("\x1b") + "()*+"[slot] + "B";
  if (changes_.shifted_out) out += '\x0f';
  if (changes_.cursor_shape) out += "\x1b[0 q";
  for (unsigned i = 0; i < changes_.titles_pushed; ++i) out += "\x1b[23;0t";
  if (changes_.attributes) out += "\x1b[0m";
}

}  // namespace ptyd
