// What the messages of the daemons do.
#pragma once

#include <cstdint>
#include <cstring>
#include <new>

#include "daemon/host/crash_point.hpp"
#include "daemon/host/descriptor.hpp"
#include "daemon/host/errors.hpp"
#include "daemon/host/guests.hpp"
#include "daemon/host/input_buffer.hpp"
#include "daemon/host/rules.hpp"
#include "daemon/host/size_log.hpp"
#include "daemon/host/wire.hpp"

namespace ptyd::host {

// The answer to a request that has no other, to be sent by Control or after the host has put things in order.
template <class Connection>
void answer(Connection& connection, MessageType request, int error) noexcept {
  connection.send(MessageType::result, Result{static_cast<std::uint32_t>(error), static_cast<std::uint32_t>(request)});
}

// The system's own classes: connection_posix.hpp and terminal_posix.hpp show what is asked of them. A Connection says
// by kBytesOfDescriptor how much of a message's size a descriptor takes; where it takes any, the other end fetches it
// later.
template <class Terminal, class Connection>
class Control {
 public:
  // `features`: of Feature.
  void create(Terminal& terminal, std::uint32_t features) noexcept {
    terminal_ = &terminal;
    features_ = features;
  }
  // The first content of a slot.
  void keep(Slot slot, Descriptor content, std::uint64_t offset, std::uint64_t size) noexcept;
  // Of the newest attachment to a host before this one.
  void set_generation(std::uint64_t generation) noexcept { generation_ = generation; }

  // Answers one message, or closes the connection when the message breaks the rules.
  void handle(Connection& connection);

  bool attached(const Connection& connection) const noexcept { return attached_ == &connection; }
  bool has_daemon() const noexcept { return attached_ != nullptr; }
  bool guest(const Connection& connection) const noexcept {
    return guests_ != nullptr && guests_->of(connection) != nullptr;
  }
  // True when the daemon's connection was found closed.
  bool forget_closed() noexcept;
  void tell(MessageType type) noexcept;
  // What they wait for may have come.
  void tell_guests() noexcept {
    if (guests_ == nullptr) return;
    guests_->tell(terminal_->output().head(), terminal_->ended(),
                  [this](const std::uint8_t (&stream)[16]) { return terminal_->input_accepted(stream); });
  }
  // The daemon asked us to end. Before the answer goes out, so that whoever has it finds no socket.
  bool ending() const noexcept { return ending_; }

 private:
  struct Kept {
    Descriptor descriptor;
    Descriptor fetchable;  // the one before: a daemon may not have fetched it yet
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
  };
  static constexpr std::uint32_t kSlots = 2;

  template <typename Body>
  static Body body_of(const Connection& connection) {
    Body body;
    std::memcpy(&body, connection.body(), sizeof body);
    return body;
  }
  static MessageType type_of(const Connection& connection) {
    return static_cast<MessageType>(connection.header().type);
  }
  bool keeps_to_rules(const Connection& connection) const noexcept {
    return allowed(connection.header(), {connection.greeted(), attached(connection), guest(connection),
                                         Connection::kBytesOfDescriptor});
  }
  void hello(Connection& connection);
  void attach(Connection& connection);
  void input(Connection& connection);
  void skip(Connection& connection);
  void answer_input(Connection& connection, InputBuffer::Taken taken, const InputGap& gap);
  void put(Connection& connection);
  void get(Connection& connection);
  void custody(Connection& connection);
  void wake_by_message(Connection& connection);
  void grant(Connection& connection);
  void close_gates(Connection& connection);
  void join(Connection& connection);
  void arm(Connection& connection);
  void guest_input(Connection& connection);
  void guest_resize(Connection& connection);

