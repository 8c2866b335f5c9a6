// Every exit status of ptyctl with its meaning.
#pragma once

#include "common/error.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

enum class ExitCode : int {
  done = 0,
  no_match = 1,
  usage = 2,
  no_such_session = 66,
  ambiguous = 65,
  denied = 67,
  busy = 68,
  unavailable = 69,
  internal = 70,
  ended_before = 71,
  guard_failed = 72,
  already_exists = 73,
  fell_behind = 75,
  protocol_mismatch = 76,
  put_off = 77,
  timed_out = 124,
  failed = 125,
  not_executable = 126,
  not_found = 127,
};

constexpr int to_int(ExitCode code) { return static_cast<int>(code); }

// Narrow: for commands that pass on a program's status, so that only 2, 124, 125, 126 and 127 are ptyctl's own.
// Wide: for all others, and for those too with --exit-codes=wide.
enum class ExitCodes { narrow, wide };

ExitCode exit_code_for(const Error& error, ExitCodes codes);

// The program's own status: its exit code, or 128+N for signal N; 125 when it is not known.
int program_exit_code(const v1::ExitStatus& status);

// How an attachment's end is reported. Never 0 but for a detach and for a program that ended with 0.
int exit_code_for(const v1::Ended& ended, ExitCodes codes);

}  // namespace ptyd
