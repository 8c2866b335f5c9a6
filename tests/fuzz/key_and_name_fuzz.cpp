// Keys, pastes, names, labels and environments as clients send them: refused with a short error or made safe.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "daemon/core/environment.hpp"
#include "daemon/core/key_encoding.hpp"
#include "daemon/core/session_name.hpp"

namespace {

void expect(bool condition) {
  if (!condition) std::abort();
}

void check_keys(const std::string& text, const ptyd::TerminalModes& modes) {
  const auto keys = ptyd::encode_keys({text}, modes);
  expect(keys ? !keys->empty() && keys->size() <= 16 : keys.error().message.size() < 256);
}

void check_paste(const std::string& text, ptyd::TerminalModes modes) {
  modes.bracketed_paste = false;
  const auto plain = ptyd::encode_paste(text, modes);
  expect(plain.size() <= text.size() && plain.find('\n') == std::string::npos);
  modes.bracketed_paste = true;
  const auto pasted = ptyd::encode_paste(text, modes);
  expect(pasted.starts_with("\x1b[200~"));
  expect(pasted.find("\x1b[201~") == pasted.size() - 6);
}

void check_names(const std::string& text) {
  const auto valid = ptyd::validate_session_name(text);
  expect(valid || (valid.error().message.size() < 256 && !valid.error().hint.empty()));
  int asked = 0;
  const auto name = ptyd::choose_name(text, [&asked](std::string_view) { return ++asked < 12; });
  expect(static_cast<bool>(ptyd::validate_session_name(name)));
  static_cast<void>(ptyd::validate_label(text, text));
}

void check_environment(const std::string& text) {
  ptyd::SessionEnv session;
  session.id = "00112233445566778899aabbccddeeff";
  session.ancestry = text;
  const auto env = ptyd::session_environment({text, "TMUX" + text, "A=" + text}, session);
  for (const auto& entry : env) {
    expect(entry.find('=') != std::string::npos && entry.front() != '=');
    expect(!entry.starts_with("TMUX"));
    expect(!entry.starts_with("PTYD_ANCESTRY=") || entry.size() < 2048);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  ptyd::TerminalModes modes;
  const unsigned choice = size == 0 ? 0 : data[size - 1];
  modes.application_cursor = (choice & 1) != 0;
  modes.application_keypad = (choice & 2) != 0;
  modes.kitty_flags = (choice & 4) != 0 ? 1 : 0;
  modes.modify_other_keys = (choice & 8) != 0 ? 2 : 0;
  check_keys(text, modes);
  check_paste(text, modes);
  check_names(text);
  check_environment(text);
  return 0;
}
