// How ptyctl reports a failure.
#pragma once

#include <string>

#include "client/format/output_format.hpp"
#include "common/error.hpp"

namespace ptyd {

// "ptyctl: MESSAGE\n" and, when there is a hint, "hint: HINT\n". Escaped.
std::string error_text(const Error& error);

// {"v":1,"error":{"code":"not_found","message":"...","hint":"..."}} with a newline; "subject", "step" and "os_error"
// are there when they say something.
std::string error_json(const Error& error);

// Under JSON one line on stdout; else the text on stderr. Flushed.
void print_error(const Error& error, OutputFormat format);

}  // namespace ptyd
