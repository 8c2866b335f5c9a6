// One connection to a daemon: whole messages in, whole messages out, in fixed memory.
#pragma once

#include <cstddef>
#include <cstdint>

#include "daemon/host/descriptor.hpp"
#include "daemon/host/message_buffer.hpp"
#include "daemon/host/owed_messages.hpp"

namespace ptyd::host {

// Never blocks. While an answer can't be sent no request is read, so one answer is all that is ever kept.
class Connection {
 public:
  enum class Received { nothing, message, closed };
  static constexpr std::uint32_t kBytesOfDescriptor = 0;  // they go beside the message

  void open(Descriptor socket, std::uint64_t number) noexcept;
  void close() noexcept;
  bool is_open() const noexcept { return static_cast<bool>(socket_); }
  int fd() const noexcept { return socket_.fd(); }
  std::uint64_t number() const noexcept { return number_; }  // rises with each connection

  bool greeted() const noexcept { return greeted_; }
  void set_greeted() noexcept { greeted_ = true; }

  // Reads on until there is a message, or closes: the other end did, or it breaks the rules of MessageHeader.
  Received receive() noexcept;
  const MessageHeader& header() const noexcept { return in_.header(); }
  const std::byte* body() const noexcept { return in_.body(); }
  // The descriptor that came with the message, if one did.
  Descriptor take_descriptor() noexcept { return static_cast<Descriptor&&>(in_descriptor_); }
  // Done with the message.
  void next() noexcept;

  // An answer, with up to three descriptors (-1: none), which stay the caller's. Dropped when the other end is gone:
  // what that has sent before is still to be read, up to its end.
  template <typename Body>
  void send(MessageType type, const Body& body, Descriptor::Native first = Descriptor::kNone,
            Descriptor::Native second = Descriptor::kNone, Descriptor::Native third = Descriptor::kNone) noexcept {
    static_assert(sizeof(Body) <= kMaxBody);
    send_bytes(type, &body, sizeof body, {static_cast<int>(first), static_cast<int>(second), static_cast<int>(third)});
  }
  // A message without body, after what is being sent.
  void tell(MessageType type) noexcept;
  bool sending() const noexcept { return out_bytes_ > 0; }
  void flush() noexcept;

 private:
  static constexpr std::size_t kMaxBody = 64;
  static constexpr std::size_t kMaxDescriptors = 3;
  // The first ones; -1 from there on.
  struct Numbers {
    int fds[kMaxDescriptors];
    std::size_t count() const noexcept;
  };

  bool receive_some(std::size_t& got) noexcept;
  bool keep_descriptors(void* message) noexcept;
  void send_bytes(MessageType type, const void* body, std::size_t bytes, const Numbers& numbers) noexcept;
  // Sends what it can of out_; the descriptors go with the first byte.
  void push(const int* fds, std::size_t count) noexcept;
  void keep_for_later(const int* fds, std::size_t count) noexcept;
  void drop_output() noexcept;

  Descriptor socket_;
  Descriptor in_descriptor_;
  Descriptor out_descriptors_[kMaxDescriptors];
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
};

}  // namespace ptyd::host
