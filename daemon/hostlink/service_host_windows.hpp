// A host that Windows' management service starts, because the job that we are in lets nobody out. Windows only. Private
// to this folder.
#pragma once

#include <windows.h>

#include <string>

#include "common/unique_handle.hpp"

namespace ptyd {

struct HostHandles {
  UniqueHandle spec;
  UniqueHandle answer;  // the end that is written to
  UniqueHandle record;  // may be empty
};

// Gives the host copies of `handles`, which it can't inherit, through a pipe that its only argument names. Blocks, for
// a second as a rule and for minutes at worst: not on the loop. 0, or Windows' error.
DWORD start_host_by_service(const std::wstring& program, const HostHandles& handles);

}  // namespace ptyd
