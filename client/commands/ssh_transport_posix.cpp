#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "client/commands/ssh_transport.hpp"
#include "common/unique_handle.hpp"

namespace ptyd {

Result<StartedProgram> start_on_socket(const std::vector<std::string>& arguments) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) return os_error("make a pair of sockets", errno);
  UniqueHandle ours(ends[0]);
  const UniqueHandle theirs(ends[1]);
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  auto copies = arguments;
  std::vector<char*> argv;
  for (auto& argument : copies) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child < 0) return os_error("start " + arguments.front(), errno);
  if (child == 0) {
    // A child of a child that is gone needs nobody to wait for it. It keeps the terminal, for a password.
    if (::fork() != 0) ::_exit(0);
    ::dup2(theirs.fd(), STDIN_FILENO);
    ::dup2(theirs.fd(), STDOUT_FILENO);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  return StartedProgram{ours.release(), nullptr};
}

}  // namespace ptyd
