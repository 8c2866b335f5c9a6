#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#include "common/time_slice.hpp"

namespace ptyd {

namespace {

constexpr std::uint64_t kBriefNs = 100'000;  // less is taken for this

// Not in all libraries' headers. Source: sched_setattr(2), the first version.
struct Attributes {
  std::uint32_t size;
  std::uint32_t policy;
  std::uint64_t flags;
  std::int32_t nice;
  std::uint32_t priority;
  std::uint64_t runtime;
  std::uint64_t deadline;
  std::uint64_t period;
};
constexpr std::uint64_t kResetOnFork = 1;

}  // namespace

void set_time_slice(TimeSlice slice) noexcept {
  Attributes attributes{};
  if (::syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0) return;
  // A higher priority would be reset for what is started, too.
  if (attributes.policy != SCHED_OTHER || attributes.nice < 0) return;
  attributes.flags |= kResetOnFork;
  attributes.runtime = slice == TimeSlice::brief ? kBriefNs : 0;
  ::syscall(SYS_sched_setattr, 0, &attributes, 0);
}

}  // namespace ptyd
