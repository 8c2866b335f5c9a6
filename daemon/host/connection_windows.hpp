// One connection to a daemon: whole messages in, whole messages out, in fixed memory. Windows only.
#pragma once

#include <cstddef>
#include <cstdint>

#include "daemon/host/message_buffer.hpp"
#include "daemon/host/operation_windows.hpp"
#include "daemon/host/owed_messages.hpp"

namespace ptyd::host {

// Never waits. While an answer can't be sent no request is read, so one answer is all that is ever kept.
class Connection {
 public:
  enum class Received { nothing, message, closed };
  static constexpr std::uint32_t kBytesOfDescriptor = 8;  // its value, after the message

  // 0, or an error. Before anything else.
  int create() noexcept;
  void open(Descriptor pipe, std::uint64_t number) noexcept;
  void close() noexcept;
  bool is_open() const noexcept { return static_cast<bool>(pipe_); }
  std::uint64_t number() const noexcept { return number_; }  // rises with each connection
  // What an open connection waits for: to have sent, or to have read. Null when must_receive().
  HANDLE event() const noexcept { return sending() ? write_.event() : read_.event(); }
  // receive() is to be called now: nothing is being read that would set event().
  bool must_receive() const noexcept { return is_open() && !sending() && !read_.pending(); }

  bool greeted() const noexcept { return greeted_; }
  void set_greeted() noexcept { greeted_ = true; }

  // Reads on until there is a message, or closes: the other end did, or it breaks the rules of MessageHeader.
  Received receive() noexcept;
  const MessageHeader& header() const noexcept { return in_.header(); }
  const std::byte* body() const noexcept { return in_.body(); }
  // The section whose handle the other end has made here and sent with the message; none when that is no section.
  Descriptor take_descriptor() noexcept;
  // Done with the message.
  void next() noexcept { in_.next(); }

  // An answer, with the values of up to two handles (-1: none), which stay the caller's. Dropped when the other end is
  // gone: what that has sent before is still to be read, up to its end.
  template <typename Body>
  void send(MessageType type, const Body& body, Descriptor::Native first = Descriptor::kNone,
            Descriptor::Native second = Descriptor::kNone, Descriptor::Native = Descriptor::kNone) noexcept {
    static_assert(sizeof(Body) + 2 * kBytesOfDescriptor <= kMaxBody);
    send_bytes(type, &body, sizeof body, first, second);
  }
  // A message without body, after what is being sent.
  void tell(MessageType type) noexcept;
  bool sending() const noexcept { return out_bytes_ > 0; }
  void flush() noexcept;

 private:
  static constexpr std::size_t kMaxBody = 80;

  bool receive_some(std::size_t& got) noexcept;
  void send_bytes(MessageType type, const void* body, std::size_t bytes, Descriptor::Native first,
                  Descriptor::Native second) noexcept;
  void push() noexcept;
  void drop_output() noexcept;

  Descriptor pipe_;
  std::uint64_t number_ = 0;
  std::size_t out_bytes_ = 0;
  std::size_t out_sent_ = 0;
  OwedMessages owed_;
  bool greeted_ = false;
  bool peer_reads_ = true;
  struct {
    MessageHeader header;
    std::byte body[kMaxBody];
  } out_;
  MessageBuffer in_;
  // Last: they end before their memory and the pipe do.
  Operation read_;
  Operation write_;
};

}  // namespace ptyd::host
