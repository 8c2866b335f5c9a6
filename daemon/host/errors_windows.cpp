#include <windows.h>

#include "daemon/host/errors.hpp"

namespace ptyd::host {

const int kBusy = ERROR_BUSY;
const int kInvalid = ERROR_INVALID_PARAMETER;
const int kNoHandle = ERROR_INVALID_HANDLE;
const int kTooLarge = ERROR_BAD_LENGTH;
const int kOtherVersion = ERROR_REVISION_MISMATCH;

}  // namespace ptyd::host
