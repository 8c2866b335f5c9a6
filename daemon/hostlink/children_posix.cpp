#include "daemon/hostlink/children.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <utility>
#include <vector>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace ptyd {

struct ChildClaim::Entry {
  pid_t pid = 0;
  ChildListener listener;
};

std::vector<std::unique_ptr<ChildClaim::Entry>>& ChildClaim::entries() {
  static std::vector<std::unique_ptr<Entry>> all;
  return all;
}

ChildClaim::ChildClaim(std::uint32_t pid, ChildListener listener) {
  auto entry = std::make_unique<Entry>();
  entry->pid = static_cast<pid_t>(pid);
  entry->listener = std::move(listener);
  auto* const made = entry.get();
  entries().push_back(std::move(entry));
  entry_ = made;
}

ChildClaim::ChildClaim(ChildClaim&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}

ChildClaim& ChildClaim::operator=(ChildClaim&& other) noexcept {
  if (this == &other) return *this;
  drop();
  entry_ = std::exchange(other.entry_, nullptr);
  return *this;
}

ChildClaim::~ChildClaim() { drop(); }

void ChildClaim::drop() noexcept {
  if (entry_ != nullptr) std::erase_if(entries(), [this](const auto& entry) { return entry.get() == entry_; });
  entry_ = nullptr;
}

// A listener may claim and drop others, but not end this claim's owner without dropping it.
void ChildClaim::tell(std::uint32_t pid, int status) {
  std::vector<ChildListener> listeners;
  for (const auto& entry : entries())
    if (entry->pid == static_cast<pid_t>(pid)) listeners.push_back(entry->listener);
  for (const auto& listener : listeners) listener(status);
}

namespace {

int status_of(const siginfo_t& info) {
  if (info.si_code == CLD_EXITED) return (info.si_status & 0xff) << 8;
  return (info.si_status & 0x7f) | (info.si_code == CLD_DUMPED ? 0x80 : 0);
}

}  // namespace

#ifdef __linux__
std::optional<ProgramUsage> read_usage(std::uint32_t pid) noexcept {
  siginfo_t info{};
  rusage usage{};
  const auto child = static_cast<pid_t>(pid);
  // The C library's waitid() leaves out the last argument.
  if (::syscall(SYS_waitid, P_PID, child, &info, WEXITED | WNOHANG | WNOWAIT, &usage) != 0 || info.si_pid != child)
    return std::nullopt;
  const auto microseconds = [](const timeval& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(time.tv_usec);
  };
  return ProgramUsage{microseconds(usage.ru_utime), microseconds(usage.ru_stime),
                      static_cast<std::uint64_t>(usage.ru_maxrss) * 1024};
}
#else
std::optional<ProgramUsage> read_usage(std::uint32_t) noexcept { return std::nullopt; }
#endif

bool adopt_orphans() noexcept {
#ifdef __linux__
  return ::prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL) == 0;
#else
  return false;
#endif
}

bool add_child_signal(boost::asio::signal_set& signals) {
  boost::system::error_code error;
  signals.add(SIGCHLD, error);
  return !error && ::raise(SIGCHLD) == 0;
}

void reap_children() {
  for (;;) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
    // One that could not be told for want of memory is not waited for before it is.
    ChildClaim::tell(static_cast<std::uint32_t>(info.si_pid), status_of(info));
    if (::waitid(P_PID, static_cast<id_t>(info.si_pid), &info, WEXITED | WNOHANG) != 0) return;
  }
}

}  // namespace ptyd
