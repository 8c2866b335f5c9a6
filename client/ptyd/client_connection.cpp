#include "client/ptyd/client_connection.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <utility>

#include "client/ptyd/convert.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

// Refused input is answered with the id of its frame, which tells the attachment.
constexpr std::uint64_t kInputIds = std::uint64_t{1} << 62;
// How much longer than the daemon we wait for its own "deadline exceeded".
constexpr std::chrono::milliseconds kAnswerSlack{500};

Error lost_connection() {
  Error error;
  error.code = errc::unavailable;
  error.message = "the connection to the daemon is lost";
  error.hint = "its sessions live on; 'ptyctl daemon status' shows whether it runs";
  return error;
}

Error not_a_daemon(std::string why) {
  Error error;
  error.code = errc::malformed;
  error.message = "what listens there does not speak ptyd's protocol: " + std::move(why);
  error.hint = "check --socket and PTYD_SOCKET";
  return error;
}

Error no_common_version(Error error, const v1::Hello& hello) {
  error.message = "no common protocol version: this client speaks " + std::to_string(hello.protocol_min()) + " to " +
                  std::to_string(hello.protocol_max()) + ", the daemon " + std::to_string(error.have_from) + " to " +
                  std::to_string(error.have_to);
  error.hint = "update the older of the two; sessions live on while the daemon is restarted";
  return error;
}

}  // namespace

// A request from when it is sent until its coroutine goes on or is cancelled.
class ClientConnection::Open {
 public:
  Open(std::shared_ptr<ClientConnection> connection, std::uint64_t id, std::shared_ptr<Pending> pending)
      : connection_(std::move(connection)), id_(id), pending_(std::move(pending)) {
    connection_->pending_.emplace(id_, pending_);
  }
  Open(const Open&) = delete;
  Open& operator=(const Open&) = delete;
  ~Open() {
    connection_->pending_.erase(id_);
    if (pending_->response || connection_->failed_) return;
    v1::Frame frame;
    frame.set_id(id_);
    frame.mutable_cancel();
    connection_->send(frame);
  }

 private:
  std::shared_ptr<ClientConnection> connection_;
  std::uint64_t id_;
  std::shared_ptr<Pending> pending_;
};

ClientConnection::ClientConnection(asio::any_io_executor executor, std::unique_ptr<DaemonStream> stream)
    : executor_(executor),
      stream_(std::move(stream)),
      reader_(kMaxIncoming, Encoding::binary),
      writer_(executor),
      greeted_event_(executor),
      event_(executor),
      closed_(executor) {}

std::uint32_t ClientConnection::max_data() const noexcept {
  const auto limit = welcome_.limits().max_data();
  return limit == 0 ? static_cast<std::uint32_t>(kMinMaxData) : std::min<std::uint32_t>(limit, kMaxData);
}

// ---------------------------------------------------------------- loops

void ClientConnection::start() {
  const auto self = shared_from_this();
  const auto ended = [self](const std::exception_ptr& error) { self->loop_ended(error); };
  asio::co_spawn(executor_, read_loop(), ended);
  asio::co_spawn(executor_, write_loop(), ended);
}

void ClientConnection::loop_ended(const std::exception_ptr& error) {
  if (error) fail(Error{errc::internal, "the connection stopped by an unexpected error"});
}

asio::awaitable<void> ClientConnection::read_loop() {
  const auto self = shared_from_this();
  while (!failed_) {
    const auto room = reader_.prepare();
    const std::size_t size = co_await stream_->read_some(room);
    if (size == 0) {
      fail(lost_connection());
      co_return;
    }
    reader_.commit(size);
    while (!failed_ && reader_.next(frame_)) handle(frame_);
    if (!failed_ && reader_.error().code != FrameErrc::ok) fail(not_a_daemon(reader_.error().message));
  }
}

asio::awaitable<void> ClientConnection::write_loop() {
  const auto self = shared_from_this();
  while (!failed_) {
    if (queue_.empty()) {
      co_await writer_.wait();
      continue;
    }
    const std::string batch = std::exchange(queue_, {});
    std::string_view rest = batch;
    writing_ = true;
    while (!rest.empty() && !failed_) {
      const std::size_t size = co_await stream_->write_some(rest);
      // The reading loop finds out, too, and first takes in what the daemon has sent before it went.
      if (size == 0) co_return;
      rest.remove_prefix(size);
    }
    writing_ = false;
  }
}

