// Types every byte of one client's input exactly once, however often the client sends it.
#pragma once

#include <cstdint>

#include "common/error.hpp"

namespace ptyd {

// Offsets count the bytes of one input stream. Received bytes wait for the host, which accepts them in order.
class InputLedger {
 public:
  // The host has accepted `start` bytes already; at most `window` bytes may wait for it.
  InputLedger(std::uint64_t start, std::uint64_t window) noexcept : next_(start), accepted_(start), window_(window) {}

  // How to treat a piece: leave out its first `skip` bytes, which came before, and pass on the `take` bytes
  // behind them.
  struct Piece {
    std::uint64_t skip = 0;
    std::uint64_t take = 0;
    bool operator==(const Piece&) const = default;
  };

  // Bytes [offset, offset + size) came. Errors leave everything as it was: out_of_range (bytes before
  // `offset` are missing; the range says what is expected), resource_exhausted (beyond the limit).
  Result<Piece> receive(std::uint64_t offset, std::uint64_t size);

  // Takes back the newest `bytes` of what was received: they could not be passed on.
  void retract(std::uint64_t bytes) noexcept;

  // The host has accepted all bytes before `accepted`. An older number than before changes nothing.
  void acknowledge(std::uint64_t accepted) noexcept;

  std::uint64_t next() const noexcept { return next_; }
  std::uint64_t accepted() const noexcept { return accepted_; }
  // Bytes from here on are refused until the host has accepted more.
  std::uint64_t limit() const noexcept;

 private:
  std::uint64_t next_;
  std::uint64_t accepted_;
  std::uint64_t window_;
};

}  // namespace ptyd
