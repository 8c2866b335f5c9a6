#include "daemon/host/control.hpp"

#include <cerrno>
#include <cstring>

#include "daemon/host/crash_point.hpp"

namespace ptyd::host {

namespace {

struct Rule {
  MessageType type;
  std::uint32_t min_size;
  std::uint32_t max_size;
  bool by_daemon;  // only after attach
};

constexpr Rule kRules[] = {
    {MessageType::hello, sizeof(Hello), sizeof(Hello), false},
    {MessageType::attach, sizeof(Attach), sizeof(Attach), false},
    {MessageType::input, sizeof(Input), sizeof(Input) + kMaxPayload, true},
    {MessageType::credit, 0, 0, true},
    {MessageType::resize, sizeof(Resize), sizeof(Resize), true},
    {MessageType::signal, sizeof(Signal), sizeof(Signal), true},
    {MessageType::status, 0, 0, false},
    {MessageType::put, sizeof(Blob), sizeof(Blob), true},
    {MessageType::get, sizeof(Blob), sizeof(Blob), false},
    {MessageType::forget, 0, 0, true},
    {MessageType::terminate, 0, 0, true},
    {MessageType::skip, sizeof(Skip), sizeof(Skip), true},
};

template <typename Body>
Body body_of(const Connection& connection) {
  Body body;
  std::memcpy(&body, connection.body(), sizeof body);
  return body;
}

MessageType type_of(const Connection& connection) { return static_cast<MessageType>(connection.header().type); }

}  // namespace

void answer(Connection& connection, MessageType request, int error) noexcept {
  connection.send(MessageType::result, Result{static_cast<std::uint32_t>(error), static_cast<std::uint32_t>(request)});
}

void Control::create(Terminal& terminal, bool subreaper) noexcept {
  terminal_ = &terminal;
  features_ =
      kFeatureKeptTty | (subreaper ? kFeatureSubreaper : 0U) | (terminal.program().has_pidfd() ? kFeaturePidfd : 0U);
}

void Control::set_record(Descriptor record, std::uint64_t size) noexcept {
  Kept& kept = kept_[static_cast<std::uint32_t>(Slot::record)];
  kept.descriptor = static_cast<Descriptor&&>(record);
  kept.size = size;
}

bool Control::allowed(const Connection& connection) const noexcept {
  const MessageType type = type_of(connection);
  if (connection.greeted() == (type == MessageType::hello)) return false;
  const std::uint32_t size = connection.header().size;
  for (const Rule& rule : kRules)
    if (rule.type == type)
      return size >= rule.min_size && size <= rule.max_size && (!rule.by_daemon || attached(connection));
  return false;
}

void Control::handle(Connection& connection) {
  if (!allowed(connection)) return connection.close();
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
      if (!ending_) answer(connection, type, EBUSY);
      return;
    case MessageType::terminate: terminal_->program().terminate(); return answer(connection, type, 0);
    default: return connection.close();
  }
}

void Control::hello(Connection& connection) {
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

void Control::attach(Connection& connection) {
  const Attach request = body_of<Attach>(connection);
  if (request.generation <= generation_) return answer(connection, MessageType::attach, EBUSY);
  Output& output = terminal_->output();
  if (!output.renew_wakeup()) return answer(connection, MessageType::attach, errno);
  if (attached_ != nullptr && attached_ != &connection) {
    attached_->tell(MessageType::fenced);
    attached_->close();
  }
  attached_ = &connection;
  generation_ = request.generation;
  crash_point("host_attached");
  connection.send(MessageType::attached, Attached{generation_}, output.ring_fd(), output.wakeup_fd());
}

void Control::input(Connection& connection) {
  const Input request = body_of<Input>(connection);
  const std::size_t bytes = connection.header().size - sizeof request;
  InputGap gap{};
  answer_input(connection, terminal_->take_input(request, connection.body() + sizeof request, bytes, gap), gap);
}

void Control::skip(Connection& connection) {
  InputGap gap{};
  answer_input(connection, terminal_->skip_input(body_of<Skip>(connection), gap), gap);
}

void Control::answer_input(Connection& connection, InputBuffer::Taken taken, const InputGap& gap) {
  switch (taken) {
    case InputBuffer::Taken::ok: return;
    case InputBuffer::Taken::gap: return connection.send(MessageType::input_gap, gap);
    case InputBuffer::Taken::refused: return connection.close();
  }
}

void Control::put(Connection& connection) {
  const Blob request = body_of<Blob>(connection);
  Descriptor descriptor = connection.take_descriptor();
  if (request.slot >= kSlots) return answer(connection, MessageType::put, EINVAL);
  if (!descriptor) return answer(connection, MessageType::put, EBADF);
  Kept& kept = kept_[request.slot];
  kept.descriptor = static_cast<Descriptor&&>(descriptor);
  kept.offset = request.offset;
  kept.size = request.size;
  answer(connection, MessageType::put, 0);
}

void Control::get(Connection& connection) {
  const Blob request = body_of<Blob>(connection);
  if (request.slot >= kSlots) return answer(connection, MessageType::get, EINVAL);
  const Kept& kept = kept_[request.slot];
  const Blob reply{request.slot, kept.descriptor ? 1U : 0U, kept.offset, kept.size};
  connection.send(MessageType::blob, reply, kept.descriptor.get());
}

bool Control::forget_closed() noexcept {
  if (attached_ == nullptr || attached_->is_open()) return false;
  attached_ = nullptr;
  return true;
}

void Control::tell(MessageType type) noexcept {
  if (attached_ != nullptr) attached_->tell(type);
}

}  // namespace ptyd::host
