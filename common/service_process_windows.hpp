// Starts a program by Windows' management service (WMI): it is nobody's child that we know, and in no job of ours.
// Windows only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/error.hpp"

namespace ptyd {

struct ServiceStart {
  std::wstring command_line;
  std::wstring folder;
  std::vector<std::wstring> environment;  // NAME=value; where the service can't take it, the user's own is used
};

// Returns the process's number. Nothing is inherited, no window is shown. Blocks: a second is usual, and a service in
// trouble may take minutes. Errors: unavailable, with what the service said.
Result<std::uint32_t> start_by_service(const ServiceStart& start);

}  // namespace ptyd
