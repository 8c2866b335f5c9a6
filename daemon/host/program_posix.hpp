// The session's program, and what it has started.
#pragma once

#include "daemon/host/child.hpp"
#include "daemon/host/descriptor.hpp"
#include "daemon/host/wire.hpp"

namespace ptyd::host {

class Program {
 public:
  // A descriptor that is readable when children have ended; -1 with errno set on failure. To be called
  // before start(), once in a process.
  static int watch_children();

  SpawnResult start(const Spec& spec, int tty);
  bool running() const noexcept { return running_; }
  bool has_pidfd() const noexcept { return static_cast<bool>(process_); }

  // Reaps all children that have ended. The program's status is in `header` before it is reaped, so that no
  // death of ours loses it. True when the program was among them.
  bool reap(RingHeader& header);

  // 0, or an errno. `pty` is our end, -1 when it is closed.
  int signal(int number, SignalTarget target, int pty);
  // Ends everything in the session. What is being started meanwhile is ended by reap().
  void terminate();

 private:
  int signal_group(int number);
  int signal_tree(int number);

  int pid_ = 0;
  Descriptor process_;
  bool running_ = false;
  bool terminating_ = false;
};

}  // namespace ptyd::host
