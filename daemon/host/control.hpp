// What the messages of the daemons do.
#pragma once

#include <cstdint>

#include "daemon/host/connection.hpp"
#include "daemon/host/descriptor.hpp"
#include "daemon/host/terminal.hpp"

namespace ptyd::host {

class Control {
 public:
  void create(Terminal& terminal, bool subreaper) noexcept;
  // The first content of Slot::record.
  void set_record(Descriptor record, std::uint64_t size) noexcept;

  // Answers one message, or closes the connection when the message breaks the rules.
  void handle(Connection& connection);

  bool attached(const Connection& connection) const noexcept { return attached_ == &connection; }
  bool has_daemon() const noexcept { return attached_ != nullptr; }
  // True when the daemon's connection was found closed.
  bool forget_closed() noexcept;
  void tell(MessageType type) noexcept;
  // The daemon asked us to end. Before the answer goes out, so that whoever has it finds no socket.
  bool ending() const noexcept { return ending_; }

 private:
  struct Kept {
    Descriptor descriptor;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
  };
  static constexpr std::uint32_t kSlots = 2;

  bool allowed(const Connection& connection) const noexcept;
  void hello(Connection& connection);
  void attach(Connection& connection);
  void input(Connection& connection);
  void skip(Connection& connection);
  void answer_input(Connection& connection, InputBuffer::Taken taken, const InputGap& gap);
  void put(Connection& connection);
  void get(Connection& connection);

  Terminal* terminal_ = nullptr;
  Connection* attached_ = nullptr;
  std::uint64_t generation_ = 0;
  std::uint32_t features_ = 0;
  Kept kept_[kSlots];
  bool ending_ = false;
};

// The answer to a request that has no other, to be sent by Control or after the host has put things in order.
void answer(Connection& connection, MessageType request, int error) noexcept;

}  // namespace ptyd::host
