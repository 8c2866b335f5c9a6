#include "client/terminal/console_input_windows.hpp"

#include <algorithm>
#include <utility>

#include "common/wide_string.hpp"

namespace ptyd {

namespace {

// Of a key that repeats while the console was not read.
constexpr WORD kMaxRepeats = 1024;

bool is_high_surrogate(wchar_t unit) { return unit >= 0xd800 && unit < 0xdc00; }

// A character made with Alt and the digits of the keypad comes when Alt goes up.
bool has_text(const KEY_EVENT_RECORD& key) {
  return key.bKeyDown != FALSE || (key.wVirtualKeyCode == VK_MENU && key.uChar.UnicodeChar != 0);
}

bool is_control_space(const KEY_EVENT_RECORD& key) {
  const bool control = (key.dwControlKeyState & (LEFT_CTRL_PRESSED | RIGHT_CTRL_PRESSED)) != 0;
  return control && (key.wVirtualKeyCode == VK_SPACE || key.wVirtualKeyCode == '2');
}

}  // namespace

ConsoleInput::Output ConsoleInput::take(std::span<const INPUT_RECORD> records) {
  Output out;
  std::wstring text;
  for (const auto& record : records) {
    if (record.EventType == WINDOW_BUFFER_SIZE_EVENT) out.resized = true;
    if (record.EventType == KEY_EVENT && has_text(record.Event.KeyEvent)) take_key(record.Event.KeyEvent, text);
  }
  out.bytes = to_utf8(text);
  return out;
}

void ConsoleInput::take_key(const KEY_EVENT_RECORD& key, std::wstring& text) {
  const wchar_t unit = key.uChar.UnicodeChar;
  // Shift and its like come as keys as well; NUL is typed by one key only.
  if (unit == 0 && !is_control_space(key)) return;
  if (is_high_surrogate(unit)) {
    high_surrogate_ = unit;
    return;
  }
  std::wstring character;
  if (const wchar_t high = std::exchange(high_surrogate_, L'\0'); high != 0) character += high;
  character += unit;
  for (WORD left = std::clamp<WORD>(key.wRepeatCount, 1, kMaxRepeats); left > 0; --left) text += character;
}

}  // namespace ptyd
