#include "tests/simulation/host_system.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/fiber.hpp"
#include "tests/simulation/host_process.hpp"

using ptyd::simulation::ChildNews;
using ptyd::simulation::Event;
using ptyd::simulation::Fiber;
using ptyd::simulation::Kernel;
using ptyd::simulation::Listening;
using ptyd::simulation::Memory;
using ptyd::simulation::ObjectPtr;
using ptyd::simulation::Process;
using ptyd::simulation::Pty;
using ptyd::simulation::Socket;
using ptyd::simulation::Task;

namespace {

Kernel& kernel() { return *Kernel::current; }

ssize_t fail(int error) {
  errno = error;
  return -1;
}

// What one call moves at most: often less than there is.
std::size_t some(std::size_t most) {
  auto& random = kernel().random;
  return kernel().short_transfers && random.one_in(3) ? random.between(1, most) : most;
}

void move_out(std::string& from, std::byte* to, std::size_t count) {
  std::memcpy(to, from.data(), count);
  from.erase(0, count);
}

}  // namespace

int simulated_close(int fd) {
  kernel().close(fd);
  return 0;
}

int simulated_open(const char* path, int) {
  if (std::string_view(path) == "/proc/self/io") return kernel().add_for_host(kernel().host);
  return kernel().add_for_host(std::make_shared<ptyd::simulation::Object>());
}

// Reading and being counted are one: the kernel's death is nobody's business here.
ssize_t simulated_readv(int fd, const iovec* pieces, int count) {
  Fiber::step();
  const auto pty = kernel().find_as<Pty>(fd);
  if (!pty) return fail(EBADF);
  std::size_t room = 0;
  for (int i = 0; i < count; ++i) room += pieces[i].iov_len;
  if (pty->output.empty()) return fail(pty->hung_up() ? EIO : EAGAIN);
  const std::size_t bytes = some(std::min({room, pty->output.size(), std::size_t{4095}}));
  std::size_t left = bytes;
  for (int i = 0; i < count && left > 0; ++i) {
    const std::size_t part = std::min(left, pieces[i].iov_len);
    move_out(pty->output, static_cast<std::byte*>(pieces[i].iov_base), part);
    left -= part;
  }
  kernel().host->read += bytes;
  return static_cast<ssize_t>(bytes);
}

ssize_t simulated_write(int fd, const void* bytes, std::size_t count) {
  Fiber::step();
  const std::string_view data(static_cast<const char*>(bytes), count);
  if (const auto pty = kernel().find_as<Pty>(fd)) {
    if (pty->ends == 0) return fail(EIO);
    const std::size_t room = Pty::kInput - pty->input.size();
    if (room == 0) return fail(EAGAIN);
    count = some(std::min(room, count));
    pty->input.append(data.substr(0, count));
  } else if (const auto event = kernel().find_as<Event>(fd)) {
    event->set = true;
    if (event->on_set) event->on_set();
  } else if (const auto socket = kernel().find_as<Socket>(fd)) {
    socket->out->write(data);
  } else {
    return fail(EBADF);
  }
  kernel().host->written += count;
  return static_cast<ssize_t>(count);
}

ssize_t simulated_pread(int fd, void* bytes, std::size_t count, off_t offset) {
  Fiber::step();
  std::size_t got = 0;
  if (const auto memory = kernel().find_as<Memory>(fd)) {
    const auto from = std::min(static_cast<std::size_t>(offset), memory->bytes);
    got = std::min(count, memory->bytes - from);
    std::memcpy(bytes, memory->data + from, got);
  } else if (const auto process = kernel().find_as<Process>(fd)) {
    char text[128];
    const int size = std::snprintf(text, sizeof text, "rchar: %llu\nwchar: %llu\nsyscr: 1\n",
                                   static_cast<unsigned long long>(process->read),
                                   static_cast<unsigned long long>(process->written));
    got = std::min(count, static_cast<std::size_t>(size));
    std::memcpy(bytes, text, got);
  } else {
    return fail(EBADF);
  }
  kernel().host->read += got;
  return static_cast<ssize_t>(got);
}

void* simulated_mmap(void*, std::size_t bytes, int, int, int fd, off_t) {
  const auto memory = kernel().find_as<Memory>(fd);
  return memory && bytes <= memory->bytes ? memory->data : MAP_FAILED;
}

