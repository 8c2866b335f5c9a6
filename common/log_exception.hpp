// Logs an exception that ended a coroutine.
#pragma once

#include <exception>

namespace ptyd {

// One error line: "`where` stopped by an unexpected error: ...". `where` is a literal.
void log_exception(const char* where, const std::exception_ptr& error) noexcept;

}  // namespace ptyd
