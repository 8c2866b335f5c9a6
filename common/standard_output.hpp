// What our programs say on stdout and stderr. UTF-8: files and pipes get the bytes, a console of Windows gets the text
// whatever its code page is.
#pragma once

#include <string_view>

namespace ptyd {

enum class OutputStream { out, error };

// All of it, at once. Windows: not through the C library, which would write line ends of its own; on a console a
// character may be cut between two calls. What could not be written on stdout is remembered for output_failed().
// Thread: one at a time.
void write_output(OutputStream stream, std::string_view text) noexcept;
bool output_failed() noexcept;

}  // namespace ptyd
