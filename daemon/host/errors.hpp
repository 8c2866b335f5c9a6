// The errors that shared code of the host answers with: errno values, on Windows what GetLastError() gives.
#pragma once

namespace ptyd::host {

extern const int kBusy;
extern const int kInvalid;
extern const int kNoHandle;      // a message that should have brought a descriptor brought none
extern const int kTooLarge;      // a SpawnSpec beyond kMaxSpec
extern const int kOtherVersion;  // a SpawnSpec of another version

}  // namespace ptyd::host
