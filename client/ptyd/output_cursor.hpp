// Where an attachment is in its session's output, and what the daemon may still send. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "common/error.hpp"

namespace ptyd {

// Checks that output is whole: each byte once and in order, by its offset. Errors are `malformed`: the daemon broke
// the protocol.
class OutputCursor {
 public:
  // `window`: bytes that may be on their way and unread.
  explicit OutputCursor(std::uint64_t window) noexcept : window_(window) {}

  // A new connection whose output begins at `offset`, or with a snapshot there.
  void begin(std::uint64_t offset, bool snapshot_follows) noexcept;

  // `size` bytes at `offset` came. Returns how many of them came before: leave them out.
  Result<std::uint64_t> output(std::uint64_t offset, std::uint64_t size);
  // `size` bytes at resume_offset() came by another way.
  void advance(std::uint64_t size) noexcept { next_ += size; }
  // A part of a snapshot came; returns whether it is the first one.
  Result<bool> snapshot(std::uint64_t offset, std::uint64_t size, bool last);
  Result<void> gap(std::uint64_t from, std::uint64_t to);

  // The next byte; nothing before the first attach and while a snapshot is incomplete: then the screen must be had
  // anew.
  std::optional<std::uint64_t> resume_offset() const noexcept;

  // Forgets the offset: the next attach asks for a snapshot.
  void restart() noexcept { begun_ = false; }

  // Credit to grant with an attach request: what is not taken by bytes that are still unread.
  std::uint64_t first_credit() noexcept;
  // `bytes` were read.
  void consumed(std::uint64_t bytes) noexcept;
  // What to grant now; 0: nothing yet. It counts as granted, so only for an attachment that can be told.
  std::uint64_t take_grant() noexcept;

 private:
  Result<void> spend(std::uint64_t bytes);

  std::uint64_t window_;
  std::uint64_t next_ = 0;
  bool begun_ = false;
  bool awaits_snapshot_ = false;
  bool in_snapshot_ = false;
  std::uint64_t credit_ = 0;      // what the daemon may send
  std::uint64_t unread_ = 0;      // came, but was not read
  std::uint64_t unreturned_ = 0;  // was read, but not granted again
};

}  // namespace ptyd
