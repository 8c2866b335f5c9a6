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

int check_sizes(const SpawnSpec& spec) {
  if (spec.magic != kSpecMagic) return EINVAL;
  if (spec.version != kProtocolVersion) return EPROTONOSUPPORT;
  const bool power_of_two = (spec.ring_capacity & (spec.ring_capacity - 1)) == 0;
  if (!power_of_two || spec.ring_capacity < kMinRing || spec.ring_capacity > kMaxRing) return EINVAL;
  if (spec.strings_size > kMaxSpec) return E2BIG;
  const std::uint64_t strings = 3 + std::uint64_t{spec.argc} + spec.envc;
  return spec.argc == 0 || strings > spec.strings_size ? EINVAL : 0;
}

// Points at `count` strings from `at` on. False when they don't end before `end`.
bool take_strings(char*& at, char* end, char** to, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) {
    char* zero = static_cast<char*>(std::memchr(at, 0, static_cast<std::size_t>(end - at)));
    if (zero == nullptr) return false;
    to[i] = at;
    at = zero + 1;
  }
  return true;
}

}  // namespace

int read_spec(int fd, Spec& spec) {
  if (!read_exactly(fd, &spec.fixed, sizeof spec.fixed, 0)) return EINVAL;
  if (const int error = check_sizes(spec.fixed); error != 0) return error;

  const std::size_t pointers = 3 + std::size_t{spec.fixed.argc} + spec.fixed.envc + 3;
  const std::size_t strings = static_cast<std::size_t>(spec.fixed.strings_size);
  spec.memory_bytes = pointers * sizeof(char*) + strings;
  spec.memory = ::mmap(nullptr, spec.memory_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
  if (spec.memory == MAP_FAILED) {
    spec.memory = nullptr;
    return ENOMEM;
  }

  char** const names = static_cast<char**>(spec.memory);
  spec.argv = names + 4;  // after the three single strings and the free place
  spec.envp = spec.argv + spec.fixed.argc + 1;
  char* at = static_cast<char*>(spec.memory) + pointers * sizeof(char*);
  char* const end = at + strings;
  if (!read_exactly(fd, at, strings, sizeof spec.fixed)) return EINVAL;
  if (!take_strings(at, end, names, 3) || !take_strings(at, end, spec.argv, spec.fixed.argc) ||
      !take_strings(at, end, spec.envp, spec.fixed.envc) || at != end)
    return EINVAL;
  spec.socket_path = names[0];
  spec.cwd = names[1];
  spec.file = names[2];
  if (spec.socket_path[0] != '/') return EINVAL;
  return std::strlen(spec.socket_path) < sizeof(sockaddr_un::sun_path) ? 0 : ENAMETOOLONG;
}

void free_spec(Spec& spec) {
  if (spec.memory != nullptr) ::munmap(spec.memory, spec.memory_bytes);
  spec = Spec{};
}

}  // namespace ptyd::host
