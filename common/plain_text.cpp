#include "common/plain_text.hpp"

#include <string_view>

namespace ptyd {

namespace {

constexpr std::size_t kMaxString = 64 * 1024;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr unsigned char kEscape = 0x1B;
constexpr unsigned char kCancel = 0x18;
constexpr unsigned char kSubstitute = 0x1A;

// 0 for a byte that can't begin a character of several bytes.
std::size_t size_from_lead(unsigned char lead) {
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

// Whether `byte` may follow `lead` directly: no overlong forms, no surrogates, nothing above U+10FFFF.
bool may_follow_lead(unsigned char lead, unsigned char byte) {
  if ((byte & 0xC0) != 0x80) return false;
  switch (lead) {
    case 0xE0: return byte >= 0xA0;
    case 0xED: return byte <= 0x9F;
    case 0xF0: return byte >= 0x90;
    case 0xF4: return byte <= 0x8F;
    default: return true;
  }
}

}  // namespace

std::string PlainTextFilter::feed(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (const char c : bytes) take(static_cast<unsigned char>(c), out);
  return out;
}

std::string PlainTextFilter::finish() {
  std::string out;
  if (!character_.empty()) out = kReplacement;
  *this = PlainTextFilter();
  return out;
}

void PlainTextFilter::take(unsigned char byte, std::string& out) {
  if (byte == kCancel || byte == kSubstitute) {
    if (!character_.empty()) out += kReplacement;
    character_.clear();
    state_ = State::ground;
    return;
  }
  switch (state_) {
    case State::ground: take_ground(byte, out); return;
    case State::escape: take_escape(byte, out); return;
    case State::escape_intermediate:
    case State::csi: take_csi(byte, out); return;
    case State::string: take_string(byte); return;
    case State::string_escape:
      // Whatever follows ESC ends the string; only a backslash is its own terminator.
      state_ = State::ground;
      if (byte != '\\') take_escape(byte, out);
      return;
  }
}

void PlainTextFilter::take_ground(unsigned char byte, std::string& out) {
  if (!character_.empty()) {
    continue_character(byte, out);
    return;
  }
  if (byte == kEscape) {
    state_ = State::escape;
  } else if (byte == '\n' || byte == '\t' || (byte >= 0x20 && byte < 0x7F)) {
    out += static_cast<char>(byte);
  } else if (byte >= 0x80) {
    character_size_ = size_from_lead(byte);
    if (character_size_ == 0)
      out += kReplacement;
    else
      character_ = static_cast<char>(byte);
  }
}

void PlainTextFilter::continue_character(unsigned char byte, std::string& out) {
  const auto lead = static_cast<unsigned char>(character_[0]);
  const bool fits = character_.size() == 1 ? may_follow_lead(lead, byte) : (byte & 0xC0) == 0x80;
  if (!fits) {
    character_.clear();
    out += kReplacement;
    take_ground(byte, out);
    return;
  }
  character_ += static_cast<char>(byte);
  if (character_.size() == character_size_) finish_character(out);
}

void PlainTextFilter::finish_character(std::string& out) {
  // U+0080..U+009F are controls: a terminal may obey them.
  const bool control = character_[0] == '\xC2' && static_cast<unsigned char>(character_[1]) < 0xA0;
  if (control)
    out += kReplacement;
  else
    out += character_;
  character_.clear();
}

void PlainTextFilter::take_escape(unsigned char byte, std::string& out) {
  if (byte == kEscape) {
    state_ = State::escape;
  } else if (byte == '[') {
    state_ = State::csi;
  } else if (byte == ']' || byte == 'P' || byte == 'X' || byte == '^' || byte == '_') {
    state_ = State::string;
    bell_ends_ = byte == ']';
    string_bytes_ = 0;
  } else if (byte >= 0x20 && byte <= 0x2F) {
    state_ = State::escape_intermediate;
  } else if (byte < 0x20) {
    // A control inside a sequence acts at once, and the sequence goes on.
    state_ = State::ground;
    take_ground(byte, out);
    state_ = State::escape;
  } else {
    state_ = State::ground;
    if (byte >= 0x80) take_ground(byte, out);
  }
}

// Also the rest of ESC with intermediates: there the first byte from 0x30 on ends it.
void PlainTextFilter::take_csi(unsigned char byte, std::string& out) {
  const State here = state_;
  if (byte == kEscape) {
    state_ = State::escape;
  } else if (byte < 0x20) {
    state_ = State::ground;
    take_ground(byte, out);
    state_ = here;
  } else if (byte >= 0x80) {
    state_ = State::ground;
    take_ground(byte, out);
  } else if (byte != 0x7F && byte >= (here == State::csi ? 0x40 : 0x30)) {
    state_ = State::ground;
  }
}

void PlainTextFilter::take_string(unsigned char byte) {
  if (byte == kEscape) {
    state_ = State::string_escape;
  } else if ((byte == 0x07 && bell_ends_) || ++string_bytes_ >= kMaxString) {
    state_ = State::ground;
  }
}

}  // namespace ptyd