int simulated_fstat(int fd, struct stat* about) {
  const auto memory = kernel().find_as<Memory>(fd);
  if (!memory) return static_cast<int>(fail(EBADF));
  about->st_size = static_cast<off_t>(memory->bytes);
  return 0;
}

int simulated_fcntl(int fd, int command, int) {
  const auto object = kernel().find(fd);
  if (!object) return static_cast<int>(fail(EBADF));
  return command == F_DUPFD_CLOEXEC ? kernel().add_for_host(object) : 0;
}

ssize_t simulated_recvmsg(int fd, msghdr* message, int) {
  Fiber::step();
  const auto socket = kernel().find_as<Socket>(fd);
  if (!socket) return fail(EBADF);
  auto& in = *socket->in;
  const std::size_t room = message->msg_iov[0].iov_len;
  std::vector<ObjectPtr> objects;
  const auto got = in.carried == 0 ? std::string() : in.read(some(std::min(room, in.carried)), objects);
  if (got.empty() && !in.at_end()) return fail(EAGAIN);
  std::memcpy(message->msg_iov[0].iov_base, got.data(), got.size());
  if (objects.empty()) {
    message->msg_controllen = 0;
  } else {
    auto* const part = static_cast<cmsghdr*>(message->msg_control);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(sizeof(int));
    const int number = kernel().add_for_host(objects.front());
    std::memcpy(CMSG_DATA(part), &number, sizeof number);
    message->msg_controllen = CMSG_SPACE(sizeof(int));
  }
  return static_cast<ssize_t>(got.size());
}

ssize_t simulated_sendmsg(int fd, const msghdr* message, int) {
  Fiber::step();
  const auto socket = kernel().find_as<Socket>(fd);
  if (!socket) return fail(EBADF);
  if (socket->in->at_end()) return fail(EPIPE);
  std::vector<ObjectPtr> objects;
  if (message->msg_controllen > 0) {
    const auto* const part = static_cast<const cmsghdr*>(message->msg_control);
    const auto* const numbers = CMSG_DATA(part);
    for (std::size_t i = 0; i < (part->cmsg_len - CMSG_LEN(0)) / sizeof(int); ++i) {
      int number = -1;
      std::memcpy(&number, numbers + i * sizeof number, sizeof number);
      objects.push_back(kernel().find(number));
    }
  }
  const std::size_t bytes = some(message->msg_iov[0].iov_len);
  socket->out->write({static_cast<const char*>(message->msg_iov[0].iov_base), bytes}, std::move(objects));
  return static_cast<ssize_t>(bytes);
}

int simulated_getpid() { return static_cast<int>(kernel().host->pid); }

// Of all that have ended, which go on to be there.
int simulated_waitid(int, unsigned, siginfo_t* info, int) {
  Fiber::step();
  if (!kernel().has_ended_child(Task::Parent::host)) return static_cast<int>(fail(ECHILD));
  const int status = kernel().program->status;
  info->si_pid = static_cast<pid_t>(ptyd::simulation::kProgram);
  info->si_code = WIFEXITED(status) ? CLD_EXITED : WCOREDUMP(status) ? CLD_DUMPED : CLD_KILLED;
  info->si_status = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
  return 0;
}

int simulated_accept(int fd) {
  const auto listening = kernel().find_as<Listening>(fd);
  if (!listening || listening->pending.empty()) return static_cast<int>(fail(EAGAIN));
  const auto socket = listening->pending.front();
  listening->pending.pop_front();
  return kernel().add_for_host(socket);
}

bool simulated_readable(int fd) {
  if (const auto pty = kernel().find_as<Pty>(fd)) return !pty->output.empty() || pty->hung_up();
  if (const auto program = kernel().find_as<Task>(fd)) return program->over;
  if (kernel().find_as<ChildNews>(fd)) return kernel().has_ended_child(Task::Parent::host);
  if (const auto socket = kernel().find_as<Socket>(fd)) return socket->in->carried > 0 || socket->in->at_end();
  const auto listening = kernel().find_as<Listening>(fd);
  return listening && !listening->pending.empty();
}

bool simulated_writable(int fd) {
  const auto pty = kernel().find_as<Pty>(fd);
  return pty ? pty->input.size() < Pty::kInput || pty->ends == 0 : kernel().find_as<Socket>(fd) != nullptr;
}

std::uint64_t simulated_size(int fd) {
  const auto memory = kernel().find_as<Memory>(fd);
  return memory ? memory->bytes : 0;
}
