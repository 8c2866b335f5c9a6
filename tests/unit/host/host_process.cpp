#include "tests/unit/host/host_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace ptyd {

namespace {

using std::chrono::steady_clock;

int left_ms(Deadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
  return left > 0 ? static_cast<int>(left) : 0;
}

std::string bin(const char* name) {
  const char* const folder = std::getenv("PTYD_BIN_DIR");
  return std::string(folder != nullptr ? folder : "bin") + "/" + name;
}

void append(std::string& to, const std::string& text) { to.append(text.c_str(), text.size() + 1); }

std::string spec_of(const HostOptions& options, const std::string& socket_path) {
  if (!options.raw_spec.empty()) return options.raw_spec;
  const std::string file = options.file.empty() ? child_program() : options.file;
  const std::vector<std::string> argv = options.argv.empty() ? std::vector<std::string>{file} : options.argv;
  std::string strings;
  append(strings, socket_path);
  append(strings, options.cwd);
  append(strings, file);
  for (const std::string& one : argv) append(strings, one);
  for (const std::string& one : options.env) append(strings, one);

  host::SpawnSpec spec{};
  spec.magic = host::kSpecMagic;
  spec.version = host::kProtocolVersion;
  spec.ring_capacity = options.ring_capacity;
  std::memcpy(spec.session_id, "session-for-test", sizeof spec.session_id);
  spec.size = options.size;
  spec.argc = static_cast<std::uint32_t>(argv.size());
  spec.envc = static_cast<std::uint32_t>(options.env.size());
  spec.strings_size = strings.size();
  spec.record_size = options.record.size();
  spec.nofile_soft = options.nofile_soft;
  return std::string(reinterpret_cast<const char*>(&spec), sizeof spec) + strings;
}

host::Descriptor memory_with(const std::string& content) {
  host::Descriptor memory(::memfd_create("test", MFD_CLOEXEC));
  if (memory && ::write(memory.fd(), content.data(), content.size()) != static_cast<ssize_t>(content.size()))
    memory.reset();
  return memory;
}

// In the forked child. The descriptors come from far above, so that none is overwritten before it has moved.
[[noreturn]] void become_host(int spec, int result, int record, const std::vector<std::string>& more_env) {
  for (const std::string& one : more_env) ::putenv(::strdup(one.c_str()));
  const bool moved = ::dup2(spec, host::kSpecFd) >= 0 && ::dup2(result, host::kResultFd) >= 0 &&
                     (record < 0 || ::dup2(record, host::kRecordFd) >= 0);
  const std::string program = bin("ptyd-host");
  if (moved) ::execl(program.c_str(), "ptyd-host", static_cast<char*>(nullptr));
  ::_exit(126);
}

host::Descriptor high(int fd) { return host::Descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, 100)); }

}  // namespace

Deadline soon() { return steady_clock::now() + std::chrono::seconds(20); }

bool wait_for(int fd, short events, Deadline deadline) {
  pollfd one{fd, events, 0};
  for (;;) {
    const int found = ::poll(&one, 1, left_ms(deadline));
    if (found > 0) return true;
    if (found == 0 || errno != EINTR) return false;
  }
}

std::string child_program() { return bin("pty_child"); }

HostOptions child(std::vector<std::string> arguments) {
  HostOptions options;
  options.argv = std::move(arguments);
  options.argv.insert(options.argv.begin(), "pty_child");
  return options;
}

HostProcess::HostProcess(const HostOptions& options) {
  char folder[] = "/tmp/ptyd-host-test-XXXXXX";
  folder_ = ::mkdtemp(folder) != nullptr ? folder : "";
  socket_path_ = options.socket_path.empty() ? folder_ + "/host.sock" : options.socket_path;
  const host::Descriptor spec = memory_with(spec_of(options, socket_path_));
  const host::Descriptor record = memory_with(options.record);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return;
  const host::Descriptor to_read(ends[0]);
  host::Descriptor to_write(ends[1]);
  {
    const host::Descriptor high_spec = high(spec.fd());
    const host::Descriptor high_result = high(to_write.fd());
    const host::Descriptor high_record = high(record.fd());
    pid_ = ::fork();
    if (pid_ == 0)
      become_host(high_spec.fd(), high_result.fd(), options.record.empty() ? -1 : high_record.fd(), options.host_env);
  }
  to_write.reset();
  answered_ = wait_for(to_read.fd(), POLLIN) && ::read(to_read.fd(), &result_, sizeof result_) == sizeof result_;
}

HostProcess::~HostProcess() {
  if (pid_ > 0 && !ended_) {
    ::kill(pid_, SIGKILL);
    wait_end();
  }
  if (result_.child_pid > 0) ::kill(-static_cast<pid_t>(result_.child_pid), SIGKILL);
  ::unlink(socket_path_.c_str());
  ::unlink((folder_ + "/fifo").c_str());
  ::rmdir(folder_.c_str());
}

void HostProcess::send_signal(int number) const { ::kill(pid_, number); }

int HostProcess::wait_end(Deadline deadline) {
  if (ended_) return status_;
  if (!wait_gone(pid_, deadline)) return -1;
  ended_ = ::waitpid(pid_, &status_, 0) == pid_;
  return ended_ ? status_ : -1;
}

bool wait_gone(pid_t pid, Deadline deadline) {
  const host::Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)));
  return process ? wait_for(process.fd(), POLLIN, deadline) : errno == ESRCH;
}

}  // namespace ptyd
