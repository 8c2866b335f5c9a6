#include "daemon/screen/parser.hpp"

#include <algorithm>

#include "daemon/screen/scan.hpp"
#include "daemon/screen/utf8.hpp"

namespace ptyd::screen {
namespace {

constexpr char kBel = 0x07;
constexpr char kCan = 0x18;
constexpr char kSub = 0x1A;
constexpr char kEsc = 0x1B;
constexpr char kDel = 0x7F;
constexpr char32_t kReplacement = 0xFFFD;
constexpr std::uint32_t kMaxNumber = 65535;
constexpr std::string_view kClipboard = "52;";
// Memory kept for the next string.
constexpr std::size_t kKeptText = 4096;

bool is_intermediate(char c) { return c >= 0x20 && c <= 0x2F; }
bool is_prefix(char c) { return c >= '<' && c <= '?'; }
bool is_final(char c) { return c >= 0x40 && c < kDel; }
unsigned byte_at(const char* p) { return static_cast<unsigned char>(*p); }

}  // namespace

void Parser::feed(std::string_view bytes, ParserHandler& handler) {
  const char* p = bytes.data();
  const char* const end = p + bytes.size();
  begin_ = p;
  while (p != end) p = step(p, end, handler);
  begin_ = nullptr;
  at_ = nullptr;
}

const char* Parser::step(const char* p, const char* end, ParserHandler& handler) {
  switch (state_) {
    case State::ground: return text(p, end, handler);
    case State::escape:
    case State::escape_intermediate:
      if (!is_printable_ascii(*p)) return interrupt(p, end, handler);
      return escape(p, handler);
    case State::csi_ignore: return csi_ignore(p, end, handler);
    case State::csi_entry:
    case State::csi_parameter:
    case State::dcs_entry:
    case State::dcs_parameter: return parameters(p, end, handler);
    case State::csi_intermediate:
    case State::dcs_intermediate: return after_parameters(p, end, handler);
    case State::dcs_data:
    case State::dcs_ignore:
    case State::osc:
    case State::osc_ignore:
    case State::string_ignore: break;
  }
  return string(p, end, handler);
}

const char* Parser::text(const char* p, const char* end, ParserHandler& handler) {
  if (utf8_have_ != 0) return partial_character(p, end, handler);
  while (p != end) {
    const char c = *p;
    if (is_printable_ascii(c)) {
      const char* const run = p;
      p = scan_printable(p + 1, end);
      handler.print_ascii({run, static_cast<std::size_t>(p - run)});
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      p = character(p, end, handler);
    } else {
      ++p;
      if (c == kEsc) {
        begin_escape();
        if (p == end || *p != '[') return p;
        // Most sequences begin so: without a turn through step().
        ++p;
        if (const std::size_t known = handler.looks({p, static_cast<std::size_t>(end - p)}); known > 0) {
          p += known;
          state_ = State::ground;
          continue;
        }
        begin_sequence(State::csi_entry);
        if (p != end) p = parameters(p, end, handler);
        if (state_ != State::ground || utf8_have_ != 0) return p;
        continue;
      }
      if (c != 0 && c != kDel && c != kCan && c != kSub) handler.control(c);
      if (c == '\n' && p != end) p += handler.lines({p, static_cast<std::size_t>(end - p)});
    }
  }
  return p;
}

// Whole characters, decoded at once; all else is for partial_character(), which also finds the errors.
inline const char* Parser::character(const char* p, const char* end, ParserHandler& handler) {
  char32_t value = 0;
  const unsigned length = whole_character(p, end, value);
  if (length == 0) return partial_character(p, end, handler);
  if (value >= 0xA0) handler.print(value);
  return p + length;
}

const char* Parser::partial_character(const char* p, const char* end, ParserHandler& handler) {
  bool whole = false;
  if (utf8_have_ == 0) {
    utf8_[0] = static_cast<unsigned char>(*p++);
    utf8_have_ = 1;
  }
  const unsigned length = utf8_length(utf8_[0]);
  while (utf8_have_ < length && !whole) {
    if (p == end) return p;
    const auto byte = static_cast<unsigned char>(*p);
    if (utf8_have_ == 1 ? !is_utf8_second(utf8_[0], byte) : !is_utf8_tail(byte)) break;
    ++p;
    whole = utf8_have_ + 1U == length;
    if (!whole) utf8_[utf8_have_++] = byte;
  }
  char32_t value = kReplacement;
  if (whole) {
    value = utf8_[0] & (0x7FU >> length);
    for (std::size_t i = 1; i < utf8_have_; ++i) value = value << 6U | (utf8_[i] & 0x3FU);
    value = value << 6U | (byte_at(p - 1) & 0x3FU);
  }
  const bool printed = !swallow_ && value >= 0xA0;
  utf8_have_ = 0;
  swallow_ = false;
  if (printed) handler.print(value);
  return p;
}

void Parser::begin_escape() noexcept {
  state_ = State::escape;
  intermediates_ = 0;
}

const char* Parser::interrupt(const char* p, const char* end, ParserHandler& handler) {
  const char c = *p;
  if (static_cast<unsigned char>(c) >= 0x80) {
    // xterm, too, loses the character with the sequence. The text of a DCS must not be printed.
    if (in_dcs_header()) {
      begin_string(State::dcs_ignore);
      return p;
    }
    state_ = State::ground;
    swallow_ = true;
    return partial_character(p, end, handler);
  }
  if (c == kEsc) {
    begin_escape();
  } else if (c == kCan || c == kSub) {
    state_ = State::ground;
  } else if (c != 0 && c != kDel && !in_dcs_header()) {
    handler.control(c);
  }
  return p + 1;
}

const char* Parser::escape(const char* p, ParserHandler& handler) {
  const char c = *p;
  if (is_intermediate(c)) {
    state_ = State::escape_intermediate;
    if (intermediates_ == 0) sequence_.intermediates[0] = c;
    if (intermediates_ < 2) ++intermediates_;
  } else {
    at_ = p + 1;
    escape_final(c, handler);
  }
  return p + 1;
}

void Parser::escape_final(char c, ParserHandler& handler) {
  if (state_ == State::escape) {
    switch (c) {
      case '[': return begin_sequence(State::csi_entry);
      case 'P': return begin_sequence(State::dcs_entry);
      case ']': return begin_string(State::osc);
      case 'X':
      case '^':
      case '_': return begin_string(State::string_ignore);
      default: break;
    }
  }
  state_ = State::ground;
  if (intermediates_ < 2) handler.escape(intermediates_ == 0 ? char{0} : sequence_.intermediates[0], c);
}

void Parser::begin_sequence(State entry) noexcept {
  state_ = entry;
  sequence_.prefix = 0;
  sequence_.parameters.count = 0;
  sequence_.parameters.subs = false;
  sequence_.intermediates = {};
  intermediates_ = 0;
  number_ = 0;
  number_given_ = false;
  number_sub_ = false;
}

const char* Parser::parameters(const char* p, const char* end, ParserHandler& handler) {
  if (state_ == State::csi_entry || state_ == State::dcs_entry) {
    if (!is_printable_ascii(*p)) return interrupt(p, end, handler);
    if (is_prefix(*p)) sequence_.prefix = *p++;
    state_ = state_ == State::csi_entry ? State::csi_parameter : State::dcs_parameter;
  }
  std::uint32_t number = number_;
  bool given = number_given_;
  for (; p != end; ++p) {
    const unsigned c = byte_at(p);
    const unsigned digit = c - '0';
    if (digit < 10) {
      number = std::min(number * 10 + digit, kMaxNumber);
      given = true;
    } else if (c == ';' || c == ':') {
      commit_parameter(number, given);
      number_sub_ = c == ':';
      if (number_sub_ && sequence_.parameters.count < Parameters::kMax) sequence_.parameters.subs = true;
      number = 0;
      given = false;
    } else {
      break;
    }
  }
  number_ = number;
  number_given_ = given;
  return p == end ? p : after_parameters(p, end, handler);
}

inline void Parser::commit_parameter(std::uint32_t number, bool given) noexcept {
  auto& parameters = sequence_.parameters;
  if (parameters.count == Parameters::kMax) return;
  parameters.values[parameters.count] = {static_cast<std::uint16_t>(number), given, number_sub_};
  ++parameters.count;
}

const char* Parser::after_parameters(const char* p, const char* end, ParserHandler& handler) {
  const char c = *p;
  if (!is_printable_ascii(c)) return interrupt(p, end, handler);
  const bool dcs = in_dcs_header();
  if (is_final(c)) {
    if (parameter_begun()) commit_parameter(number_, number_given_);
    sequence_.final = c;
    if (dcs) {
      begin_string(State::dcs_data);
    } else {
      state_ = State::ground;
      at_ = p + 1;
      handler.csi(sequence_);
    }
  } else if (is_intermediate(c) && intermediates_ < sequence_.intermediates.size()) {
    sequence_.intermediates[intermediates_++] = c;
    state_ = dcs ? State::dcs_intermediate : State::csi_intermediate;
  } else if (dcs) {
    begin_string(State::dcs_ignore);
  } else {
    state_ = State::csi_ignore;
  }
  return p + 1;
}

const char* Parser::csi_ignore(const char* p, const char* end, ParserHandler& handler) {
  for (; p != end; ++p) {
    if (!is_printable_ascii(*p)) return interrupt(p, end, handler);
    if (is_final(*p)) {
      state_ = State::ground;
      return p + 1;
    }
  }
  return p;
}

void Parser::begin_string(State state) {
  state_ = state;
  string_escape_ = false;
  text_.clear();
}

const char* Parser::string(const char* p, const char* end, ParserHandler& handler) {
  if (string_escape_) {
    string_escape_ = false;
    if (*p == '\\') {
      at_ = p + 1;
      finish_string(false, handler);
      return p + 1;
    }
    release_text();
    begin_escape();
    return p;
  }
  const char* const run = p;
  p = scan_controls(p, end);
  if (p != run) append({run, static_cast<std::size_t>(p - run)});
  if (p != end) {
    at_ = p + 1;
    string_control(*p++, handler);
  }
  return p;
}

void Parser::string_control(char c, ParserHandler& handler) {
  if (c == kEsc) {
    string_escape_ = true;
  } else if (c == kCan || c == kSub) {
    release_text();
    state_ = State::ground;
  } else if (c == kBel && (state_ == State::osc || state_ == State::osc_ignore)) {
    finish_string(true, handler);
  } else if (c != kDel && c != 0 && state_ == State::dcs_data) {
    append({&c, 1});
  }
}

void Parser::append(std::string_view bytes) {
  if (state_ == State::osc) {
    if (text_.empty() && bytes.front() == kOscNothing) {
      state_ = State::osc_ignore;
      return;
    }
    const std::size_t size = text_.size() + bytes.size();
    if (size <= kMaxOsc) {
      text_.append(bytes);
      return;
    }
    // Enough of it to see its number.
    if (text_.size() < kClipboard.size()) {
      const std::size_t missing = std::min(kClipboard.size() - text_.size(), bytes.size());
      text_.append(bytes.substr(0, missing));
      bytes.remove_prefix(missing);
    }
    if (size <= kMaxClipboard && std::string_view(text_).starts_with(kClipboard)) {
      text_.append(bytes);
      return;
    }
    state_ = State::osc_ignore;
  } else if (state_ == State::dcs_data) {
    if (text_.size() + bytes.size() <= kMaxDcs) {
      text_.append(bytes);
      return;
    }
    state_ = State::dcs_ignore;
  } else {
    return;
  }
  release_text();
}

void Parser::finish_string(bool bel, ParserHandler& handler) {
  const State ended = state_;
  state_ = State::ground;
  if (ended == State::osc) handler.osc(text_, bel);
  if (ended == State::dcs_data) handler.dcs(sequence_, text_);
  release_text();
}

void Parser::release_text() {
  text_.clear();
  if (text_.capacity() > kKeptText) text_.shrink_to_fit();
}

}  // namespace ptyd::screen
