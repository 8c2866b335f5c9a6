// What was typed and is not acknowledged yet. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ptyd {

// Keeps the bytes of one input stream until the session's host has taken them, so that they can be sent again, by
// the same offsets, over another connection.
class InputBacklog {
 public:
  explicit InputBacklog(std::size_t capacity) noexcept : capacity_(capacity) {}

  std::size_t room() const noexcept { return capacity_ - size(); }
  std::size_t size() const noexcept { return bytes_.size() - dropped_; }
  bool empty() const noexcept { return size() == 0; }
  // Everything below was taken by the host.
  std::uint64_t accepted() const noexcept { return accepted_; }
  std::size_t unsent() const noexcept { return static_cast<std::size_t>(end() - sent_); }
  // Offset behind the last byte that was taken.
  std::uint64_t end() const noexcept { return accepted_ + size(); }
  bool all_sent() const noexcept { return sent_ == end(); }
  // Takes as much as there is room for.
  std::size_t append(std::string_view bytes);

  struct Piece {
    std::uint64_t offset = 0;
    std::string_view data;  // valid until the next change
  };
  // What may be sent next, at most `max` bytes; empty data: nothing now.
  Piece next(std::size_t max) const noexcept;
  void sent(std::size_t bytes) noexcept;
  // Everything that is not acknowledged is to be sent again.
  void rewind() noexcept { sent_ = accepted_; }

  // The host has taken everything below `accepted`; up to `limit` may be sent. False: the daemon acknowledges what
  // was never sent.
  bool acknowledge(std::uint64_t accepted, std::uint64_t limit);

  // A new connection: the host has taken everything below `accepted`, or may have forgotten the stream (`unknown`).
  // Returns how many bytes are dropped because they may have been typed before the host forgot them: input is never
  // typed twice.
  std::uint64_t resume(std::uint64_t accepted, std::uint64_t limit, bool unknown);

 private:
  void drop(std::uint64_t bytes);

  std::size_t capacity_;
  std::string bytes_;  // from accepted_ on, behind `dropped_` bytes of no use
  std::size_t dropped_ = 0;
  std::uint64_t accepted_ = 0;   // offset of the first byte that is kept
  std::uint64_t sent_ = 0;       // offset of the first byte not sent on this connection
  std::uint64_t ever_sent_ = 0;  // highest offset sent on any connection
  std::uint64_t limit_ = 0;
};

}  // namespace ptyd
