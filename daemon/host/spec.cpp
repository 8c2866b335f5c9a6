#include "daemon/host/spec.hpp"

#include <cstring>

#include "daemon/host/errors.hpp"

namespace ptyd::host {

namespace {

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

int check_sizes(const SpawnSpec& spec) noexcept {
  if (spec.magic != kSpecMagic) return kInvalid;
  if (spec.version != kProtocolVersion) return kOtherVersion;
  const bool power_of_two = (spec.ring_capacity & (spec.ring_capacity - 1)) == 0;
  if (!power_of_two || spec.ring_capacity < kMinRing || spec.ring_capacity > kMaxRing) return kInvalid;
  if (spec.strings_size > kMaxSpec) return kTooLarge;
  const std::uint64_t strings = 3 + std::uint64_t{spec.argc} + spec.envc;
  return spec.argc == 0 || strings > spec.strings_size ? kInvalid : 0;
}

std::size_t memory_needed(const SpawnSpec& spec, std::size_t& strings_at) noexcept {
  // Three single strings, the free place before argv, and the ends of both lists.
  const std::size_t pointers = 3 + std::size_t{spec.argc} + spec.envc + 3;
  strings_at = pointers * sizeof(char*);
  return strings_at + static_cast<std::size_t>(spec.strings_size);
}

int find_strings(Spec& spec) noexcept {
  std::size_t strings_at = 0;
  const std::size_t bytes = memory_needed(spec.fixed, strings_at);
  char** const names = static_cast<char**>(spec.memory);
  char* at = static_cast<char*>(spec.memory) + strings_at;
  char* const end = static_cast<char*>(spec.memory) + bytes;
  spec.argv = names + 4;
  spec.envp = spec.argv + spec.fixed.argc + 1;
  if (!take_strings(at, end, names, 3) || !take_strings(at, end, spec.argv, spec.fixed.argc) ||
      !take_strings(at, end, spec.envp, spec.fixed.envc) || at != end)
    return kInvalid;
  spec.socket_path = names[0];
  spec.cwd = names[1];
  spec.file = names[2];
  return 0;
}

}  // namespace ptyd::host
