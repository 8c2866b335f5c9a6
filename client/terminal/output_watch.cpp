#include "client/terminal/output_watch.hpp"

#include <algorithm>

#include "client/terminal/control_parameters.hpp"
#include "client/terminal/find_pair.hpp"
#include "client/terminal/find_special.hpp"
#include "client/terminal/skip_looks.hpp"

namespace ptyd {

namespace {

constexpr char kEscape = 0x1B;
constexpr char kShiftOut = 0x0E;
constexpr char kShiftIn = 0x0F;
constexpr std::size_t kMaxSequence = 256;

bool cancels(unsigned char byte) { return byte == 0x18 || byte == 0x1A; }

// Whether terminals answer it. Source: xterm's control sequences.
bool is_question(const ControlSequence& sequence) {
  const unsigned number = leading_number(sequence.parameters);
  switch (sequence.intermediate) {
    case 0: break;
    case '$': return sequence.final == 'p' || sequence.final == 'u' || sequence.final == 'w';
    case '*': return sequence.final == 'y';
    case '#': return sequence.final == 'R';
    case '\'': return sequence.final == '|';
    default: return false;
  }
  switch (sequence.final) {
    case 'c': return sequence.marker != '?';
    case 'n': return sequence.marker == 0 || sequence.marker == '?';
    case 't': return sequence.marker == 0 && number >= 11 && number <= 21;
    case 'x': return sequence.marker == 0;
    case 'q': return sequence.marker == '>';
    case 'S':
    case 'g':
    case 'm':
    case 'u': return sequence.marker == '?';
    default: return false;
  }
}

}  // namespace

bool OutputWatch::feed(std::string_view bytes) {
  bool plain = true;
  while (!bytes.empty()) {
    if (state_ == State::ground) bytes.remove_prefix(plain_text(bytes));
    plain = plain && bytes.empty();
    if (state_ == State::ground) bytes.remove_prefix(looks(bytes));
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
  const char* const begin = bytes.data();
  return static_cast<std::size_t>(find_special(begin, begin + bytes.size()) - begin);
}

// SGR, at the start, and all that follow with nothing but text between. Returns how long that is.
std::size_t OutputWatch::looks(std::string_view bytes) {
  const char* const end = bytes.data() + bytes.size();
  const LooksRun run = skip_looks(bytes.data(), end);
  if (run.last != nullptr) {
    const char* const parameters = run.last + 2;
    const char* const after = std::find_if_not(parameters, end, is_looks_parameter);
    changes_.looks({parameters, static_cast<std::size_t>(after - parameters)});
  }
  return static_cast<std::size_t>(run.end - bytes.data());
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
    case State::escape_intermediate: take_escape_intermediate(byte); return;
    case State::csi: take_csi(byte); return;
    case State::string: take_string(byte); return;
    case State::string_escape:
      // ESC ends the string whatever follows.
      finish_string();
      state_ = State::ground;
      if (byte != '\\') take_escape(byte);
      return;
  }
}

// Controls act inside of sequences, too.
void OutputWatch::take_control(unsigned char byte) {
  if (byte == kShiftOut || byte == kShiftIn) changes_.shift(byte == kShiftOut);
  if (cancels(byte)) state_ = State::ground;
}

void OutputWatch::take_escape(unsigned char byte) {
  state_ = State::ground;
  switch (byte) {
    case kEscape: state_ = State::escape; return;
    case '[': begin(State::csi, 0); return;
    case ']':
    case 'P':
    case 'X':
    case '^':
    case '_': begin(State::string, byte); return;
    case 'Z': ++questions_; return;
    default: break;
  }
  if (byte >= 0x20 && byte <= 0x2F) {
    state_ = State::escape_intermediate;
    intermediate_ = static_cast<char>(byte);
  } else {
    changes_.escape(static_cast<char>(byte));
  }
}

void OutputWatch::take_escape_intermediate(unsigned char byte) {
  if (byte == kEscape) {
    state_ = State::escape;
  } else if (byte >= 0x30) {
    state_ = State::ground;
    changes_.designate(intermediate_, static_cast<char>(byte));
  }
}

void OutputWatch::begin(State state, unsigned char kind) {
  state_ = state;
  string_kind_ = kind;
  sequence_.clear();
  overlong_ = false;
}

void OutputWatch::keep(unsigned char byte) {
  overlong_ = overlong_ || sequence_.size() == kMaxSequence;
  if (!overlong_) sequence_ += static_cast<char>(byte);
}

void OutputWatch::take_csi(unsigned char byte) {
  if (byte == kEscape) {
    state_ = State::escape;
  } else if (byte >= 0x40 && byte < 0x7F) {
    state_ = State::ground;
    if (!overlong_) finish_csi(static_cast<char>(byte));
  } else if (byte < 0x40) {
    keep(byte);
  }
}

void OutputWatch::take_string(unsigned char byte) {
  if (byte == kEscape) {
    state_ = State::string_escape;
  } else if (cancels(byte)) {
    state_ = State::ground;
  } else if (byte == 0x07 && string_kind_ == ']') {
    state_ = State::ground;
    finish_string();
  } else {
    keep(byte);
  }
}

void OutputWatch::finish_csi(char final_byte) {
  ControlSequence sequence;
  sequence.final = final_byte;
  sequence.parameters = sequence_;
  auto& parameters = sequence.parameters;
  if (!parameters.empty() && parameters.front() >= '<' && parameters.front() <= '?') {
    sequence.marker = parameters.front();
    parameters.remove_prefix(1);
  }
  if (!parameters.empty() && parameters.back() < '0') {
    sequence.intermediate = parameters.back();
    parameters.remove_suffix(1);
  }
  if (is_question(sequence)) ++questions_;
  changes_.csi(sequence);
}

void OutputWatch::finish_string() {
  const std::string_view text = sequence_;
  const bool asks_setting = string_kind_ == 'P' && (text.starts_with("$q") || text.starts_with("+q"));
  const bool shows_image = string_kind_ == '_' && text.starts_with('G');  // kitty's, mostly answered
  const bool asks_value = string_kind_ == ']' && text.ends_with('?');
  if (asks_setting || shows_image || asks_value) ++questions_;
  if (string_kind_ == ']') changes_.osc(text, overlong_);
}

bool OutputWatch::changes_first_color(std::string_view bytes) const {
  if (changes_.colors_touched || !at_ground() || !has_pair(bytes, kEscape, ']')) return false;
  for (auto at = bytes.find("\x1b]"); at != std::string_view::npos; at = bytes.find("\x1b]", at + 1)) {
    const auto rest = bytes.substr(at + 2);
    const auto text = rest.substr(0, rest.find_first_of("\x07\x1b"));
    constexpr unsigned kColorsByName = 21;  // kitty's
    const bool names_color = TerminalChanges::names_color(text) || leading_number(text) == kColorsByName;
    if (names_color && !text.ends_with('?')) return true;
  }
  return false;
}

}  // namespace ptyd
