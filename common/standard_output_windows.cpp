#include <windows.h>

#include <new>

#include "common/console_output_windows.hpp"
#include "common/standard_output.hpp"

namespace ptyd {

namespace {

bool failed = false;

bool write_bytes(HANDLE file, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    constexpr std::size_t kMaxPiece = std::size_t{1} << 20;
    DWORD written = 0;
    const auto piece = static_cast<DWORD>(bytes.size() < kMaxPiece ? bytes.size() : kMaxPiece);
    if (::WriteFile(file, bytes.data(), piece, &written, nullptr) == 0) return false;
    bytes.remove_prefix(written);
  }
  return true;
}

// Sequences, as of colours, are taken as such only while the console is told to.
bool write_console(HANDLE console, DWORD mode, ConsoleOutput& output, std::string_view text) noexcept {
  constexpr DWORD kSequences = ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING;
  const bool change = (mode & kSequences) != kSequences && text.find('\x1b') != std::string_view::npos;
  if (change) ::SetConsoleMode(console, mode | kSequences);
  bool written = false;
  try {
    written = output.write(console, text);
  } catch (const std::bad_alloc&) {
    // Told as not written.
  }
  if (change) ::SetConsoleMode(console, mode);
  return written;
}

}  // namespace

void write_output(OutputStream stream, std::string_view text) noexcept {
  static ConsoleOutput consoles[2];
  const bool out = stream == OutputStream::out;
  const HANDLE handle = ::GetStdHandle(out ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE);
  DWORD mode = 0;
  const bool console = ::GetConsoleMode(handle, &mode) != 0;
  const bool written = console ? write_console(handle, mode, consoles[out ? 0 : 1], text) : write_bytes(handle, text);
  if (out && !written) failed = true;
}

bool output_failed() noexcept { return failed; }

}  // namespace ptyd
