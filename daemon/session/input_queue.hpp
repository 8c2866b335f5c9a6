// Input on its way from clients to a session's host: in order of arrival, within the host's window.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/error.hpp"
#include "common/small_deque.hpp"
#include "daemon/hostlink/host_link.hpp"

namespace ptyd {

// Owned by a Session. Bounded: beyond kMaxQueued, push() refuses. Thread: the loop's.
class InputQueue {
 public:
  static constexpr std::size_t kMaxQueued = 4 * 1024 * 1024;
  static constexpr std::size_t kMaxPieces = 65536;
  // Of those that may have to be sent again; the input window is exhausted before.
  static constexpr std::size_t kMaxSent = 4096;

  explicit InputQueue(HostLink& link);

  // Errors: resource_exhausted when the program has left too much unread.
  Result<void> push(const InputStreamId& stream, std::uint64_t offset, std::string_view data);
  // The same for bytes that shall count as typed only. At most host::kMaxPayload.
  Result<void> skip(const InputStreamId& stream, std::uint64_t offset, std::uint64_t bytes);
  // Hands on what the host has room for. Errors: the host is lost.
  Result<void> pump();
  bool empty() const noexcept { return queue_.empty(); }
  std::size_t room() const noexcept { return kMaxQueued - queued_; }
  std::size_t queued_bytes() const noexcept { return queued_; }
  // After another host took over: hands on again what the one before is not known to have taken.
  void send_again();
  // Takes back what was not handed on yet of one stream, from its end. Returns the bytes taken back.
  std::size_t withdraw(const InputStreamId& stream);

  struct Piece {
    InputStreamId stream;
    std::uint64_t offset;
    std::string data;
    std::uint64_t skipped = 0;  // instead of data: bytes that are not typed
  };
  // For another queue that goes on with this link.
  const SmallDeque<Piece>& pieces() const noexcept { return queue_; }
  // Handed on, and not known to be taken.
  SmallDeque<Piece> sent() const;
  std::uint64_t handed_on() const noexcept { return handed_on_; }
  // Goes on where another queue was. Before anything is pushed; nothing is handed on yet.
  void resume(SmallDeque<Piece> pieces, std::uint64_t handed_on, SmallDeque<Piece> sent);

 private:
  bool take_back(const InputStreamId& stream, std::size_t bytes) noexcept;

  struct Sent {
    Piece piece;
    std::uint64_t end;  // of input_taken, once it is taken
  };
  Result<void> hand_on(Piece piece);
  // How many bytes may be handed on now.
  std::size_t window();
  void count_taken();
  bool taken(const Sent& sent) const;
  void forget_taken();

  HostLink& link_;
  SmallDeque<Piece> queue_;
  SmallDeque<Sent> sent_;  // handed on, and not known to be taken
  std::size_t queued_ = 0;
  std::uint64_t handed_on_;  // bytes given to the host, counted as RingHeader::input_taken counts
};

}  // namespace ptyd
