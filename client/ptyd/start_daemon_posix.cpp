#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <memory>

#include "client/ptyd/daemon_socket.hpp"

extern char** environ;  // NOLINT: POSIX declares it nowhere

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr int kReadyFd = 3;

struct Pipe {
  UniqueHandle read;
  UniqueHandle write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return os_error("make a pipe", errno);
  Pipe pipe{UniqueHandle(ends[0]), UniqueHandle(ends[1])};
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  return pipe;
}

// Everything the child needs, made before fork(): behind it only async-signal-safe calls are allowed.
struct Launch {
  std::vector<std::string> arguments;
  std::vector<char*> argv;
  std::vector<char*> envp;
  int null = -1;
  int ready = -1;
  int highest = 0;  // descriptors below this are closed
};

void report_failure(const char* step, int error) noexcept {
  // "exec 2": what went wrong, and errno.
  std::array<char, 32> text{};
  std::size_t size = 0;
  for (const char* c = step; *c != '\0'; ++c) text[size++] = *c;
  text[size++] = ' ';
  std::array<char, 12> digits{};
  std::size_t count = 0;
  do {
    digits[count++] = static_cast<char>('0' + error % 10);
    error /= 10;
  } while (error > 0);
  while (count > 0) text[size++] = digits[--count];
  static_cast<void>(::write(kReadyFd, text.data(), size) > 0);
  ::_exit(127);
}

[[noreturn]] void run_daemon_program(const Launch& launch) noexcept {
  // The ready pipe may be one of 0..2 or be in the way of another: move it up first.
  const int ready = ::fcntl(launch.ready, F_DUPFD, 10);
  const int null = ::fcntl(launch.null, F_DUPFD, 10);
  for (const int standard : {0, 1, 2}) ::dup2(null, standard);
  ::dup2(ready, kReadyFd);
  for (int other = kReadyFd + 1; other < launch.highest; ++other) ::close(other);
  if (::setsid() < 0) report_failure("setsid", errno);
  // Not a session leader any more, so it can never get a controlling terminal.
  const pid_t second = ::fork();
  if (second < 0) report_failure("fork", errno);
  if (second > 0) ::_exit(0);
  static_cast<void>(::chdir("/") == 0);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGCHLD, SIGQUIT}) ::signal(number, SIG_DFL);
  ::execve(launch.argv[0], launch.argv.data(), launch.envp.data());
  report_failure("exec", errno);
  ::_exit(127);
}

int highest_descriptor() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  return static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 65536));
}

Error start_failed(const std::string& program, const std::string& report) {
  const auto space = report.find(' ');
  const int number = std::atoi(report.c_str() + std::min(space, report.size()));
  auto error = os_error("start the daemon " + program, number);
  error.code = errc::unavailable;
  error.step = report.substr(0, space);
  return error;
}

struct ReadyWatch {
  ReadyWatch(asio::any_io_executor executor, int pipe) : reader(executor, pipe) {}
  asio::posix::stream_descriptor reader;
  bool late = false;
};

// What comes over the ready pipe until it is closed, a line is complete or the deadline has passed.
asio::awaitable<Result<std::string>> read_report(asio::any_io_executor executor, UniqueHandle pipe,
                                                 std::chrono::steady_clock::time_point deadline) {
  // Shared with the timer's handler, which may run after this coroutine has gone on.
  const auto watch = std::make_shared<ReadyWatch>(executor, static_cast<int>(pipe.release()));
  asio::steady_timer timer(executor, deadline);
  timer.async_wait([watch](const boost::system::error_code& error) {
    if (error) return;
    watch->late = true;
    boost::system::error_code ignored;
    watch->reader.cancel(ignored);
  });
  std::string report;
  std::array<char, 64> room{};
  const auto buffer = asio::buffer(room);
  while (!watch->late && report.find('\n') == std::string::npos && report.size() < 256) {
    const auto [error, size] = co_await watch->reader.async_read_some(buffer, kTuple);
    if (error) break;
    report.append(room.data(), size);
  }
  timer.cancel();
  if (!watch->late) co_return report;
  co_return Error{errc::deadline_exceeded, "the daemon was started but is not ready in time"};
}

}  // namespace

asio::awaitable<Result<void>> start_daemon(asio::any_io_executor executor, RuntimePaths paths, std::string program,
                                           std::chrono::steady_clock::time_point deadline) {
  auto pipe = make_pipe();
  if (!pipe) co_return pipe.error();
  const UniqueHandle null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) co_return os_error("open /dev/null", errno);
  Launch launch;
  launch.arguments = {
      program, "--socket", paths.socket, "--log-target", "file", "--ready-fd", std::to_string(kReadyFd)};
  for (auto& argument : launch.arguments) launch.argv.push_back(argument.data());
  launch.argv.push_back(nullptr);
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (!is_session_variable(text.substr(0, text.find('=')))) launch.envp.push_back(*entry);
  }
  launch.envp.push_back(nullptr);
  launch.null = null.fd();
  launch.ready = pipe->write.fd();
  launch.highest = highest_descriptor();
  const pid_t child = ::fork();
  if (child < 0) co_return os_error("start the daemon " + program, errno);
  if (child == 0) run_daemon_program(launch);
  pipe->write.reset();
  // The first child only makes the second one: it ends at once.
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  const auto report = co_await read_report(executor, std::move(pipe->read), deadline);
  Error error;
  error.code = errc::unavailable;
  error.hint = "its log may say why: " + paths.log_file;
  if (!report) {
    error.code = report.error().code;
    error.message = report.error().message;
    co_return error;
  }
  if (report->starts_with('1')) co_return Result<void>();
  if (!report->empty()) co_return start_failed(program, *report);
  error.message = "the daemon " + program + " ended before it was ready";
  co_return error;
}

}  // namespace ptyd
