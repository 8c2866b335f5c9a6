#include "daemon/core/key_encoding.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "common/escape.hpp"

namespace ptyd {

namespace {

constexpr std::string_view kPasteBegin = "\x1b[200~";
constexpr std::string_view kPasteEnd = "\x1b[201~";
// Flags of the kitty protocol: keys that share a byte with others come as CSI ... u; all keys do; with their text.
constexpr std::uint8_t kDisambiguate = 1;
constexpr std::uint8_t kAllKeys = 8;
constexpr std::uint8_t kWithText = 16;
// The kitty protocol's code of the keypad's 0; those of the others follow in the order of kKeypad.
constexpr std::uint32_t kKeypadCode = 57399;
constexpr std::string_view kKeypad = "0123456789./*-+\r";

struct Modifiers {
  bool shift = false;
  bool meta = false;
  bool control = false;

  bool any() const { return shift || meta || control; }
  // xterm's number for them, as the second parameter of a sequence.
  int number() const { return 1 + (shift ? 1 : 0) + (meta ? 2 : 0) + (control ? 4 : 0); }
};

enum class Form : std::uint8_t {
  character,  // `code` is the byte
  cursor,     // CSI or SS3 and the letter `code`; CSI 1 ; modifiers letter
  function,   // SS3 and the letter; CSI 1 ; modifiers letter
  tilde,      // CSI `code` ~; CSI code ; modifiers ~
  keypad,     // the character `code`; SS3 `letter` in application mode
};

struct NamedKey {
  std::string_view name;
  Form form;
  std::uint8_t code;
  char letter = 0;
};

constexpr std::array kNamedKeys{
    NamedKey{"Up", Form::cursor, 'A'},        NamedKey{"Down", Form::cursor, 'B'},
    NamedKey{"Right", Form::cursor, 'C'},     NamedKey{"Left", Form::cursor, 'D'},
    NamedKey{"Home", Form::cursor, 'H'},      NamedKey{"End", Form::cursor, 'F'},
    NamedKey{"IC", Form::tilde, 2},           NamedKey{"Insert", Form::tilde, 2},
    NamedKey{"DC", Form::tilde, 3},           NamedKey{"Delete", Form::tilde, 3},
    NamedKey{"PPage", Form::tilde, 5},        NamedKey{"PageUp", Form::tilde, 5},
    NamedKey{"PgUp", Form::tilde, 5},         NamedKey{"NPage", Form::tilde, 6},
    NamedKey{"PageDown", Form::tilde, 6},     NamedKey{"PgDn", Form::tilde, 6},
    NamedKey{"F1", Form::function, 'P'},      NamedKey{"F2", Form::function, 'Q'},
    NamedKey{"F3", Form::function, 'R'},      NamedKey{"F4", Form::function, 'S'},
    NamedKey{"F5", Form::tilde, 15},          NamedKey{"F6", Form::tilde, 17},
    NamedKey{"F7", Form::tilde, 18},          NamedKey{"F8", Form::tilde, 19},
    NamedKey{"F9", Form::tilde, 20},          NamedKey{"F10", Form::tilde, 21},
    NamedKey{"F11", Form::tilde, 23},         NamedKey{"F12", Form::tilde, 24},
    NamedKey{"Enter", Form::character, '\r'}, NamedKey{"Escape", Form::character, 0x1B},
    NamedKey{"Space", Form::character, ' '},  NamedKey{"Tab", Form::character, '\t'},
    NamedKey{"BTab", Form::character, '\t'},  NamedKey{"BSpace", Form::character, 0x7F},
    NamedKey{"KP0", Form::keypad, '0', 'p'},  NamedKey{"KP1", Form::keypad, '1', 'q'},
    NamedKey{"KP2", Form::keypad, '2', 'r'},  NamedKey{"KP3", Form::keypad, '3', 's'},
    NamedKey{"KP4", Form::keypad, '4', 't'},  NamedKey{"KP5", Form::keypad, '5', 'u'},
    NamedKey{"KP6", Form::keypad, '6', 'v'},  NamedKey{"KP7", Form::keypad, '7', 'w'},
    NamedKey{"KP8", Form::keypad, '8', 'x'},  NamedKey{"KP9", Form::keypad, '9', 'y'},
    NamedKey{"KP*", Form::keypad, '*', 'j'},  NamedKey{"KP+", Form::keypad, '+', 'k'},
    NamedKey{"KP-", Form::keypad, '-', 'm'},  NamedKey{"KP.", Form::keypad, '.', 'n'},
    NamedKey{"KP/", Form::keypad, '/', 'o'},  NamedKey{"KPEnter", Form::keypad, '\r', 'M'},
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

const NamedKey* find_key(std::string_view name) {
  const auto found = std::find_if(kNamedKeys.begin(), kNamedKeys.end(),
                                  [name](const NamedKey& key) { return same_name(key.name, name); });
  return found == kNamedKeys.end() ? nullptr : &*found;
}

// Takes "C-", "M-", "S-" and "^" off the front. A lone '^' or '-' is left as the key.
Modifiers take_modifiers(std::string_view& name) {
  Modifiers modifiers;
  for (;;) {
    if (name.size() >= 2 && name[0] == '^') {
      modifiers.control = true;
      name.remove_prefix(1);
      continue;
    }
    if (name.size() < 3 || name[1] != '-') return modifiers;
    switch (lower(name[0])) {
      case 'c': modifiers.control = true; break;
      case 'm': modifiers.meta = true; break;
      case 's': modifiers.shift = true; break;
      default: return modifiers;
    }
    name.remove_prefix(2);
  }
}

bool is_one_character(std::string_view text) {
  if (text.empty() || text.size() > 4 || !is_utf8(text)) return false;
  const auto is_continuation = [](char c) { return (static_cast<std::uint8_t>(c) & 0xC0) == 0x80; };
  return std::count_if(text.begin(), text.end(), is_continuation) == static_cast<std::ptrdiff_t>(text.size()) - 1;
}

// Of one character that is_one_character().
std::uint32_t code_point(std::string_view text) {
  const auto first = static_cast<std::uint8_t>(text[0]);
  std::uint32_t code = text.size() == 1 ? first : first & (0x7Fu >> text.size());
  for (const char c : text.substr(1)) code = code << 6 | (static_cast<std::uint8_t>(c) & 0x3Fu);
  return code;
}

// The byte that a terminal has always sent for Ctrl and `c`, if there is one.
std::optional<char> control_byte(char c) {
  if (c >= '@' && c <= '~') return static_cast<char>(c & 0x1F);
  switch (c) {
    case ' ':
    case '2': return '\0';
    case '3': return '\x1b';
    case '4': return '\x1c';
    case '5': return '\x1d';
    case '6': return '\x1e';
    case '7':
    case '/': return '\x1f';
    case '8':
    case '?': return '\x7f';
    case '\x7f': return '\b';
    case '\t':
    case '\r':
    case '\x1b': return c;
    default: return std::nullopt;
  }
}

bool is_kitty(const TerminalModes& modes) { return (modes.kitty_flags & (kDisambiguate | kAllKeys)) != 0; }

// CSI code u of the kitty protocol; `text` is what the key types, 0: nothing.
std::string kitty_key(std::uint32_t code, const Modifiers& modifiers, std::uint32_t text, const TerminalModes& modes) {
  const bool with_text = text != 0 && (modes.kitty_flags & kWithText) != 0 && (modes.kitty_flags & kAllKeys) != 0;
  std::string out = "\x1b[" + std::to_string(code);
  if (modifiers.any() || with_text) out += ";";
  if (modifiers.any()) out += std::to_string(modifiers.number());
  if (with_text) out += ";" + std::to_string(text);
  return out + "u";
}

std::string csi(int number, const Modifiers& modifiers, char final) {
  std::string out = "\x1b[";
  // Only a letter does without its number, which is always 1.
  if (modifiers.any() || final == '~' || final == 'u') out += std::to_string(number);
  if (modifiers.any()) out += ";" + std::to_string(modifiers.number());
  return out + final;
}

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

std::optional<std::string> kitty_character(char c, const Modifiers& modifiers, const TerminalModes& modes) {
  if (!is_kitty(modes)) return std::nullopt;
  const bool named = c == '\r' || c == '\t' || c == '\x7f';
  // Enter, Tab and Backspace alone, and Shift with a character, keep their bytes, unless all keys are wanted as codes.
  const bool ambiguous = modifiers.control || modifiers.meta || (modifiers.shift && named) || c == '\x1b';
  if (!ambiguous && (modes.kitty_flags & kAllKeys) == 0) return std::nullopt;
  const bool types = !named && c != '\x1b' && !modifiers.control && !modifiers.meta;
  auto with = modifiers;
  with.shift = with.shift || c != lower(c);  // "A" is Shift and the key "a"
  const auto text = static_cast<std::uint8_t>(modifiers.shift ? upper(c) : c);
  return kitty_key(static_cast<std::uint8_t>(lower(c)), with, types ? text : 0, modes);
}

// What xterm's modifyOtherKeys makes of a key: at 2 of every modified one, at 1 of those that have no byte of their own.
std::string other_key(char c, const Modifiers& modifiers) {
  const int code = static_cast<std::uint8_t>(modifiers.shift ? upper(c) : c);
  return "\x1b[27;" + std::to_string(modifiers.number()) + ";" + std::to_string(code) + "~";
}

std::optional<std::string> encode_character(char c, Modifiers modifiers, const TerminalModes& modes) {
  if (auto code = kitty_character(c, modifiers, modes)) return code;
  const bool back_tab = c == '\t' && modifiers.shift;
  const bool shifted_name = modifiers.shift && (c == '\r' || c == '\x7f' || c == '\x1b');
  if (modes.modify_other_keys >= 2 && (modifiers.control || modifiers.meta || shifted_name))
    return other_key(c, modifiers);
  std::string out = modifiers.meta ? "\x1b" : "";
  if (back_tab) return out + "\x1b[Z";
  if (modifiers.shift) c = upper(c);
  if (!modifiers.control) return out + c;
  if (const auto byte = control_byte(c)) return out + *byte;
  if (modes.modify_other_keys == 0) return std::nullopt;
  return other_key(c, modifiers);
}

std::string encode_keypad(const NamedKey& key, const Modifiers& modifiers, const TerminalModes& modes) {
  const auto c = static_cast<char>(key.code);
  const bool all = (modes.kitty_flags & kAllKeys) != 0;
  if (!is_kitty(modes) || (!all && !modifiers.control && !modifiers.meta && c != '\r')) return {};
  const auto code = kKeypadCode + static_cast<std::uint32_t>(kKeypad.find(c));
  return kitty_key(code, modifiers, c == '\r' || modifiers.any() ? 0 : static_cast<std::uint8_t>(c), modes);
}

std::optional<std::string> encode_named(const NamedKey& key, Modifiers modifiers, const TerminalModes& modes) {
  if (key.name == "BTab") modifiers.shift = true;
  const auto code = static_cast<char>(key.code);
  switch (key.form) {
    case Form::character: return encode_character(code, modifiers, modes);
    case Form::cursor:
    case Form::function:
      // The kitty protocol has no SS3, and CSI R is a report of the cursor's place.
      if (is_kitty(modes) && key.form == Form::function && code == 'R') return csi(13, modifiers, '~');
      if (!modifiers.any() && !is_kitty(modes) && (key.form == Form::function || modes.application_cursor))
        return std::string("\x1bO") + code;
      return csi(1, modifiers, code);
    case Form::tilde: return csi(key.code, modifiers, '~');
    case Form::keypad: {
      if (auto bytes = encode_keypad(key, modifiers, modes); !bytes.empty()) return bytes;
      if (modifiers.any() || is_kitty(modes) || !modes.application_keypad) return encode_character(code, modifiers, modes);
      return std::string("\x1bO") + key.letter;
    }
  }
  return std::nullopt;
}

Error key_error(const std::string& name, const char* why, const char* hint) {
  // A long one is text given by mistake; its begin is enough to recognise it.
  constexpr std::size_t kShown = 64;
  Error error{errc::invalid_argument, "'" + name.substr(0, kShown) + "' " + why};
  error.hint = hint;
  error.subject = "keys";
  return error;
}

Result<std::string> encode_key(const std::string& name, const TerminalModes& modes) {
  std::string_view rest = name;
  const auto modifiers = take_modifiers(rest);
  const auto* key = find_key(rest);
  const bool character = is_one_character(rest);
  if (key == nullptr && !character)
    return key_error(
        name, "is not the name of a key",
        "keys are single characters, Enter, Escape, Tab, BTab, Space, BSpace, Up, Down, Left, Right, Home, "
        "End, PPage, NPage, IC, DC and F1 to F12, with C-, M- and S- before them; to type text use send");
  std::optional<std::string> bytes;
  if (key != nullptr)
    bytes = encode_named(*key, modifiers, modes);
  else if (rest.size() == 1)
    bytes = encode_character(rest.front(), modifiers, modes);
  else if (is_kitty(modes) && ((modes.kitty_flags & kAllKeys) != 0 || modifiers.control || modifiers.meta))
    bytes = kitty_key(code_point(rest), modifiers, modifiers.any() ? 0 : code_point(rest), modes);
  else if (!modifiers.control)
    bytes = (modifiers.meta ? "\x1b" : "") + std::string(rest);
  if (bytes) return *std::move(bytes);
  return key_error(name, "is a key that terminals have no bytes for", "leave C- out, or use C- with a letter");
}

}  // namespace

Result<std::string> encode_keys(const std::vector<std::string>& names, const TerminalModes& modes) {
  std::string out;
  for (const auto& name : names) {
    const auto bytes = encode_key(name, modes);
    if (!bytes) return bytes.error();
    out += *bytes;
  }
  return out;
}

std::string encode_paste(std::string_view text, const TerminalModes& modes) {
  std::string out;
  out.reserve(text.size() + kPasteBegin.size() + kPasteEnd.size());
  const bool brackets = modes.bracketed_paste;
  if (brackets) out += kPasteBegin;
  const auto begin = out.size();
  // Looking at what was written finds an end that only comes up when another one is taken out.
  const auto drop_end = [&out, begin](std::string_view end) {
    const auto written = std::string_view(out).substr(begin);
    if (written.ends_with(end)) out.resize(out.size() - end.size());
  };
  char last = 0;
  for (const char c : text) {
    if (c != '\n' || last != '\r') out += c == '\n' ? '\r' : c;
    last = c;
    if (!brackets || c != '~') continue;
    drop_end(kPasteEnd);
    drop_end(
        "\xC2\x9B"
        "201~");
    drop_end(
        "\x9B"
        "201~");
  }
  if (brackets) out += kPasteEnd;
  return out;
}

}  // namespace ptyd
