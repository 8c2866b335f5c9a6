// Keeps what another host needs to go on after this one's death.
#pragma once

#include <cstddef>
#include <cstdint>

#include "daemon/host/custody_memory.hpp"
#include "daemon/host/descriptor.hpp"
#include "daemon/host/os.hpp"

namespace ptyd::host {

class Custody {
 public:
  // Makes the memory. 0, or an errno: ENOSYS where the system does not count what a process reads and writes.
  int create();
  // Takes over what a dead host left in `memory`. 0, or an errno.
  int adopt(Descriptor memory);

  CustodyMemory* memory() noexcept { return memory_; }
  int memory_fd() const noexcept { return file_.fd(); }

  // From now on how far this host is, is kept, or it is not: only a daemon that would start another one needs it.
  void keep(bool on) noexcept;
  bool kept() const noexcept { return kept_; }

  // Around each read of the pty, which brings bytes from `head` on, and each write of `bytes` to it, of a guest or not.
  void before_read(std::uint64_t head) noexcept {
    if (!kept_) return;
    check(head);
    if (disturbed()) renew(head);
    memory_->reading.store(1, std::memory_order_release);
  }
  void after_read() noexcept {
    if (kept_) memory_->reading.store(0, std::memory_order_release);
  }
  void before_write(std::uint64_t head, std::size_t bytes, bool guest) noexcept;
  void after_write(std::size_t bytes) noexcept;

 private:
  bool disturbed() const noexcept { return other_reads() != other_reads_; }
  void renew(std::uint64_t head) noexcept;
#ifdef PTYD_TEST_HOOKS
  void check(std::uint64_t head) noexcept;
#else
  void check(std::uint64_t) noexcept {}
#endif

  CustodyMemory* memory_ = nullptr;
  Descriptor file_;
  Descriptor counts_;  // /proc/self/io
  bool kept_ = false;
  std::uint64_t other_reads_ = 0;
  // Bytes written by this process when the counts were read, and by others than before_write() until then.
  std::uint64_t written_ = 0;
  std::uint64_t other_writes_ = 0;
};

}  // namespace ptyd::host
