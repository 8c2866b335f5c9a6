#include <cerrno>

#include "daemon/host/errors.hpp"

namespace ptyd::host {

const int kBusy = EBUSY;
const int kInvalid = EINVAL;
const int kNoHandle = EBADF;
const int kTooLarge = E2BIG;
const int kOtherVersion = EPROTONOSUPPORT;

const int kInUse = EADDRINUSE;
const int kGone = ESRCH;
const int kNoProgram = ENOENT;
const int kNotAllowed = EACCES;
const int kBadProgram = ENOEXEC;
const int kTooLong = E2BIG;

}  // namespace ptyd::host
