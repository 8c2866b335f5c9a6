#include <windows.h>

#include <shlobj.h>

#include "common/runtime_paths.hpp"
#include "common/token_windows.hpp"
#include "common/wide_string.hpp"

namespace ptyd {

namespace {

std::optional<std::string> read_env(const char* name) {
  const auto wide = to_wide(name);
  if (!wide) return std::nullopt;
  std::wstring value;
  DWORD size = ::GetEnvironmentVariableW(wide->c_str(), nullptr, 0);
  // Another thread may make it longer in between.
  while (size > value.size()) {
    value.resize(size);
    size = ::GetEnvironmentVariableW(wide->c_str(), value.data(), size);
  }
  value.resize(size);
  if (value.empty()) return std::nullopt;
  return to_utf8(value);
}

// Not LOCALAPPDATA: it differs between the programs of one user, who must all find the same daemon.
std::string local_app_data() {
  wchar_t* path = nullptr;
  std::string result;
  if (SUCCEEDED(::SHGetKnownFolderPath(FOLDERID_LocalAppData, KF_FLAG_CREATE, nullptr, &path))) result = to_utf8(path);
  ::CoTaskMemFree(path);
  return result;
}

}  // namespace

PathInputs system_path_inputs() {
  PathInputs inputs;
  inputs.env = read_env;
  inputs.user = own_facts().user;
  inputs.home = local_app_data();
  return inputs;
}

}  // namespace ptyd
