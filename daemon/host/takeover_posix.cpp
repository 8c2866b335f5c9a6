#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "daemon/host/takeover.hpp"

namespace ptyd::host {

namespace {

Descriptor take(const Takeover& fixed, int number) {
  if ((fixed.given & (1U << number)) == 0 || ::fcntl(number, F_SETFD, FD_CLOEXEC) != 0) return Descriptor();
  return Descriptor(number);
}

}  // namespace

bool is_takeover(int source) {
  std::uint32_t magic = 0;
  return ::pread(source, &magic, sizeof magic, 0) == sizeof magic && magic == kTakeoverMagic;
}

int read_takeover(int source, TakeoverFiles& files) {
  Takeover& fixed = files.fixed;
  if (::pread(source, &fixed, sizeof fixed, 0) != sizeof fixed || fixed.version != kProtocolVersion) return EINVAL;
  if (fixed.path_size < 2 || fixed.path_size > sizeof files.socket_path) return ENAMETOOLONG;
  if (::pread(source, files.socket_path, fixed.path_size, sizeof fixed) != static_cast<ssize_t>(fixed.path_size) ||
      files.socket_path[0] != '/' || files.socket_path[fixed.path_size - 1] != 0)
    return EINVAL;
  files.record = take(fixed, kRecordFd);
  files.ring = take(fixed, kRingFd);
  files.terminal = take(fixed, kTerminalFd);
  files.memory = take(fixed, kMemoryFd);
  files.program = take(fixed, kProgramFd);
  files.checkpoint = take(fixed, kCheckpointFd);
  return files.ring && files.terminal && files.memory ? 0 : EBADF;
}

}  // namespace ptyd::host
