#include <limits.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "daemon/host/exec_program.hpp"

namespace ptyd::host {

namespace {

constexpr const char* kDefaultPath = "/usr/bin:/bin";

int exec_file(const Spec& spec, char* path) {
  ::execve(path, spec.argv, spec.envp);
  if (errno != ENOEXEC) return errno;
  char shell[] = "/bin/sh";
  char** const argv = spec.argv - 1;
  argv[0] = shell;
  argv[1] = path;
  ::execve(shell, argv, spec.envp);
  return errno;
}

const char* path_of(const Spec& spec) {
  for (char** entry = spec.envp; *entry != nullptr; ++entry)
    if (std::strncmp(*entry, "PATH=", 5) == 0) return *entry + 5;
  return kDefaultPath;
}

// Goes on to the next folder after these.
bool means_not_here(int error) {
  return error == ENOENT || error == ENOTDIR || error == EACCES || error == ESTALE || error == ENODEV ||
         error == ENAMETOOLONG || error == ETIMEDOUT || error == ELOOP;
}

}  // namespace

int exec_program(const Spec& spec) {
  const std::size_t name_bytes = std::strlen(spec.file) + 1;
  char path[PATH_MAX];
  if (name_bytes == 1) return ENOENT;
  if (name_bytes > sizeof path) return ENAMETOOLONG;
  if (std::strchr(spec.file, '/') != nullptr) {
    std::memcpy(path, spec.file, name_bytes);
    return exec_file(spec, path);
  }

  bool denied = false;
  for (const char* folder = path_of(spec);; ++folder) {
    const std::size_t length = std::strcspn(folder, ":");
    // An empty entry means the current folder.
    const std::size_t slash = length > 0 ? 1 : 0;
    if (length + slash + name_bytes <= sizeof path) {
      std::memcpy(path, folder, length);
      path[length] = '/';
      std::memcpy(path + length + slash, spec.file, name_bytes);
      const int error = exec_file(spec, path);
      if (!means_not_here(error)) return error;
      denied = denied || error == EACCES;
    }
    folder += length;
    if (*folder == 0) return denied ? EACCES : ENOENT;
  }
}

}  // namespace ptyd::host
