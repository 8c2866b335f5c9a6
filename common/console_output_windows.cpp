#include "common/console_output_windows.hpp"

#include <algorithm>
#include <utility>

namespace ptyd {

namespace {

// Above 64 KiB older consoles refuse a write. UTF-16 units.
constexpr std::size_t kMaxUnits = 16 * 1024;

std::size_t length_by_lead(unsigned char lead) {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc0 ? 2 : 1;
}

// Bytes at the end of `text` that only begin a character.
std::size_t incomplete_end(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xc0) == 0x80) continue;
    return length_by_lead(byte) > back ? back : 0;
  }
  return 0;
}

std::wstring decode(std::string_view utf8) {
  const auto size = static_cast<int>(utf8.size());
  const int needed = ::MultiByteToWideChar(CP_UTF8, 0, utf8.data(), size, nullptr, 0);
  std::wstring wide(static_cast<std::size_t>(std::max(needed, 0)), L'\0');
  ::MultiByteToWideChar(CP_UTF8, 0, utf8.data(), size, wide.data(), needed);
  return wide;
}

}  // namespace

bool ConsoleOutput::write(HANDLE console, std::string_view bytes) {
  std::string text = std::exchange(pending_, {});
  text += bytes;
  const auto rest = incomplete_end(text);
  pending_ = text.substr(text.size() - rest);
  text.resize(text.size() - rest);
  if (text.empty()) return true;
  const std::wstring wide = decode(text);
  for (std::wstring_view left = wide; !left.empty();) {
    DWORD written = 0;
    const auto piece = static_cast<DWORD>(std::min(left.size(), kMaxUnits));
    if (::WriteConsoleW(console, left.data(), piece, &written, nullptr) == 0 || written == 0) return false;
    left.remove_prefix(written);
  }
  return true;
}

}  // namespace ptyd
