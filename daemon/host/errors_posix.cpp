#include <cerrno>

#include "daemon/host/errors.hpp"

namespace ptyd::host {

const int kBusy = EBUSY;
const int kInvalid = EINVAL;
const int kNoHandle = EBADF;
const int kTooLarge = E2BIG;
const int kOtherVersion = EPROTONOSUPPORT;

}  // namespace ptyd::host
