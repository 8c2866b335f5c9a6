#include <windows.h>

#include <shlobj.h>

#include "common/environment_variable.hpp"
#include "common/runtime_paths.hpp"
#include "common/token_windows.hpp"
#include "common/wide_string.hpp"

namespace ptyd {

namespace {

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
  inputs.env = environment_variable;
  inputs.user = own_facts().user;
  inputs.home = local_app_data();
  return inputs;
}

}  // namespace ptyd
