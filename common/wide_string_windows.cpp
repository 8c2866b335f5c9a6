#include <windows.h>

#include <limits>

#include "common/escape.hpp"
#include "common/wide_string.hpp"

namespace ptyd {

Result<std::wstring> to_wide(std::string_view utf8) {
  if (utf8.empty()) return std::wstring();
  const auto bad = [utf8](std::string_view why) {
    Error error{errc::invalid_argument, "'" + escape_text(utf8) + "' " + std::string(why)};
    error.subject = std::string(utf8);
    return error;
  };
  if (utf8.find('\0') != std::string_view::npos) return bad("holds a NUL");
  if (utf8.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return bad("is too long");
  const auto size = static_cast<int>(utf8.size());
  const int needed = ::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8.data(), size, nullptr, 0);
  // Some versions let surrogates written as UTF-8 pass.
  if (needed <= 0 || !is_utf8(utf8)) return bad("is not UTF-8");
  std::wstring wide(static_cast<std::size_t>(needed), L'\0');
  if (::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8.data(), size, wide.data(), needed) != needed)
    return bad("is not UTF-8");
  return wide;
}

std::string to_utf8(std::wstring_view wide) {
  if (wide.empty()) return {};
  const auto size = static_cast<int>(wide.size());
  const int needed = ::WideCharToMultiByte(CP_UTF8, 0, wide.data(), size, nullptr, 0, nullptr, nullptr);
  std::string utf8(static_cast<std::size_t>(needed > 0 ? needed : 0), '\0');
  ::WideCharToMultiByte(CP_UTF8, 0, wide.data(), size, utf8.data(), needed, nullptr, nullptr);
  return utf8;
}

}  // namespace ptyd
