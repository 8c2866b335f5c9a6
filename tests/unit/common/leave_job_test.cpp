#include "common/leave_job.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace ptyd {
namespace {

constexpr std::uint32_t kDenied = 5;
constexpr std::uint32_t kMissing = 2;

// Starts nothing: gives each way's error and notes that it was tried.
struct FakeStarter {
  std::map<JobWay, std::uint32_t> errors;
  std::vector<JobWay> tried{};
  std::uint32_t operator()(JobWay way) {
    tried.push_back(way);
    return errors.at(way);
  }
};

TEST(LeaveJob, TriesWhatMayHelpAndNothingElse) {
  using Ways = std::vector<JobWay>;
  const struct {
    const char* what;
    bool in_job;
    std::map<JobWay, std::uint32_t> errors;
    Ways tried;
    std::uint32_t error;
  } cases[] = {
      {"no job", false, {{JobWay::breakaway, 0}}, {JobWay::breakaway}, 0},
      {"a job that lets us out", true, {{JobWay::breakaway, 0}}, {JobWay::breakaway}, 0},
      {"no such program", true, {{JobWay::breakaway, kMissing}}, {JobWay::breakaway}, kMissing},
      {"a program that is not for us", false, {{JobWay::breakaway, kDenied}}, {JobWay::breakaway}, kDenied},
      {"a job that keeps us",
       true,
       {{JobWay::breakaway, kDenied}, {JobWay::service, 0}},
       {JobWay::breakaway, JobWay::service},
       0},
      {"and a service that does not run",
       true,
       {{JobWay::breakaway, kDenied}, {JobWay::service, 1062}, {JobWay::within, 0}},
       {JobWay::breakaway, JobWay::service, JobWay::within},
       0},
      {"and a service that is denied to us",
       true,
       {{JobWay::breakaway, kDenied}, {JobWay::service, kDenied}, {JobWay::within, 0}},
       {JobWay::breakaway, JobWay::service, JobWay::within},
       0},
      {"a program that is not for us, in a job",
       true,
       {{JobWay::breakaway, kDenied}, {JobWay::service, 2}, {JobWay::within, kDenied}},
       {JobWay::breakaway, JobWay::service, JobWay::within},
       kDenied},
  };
  for (const auto& one : cases) {
    FakeStarter starter{one.errors};
    const auto result = start_past_job(one.in_job, kDenied, std::ref(starter));
    EXPECT_EQ(starter.tried, one.tried) << one.what;
    EXPECT_EQ(result.error, one.error) << one.what;
    EXPECT_EQ(result.way, one.tried.back()) << one.what;
  }
}

}  // namespace
}  // namespace ptyd
