#include "daemon/check_program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "common/escape.hpp"
#include "common/watched_descriptor.hpp"
#include "daemon/hostlink/children.hpp"
#include "daemon/hostlink/close_descriptors.hpp"
#include "daemon/hostlink/reset_signals.hpp"

extern char** environ;  // NOLINT: POSIX declares it nowhere

namespace ptyd {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kMaxText = 4096;
constexpr int kStateFd = 3;
constexpr int kFirstSafeFd = 10;
// What the child writes when exec fails, with the number behind it.
constexpr char kExecFailed = '\x01';
// How often is looked whether a program that has closed its output has ended.
constexpr std::chrono::milliseconds kLook{2};

// Made before fork(): after it nothing may be allocated.
struct Plan {
  std::vector<char*> argv;
  int null = -1;
  int output = -1;
  int state = -1;
};

[[noreturn]] void become_program(const Plan& plan) noexcept {
  ::setsid();
  reset_signals();
  if (::dup2(plan.null, STDIN_FILENO) >= 0 && ::dup2(plan.output, STDOUT_FILENO) >= 0 &&
      ::dup2(plan.output, STDERR_FILENO) >= 0 && ::dup2(plan.state, kStateFd) >= 0) {
    close_descriptors_from(kStateFd + 1);
    ::execve(plan.argv[0], plan.argv.data(), environ);
  }
  const int number = errno;
  std::array<char, 1 + sizeof number> failed{kExecFailed};
  std::memcpy(failed.data() + 1, &number, sizeof number);
  static_cast<void>(::write(STDOUT_FILENO, failed.data(), failed.size()) > 0);
  ::_exit(127);
}

// A child that is not left behind, whatever happens.
class Child {
 public:
  explicit Child(pid_t pid)
      : pid_(pid), claim_(static_cast<std::uint32_t>(pid), [this](int status) { status_ = status; }) {}
  ~Child() {
    if (pid_ <= 0 || status_) return;
    ::kill(-pid_, SIGKILL);  // what it started as well
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  // Its status once it has ended.
  std::optional<int> ended() {
    if (status_) return status_;
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_;
  std::optional<int> status_;
  ChildClaim claim_;
};

// Gives up the wait for output at the deadline; shared with the timer, which may be heard later.
struct Output {
  Output(asio::any_io_executor executor, UniqueHandle pipe) : reader(watched(executor, std::move(pipe))) {}
  asio::posix::stream_descriptor reader;
  bool late = false;
};

asio::awaitable<std::string> read_output(std::shared_ptr<Output> output) {
  std::string text;
  std::array<char, 1024> room{};
  const auto buffer = asio::buffer(room);
  while (!output->late) {
    const auto [error, size] = co_await output->reader.async_read_some(buffer, kTuple);
    if (error) break;
    if (text.size() < kMaxText) text.append(room.data(), size);
  }
  co_return text;
}

Error bad_end(const std::string& program, int status, const std::string& text) {
  Error error{errc::failed_precondition, program + " does not take the daemon's state over: it "};
  error.message += WIFSIGNALED(status) ? "was ended by signal " + std::to_string(WTERMSIG(status))
                                       : "ended with status " + std::to_string(WEXITSTATUS(status));
  auto line = text.substr(0, text.find('\n'));
  if (!line.empty()) error.message += ", saying: " + escape_text(line.substr(0, 256));
  error.hint = "it is another program, or a ptyd that can't be upgraded to; --cold stops the daemon and starts it";
  error.subject = "program";
  return error;
}

Result<void> outcome(const std::string& program, int status, const std::string& text) {
  if (text.size() == 1 + sizeof(int) && text[0] == kExecFailed) {
    int number = 0;
    std::memcpy(&number, text.data() + 1, sizeof number);
    auto error = os_error("execute " + program, number);
    error.code = errc::spawn_failed;
    error.step = "exec";
    return error;
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  if (auto refusal = parse_refusal(text)) {
    refusal->subject = "program";
    refusal->message = program + ": " + refusal->message;
    return *refusal;
  }
  return bad_end(program, status, text);
}

Result<pid_t> start(const std::string& program, std::vector<std::string> arguments, int state,
                    const UniqueHandle& output) {
  const UniqueHandle null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const UniqueHandle safe_null(::fcntl(null.fd(), F_DUPFD_CLOEXEC, kFirstSafeFd));
  const UniqueHandle safe_output(::fcntl(output.fd(), F_DUPFD_CLOEXEC, kFirstSafeFd));
  const UniqueHandle safe_state(::fcntl(state, F_DUPFD_CLOEXEC, kFirstSafeFd));
  if (!safe_null || !safe_output || !safe_state) return os_error("prepare the descriptors of " + program, errno);
  arguments.insert(arguments.begin(), program);
  arguments.insert(arguments.end(), {"--check-state", std::to_string(kStateFd)});
  Plan plan;
  for (auto& argument : arguments) plan.argv.push_back(argument.data());
  plan.argv.push_back(nullptr);
  plan.null = safe_null.fd();
  plan.output = safe_output.fd();
  plan.state = safe_state.fd();
  // Our signal handlers must not run in the new process: they write into a pipe that is ours.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t child = ::fork();
  if (child == 0) become_program(plan);
  const int number = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (child < 0) return os_error("start " + program, number);
  return child;
}

}  // namespace

asio::awaitable<Result<void>> check_program(asio::any_io_executor executor, std::string program,
                                            std::vector<std::string> arguments, UniqueHandle::Native state,
                                            std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  int ends[2];
  if (::pipe(ends) != 0) co_return os_error("make a pipe", errno);
  UniqueHandle read(ends[0]);
  UniqueHandle write(ends[1]);
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  const auto started = start(program, std::move(arguments), static_cast<int>(state), write);
  if (!started) co_return started.error();
  Child child(*started);
  write.reset();
  std::shared_ptr<Output> output;
  try {
    output = std::make_shared<Output>(executor, std::move(read));
  } catch (const boost::system::system_error& e) {
    co_return os_error("wait for the program's output", e.code().value());
  }
  asio::steady_timer timer(executor, deadline);
  timer.async_wait([output](const boost::system::error_code& error) {
    if (error) return;
    output->late = true;
    boost::system::error_code ignored;
    output->reader.cancel(ignored);
  });
  const auto text = co_await read_output(output);
  timer.cancel();
  auto status = child.ended();
  while (!status && Clock::now() < deadline) {
    asio::steady_timer pause(executor, kLook);
    const auto [cancelled] = co_await pause.async_wait(kTuple);
    if (cancelled) co_return Error{errc::cancelled, "the daemon is stopping"};
    status = child.ended();
  }
  if (status) co_return outcome(program, *status, text);
  Error late{errc::deadline_exceeded, program + " did not say in time whether it takes the daemon's state over"};
  late.subject = "program";
  co_return late;
}

}  // namespace ptyd
