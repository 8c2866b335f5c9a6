// Where the file of a new program is. Windows only.
#pragma once

#include <cstddef>

#include "daemon/host/spec.hpp"

namespace ptyd::host {

inline constexpr std::size_t kMaxProgramPath = 32768;  // units, with the NUL

// The full path of spec.file: itself if it has a slash or a drive, then as seen from spec.cwd; else looked up in the
// PATH of the new environment. Without a name's ending ".exe" and ".com" are tried. 0, or an error:
// ERROR_FILE_NOT_FOUND; ERROR_BAD_EXE_FORMAT for a batch file, which cmd.exe would read by rules of its own: run
// `cmd.exe /d /s /c`.
int find_program(const Spec& spec, wchar_t (&path)[kMaxProgramPath]) noexcept;

}  // namespace ptyd::host
