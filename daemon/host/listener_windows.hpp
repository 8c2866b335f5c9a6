// The host's own pipe, and the file that tells its name. Windows only.
#pragma once

#include "daemon/host/operation_windows.hpp"
#include "daemon/host/random_name_windows.hpp"
#include "daemon/host/security_windows.hpp"

namespace ptyd::host {

// The file is there as long as this process, however that ends, and nobody can remove it before. One that was left
// behind by a power failure can be removed, and is replaced.
class Listener {
 public:
  // Listens, and makes the file at `path` (UTF-8). 0, or an error: ERROR_ALREADY_EXISTS when a host is there already.
  int open(const char* path) noexcept;
  // Set when accept() has something to do.
  HANDLE event() const noexcept { return connecting_.event(); }
  // The pipe of the next that has connected, if one has. There is another for the one after it by then; else failing()
  // is true, and accept() tries again.
  Descriptor accept() noexcept;
  bool failing() const noexcept { return !waiting_; }
  // Removes the file.
  void remove() noexcept { marker_.reset(); }

 private:
  int make_instance(DWORD first) noexcept;
  int make_marker(const wchar_t* path) noexcept;

  wchar_t name_[kPipeNameUnits] = {};
  PrivateSecurity security_;
  Descriptor marker_;
  Descriptor waiting_;
  Operation connecting_;  // last: it ends before the pipe does
};

}  // namespace ptyd::host
