#include <cerrno>
#include <system_error>

#include "common/error.hpp"

namespace ptyd {

std::string os_message(int error_number) { return std::system_category().message(error_number); }

namespace {

errc code_for(int error_number) {
  switch (error_number) {
    case ENOENT: return errc::not_found;
    case EACCES:
    case EPERM: return errc::permission_denied;
    case EEXIST:
    case EADDRINUSE: return errc::already_exists;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOSPC:
    case EDQUOT:
    case EAGAIN: return errc::resource_exhausted;
    case ECONNREFUSED:
    case ECONNRESET:
    case EPIPE: return errc::unavailable;
    case ETIMEDOUT: return errc::deadline_exceeded;
    case EINVAL:
    case ENAMETOOLONG:
    case ENOTDIR: return errc::invalid_argument;
    default: return errc::internal;
  }
}

}  // namespace

Error os_error(std::string_view what, int error_number) {
  Error error;
  error.code = code_for(error_number);
  error.message = std::string(what) + ": " + os_message(error_number);
  error.os_error = static_cast<std::uint32_t>(error_number);
  return error;
}

}  // namespace ptyd
