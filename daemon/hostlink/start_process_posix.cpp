#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "common/watched_descriptor.hpp"
#include "daemon/host/wire.hpp"
#include "daemon/hostlink/close_descriptors.hpp"
#include "daemon/hostlink/reset_signals.hpp"
#include "daemon/hostlink/start_process.hpp"

extern char** environ;

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
// Above all descriptors that the new program gets, so that putting one in place overwrites no other.
constexpr int kFirstSafeFd = kHighestPlace + 1;

class PipeAnswer final : public ProcessAnswer {
 public:
  PipeAnswer(asio::any_io_executor executor, UniqueHandle pipe) : pipe_(watched(executor, std::move(pipe))) {}

  asio::awaitable<Result<std::string>> read(std::size_t size) override {
    std::string answer;
    while (answer.size() < size) {
      const auto [error] = co_await pipe_.async_wait(asio::posix::stream_descriptor::wait_read, kTuple);
      if (error || given_up_) co_return Error{errc::cancelled, "nobody waits for the answer any more"};
      std::array<char, 64> bytes{};
      const ssize_t got = ::read(pipe_.native_handle(), bytes.data(), std::min(bytes.size(), size - answer.size()));
      if (got == 0) break;
      if (got < 0 && errno != EAGAIN && errno != EINTR) co_return os_error("read the host's answer", errno);
      if (got > 0) answer.append(bytes.data(), static_cast<std::size_t>(got));
    }
    co_return answer;
  }

  void give_up() noexcept override {
    given_up_ = true;
    boost::system::error_code ignored;
    pipe_.cancel(ignored);
  }

 private:
  asio::posix::stream_descriptor pipe_;
  bool given_up_ = false;
};

// Everything the new processes need, made before fork(): after it nothing may be allocated.
struct Plan {
  const char* program = nullptr;
  std::array<char*, 2> argv{};
  int answer = -1;
  std::array<int, kHighestPlace + 1> at{};  // by place; -1: nothing
};

void report(int answer, int error_number) noexcept {
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
    report(host::kResultFd, errno);
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

UniqueHandle out_of_the_way(int fd) { return UniqueHandle(::fcntl(fd, F_DUPFD_CLOEXEC, kFirstSafeFd)); }

struct Pipe {
  UniqueHandle read;
  UniqueHandle write;
};

Result<Pipe> make_pipe() {
  int ends[2];
#ifdef __APPLE__
  const int made = ::pipe(ends);
#else
  const int made = ::pipe2(ends, O_CLOEXEC);
#endif
  if (made != 0) return os_error("make a pipe for the host's answer", errno);
  UniqueHandle read(ends[0]);
  const UniqueHandle write(ends[1]);
  Pipe pipe{std::move(read), out_of_the_way(write.fd())};
  if (!pipe.write || ::fcntl(pipe.read.fd(), F_SETFD, FD_CLOEXEC) != 0 ||
      ::fcntl(pipe.read.fd(), F_SETFL, O_NONBLOCK) != 0)
    return os_error("make a pipe for the host's answer", errno);
  return pipe;
}

}  // namespace

Result<std::shared_ptr<ProcessAnswer>> start_process(asio::any_io_executor executor, const std::string& program,
                                                     const UniqueHandle& spec, const UniqueHandle& record) {
  std::vector<PlacedHandle> handles{{&spec, host::kSpecFd}};
  if (record) handles.push_back({&record, host::kRecordFd});
  return start_process_with(executor, program, handles);
}

Result<std::shared_ptr<ProcessAnswer>> start_process_with(asio::any_io_executor executor, const std::string& program,
                                                          const std::vector<PlacedHandle>& handles) {
  auto pipe = make_pipe();
  if (!pipe) return pipe.error();
  const UniqueHandle null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const auto safe_null = out_of_the_way(null.fd());
  if (!safe_null) return os_error("prepare the host's descriptors", errno);
  std::string name = program.substr(program.rfind('/') + 1);
  Plan plan{program.c_str(), {name.data(), nullptr}, pipe->write.fd(), {}};
  plan.at.fill(-1);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    plan.at[static_cast<std::size_t>(standard)] = safe_null.fd();
  plan.at[static_cast<std::size_t>(host::kResultFd)] = pipe->write.fd();
  std::vector<UniqueHandle> safe;
  for (const auto& [handle, place] : handles) {
    safe.push_back(out_of_the_way(handle->fd()));
    if (!safe.back()) return os_error("prepare the host's descriptors", errno);
    plan.at[static_cast<std::size_t>(place)] = safe.back().fd();
  }
  std::shared_ptr<ProcessAnswer> answer;
  try {
    answer = std::make_shared<PipeAnswer>(executor, std::move(pipe->read));
  } catch (const boost::system::system_error& e) {
    return os_error("wait for the host's answer", e.code().value());
  }
  if (const int failed = start(plan); failed != 0) return os_error("start a process", failed);
  return answer;
}

}  // namespace ptyd
