#include <windows.h>

#include "daemon/host/errors.hpp"

namespace ptyd::host {

const int kBusy = ERROR_BUSY;
const int kInvalid = ERROR_INVALID_PARAMETER;
const int kNoHandle = ERROR_INVALID_HANDLE;
const int kTooLarge = ERROR_BAD_LENGTH;
const int kOtherVersion = ERROR_REVISION_MISMATCH;

const int kInUse = ERROR_ALREADY_EXISTS;
const int kGone = ERROR_NOT_FOUND;
const int kNoProgram = ERROR_FILE_NOT_FOUND;
const int kNotAllowed = ERROR_ACCESS_DENIED;
const int kBadProgram = ERROR_BAD_EXE_FORMAT;
const int kTooLong = ERROR_FILENAME_EXCED_RANGE;

}  // namespace ptyd::host
