// Errors as values: what failed, on what, why, and what to do about it.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace ptyd {

// Same meanings as ptyd.v1.ErrorCode; daemon/server/convert.cpp and client/ptyd/convert.cpp map them.
enum class errc : std::uint8_t {
  invalid_argument = 1,
  not_found,
  ambiguous,
  already_exists,
  permission_denied,
  busy,
  resource_exhausted,
  failed_precondition,
  out_of_range,
  unimplemented,
  unavailable,
  deadline_exceeded,
  unsupported_version,
  spawn_failed,
  session_ended,
  frame_too_large,
  malformed,
  cancelled,
  internal,
};

// Snake-case name of a code, as used under --json: "not_found".
std::string_view to_string(errc code) noexcept;

// One failure. Texts may hold bytes that came from a peer: escape them before printing (common/escape.hpp).
struct Error {
  errc code = errc::internal;
  std::string message;          // what failed, on what, why
  std::string hint{};           // what to do; may be empty
  std::string subject{};        // the field or object at fault
  std::uint32_t os_error = 0;   // errno or GetLastError()
  std::string step{};           // spawn_failed: where
  std::uint64_t have_from = 0;  // out_of_range: what there is; unsupported_version: the peer's range
  std::uint64_t have_to = 0;
};

// For throwing where a constructor or a coroutine can't return one.
class ErrorException : public std::runtime_error {
 public:
  explicit ErrorException(Error error) : std::runtime_error(error.message), error_(std::move(error)) {}
  const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

template <class T>
using Result = boost::system::result<T, Error>;

// An Error for a failed system call: `what` is like "open /run/user/1000/ptyd". Chooses the code by the number, which is
// an errno, or on Windows what GetLastError() gives.
Error os_error(std::string_view what, int error_number);

// What the system says of a number, on one line. Safe for threads.
std::string os_message(int error_number);

}  // namespace ptyd
