#include "daemon/core/terminal_parser.hpp"

#include <algorithm>

namespace ptyd {

namespace {

constexpr std::uint8_t kEsc = 0x1B;
constexpr std::uint8_t kCancel = 0x18;
constexpr std::uint8_t kSubstitute = 0x1A;
constexpr std::uint8_t kBell = 0x07;
constexpr std::uint8_t kDelete = 0x7F;
constexpr std::uint8_t kRawStringTerminator = 0x9C;
constexpr std::size_t kMaxIntermediates = 3;

bool is_control(std::uint8_t byte) { return byte < 0x20 || byte == kDelete; }

std::size_t utf8_length(std::uint8_t lead) {
  if (lead < 0xC2 || lead > 0xF4) return 0;
  return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

// Whether `byte` may come behind `begun`, the begin of a character: no overlong forms, no surrogates, at most
// U+10FFFF.
bool continues_character(std::string_view begun, std::uint8_t byte) {
  if ((byte & 0xC0) != 0x80) return false;
  if (begun.size() != 1) return true;
  switch (static_cast<std::uint8_t>(begun.front())) {
    case 0xE0: return byte >= 0xA0;
    case 0xED: return byte < 0xA0;
    case 0xF0: return byte >= 0x90;
    case 0xF4: return byte < 0x90;
    default: return true;
  }
}

bool is_c1(std::string_view character) {
  return character.size() == 2 && static_cast<std::uint8_t>(character[0]) == 0xC2 &&
         static_cast<std::uint8_t>(character[1]) < 0xA0;
}

// Length of the whole character, not a C1 control, at the start of `bytes`; 0: there is none.
std::size_t whole_character(std::string_view bytes) {
  const auto length = utf8_length(static_cast<std::uint8_t>(bytes.front()));
  if (length == 0 || bytes.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if (!continues_character(bytes.substr(0, i), static_cast<std::uint8_t>(bytes[i]))) return 0;
  return is_c1(bytes.substr(0, length)) ? 0 : length;
}

std::size_t text_length(std::string_view bytes) {
  std::size_t i = 0;
  while (i < bytes.size()) {
    const auto byte = static_cast<std::uint8_t>(bytes[i]);
    if (byte < 0x80) {
      if (is_control(byte)) break;
      ++i;
      continue;
    }
    const auto length = whole_character(bytes.substr(i));
    if (length == 0) break;
    i += length;
  }
  return i;
}

}  // namespace

std::uint32_t CsiSequence::parameter(std::size_t index, std::uint32_t otherwise) const noexcept {
  auto rest = parameters;
  for (; index > 0; --index) {
    const auto end = rest.find(';');
    if (end == std::string_view::npos) return otherwise;
    rest.remove_prefix(end + 1);
  }
  rest = rest.substr(0, rest.find_first_of(";:"));
  if (rest.empty()) return otherwise;
  std::uint32_t value = 0;
  for (const char digit : rest)
    value = std::min<std::uint32_t>(value * 10 + static_cast<std::uint32_t>(digit - '0'), 65535);
  return value;
}

void TerminalParser::feed(std::string_view bytes, TerminalEvents& events) {
  while (!bytes.empty()) {
    if (state_ == State::ground && utf8_.empty()) {
      if (const auto length = text_length(bytes); length > 0) {
        events.on_text(bytes.substr(0, length));
        bytes.remove_prefix(length);
        continue;
      }
    }
    ++unfinished_;
    step(static_cast<std::uint8_t>(bytes.front()), events);
    if (state_ == State::ground && utf8_.empty()) unfinished_ = 0;
    bytes.remove_prefix(1);
  }
}

void TerminalParser::reset() {
  state_ = State::ground;
  kept_.clear();
  utf8_.clear();
  unfinished_ = 0;
}

void TerminalParser::step(std::uint8_t byte, TerminalEvents& events) {
  if (!utf8_.empty()) {
    if (continues_character(utf8_, byte)) {
      utf8_ += static_cast<char>(byte);
      if (utf8_.size() < utf8_length(static_cast<std::uint8_t>(utf8_.front()))) return;
      character(events);
      utf8_.clear();
      return;
    }
    for (const char begun : utf8_) stray(static_cast<std::uint8_t>(begun), events);
    utf8_.clear();
  }
  if (byte < 0x80) {
    dispatch(byte, events);
  } else if (utf8_length(byte) > 0) {
    utf8_ = static_cast<char>(byte);
  } else {
    stray(byte, events);
  }
}

void TerminalParser::character(TerminalEvents& events) {
  if (is_c1(utf8_)) {
    dispatch(kEsc, events);
    dispatch(static_cast<std::uint8_t>(static_cast<std::uint8_t>(utf8_[1]) - 0x40), events);
    unfinished_ = utf8_.size();
    return;
  }
  if (state_ == State::string) {
    for (const char byte : utf8_) keep(static_cast<std::uint8_t>(byte));
    return;
  }
  state_ = State::ground;
  events.on_text(utf8_);
}

void TerminalParser::stray(std::uint8_t byte, TerminalEvents& events) {
  if (state_ == State::string) {
    if (byte == kRawStringTerminator)
      end_string(events);
    else
      keep(byte);
    return;
  }
  state_ = State::ground;
  events.on_stray(byte);
}

void TerminalParser::dispatch(std::uint8_t byte, TerminalEvents& events) {
  if (byte == kCancel || byte == kSubstitute) {
    state_ = State::ground;
    return;
  }
  if (byte == kEsc) {
    if (state_ == State::string) {
      state_ = State::string_escape;
      return;
    }
    state_ = State::escape;
    kept_.clear();
    unfinished_ = 1;
    return;
  }
  switch (state_) {
    case State::ground:
      if (is_control(byte)) {
        events.on_control(static_cast<char>(byte));
      } else {
        const char text = static_cast<char>(byte);
        events.on_text({&text, 1});
      }
      break;
    case State::escape: in_escape(byte, events); break;
    case State::csi:
    case State::csi_ignore: in_csi(byte, events); break;
    case State::string: in_string(byte, events); break;
    case State::string_escape:
      if (byte == '\\') {
        end_string(events);
      } else {
        state_ = State::escape;
        kept_.clear();
        unfinished_ = 2;
        in_escape(byte, events);
      }
      break;
  }
}

void TerminalParser::in_escape(std::uint8_t byte, TerminalEvents& events) {
  if (is_control(byte)) {
    events.on_control(static_cast<char>(byte));
    return;
  }
  if (byte < 0x30) {
    // One more than the bound is kept, to tell it was exceeded.
    if (kept_.size() <= kMaxIntermediates) kept_ += static_cast<char>(byte);
    return;
  }
  if (kept_.empty()) {
    switch (byte) {
      case '[': state_ = State::csi; return;
      case ']': begin_string(StringKind::osc); return;
      case 'P': begin_string(StringKind::dcs); return;
      case 'X': begin_string(StringKind::sos); return;
      case '^': begin_string(StringKind::pm); return;
      case '_': begin_string(StringKind::apc); return;
      default: break;
    }
  }
  state_ = State::ground;
  if (kept_.size() <= kMaxIntermediates) events.on_escape(kept_, static_cast<char>(byte));
}

void TerminalParser::in_csi(std::uint8_t byte, TerminalEvents& events) {
  if (is_control(byte)) {
    events.on_control(static_cast<char>(byte));
    return;
  }
  if (byte >= 0x40) {
    const bool whole = state_ == State::csi;
    state_ = State::ground;
    if (whole) finish_csi(static_cast<char>(byte), events);
    return;
  }
  if (kept_.size() < kMaxSequence)
    kept_ += static_cast<char>(byte);
  else
    state_ = State::csi_ignore;
}

void TerminalParser::finish_csi(char final, TerminalEvents& events) {
  CsiSequence csi;
  csi.final = final;
  std::string_view rest = kept_;
  if (!rest.empty() && rest.front() >= '<' && rest.front() <= '?') {
    csi.prefix = rest.front();
    rest.remove_prefix(1);
  }
  const auto end = std::min(rest.find_first_not_of("0123456789;:"), rest.size());
  csi.parameters = rest.substr(0, end);
  csi.intermediates = rest.substr(end);
  const bool well_formed =
      std::all_of(csi.intermediates.begin(), csi.intermediates.end(), [](char c) { return c < 0x30; });
  if (well_formed) events.on_csi(csi);
}

void TerminalParser::begin_string(StringKind kind) {
  state_ = State::string;
  kind_ = kind;
  overflow_ = false;
}

void TerminalParser::in_string(std::uint8_t byte, TerminalEvents& events) {
  if (byte == kBell && kind_ == StringKind::osc)
    end_string(events);
  else if (!is_control(byte))
    keep(byte);
}

void TerminalParser::end_string(TerminalEvents& events) {
  state_ = State::ground;
  if (!overflow_) events.on_string(kind_, kept_);
}

void TerminalParser::keep(std::uint8_t byte) {
  if (kept_.size() < kMaxString)
    kept_ += static_cast<char>(byte);
  else
    overflow_ = true;
}

}  // namespace ptyd
