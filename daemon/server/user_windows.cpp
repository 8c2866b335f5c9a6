#include <windows.h>

#include <shlobj.h>
#include <userenv.h>

#include <memory>

#include "common/handle_windows.hpp"
#include "common/wide_string.hpp"
#include "daemon/server/features.hpp"
#include "daemon/server/user.hpp"

namespace ptyd {

namespace {

UniqueHandle own_token() {
  HANDLE token = nullptr;
  ::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY | TOKEN_DUPLICATE, &token);
  return own_handle(token);
}

// Of cmd, which every Windows has; a variable may name another one.
std::string system_shell() {
  std::wstring path(MAX_PATH, L'\0');
  path.resize(::GetSystemDirectoryW(path.data(), MAX_PATH));
  return to_utf8(path) + "\\cmd.exe";
}

// The value of `name` in `environment`, however it is written there; empty when there is none.
std::string value_of(const std::vector<std::string>& environment, const std::string& name) {
  for (const auto& entry : environment)
    if (entry.size() > name.size() && entry[name.size()] == '=' &&
        ::_strnicmp(entry.c_str(), name.c_str(), name.size()) == 0)
      return entry.substr(name.size() + 1);
  return {};
}

}  // namespace

std::string login_shell() {
  const auto shell = value_of(basic_environment(), "COMSPEC");
  return shell.empty() ? system_shell() : shell;
}

std::string home_folder() {
  wchar_t* path = nullptr;
  std::string home = "C:\\";
  if (SUCCEEDED(::SHGetKnownFolderPath(FOLDERID_Profile, 0, nullptr, &path))) home = to_utf8(path);
  ::CoTaskMemFree(path);
  return home;
}

// As the system gives it to a program that this user starts after logging in: not what we were started with.
std::vector<std::string> basic_environment() {
  const auto token = own_token();
  void* block = nullptr;
  if (::CreateEnvironmentBlock(&block, handle_of(token), FALSE) == 0) return {};
  const std::unique_ptr<void, decltype(&::DestroyEnvironmentBlock)> owner(block, &::DestroyEnvironmentBlock);
  std::vector<std::string> entries;
  for (const auto* entry = static_cast<const wchar_t*>(block); *entry != L'\0';) {
    const std::wstring_view text(entry);
    if (text.front() != L'=') entries.push_back(to_utf8(text));
    entry += text.size() + 1;
  }
  return entries;
}

std::uint64_t process_id() noexcept { return ::GetCurrentProcessId(); }

}  // namespace ptyd
