#include "daemon/host/random_name_windows.hpp"

#include <windows.h>

#include <bcrypt.h>

#include <cwchar>

namespace ptyd::host {

int random_pipe_name(const wchar_t* prefix, wchar_t (&name)[kPipeNameUnits]) noexcept {
  unsigned char bytes[16];
  if (::BCryptGenRandom(nullptr, bytes, sizeof bytes, BCRYPT_USE_SYSTEM_PREFERRED_RNG) < 0) return ERROR_GEN_FAILURE;
  std::wcscpy(name, LR"(\\.\pipe\)");
  std::wcsncat(name, prefix, 20);
  wchar_t* at = name + std::wcslen(name);
  for (const unsigned char byte : bytes) {
    *at++ = L"0123456789abcdef"[byte >> 4];
    *at++ = L"0123456789abcdef"[byte & 15];
  }
  *at = 0;
  return 0;
}

}  // namespace ptyd::host
