#include "client/terminal/detach_keys.hpp"

#include <optional>

namespace ptyd {

namespace {

constexpr std::size_t kMaxChords = 8;

char to_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char to_upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

std::optional<KeyChord> parse_chord(std::string_view text) {
  if (text.size() == 1 && text[0] >= ' ' && text[0] <= '~') return KeyChord{text[0], false};
  constexpr std::string_view kPrefix = "ctrl-";
  if (text.size() != kPrefix.size() + 1) return std::nullopt;
  for (std::size_t i = 0; i < kPrefix.size(); ++i)
    if (to_lower(text[i]) != kPrefix[i]) return std::nullopt;
  const char key = to_lower(text.back());
  const bool known = (key >= 'a' && key <= 'z') || std::string_view("@[\\]^_").find(key) != std::string_view::npos;
  if (!known) return std::nullopt;
  return KeyChord{key, true};
}

}  // namespace

char KeyChord::raw_byte() const noexcept { return ctrl ? static_cast<char>(to_upper(code) & 0x1F) : code; }

DetachKeys DetachKeys::standard() { return DetachKeys{{KeyChord{'\\', true}}}; }

Result<DetachKeys> parse_detach_keys(std::string_view text) {
  const auto bad = [text] {
    Error error;
    error.code = errc::invalid_argument;
    error.message = "'" + std::string(text) + "' is no detach key";
    error.hint =
        "write keys like ctrl-\\ or ctrl-p,ctrl-q: at most 8, each a character or ctrl- and a letter or @[\\]^_";
    error.subject = "detach-keys";
    return error;
  };
  DetachKeys keys;
  std::string_view rest = text;
  for (;;) {
    const auto comma = rest.find(',');
    const auto chord = parse_chord(rest.substr(0, comma));
    if (!chord || keys.chords.size() == kMaxChords) return bad();
    keys.chords.push_back(*chord);
    if (comma == std::string_view::npos) return keys;
    rest.remove_prefix(comma + 1);
  }
}

std::string describe(const DetachKeys& keys) {
  std::string text;
  for (const auto& chord : keys.chords) {
    if (!text.empty()) text += ' ';
    if (chord.ctrl) text += "Ctrl-";
    text += chord.ctrl ? to_upper(chord.code) : chord.code;
  }
  return text;
}

}  // namespace ptyd
