#include "daemon/hostlink/fork_program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "daemon/host/wire.hpp"
#include "daemon/hostlink/close_descriptors.hpp"
#include "daemon/hostlink/reset_signals.hpp"

extern char** environ;

namespace ptyd {

namespace {

// Everything the new processes need, made before fork(): after it nothing may be allocated.
struct Plan {
  const char* program = nullptr;
  std::array<char*, 3> argv{};
  int answer = -1;
  std::array<int, kHighestPlace + 1> at{};  // by place; -1: nothing
};

void report(int answer, int error_number) noexcept {
  if (answer < 0) return;
  const host::SpawnResult result{static_cast<std::uint32_t>(host::SpawnStep::none),
                                 static_cast<std::uint32_t>(error_number), 0, 0};
  static_cast<void>(::write(answer, &result, sizeof result) == 0);
}

bool put_at(int fd, int place) noexcept {
  return fd < 0 ? ::close(place) == 0 || errno == EBADF : ::dup2(fd, place) == place;
}

// In the new process. Only calls that are safe after fork() in a program with threads.
[[noreturn]] void become_program(const Plan& plan) noexcept {
  reset_signals();
  bool placed = true;
  for (int place = 0; place <= kHighestPlace; ++place)
    placed = placed && put_at(plan.at[static_cast<std::size_t>(place)], place);
  if (placed) {
    close_descriptors_from(kHighestPlace + 1);
    // No file system stays busy because of a session.
    if (plan.program[0] == '/') static_cast<void>(::chdir("/") == 0);
    ::execve(plan.program, plan.argv.data(), environ);
    if (plan.answer >= 0) report(host::kResultFd, errno);
  } else {
    report(plan.answer, errno);
  }
  ::_exit(127);
}

// The process between: the new program is the child of nobody we know once it has gone.
[[noreturn]] void become_parent(const Plan& plan) noexcept {
  ::setsid();
  const pid_t child = ::fork();
  if (child == 0) become_program(plan);
  if (child < 0) report(plan.answer, errno);
  ::_exit(0);
}

int start(const Plan& plan) {
  // Our signal handlers must not run in the new processes: they write into pipes that are ours.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t between = ::fork();
  if (between == 0) become_parent(plan);
  const int error_number = between < 0 ? errno : 0;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  // It ends right after its own fork(): a wait of microseconds.
  if (between > 0)
    while (::waitpid(between, nullptr, 0) < 0 && errno == EINTR) {
    }
  return error_number;
}

}  // namespace

UniqueHandle out_of_the_way(int fd) { return UniqueHandle(::fcntl(fd, F_DUPFD_CLOEXEC, kHighestPlace + 1)); }

Result<void> fork_program(const std::string& program, const char* argument, const std::vector<PlacedHandle>& handles) {
  const UniqueHandle null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const auto safe_null = out_of_the_way(null.fd());
  if (!safe_null) return os_error("prepare the host's descriptors", errno);
  std::string name = program.substr(program.rfind('/') + 1);
  std::string words = argument != nullptr ? argument : "";
  Plan plan{program.c_str(), {name.data(), argument != nullptr ? words.data() : nullptr, nullptr}, -1, {}};
  plan.at.fill(-1);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    plan.at[static_cast<std::size_t>(standard)] = safe_null.fd();
  std::vector<UniqueHandle> safe;
  for (const auto& [handle, place] : handles) {
    safe.push_back(out_of_the_way(handle->fd()));
    if (!safe.back()) return os_error("prepare the host's descriptors", errno);
    plan.at[static_cast<std::size_t>(place)] = safe.back().fd();
    if (place == host::kResultFd) plan.answer = safe.back().fd();
  }
  if (const int failed = start(plan); failed != 0) return os_error("start a process", failed);
  return {};
}

}  // namespace ptyd
