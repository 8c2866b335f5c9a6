#include "common/own_job_windows.hpp"

#include <windows.h>

namespace ptyd {

bool in_job() noexcept {
  BOOL in = FALSE;
  return ::IsProcessInJob(::GetCurrentProcess(), nullptr, &in) != 0 && in != FALSE;
}

bool job_ends_us() noexcept {
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
  return in_job() &&
         ::QueryInformationJobObject(nullptr, JobObjectExtendedLimitInformation, &limits, sizeof limits, nullptr) !=
             0 &&
         (limits.BasicLimitInformation.LimitFlags & JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE) != 0;
}

}  // namespace ptyd
