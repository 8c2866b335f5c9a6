// The session's program, and what it has started. Windows only.
#pragma once

#include "daemon/host/spawn_windows.hpp"

namespace ptyd::host {

class Program {
 public:
  SpawnResult start(const Spec& spec, ConsoleHandle console) noexcept;
  bool adopted() const noexcept { return false; }  // none is
  bool running() const noexcept { return running_; }
  // Set when it has ended.
  HANDLE event() const noexcept { return handle_of(child_.process); }

  // True when it has just ended: its status is in `header` then.
  bool reap(RingHeader& header) noexcept;
  // Ends the program alone. 0, or an error.
  int kill() noexcept;
  // Ends everything in the session: nothing leaves a job that does not allow it.
  void terminate() noexcept;

 private:
  Child child_;
  bool running_ = false;
};

}  // namespace ptyd::host
