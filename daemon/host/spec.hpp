// The SpawnSpec that a new host is started with, checked.
#pragma once

#include "daemon/host/descriptor.hpp"
#include "daemon/host/wire.hpp"

namespace ptyd::host {

struct Spec {
  SpawnSpec fixed{};
  const char* socket_path = nullptr;
  const char* cwd = nullptr;
  const char* file = nullptr;
  char** argv = nullptr;  // ended by a null pointer; argv[-1] is free, for the shell of a script without "#!"
  char** envp = nullptr;
  void* memory = nullptr;  // holds all of the above
  std::size_t memory_bytes = 0;
};

// Reads it and checks every size. 0, or an error.
int read_spec(Descriptor::Native source, Spec& spec);
void free_spec(Spec& spec);

// The steps of read_spec(). 0, or an error.
int check_sizes(const SpawnSpec& spec) noexcept;
// How much memory the strings and the pointers to them need; the strings begin at `strings_at`.
std::size_t memory_needed(const SpawnSpec& spec, std::size_t& strings_at) noexcept;
// Sets the pointers, once the strings are in `memory`.
int find_strings(Spec& spec) noexcept;

}  // namespace ptyd::host
