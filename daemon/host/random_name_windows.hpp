// Names of pipes that nobody can guess. Windows only.
#pragma once

#include <cstddef>

namespace ptyd::host {

inline constexpr std::size_t kPipeNameUnits = 64;

// `\\.\pipe\`, `prefix` of at most 20 units and 32 hexadecimal digits. 0, or an error.
int random_pipe_name(const wchar_t* prefix, wchar_t (&name)[kPipeNameUnits]) noexcept;

}  // namespace ptyd::host
