// Programs that ptyctl starts. Windows only.
#pragma once

#include <windows.h>

#include <string>
#include <vector>

#include "common/error.hpp"
#include "common/unique_handle.hpp"

namespace ptyd {

// The arguments as CommandLineToArgvW() and the C runtimes read them back. Errors: invalid_argument for what is not
// UTF-8, and for a quotation mark in the first one, for which there is no way of writing.
Result<std::wstring> command_line(const std::vector<std::string>& arguments);

// What a new program has as stdin, stdout and stderr; nullptr: nothing.
struct StandardHandles {
  HANDLE in = nullptr;
  HANDLE out = nullptr;
  HANDLE error = nullptr;
};

// Starts the program, which is looked for as the system does, in this console. It inherits those handles and nothing
// else; they are made inheritable for it. Returns its process. Errors: spawn_failed.
Result<UniqueHandle> start_program(const std::vector<std::string>& arguments, const StandardHandles& handles);

// Waits for the end of the process.
Result<int> exit_status(const UniqueHandle& process);

}  // namespace ptyd
