// The errors that shared code of the host answers with, and those that the daemon tells apart: errno values, on Windows
// what GetLastError() gives.
#pragma once

namespace ptyd::host {

extern const int kBusy;
extern const int kInvalid;
extern const int kNoHandle;      // a message that should have brought a descriptor brought none
extern const int kTooLarge;      // a SpawnSpec beyond kMaxSpec
extern const int kOtherVersion;  // a SpawnSpec of another version

extern const int kInUse;      // SpawnStep::socket: a host for this session exists
extern const int kGone;       // there is nothing left to send a signal to
extern const int kNoProgram;  // SpawnStep::exec, also the three below
extern const int kNotAllowed;
extern const int kBadProgram;  // it is none for this system
extern const int kTooLong;     // arguments and environment together

}  // namespace ptyd::host
