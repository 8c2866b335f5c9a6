// How a program that is to outlive us gets out of the job that we are in: a job of Windows can end all that is in it,
// as that of an ssh connection does. Pure; what tries the ways is elsewhere.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

namespace ptyd {

enum class JobWay {
  breakaway,  // started by us, leaving the job
  service,    // started by Windows' management service, to whose programs no job of ours applies
  within,     // started by us, in the job: it ends when the job does
};

// What to try when `tried` has failed, if anything. `denied`: for the reason "access is denied", which is what a job
// that lets nobody out gives; `in_job`: we are in one. The way to begin with is breakaway.
std::optional<JobWay> next_job_way(JobWay tried, bool denied, bool in_job) noexcept;

struct JobStart {
  JobWay way = JobWay::breakaway;  // that was tried last
  std::uint32_t error = 0;         // of that one; 0: the program was started
};
// Tries one after the other. `start` returns 0 or the system's error, of which `denied` is "access is denied".
JobStart start_past_job(bool in_job, std::uint32_t denied, const std::function<std::uint32_t(JobWay)>& start);

}  // namespace ptyd
