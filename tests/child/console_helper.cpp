// Does to another program's console from inside what tests need and Wine can't do from outside. Never shipped.
//
//   resize PID COLS ROWS   gives the console of that process the size
//   keys PID CODE...       puts keys with these characters, as numbers, into its input
//
// Exit status: 0, 2 for wrong arguments, else what failed: 3 attach, 4 open, 5 resize, 6 keys.
#include <windows.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

HANDLE open_console(const wchar_t* name) {
  const HANDLE console = ::CreateFileW(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr,
                                       OPEN_EXISTING, 0, nullptr);
  if (console == INVALID_HANDLE_VALUE) std::exit(4);
  return console;
}

// The window may never be larger than the buffer: the buffer grows before it and shrinks after it.
int resize(SHORT cols, SHORT rows) {
  const HANDLE console = open_console(L"CONOUT$");
  CONSOLE_SCREEN_BUFFER_INFO info{};
  if (::GetConsoleScreenBufferInfo(console, &info) == 0) return 5;
  const COORD wanted{cols, rows};
  const COORD both{std::max(cols, info.dwSize.X), std::max(rows, info.dwSize.Y)};
  const SMALL_RECT window{0, 0, static_cast<SHORT>(cols - 1), static_cast<SHORT>(rows - 1)};
  const bool done = ::SetConsoleScreenBufferSize(console, both) != 0 &&
                    ::SetConsoleWindowInfo(console, TRUE, &window) != 0 &&
                    ::SetConsoleScreenBufferSize(console, wanted) != 0;
  return done ? 0 : 5;
}

int press(const std::vector<WCHAR>& characters) {
  const HANDLE console = open_console(L"CONIN$");
  std::vector<INPUT_RECORD> records;
  for (const WCHAR character : characters) {
    for (const BOOL down : {TRUE, FALSE}) {
      INPUT_RECORD record{};
      record.EventType = KEY_EVENT;
      record.Event.KeyEvent.bKeyDown = down;
      record.Event.KeyEvent.wRepeatCount = 1;
      record.Event.KeyEvent.uChar.UnicodeChar = character;
      if (character < 32) record.Event.KeyEvent.dwControlKeyState = LEFT_CTRL_PRESSED;
      records.push_back(record);
    }
  }
  DWORD written = 0;
  const auto count = static_cast<DWORD>(records.size());
  return ::WriteConsoleInputW(console, records.data(), count, &written) != 0 && written == count ? 0 : 6;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 3 ? argv[1] : "";
  std::vector<WCHAR> numbers;
  for (int i = 3; i < argc; ++i) numbers.push_back(static_cast<WCHAR>(std::strtoul(argv[i], nullptr, 10)));
  if (what != "keys" && (what != "resize" || numbers.size() != 2)) return 2;
  ::FreeConsole();
  if (::AttachConsole(static_cast<DWORD>(std::strtoul(argv[2], nullptr, 10))) == 0) return 3;
  return what == "keys" ? press(numbers) : resize(static_cast<SHORT>(numbers[0]), static_cast<SHORT>(numbers[1]));
}
