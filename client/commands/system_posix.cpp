#include "client/commands/system.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "client/terminal/outer_terminal.hpp"
#include "common/unique_handle.hpp"

extern char** environ;  // NOLINT: POSIX declares it nowhere

namespace ptyd {

namespace {

int descriptor_of(StandardStream stream) noexcept { return static_cast<int>(stream); }

std::vector<char*> pointers(std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  return argv;
}

Result<UniqueHandle> open_for_reading(const std::string& path) {
  UniqueHandle file(path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file) return file;
  auto error = os_error("open " + path, errno);
  error.code = errc::failed_precondition;
  return error;
}

extern "C" void restore_and_die(int number) {
  OuterTerminal::emergency_restore();
  ::signal(number, SIG_DFL);
  ::raise(number);
}

}  // namespace

void complete_standard_streams() noexcept {}

bool is_terminal(StandardStream stream) noexcept { return ::isatty(descriptor_of(stream)) != 0; }

std::size_t output_columns() noexcept {
  winsize window{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 ? window.ws_col : 0;
}

std::vector<std::pair<std::string, std::string>> environment() {
  std::vector<std::pair<std::string, std::string>> result;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    result.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return result;
}

Result<void> read_file(const std::string& path, const std::function<Result<void>(std::string_view)>& take) {
  const auto file = open_for_reading(path);
  if (!file) return file.error();
  std::vector<char> room(64 * 1024);
  for (;;) {
    const auto size = ::read(file->fd(), room.data(), room.size());
    if (size == 0) return {};
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return os_error("read " + path, errno);
    if (auto fine = take(std::string_view(room.data(), static_cast<std::size_t>(size))); !fine) return fine;
  }
}

Result<void> write_file(const std::string& path, std::string_view text) {
  std::error_code failed;
  const auto folder = std::filesystem::path(path).parent_path();
  std::filesystem::create_directories(folder, failed);
  if (failed) return os_error("make the folder " + folder.string(), failed.value());
  const std::string fresh = path + ".new";
  {
    const UniqueHandle file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!file) return os_error("write " + fresh, errno);
    while (!text.empty()) {
      const auto size = ::write(file.fd(), text.data(), text.size());
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) return os_error("write " + fresh, errno);
      text.remove_prefix(static_cast<std::size_t>(size));
    }
  }
  if (std::rename(fresh.c_str(), path.c_str()) != 0) return os_error("write " + path, errno);
  return {};
}

Error replace_program(const std::vector<std::string>& arguments) {
  auto copies = arguments;
  const auto argv = pointers(copies);
  ::execvp(argv[0], argv.data());
  auto error = os_error("start " + arguments.front(), errno);
  error.code = errc::spawn_failed;
  error.step = "exec";
  return error;
}

Result<int> run_program(const std::vector<std::string>& arguments, std::string* output) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return os_error("make a pipe", errno);
  UniqueHandle read(ends[0]);
  UniqueHandle write(ends[1]);
  auto copies = arguments;
  const auto argv = pointers(copies);
  const pid_t child = ::fork();
  if (child < 0) return os_error("start " + arguments.front(), errno);
  if (child == 0) {
    const int null = ::open("/dev/null", O_RDWR);
    ::dup2(null, STDIN_FILENO);
    ::dup2(output != nullptr ? write.fd() : STDERR_FILENO, STDOUT_FILENO);
    if (output != nullptr) ::dup2(null, STDERR_FILENO);
    ::close(read.fd());
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  write.reset();
  std::array<char, 4096> room{};
  for (;;) {
    const auto size = ::read(read.fd(), room.data(), room.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    if (output != nullptr && output->size() < 64 * 1024) output->append(room.data(), static_cast<std::size_t>(size));
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return os_error("wait for " + arguments.front(), errno);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void guard_terminal_against_crashes() noexcept {
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT}) {
    struct sigaction action {};
    action.sa_handler = restore_and_die;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(number, &action, nullptr);
  }
}

void end_by_signal(int number) noexcept {
  ::signal(number, SIG_DFL);
  sigset_t only;
  ::sigemptyset(&only);
  ::sigaddset(&only, number);
  ::sigprocmask(SIG_UNBLOCK, &only, nullptr);
  ::raise(number);
  ::_exit(128 + number);
}

void ignore_broken_pipes() noexcept { ::signal(SIGPIPE, SIG_IGN); }

}  // namespace ptyd
