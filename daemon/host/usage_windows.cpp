#include "daemon/host/usage_windows.hpp"

#include <psapi.h>

#include <algorithm>

#include "daemon/host/usage.hpp"

namespace ptyd::host {

namespace {

constexpr std::uint64_t kTicksInMicrosecond = 10;

std::uint64_t microseconds(const FILETIME& time) noexcept {
  return ((std::uint64_t{time.dwHighDateTime} << 32) | time.dwLowDateTime) / kTicksInMicrosecond;
}

std::uint64_t microseconds(const LARGE_INTEGER& time) noexcept {
  return static_cast<std::uint64_t>(time.QuadPart) / kTicksInMicrosecond;
}

}  // namespace

void tell_usage_of(HANDLE process, HANDLE job, RingHeader& header) noexcept {
  FILETIME created{}, ended{}, system{}, user{};
  if (::GetProcessTimes(process, &created, &ended, &system, &user) == 0) return;
  std::uint64_t user_us = microseconds(user);
  std::uint64_t system_us = microseconds(system);
  // The job's are those of all that was in it. Wine counts none.
  JOBOBJECT_BASIC_ACCOUNTING_INFORMATION all{};
  if (::QueryInformationJobObject(job, JobObjectBasicAccountingInformation, &all, sizeof all, nullptr) != 0) {
    user_us = std::max(user_us, microseconds(all.TotalUserTime));
    system_us = std::max(system_us, microseconds(all.TotalKernelTime));
  }
  PROCESS_MEMORY_COUNTERS memory{};
  ::K32GetProcessMemoryInfo(process, &memory, sizeof memory);
  tell_usage(header, user_us, system_us, memory.PeakWorkingSetSize);
}

}  // namespace ptyd::host