  Terminal* terminal_ = nullptr;
  Connection* attached_ = nullptr;
  std::uint64_t generation_ = 0;
  std::uint32_t features_ = 0;
  Kept kept_[kSlots];
  bool ending_ = false;
  // Made when there is the first guest: most hosts never have one.
  alignas(Guests<Connection>) std::byte guests_place_[sizeof(Guests<Connection>)];
  Guests<Connection>* guests_ = nullptr;
};

template <class Terminal, class Connection>
void Control<Terminal, Connection>::keep(Slot slot, Descriptor content, std::uint64_t offset,
                                         std::uint64_t size) noexcept {
  Kept& kept = kept_[static_cast<std::uint32_t>(slot)];
  kept.descriptor = static_cast<Descriptor&&>(content);
  kept.offset = offset;
  kept.size = size;
}

template <class Terminal, class Connection>
void Control<Terminal, Connection>::handle(Connection& connection) {
  if (!keeps_to_rules(connection)) return connection.close();
  const MessageType type = type_of(connection);
  switch (type) {
    case MessageType::hello: return hello(connection);
    case MessageType::attach: return attach(connection);
    case MessageType::input: return input(connection);
    case MessageType::skip: return skip(connection);
    case MessageType::credit: return terminal_->output().look_again();
    case MessageType::resize: return terminal_->resize(body_of<Resize>(connection));
    case MessageType::signal: return answer(connection, type, terminal_->signal(body_of<Signal>(connection)));
    case MessageType::status: return connection.send(MessageType::status_reply, terminal_->status());
    case MessageType::put: return put(connection);
    case MessageType::get: return get(connection);
    case MessageType::forget:
      ending_ = !terminal_->program().running();
      if (!ending_) answer(connection, type, kBusy);
      return;
    case MessageType::custody: return custody(connection);
    case MessageType::program_ended:
      if (terminal_->program().adopted()) {
        terminal_->program_ended(body_of<ProgramEnded>(connection));
        tell(MessageType::exited);
      }
      return;
    case MessageType::wake_by_message: return wake_by_message(connection);
    case MessageType::grant: return grant(connection);
    case MessageType::close_gates: return close_gates(connection);
    case MessageType::join: return join(connection);
    case MessageType::arm: return arm(connection);
    case MessageType::guest_input: return guest_input(connection);
    case MessageType::guest_resize: return guest_resize(connection);
    case MessageType::terminate: terminal_->program().terminate(); return answer(connection, type, 0);
    default: return connection.close();
  }
}

template <class Terminal, class Connection>
void Control<Terminal, Connection>::hello(Connection& connection) {
  const Hello hello = body_of<Hello>(connection);
  const bool common = hello.version_min <= kProtocolVersion && hello.version_max >= kProtocolVersion;
  const RingHeader& header = terminal_->header();
  HelloReply reply{};
  reply.version = common ? kProtocolVersion : 0;
  reply.version_min = kProtocolVersion;
  reply.version_max = kProtocolVersion;
  reply.features = features_;
  reply.generation = generation_;
  std::memcpy(reply.session_id, header.session_id, sizeof reply.session_id);
  reply.host_pid = header.host_pid;
  reply.child_pid = header.child_pid;
  connection.send(MessageType::hello_reply, reply);
  connection.set_greeted();
  if (!common) connection.close();
}

template <class Terminal, class Connection>
void Control<Terminal, Connection>::attach(Connection& connection) {
  const Attach request = body_of<Attach>(connection);
  if (request.generation <= generation_) return answer(connection, MessageType::attach, kBusy);
  auto& output = terminal_->output();
  if (const int error = output.renew_wakeup(); error != 0) return answer(connection, MessageType::attach, error);
  if (attached_ != nullptr && attached_ != &connection) {
    attached_->tell(MessageType::fenced);
    attached_->close();
  }
  terminal_->end_custody();
  if (guests_ != nullptr) guests_->close_sizes();
  attached_ = &connection;
  generation_ = request.generation;
  crash_point("host_attached");
  connection.send(MessageType::attached, Attached{generation_}, output.ring_handle(), output.wakeup_handle());
}

template <class Terminal, class Connection>
void Control<Terminal, Connection>::input(Connection& connection) {
  const Input request = body_of<Input>(connection);
  const std::size_t bytes = connection.header().size - sizeof request;
  InputGap gap{};
  answer_input(connection, terminal_->take_input(request, connection.body() + sizeof request, bytes, gap), gap);
}

template <class Terminal, class Connection>
void Control<Terminal, Connection>::skip(Connection& connection) {
  InputGap gap{};
  answer_input(connection, terminal_->skip_input(body_of<Skip>(connection), gap), gap);
}

template <class Terminal, class Connection>
void Control<Terminal, Connection>::answer_input(Connection& connection, InputBuffer::Taken taken,
                                                 const InputGap& gap) {
  switch (taken) {
    case InputBuffer::Taken::ok: return;
    case InputBuffer::Taken::gap: return connection.send(MessageType::input_gap, gap);
    case InputBuffer::Taken::refused: return connection.close();
  }
}

template <class Terminal, class Connection>
void Control<Terminal, Connection>::put(Connection& connection) {
  const Blob request = body_of<Blob>(connection);
  Descriptor descriptor = connection.take_descriptor();
  if (request.slot >= kSlots) return answer(connection, MessageType::put, kInvalid);
  if (!descriptor) return answer(connection, MessageType::put, kNoHandle);
  Kept& kept = kept_[request.slot];
  if (Connection::kBytesOfDescriptor > 0) kept.fetchable = static_cast<Descriptor&&>(kept.descriptor);
  kept.descriptor = static_cast<Descriptor&&>(descriptor);
  kept.offset = request.offset;
  kept.size = request.size;
  answer(connection, MessageType::put, 0);
}

template <class Terminal, class Connection>
void Control<Terminal, Connection>::get(Connection& connection) {
  const Blob request = body_of<Blob>(connection);
  if (request.slot >= kSlots) return answer(connection, MessageType::get, kInvalid);
  const Kept& kept = kept_[request.slot];
  const Blob reply{request.slot, kept.descriptor ? 1U : 0U, kept.offset, kept.size};
  connection.send(MessageType::blob, reply, kept.descriptor.native());
}

template <class Terminal, class Connection>
void Control<Terminal, Connection>::custody(Connection& connection) {
  const auto handles = terminal_->entrust();
  const Entrusted reply{handles.terminal != Descriptor::kNone ? 1U : 0U,
                        handles.program != Descriptor::kNone ? 1U : 0U};
  crash_point("host_entrusted");
  connection.send(MessageType::entrusted, reply, handles.terminal, handles.memory, handles.program);
}

// Where the system's own wake-up does as well there is no such thing to ask for.
template <class Terminal, class Connection>
void Control<Terminal, Connection>::wake_by_message(Connection& connection) {
  if constexpr (requires { terminal_->output().wake_by_message(&connection); })
    terminal_->output().wake_by_message(&connection);
  else
    connection.close();
}

template <class Terminal, class Connection>
void Control<Terminal, Connection>::grant(Connection& connection) {
  if ((features_ & kFeatureGuests) == 0) return connection.close();
  if (guests_ == nullptr) guests_ = new (guests_place_) Guests<Connection>;
  const int error = guests_->grant(body_of<Grant>(connection));
  crash_point("host_granted");
  answer(connection, MessageType::grant, error);
}

template <class Terminal, class Connection>
void Control<Terminal, Connection>::close_gates(Connection& connection) {
  if (guests_ != nullptr) guests_->close_gates();
  answer(connection, MessageType::close_gates, 0);
}

template <class Terminal, class Connection>
void Control<Terminal, Connection>::join(Connection& connection) {
  if (attached(connection)) return connection.close();
  const Descriptor::Native ring = guests_ != nullptr ? terminal_->output().read_only_ring() : Descriptor::kNone;
  const int error = ring == Descriptor::kNone ? kNotAllowed : guests_->join(connection, body_of<Join>(connection));
  if (error != 0) return answer(connection, MessageType::join, error);
  terminal_->output().tell_first([](void* self) { static_cast<Control*>(self)->tell_guests(); }, this);
  connection.send(MessageType::joined, Joined{guests_->of(connection)->may_type() ? 1U : 0U, 0}, ring);
}

template <class Terminal, class Connection>
void Control<Terminal, Connection>::arm(Connection& connection) {
  auto* const guest = guests_->of(connection);
  guest->arm = body_of<Arm>(connection);
  guest->armed = true;
}

// What is refused is to be sent by the daemon, which knows more.
template <class Terminal, class Connection>
void Control<Terminal, Connection>::guest_input(Connection& connection) {
  const GuestInput request = body_of<GuestInput>(connection);
  const std::size_t bytes = connection.header().size - sizeof request;
  auto* const guest = guests_->of(connection);
  guest->arm = request.arm;
  guest->armed = true;
  Input input{};
  std::memcpy(input.stream, guest->grant.stream, sizeof input.stream);
  input.offset = request.offset;
  InputGap gap{};
  if (guest->may_type())
    return answer_input(connection, terminal_->take_guest_input(input, connection.body() + sizeof request, bytes, gap),
                        gap);
  std::memcpy(gap.stream, input.stream, sizeof gap.stream);
  gap.expected = terminal_->input_accepted(input.stream);
  gap.got = request.offset;
  connection.send(MessageType::input_gap, gap);
}

// What the daemon would not allow either it is asked for, and says why.
template <class Terminal, class Connection>
void Control<Terminal, Connection>::guest_resize(Connection& connection) {
  const auto* const guest = guests_->of(connection);
  const Resize size = body_of<Resize>(connection);
  const bool set = guest->may_size() && is_window_size(size);
  if (set) terminal_->resize(size);
  connection.send(MessageType::sized, Sized{set ? 1U : 0U, guest->grant.turn});
}

template <class Terminal, class Connection>
bool Control<Terminal, Connection>::forget_closed() noexcept {
  if (guests_ != nullptr) guests_->forget_closed();
  if (attached_ == nullptr || attached_->is_open()) return false;
  if constexpr (requires { terminal_->output().wake_by_message(attached_); })
    terminal_->output().wake_by_message(nullptr);
  attached_ = nullptr;
  return true;
}

template <class Terminal, class Connection>
void Control<Terminal, Connection>::tell(MessageType type) noexcept {
  if (attached_ != nullptr) attached_->tell(type);
}

}  // namespace ptyd::host
