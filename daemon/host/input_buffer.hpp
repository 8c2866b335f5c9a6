// Input between the daemon and the pty: each byte of each stream once, whatever is sent again.
#pragma once

#include <cstddef>
#include <cstdint>

#include "daemon/host/input_memory.hpp"
#include "daemon/host/wire.hpp"

namespace ptyd::host {

// Fixed memory, no system calls. The counters in the ring's header are part of it: a byte counts as accepted
// from the moment it is in this buffer, so a daemon that dies in between neither loses nor repeats it.
class InputBuffer {
 public:
  enum class Taken {
    ok,
    gap,      // ahead of the stream: dropped whole; `gap` says what was expected
    refused,  // beyond the window, or the stream's offsets would overflow: the daemon breaks the rules
  };
  struct Piece {
    const std::byte* at;
    std::size_t bytes;
  };

  // In its own memory.
  void create(RingHeader& header) noexcept { header_ = &header; }
  // In `memory`, zeroed or as the host before left it; then the daemon is told what that host could not tell any more.
  void create(RingHeader& header, InputMemory& memory) noexcept;

  // The daemon hears of it by publish(), which comes after the first attempt to write: whoever sees input taken sees
  // as well what became of its lines (long_lines).
  Taken take(const Input& input, const std::byte* data, std::size_t bytes, InputGap& gap) noexcept;
  // The same for a guest, at most kMaxGuestInput, and never behind others: gap, when some wait.
  Taken take_of_guest(const Input& input, const std::byte* data, std::size_t bytes, InputGap& gap) noexcept;
  // How much of a stream was taken; 0 for one that is not known.
  std::uint64_t accepted(const std::uint8_t (&id)[16]) noexcept;
  // Counts bytes of a stream as taken that are not to be typed.
  Taken skip(const Skip& skip, InputGap& gap) noexcept;

  // Whether anything waits to be written.
  bool empty() const noexcept { return taken() == written() && !guest_waits(); }
  // A guest's bytes are next.
  bool guest_waits() const noexcept {
    return memory_->guest_written.load(std::memory_order_relaxed) < memory_->guest_bytes.load(std::memory_order_relaxed);
  }
  // Bytes of the daemon that were written to the pty.
  std::uint64_t written() const noexcept { return memory_->written.load(std::memory_order_relaxed); }
  // The oldest bytes that were not written yet, up to the wrap.
  Piece front() const noexcept;
  // The first `bytes` of front() are in the pty now; publish() tells the daemon. Returns how many lines have
  // just outgrown `line_limit`: only when the tty is in line mode, they are to be counted.
  std::uint64_t wrote(std::size_t bytes, std::size_t line_limit) noexcept;
  void count_long_lines(std::uint64_t lines) noexcept;
  // The tty is not in line mode: what was written is no part of a line.
  void forget_line() noexcept;
  void publish() noexcept;
  // Nobody can read it any more: counts all as written. publish() tells the daemon.
  void discard() noexcept {
    memory_->guest_written.store(memory_->guest_bytes.load());
    memory_->written.store(taken());
  }

 private:
  // How many of the bytes [offset, offset + bytes) of a stream were accepted before.
  struct Known {
    Taken taken = Taken::ok;
    std::uint64_t bytes = 0;
    std::uint64_t accepted = 0;
    InputStream* stream = nullptr;
  };
  Known known(const std::uint8_t (&id)[16], std::uint64_t offset, std::uint64_t bytes, InputGap& gap) noexcept;
  InputStream* find(const std::uint8_t (&id)[16]) noexcept;
  InputStream* make_stream(const std::uint8_t (&id)[16]) noexcept;
  void publish_taken() noexcept;
  void publish_guest() noexcept;
  std::uint64_t measure_lines(Piece piece, std::size_t line_limit) noexcept;

  std::uint64_t taken() const noexcept { return memory_->taken.load(std::memory_order_relaxed); }

  RingHeader* header_ = nullptr;
  InputMemory own_;
  InputMemory* memory_ = &own_;
  bool guest_unpublished_ = false;
  InputStream* unpublished_ = nullptr;  // whose accepted bytes the daemon does not see yet
};

}  // namespace ptyd::host
