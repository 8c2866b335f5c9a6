// The children of this process. On Linux it becomes the parent of hosts, and of programs whose host has died, so that
// it learns how these end.
#pragma once

#include <boost/asio/signal_set.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "daemon/hostwire/ring_view.hpp"

namespace ptyd {

// How a child has ended: as waitpid() says.
using ChildListener = std::function<void(int status)>;

// Somebody's interest in a child that there is or may come to be. Thread: the loop's.
class ChildClaim {
 public:
  ChildClaim() = default;
  // `listener` is called when it has ended, before its number is free and before what the system knows of it is gone.
  ChildClaim(std::uint32_t pid, ChildListener listener);
  ChildClaim(ChildClaim&& other) noexcept;
  ChildClaim& operator=(ChildClaim&& other) noexcept;
  ~ChildClaim();

 private:
  void drop() noexcept;

  friend void reap_children();
  struct Entry;
  static std::vector<std::unique_ptr<Entry>>& entries();
  static void tell(std::uint32_t pid, int status);
  Entry* entry_ = nullptr;
};

// What an ended child that is not waited for yet, and those it has waited for, have used; where the system says it then.
std::optional<ProgramUsage> read_usage(std::uint32_t pid) noexcept;

// Orphans of what is started from now on come to us. False: not on this system.
bool adopt_orphans() noexcept;
// Adds the signal that says that children have ended, and sends it once; false where there is none to wait for.
bool add_child_signal(boost::asio::signal_set& signals);
// Waits for all that have ended, and tells those who have claimed them.
void reap_children();

}  // namespace ptyd