void ClientConnection::fail(Error error) {
  if (failed_) return;
  failed_ = std::move(error);
  stream_->shut_down();
  for (const auto& [id, pending] : pending_) pending->done.notify();
  auto sinks = std::exchange(sinks_, {});
  for (const auto& [number, weak] : sinks)
    if (const auto sink = weak.lock()) sink->connection_lost(*failed_);
  queue_.clear();
  writer_.notify();
  greeted_event_.notify();
  event_.notify();
  closed_.notify();
}

void ClientConnection::abort() { fail(lost_connection()); }

asio::awaitable<bool> ClientConnection::wait_closed(TimePoint deadline) {
  const auto self = shared_from_this();
  while (!failed_) {
    const bool notified = co_await closed_.wait_until(deadline);
    if (!notified) co_return false;
  }
  co_return true;
}

// ---------------------------------------------------------------- sending

void ClientConnection::send(const v1::Frame& frame) {
  if (failed_) return;
  append_frame(queue_, frame, Encoding::binary);
  writer_.notify();
}

void ClientConnection::tell(v1::Request request) {
  v1::Frame frame;
  frame.set_id(next_id_++);
  *frame.mutable_request() = std::move(request);
  send(frame);
}

void ClientConnection::send_input(std::uint32_t attachment, std::uint64_t offset, std::string_view data) {
  v1::Frame frame;
  frame.set_id(kInputIds + attachment);
  frame.mutable_input()->set_attachment(attachment);
  frame.mutable_input()->set_offset(offset);
  frame.mutable_input()->set_data(data.data(), data.size());
  if (failed_) return;
  const bool first = queue_.empty() && !writing_;
  append_frame(queue_, frame, Encoding::binary);
  if (first) queue_.erase(0, stream_->write_now(queue_));
  if (!queue_.empty()) writer_.notify();
}

void ClientConnection::send_credit(std::uint32_t attachment, std::uint64_t bytes) {
  v1::Frame frame;
  frame.mutable_credit()->set_attachment(attachment);
  frame.mutable_credit()->set_bytes(bytes);
  send(frame);
}

void ClientConnection::send_progress(std::uint32_t attachment, std::uint64_t offset, bool direct) {
  v1::Frame frame;
  frame.mutable_progress()->set_attachment(attachment);
  frame.mutable_progress()->set_offset(offset);
  frame.mutable_progress()->set_direct(direct);
  send(frame);
}

asio::awaitable<Result<void>> ClientConnection::greet(v1::Hello hello, TimePoint deadline) {
  const auto self = shared_from_this();
  start();
  v1::Frame frame;
  frame.set_id(next_id_++);
  *frame.mutable_hello() = hello;
  send(frame);
  while (!greeting_ && !failed_) {
    const bool notified = co_await greeted_event_.wait_until(deadline);
    if (notified) continue;
    Error error;
    error.code = errc::deadline_exceeded;
    error.message = "the daemon did not answer in time";
    error.hint = "it may be stuck or stopped; 'ptyctl doctor' looks closer";
    abort();
    co_return error;
  }
  if (!greeting_) co_return *failed_;
  if (greeting_->has_response() && greeting_->response().has_error()) {
    auto error = from_wire(greeting_->response().error());
    abort();
    if (error.code == errc::unsupported_version) co_return no_common_version(std::move(error), hello);
    co_return error;
  }
  const auto version = greeting_->welcome().protocol();
  if (!greeting_->has_welcome() || version < hello.protocol_min() || version > hello.protocol_max()) {
    abort();
    co_return not_a_daemon("it did not answer hello with a version that was offered");
  }
  welcome_ = std::move(*greeting_->mutable_welcome());
  greeted_ = true;
  co_return Result<void>();
}

