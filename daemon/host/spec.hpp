// The SpawnSpec that a new host finds on kSpecFd, checked.
#pragma once

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

// Reads it and checks every size. 0, or an errno.
int read_spec(int fd, Spec& spec);
void free_spec(Spec& spec);

}  // namespace ptyd::host
