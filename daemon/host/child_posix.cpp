#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "daemon/host/child.hpp"
#include "daemon/host/crash_point.hpp"
#include "daemon/host/descriptor.hpp"
#include "daemon/host/exec_program.hpp"
#include "daemon/host/os.hpp"
#include "daemon/host/spawn_result.hpp"

namespace ptyd::host {

namespace {

// What the child writes into the pipe when it can't go on; nothing at all when exec succeeded.
struct Failure {
  SpawnStep step;
  int error;
};

void reset_signals() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// 0, or an errno. Leaves 0, 1, 2 and the report pipe, which moves to 3.
int arrange_descriptors(int tty, int& report, std::uint64_t nofile_soft) {
  for (int fd = 0; fd <= 2; ++fd)
    if (::dup2(tty, fd) != fd) return errno;
  if (report != 3) {
    if (::dup2(report, 3) != 3) return errno;
    report = 3;
  }
  if (::fcntl(report, F_SETFD, FD_CLOEXEC) != 0) return errno;
  close_from(4);
  rlimit limit{};
  if (nofile_soft == 0 || ::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = std::min<rlim_t>(static_cast<rlim_t>(nofile_soft), limit.rlim_max);
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? 0 : errno;
}

Failure become_program(const Spec& spec, int tty, int& report) {
  reset_signals();
  raise_oom_score_of_child();
  if (::setsid() < 0 || ::ioctl(tty, TIOCSCTTY, 0) != 0) return {SpawnStep::session, errno};
  if (const int error = arrange_descriptors(tty, report, spec.fixed.nofile_soft); error != 0)
    return {SpawnStep::descriptors, error};
  if (::chdir(spec.cwd) != 0) return {SpawnStep::chdir, errno};
  return {SpawnStep::exec, exec_program(spec)};
}

[[noreturn]] void run_child(const Spec& spec, int tty, int report) {
  const Failure failure = become_program(spec, tty, report);
  static_cast<void>(::write(report, &failure, sizeof failure) == 0);
  ::_exit(127);
}

}  // namespace

SpawnResult start_child(const Spec& spec, int tty) {
  int ends[2];
  if (::pipe(ends) != 0) return spawn_result(SpawnStep::fork, errno);
  Descriptor to_read(ends[0]);
  Descriptor to_write(ends[1]);
  ::fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  ::fcntl(ends[1], F_SETFD, FD_CLOEXEC);

  const pid_t child = ::fork();
  if (child < 0) return spawn_result(SpawnStep::fork, errno);
  if (child == 0) run_child(spec, tty, to_write.fd());
  crash_point("host_forked");
  to_write.reset();

  Failure failure{SpawnStep::none, 0};
  ssize_t got = 0;
  do {
    got = ::read(to_read.fd(), &failure, sizeof failure);
  } while (got < 0 && errno == EINTR);
  if (got == 0) {
    SpawnResult result = spawn_result(SpawnStep::none, 0);
    result.child_pid = static_cast<std::uint32_t>(child);
    return result;
  }
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  return got == sizeof failure ? spawn_result(failure.step, failure.error) : spawn_result(SpawnStep::exec, EIO);
}

}  // namespace ptyd::host