asio::awaitable<Result<v1::Response>> ClientConnection::request(v1::Request request, std::chrono::milliseconds deadline,
                                                                std::weak_ptr<AttachmentSink> sink) {
  const auto self = shared_from_this();
  if (failed_) co_return *failed_;
  if (pending_.size() >= kMaxOpenRequests)
    co_return Error{errc::resource_exhausted, "too many open requests on one connection"};
  const bool endless = deadline == std::chrono::milliseconds::max();
  if (!endless) request.set_deadline_ms(static_cast<std::uint64_t>(std::max<std::int64_t>(deadline.count(), 1)));
  v1::Frame frame;
  frame.set_id(next_id_++);
  *frame.mutable_request() = std::move(request);
  if (const auto size = frame.ByteSizeLong();
      size > welcome_.limits().max_frame() && welcome_.limits().max_frame() > 0) {
    Error error;
    error.code = errc::frame_too_large;
    error.message = "the request has " + std::to_string(size) + " bytes; the daemon takes " +
                    std::to_string(welcome_.limits().max_frame());
    error.hint = "for a new session: shorten its arguments or its environment";
    co_return error;
  }
  const auto pending = std::make_shared<Pending>(executor_);
  pending->sink = std::move(sink);
  const Open open(self, frame.id(), pending);
  send(frame);
  if (endless) {
    co_await pending->done.wait();
  } else {
    const auto until = std::chrono::steady_clock::now() + deadline + kAnswerSlack;
    static_cast<void>(co_await pending->done.wait_until(until));
  }
  if (pending->response) {
    if (pending->response->has_error()) co_return from_wire(pending->response->error());
    co_return std::move(*pending->response);
  }
  if (failed_) co_return *failed_;
  Error late{errc::deadline_exceeded, "the daemon did not answer in time"};
  late.hint = "it may be stuck; 'ptyctl doctor' looks closer";
  co_return late;
}

asio::awaitable<Result<v1::Event>> ClientConnection::next_event() {
  const auto self = shared_from_this();
  while (events_.empty() && !failed_) co_await event_.wait();
  if (events_.empty()) co_return *failed_;
  auto event = std::move(events_.front());
  events_.pop_front();
  co_return event;
}

// ---------------------------------------------------------------- receiving

void ClientConnection::handle(v1::Frame& frame) {
  if (!greeted_ && !greeting_) {
    greeting_ = frame;
    greeted_event_.notify();
    // Frames behind the greeting wait until it was looked at; there are none from a daemon we have asked nothing.
    return;
  }
  switch (frame.body_case()) {
    case v1::Frame::kResponse: handle_response(frame.id(), *frame.mutable_response()); break;
    case v1::Frame::kEvent: handle_event(*frame.mutable_event()); break;
    case v1::Frame::kOutput: handle_push(frame.output().attachment(), frame); break;
    case v1::Frame::kSnapshot: handle_push(frame.snapshot().attachment(), frame); break;
    case v1::Frame::kGap: handle_push(frame.gap().attachment(), frame); break;
    case v1::Frame::kInputAck: handle_push(frame.input_ack().attachment(), frame); break;
    case v1::Frame::kEnded: handle_push(frame.ended().attachment(), frame); break;
    default: break;  // a later version's
  }
}

void ClientConnection::handle_response(std::uint64_t id, v1::Response& response) {
  if (id >= kInputIds) {
    const auto it = sinks_.find(static_cast<std::uint32_t>(id - kInputIds));
    if (it == sinks_.end()) return;
    if (const auto sink = it->second.lock()) sink->input_refused(from_wire(response.error()));
    return;
  }
  if (id == 0 && response.has_error()) return fail(from_wire(response.error()));
  const auto it = pending_.find(id);
  const auto sink = it != pending_.end() ? it->second->sink.lock() : nullptr;
  if (response.has_attach() && !response.has_error()) {
    if (sink) {
      sinks_[response.attach().attachment()] = sink;
      sink->attached(response.attach());
    } else {
      // Whoever asked has given up meanwhile.
      v1::Request detach;
      detach.mutable_detach()->set_attachment(response.attach().attachment());
      tell(std::move(detach));
    }
  }
  if (it == pending_.end() || it->second->response) return;
  it->second->response = std::move(response);
  it->second->done.notify();
}

void ClientConnection::handle_push(std::uint32_t attachment, v1::Frame& frame) {
  const auto it = sinks_.find(attachment);
  if (it == sinks_.end()) return;
  const auto sink = it->second.lock();
  if (!sink) {
    sinks_.erase(it);
    return;
  }
  if (frame.has_ended()) sinks_.erase(it);
  if (auto taken = sink->take(frame); !taken) fail(taken.error());
}

void ClientConnection::handle_event(v1::Event& event) {
  if (events_.size() >= kMaxEvents) {
    const auto seq = events_.front().seq();
    events_.pop_front();
    auto& oldest = events_.front();
    oldest.Clear();
    oldest.set_type(v1::OVERFLOW);
    oldest.set_seq(seq + 1);
  }
  events_.push_back(std::move(event));
  event_.notify();
}

}  // namespace ptyd
