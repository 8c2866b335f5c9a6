// Started instead of ptyd-host. What it does is in the spec's program name; what it sees goes to the file that the
// spec's folder names.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "daemon/host/wire.hpp"

namespace {

using namespace ptyd::host;

std::string read_all(int fd) {
  std::string content;
  char bytes[4096];
  off_t at = 0;
  for (ssize_t got; (got = ::pread(fd, bytes, sizeof bytes, at)) > 0; at += got)
    content.append(bytes, static_cast<std::size_t>(got));
  return content;
}

void answer(SpawnStep step, std::uint32_t error) {
  const SpawnResult result{static_cast<std::uint32_t>(step), error, static_cast<std::uint32_t>(::getpid()), 4711};
  static_cast<void>(::write(kResultFd, &result, sizeof result) == 0);
}

bool is_null(int fd) {
  struct stat info {};
  struct stat null {};
  return ::fstat(fd, &info) == 0 && ::stat("/dev/null", &null) == 0 && info.st_rdev == null.st_rdev;
}

void report(const std::string& path, const std::vector<std::string>& strings) {
  std::string text;
  for (int fd = 0; fd < 1024; ++fd)
    if (::fcntl(fd, F_GETFD) >= 0) text += "fd " + std::to_string(fd) + (is_null(fd) ? " null\n" : "\n");
  text += "leader " + std::to_string(::getsid(0) == ::getpid()) + "\n";
  text += "session " + std::to_string(::getsid(0)) + "\n";
  char cwd[4096];
  text += std::string("cwd ") + ::getcwd(cwd, sizeof cwd) + "\n";
  sigset_t blocked;
  ::sigprocmask(SIG_SETMASK, nullptr, &blocked);
  struct sigaction pipe {};
  ::sigaction(SIGPIPE, nullptr, &pipe);
  text +=
      "signals " + std::to_string(::sigismember(&blocked, SIGTERM)) + std::to_string(pipe.sa_handler == SIG_IGN) + "\n";
  for (const auto& string : strings) text += "string " + string + "\n";
  text += "record " + read_all(kRecordFd) + "\n";
  std::ofstream(path + ".part") << text;
  ::rename((path + ".part").c_str(), path.c_str());
}

}  // namespace

int main() {
  const std::string spec = read_all(kSpecFd);
  SpawnSpec fixed{};
  if (spec.size() < sizeof fixed) return 2;
  std::memcpy(&fixed, spec.data(), sizeof fixed);
  std::vector<std::string> strings;
  for (std::size_t at = sizeof fixed; at < spec.size();) {
    strings.emplace_back(spec.c_str() + at);
    at += strings.back().size() + 1;
  }
  if (fixed.magic != kSpecMagic || strings.size() != 3 + fixed.argc + fixed.envc) return 3;
  const std::string& what = strings[2];
  if (what == "report") {
    report(strings[1], strings);
    answer(SpawnStep::none, 0);
  }
  if (what == "no-such-program") answer(SpawnStep::exec, 2);
  if (what == "socket-in-use") answer(SpawnStep::socket, static_cast<std::uint32_t>(EADDRINUSE));
  if (what == "strange-step") answer(static_cast<SpawnStep>(99), 1);
  if (what == "half-answer") static_cast<void>(::write(kResultFd, "half", 4) == 0);
  if (what == "silent") {
    // Until the one who started us has given up: its end of the pipe closes then.
    pollfd closed{kResultFd, 0, 0};
    ::poll(&closed, 1, 60'000);
  }
  return 0;
}
