// The session's program, and what it has started.
#pragma once

#include <cstddef>
#include <cstdint>

#include "daemon/host/child.hpp"
#include "daemon/host/descriptor.hpp"
#include "daemon/host/wire.hpp"

namespace ptyd::host {

class Program {
 public:
  // Before start(), once in a process. 0, or an errno.
  int watch_children();
  int children_fd() const noexcept { return children_fd_; }

  SpawnResult start(const Spec& spec, int tty);
  // Goes on with the program of a dead host, which is not our child. Without `process` it has ended.
  void adopt(int pid, Descriptor process);
  int process_fd() const noexcept { return process_.fd(); }
  // Of such a one, while it runs: by reap() is seen that it has ended, or by ended(), which tells how.
  bool adopted() const noexcept { return adopted_ && running_; }
  void ended(ExitKind kind, std::uint32_t value, RingHeader& header);
  // The adopted program has ended, but how is not known yet.
  bool leaving() const noexcept { return adopted() && leaving_; }

  bool running() const noexcept { return running_; }
  bool has_pidfd() const noexcept { return static_cast<bool>(process_); }

  // Reaps all children that have ended. The program's status is in `header` before it is reaped, so that no
  // death of ours loses it. True when the program was among them. `will_be_told`: somebody may have waited for an adopted
  // one, and be about to say how it ended.
  bool reap(RingHeader& header, bool will_be_told);

  // 0, or an errno. `pty` is our end, -1 when it is closed.
  int signal(int number, SignalTarget target, int pty);
  // Ends everything in the session. What is being started meanwhile is ended by reap().
  void terminate();

 private:
  std::size_t list_session(int* pids, std::size_t most) const;
  int signal_group(int number);
  int signal_tree(int number);

  bool look_at_adopted(RingHeader& header, bool will_be_told);

  int pid_ = 0;
  int children_fd_ = -1;
  bool adopted_ = false;
  bool leaving_ = false;
  std::uint64_t untold_until_ns_ = 0;  // of one that is gone; 0: it is not
  Descriptor process_;
  bool running_ = false;
  bool terminating_ = false;
};

}  // namespace ptyd::host
