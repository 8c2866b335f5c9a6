#include <sys/mman.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "daemon/host/spec.hpp"

namespace ptyd::host {

namespace {

bool read_exactly(int fd, void* to, std::size_t bytes, off_t from) {
  char* at = static_cast<char*>(to);
  while (bytes > 0) {
    const ssize_t got = ::pread(fd, at, bytes, from);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    from += got;
    bytes -= static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace

int read_spec(Descriptor::Native source, Spec& spec) {
  const int fd = static_cast<int>(source);
  if (!read_exactly(fd, &spec.fixed, sizeof spec.fixed, 0)) return EINVAL;
  if (const int error = check_sizes(spec.fixed); error != 0) return error;

  std::size_t strings_at = 0;
  spec.memory_bytes = memory_needed(spec.fixed, strings_at);
  spec.memory = ::mmap(nullptr, spec.memory_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
  if (spec.memory == MAP_FAILED) {
    spec.memory = nullptr;
    return ENOMEM;
  }
  char* const strings = static_cast<char*>(spec.memory) + strings_at;
  if (!read_exactly(fd, strings, static_cast<std::size_t>(spec.fixed.strings_size), sizeof spec.fixed)) return EINVAL;
  if (const int error = find_strings(spec); error != 0) return error;
  if (spec.socket_path[0] != '/') return EINVAL;
  return std::strlen(spec.socket_path) < sizeof(sockaddr_un::sun_path) ? 0 : ENAMETOOLONG;
}

void free_spec(Spec& spec) {
  if (spec.memory != nullptr) ::munmap(spec.memory, spec.memory_bytes);
  spec = Spec{};
}

}  // namespace ptyd::host
