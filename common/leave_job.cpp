#include "common/leave_job.hpp"

namespace ptyd {

std::optional<JobWay> next_job_way(JobWay tried, bool denied, bool in_job) noexcept {
  switch (tried) {
    case JobWay::breakaway:
      if (denied && in_job) return JobWay::service;
      return std::nullopt;
    // Whatever ails the service, the program itself may be fine.
    case JobWay::service: return JobWay::within;
    case JobWay::within: break;
  }
  return std::nullopt;
}

JobStart start_past_job(bool in_job, std::uint32_t denied, const std::function<std::uint32_t(JobWay)>& start) {
  JobStart result;
  for (std::optional<JobWay> way = JobWay::breakaway; way;) {
    result = {*way, start(*way)};
    if (result.error == 0) break;
    way = next_job_way(*way, result.error == denied, in_job);
  }
  return result;
}

}  // namespace ptyd
