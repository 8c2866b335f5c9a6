#include "daemon/server/connection.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "common/escape.hpp"
#include "common/log_exception.hpp"
#include "common/memory_reserve.hpp"
#include "daemon/server/convert.hpp"
#include "daemon/server/dispatch.hpp"
#include "daemon/server/features.hpp"
#include "daemon/session/session.hpp"
#include "ptyd/version.hpp"

namespace ptyd {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds kFlushDeadline{1};
constexpr std::chrono::milliseconds kDefaultDeadline{30'000};
constexpr std::uint64_t kLongestDeadlineMs = 365ull * 24 * 3600 * 1000;
constexpr std::size_t kMaxClientName = 64;

}  // namespace

Connection::Connection(DaemonState& state, std::unique_ptr<ClientStream> stream, std::uint64_t number,
                       PeerIdentity peer)
    : state_(state),
      stream_(std::move(stream)),
      number_(number),
      peer_(peer),
      reader_(kMaxHelloFrame),
      deadline_(state.executor),
      flush_timer_(state.executor),
      writer_(state.executor),
      drained_(state.executor),
      tasks_(state.executor, [this](std::exception_ptr error) {
        log_exception("a client's connection", error);
        abort();
      }) {}

Connection::~Connection() = default;

asio::awaitable<void> Connection::serve() {
  const auto self = shared_from_this();
  served_ = true;
  tasks_.spawn(write_loop());
  if (finish_at_once_) finish();
  watch_deadline();
  std::exception_ptr failure;  // out of memory: it ends this client and nobody else
  try {
    co_await read_loop();
    co_await finish_requests();
    finish();
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    log_exception("a client's connection", failure);
    abort();
  }
  for (auto& [id, open] : open_) {
    open->cancelled = true;
    open->wake.notify();
  }
  drop_everything();
  while (!dead_) co_await drained_.wait();
  deadline_.cancel();
  flush_timer_.cancel();
  co_await tasks_.close();
}

// A client that only stopped to send, as `printf ... | ptyctl stdio` does, still gets its answers.
asio::awaitable<void> Connection::finish_requests() {
  const auto waits = [this] {
    return std::any_of(open_.begin(), open_.end(), [](const auto& entry) { return !entry.second->endless(); });
  };
  while (!closing_ && !stream_->peer_gone() && waits()) co_await drained_.wait();
}

void Connection::drop_everything() {
  unsubscribe();
  // An attachment tells its session while it goes, which may poke others of ours.
  auto viewers = std::move(viewers_);
  viewers_.clear();
  viewers.clear();
  gone_ = true;
  if (may_hold_leases_) state_.sessions.each([this](Session& session) { session.client_gone(number_); });
}

void Connection::finish() {
  if (closing_) return;
  closing_ = true;
  flush_timer_.expires_after(kFlushDeadline);
  flush_timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    if (auto self = weak.lock(); self && !error) self->abort();
  });
  pump();
  close_if_flushed();
}

void Connection::abort() {
  if (dead_) return;
  dead_ = true;
  closing_ = true;
  stream_->shut_down();
  writer_.notify();
  drained_.notify();
}

// The next frame has a deadline of its own.
void Connection::frame_done() {
  if (!deadline_armed_ || !greeted_) return;
  deadline_armed_ = false;
  deadline_.cancel();
}

void Connection::watch_deadline() {
  const bool wanted = !greeted_ || reader_.mid_frame();
  if (wanted == deadline_armed_) return;
  deadline_armed_ = wanted;
  if (!wanted) {
    deadline_.cancel();
    return;
  }
  deadline_.expires_at(resumed_deadline_.value_or(Clock::now() + (greeted_ ? kFrameDeadline : kHelloDeadline)));
  resumed_deadline_.reset();
  deadline_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    if (auto self = weak.lock(); self && !error) {
      spdlog::info("client={} closed: it did not finish a frame in time", self->number_);
      self->abort();
    }
  });
}

asio::awaitable<void> Connection::read_loop() {
  while (!closing_) {
    while (reply_bytes_ > kMaxQueuedReplies && !closing_) co_await drained_.wait();
    const auto room = reader_.prepare();
    const std::size_t size = co_await stream_->read_some(room);
    if (size == 0) co_return;
    reader_.commit(size);
    if (memory_reserve::take_back()) spdlog::warn("memory ran out; there is some again");
    while (!closing_ && reader_.next(frame_)) {
      if (!handle(frame_)) co_return;
      frame_done();
    }
    if (reader_.error().code != FrameErrc::ok) {
      report_bad_frame();
      co_return;
    }
    watch_deadline();
  }
}

void Connection::report_bad_frame() {
  const auto& problem = reader_.error();
  spdlog::info("client={} closed: {}", number_, problem.message);
  if (problem.code == FrameErrc::bad_first_byte) {
    replies_.push_back("ptyd: " + problem.message + "\n");
    reply_bytes_ += replies_.back().size();
    return;
  }
  Error error{problem.code == FrameErrc::too_large ? errc::frame_too_large : errc::malformed, problem.message};
  refuse(0, error);
}

bool Connection::handle(v1::Frame& frame) {
  if (!greeted_) return greet(frame);
  switch (frame.body_case()) {
    case v1::Frame::kRequest: handle_request(frame.id(), *frame.mutable_request()); break;
    case v1::Frame::kInput: handle_input(frame); break;
    case v1::Frame::kCredit: handle_credit(frame); break;
    case v1::Frame::kProgress: handle_progress(frame); break;
    case v1::Frame::kCancel: cancel(frame.id()); break;
    case v1::Frame::BODY_NOT_SET:
      // A kind of frame that a later version added: one with an id wants an answer.
      if (frame.id() != 0) refuse(frame.id(), {errc::unimplemented, "this daemon does not know that kind of frame"});
      break;
    default:
      refuse(frame.id(), {errc::failed_precondition,
                          frame.has_hello() ? "hello was said already" : "clients do not send that kind of frame"});
  }
  return true;
}

bool Connection::greet(const v1::Frame& frame) {
  if (!frame.has_hello()) {
    Error error{errc::failed_precondition, "the first frame must be hello"};
    refuse(frame.id(), error);
    return false;
  }
  const auto& hello = frame.hello();
  if (hello.protocol_min() > kProtocolMax || hello.protocol_max() < kProtocolMin || hello.protocol_min() == 0) {
    Error error{errc::unsupported_version,
                "the client speaks protocol versions " + std::to_string(hello.protocol_min()) + " to " +
                    std::to_string(hello.protocol_max()) + ", ptyd " + kVersion + " speaks " +
                    std::to_string(kProtocolMin) + " to " + std::to_string(kProtocolMax)};
    error.hint = "update the older of the two";
    error.have_from = kProtocolMin;
    error.have_to = kProtocolMax;
    refuse(frame.id(), error);
    return false;
  }
  if (state_.clients >= state_.settings.max_connections) {
    Error error{errc::resource_exhausted, "the daemon serves " + std::to_string(state_.clients) + " clients already"};
    error.hint = "close some, or raise daemon.max_connections in the configuration";
    refuse(frame.id(), error);
    return false;
  }
  greeted_.emplace(state_.clients);
  client_name_ = hello.client_name().substr(0, kMaxClientName);
  json_text_ = hello.json_text();
  if (hello.max_data() != 0) max_data_ = std::clamp<std::uint64_t>(hello.max_data(), kMinMaxData, kMaxData);
  reader_.set_max_frame(kMaxFrame);
  deadline_.cancel();
  deadline_armed_ = false;

  v1::Frame reply;
  reply.set_id(frame.id());
  auto* welcome = reply.mutable_welcome();
  welcome->set_protocol(std::min<std::uint32_t>(kProtocolMax, hello.protocol_max()));
  welcome->set_server_version(kVersion);
  welcome->set_server_instance(state_.instance.data(), state_.instance.size());
  for (const auto* feature : kFeatures) welcome->add_features(feature);
  if (state_.upgrade) welcome->add_features("upgrade");
  auto* limits = welcome->mutable_limits();
  limits->set_max_frame(kMaxFrame);
  limits->set_max_data(kMaxData);
  limits->set_max_attachments(kMaxAttachments);
  limits->set_max_requests(kMaxRequests);
  limits->set_input_window(host::kInputWindow);
  welcome->set_server_pid(process_id());
  send(reply);
  spdlog::debug("client={} is {} (pid {})", number_, escape_text(client_name_), peer_.pid);
  return true;
}

void Connection::handle_request(std::uint64_t id, v1::Request& request) {
  if (id == 0) return refuse(id, bad_field("id", "of a request must be above 0"));
  if (open_.contains(id)) return refuse(id, bad_field("id", "belongs to another open request"));
  if (running_ >= kMaxRequests)
    return refuse(id, {errc::resource_exhausted, "too many open requests on this connection"});
  if (takes_memory(request) && !memory_reserve::held()) {
    Error error{errc::resource_exhausted, "the daemon is out of memory"};
    error.hint = "end sessions or other programs";
    return refuse(id, error);
  }
  const bool endless = request.method_case() == v1::Request::kWait && request.deadline_ms() == 0;
  const auto limit = request.deadline_ms() == 0
                         ? kDefaultDeadline
                         : std::chrono::milliseconds(std::min(request.deadline_ms(), kLongestDeadlineMs));
  const auto until = endless ? Clock::time_point::max() : Clock::now() + limit;
  auto asked = std::make_shared<OpenRequest>(state_.executor, number_, id, until);
  if (state_.upgrading && (!held_.empty() || begins_something(request))) {
    asked->held = true;
    asked->again = std::move(request);
    open(asked);
    ++running_;
    held_.push_back(std::move(asked));
    return;
  }
  take_up(std::move(asked), std::move(request));
}

void Connection::take_up(std::shared_ptr<OpenRequest> asked, v1::Request request) {
  if (auto response = dispatch_now(*this, request)) {
    answer(*asked, std::move(*response));
    return;
  }
  open(asked);
  ++running_;
  tasks_.spawn(run(std::move(asked), std::move(request)));
}

// From here on until it is done it is known to be under way, and it has a deadline.
void Connection::open(const std::shared_ptr<OpenRequest>& asked) {
  if (!open_.emplace(asked->id, asked).second) return;
  asked->enter(state_.requests);
  if (asked->endless()) return;
  asked->timer.expires_at(asked->deadline);
  asked->timer.async_wait([weak = weak_from_this(), id = asked->id](const boost::system::error_code& error) {
    auto self = weak.lock();
    if (error || !self) return;
    const auto it = self->open_.find(id);
    if (it == self->open_.end()) return;
    const auto late = it->second;
    late->wake.notify();
    v1::Response response;
    *response.mutable_error() = to_wire(Error{errc::deadline_exceeded, "the request was not done by its deadline"});
    self->answer(*late, std::move(response));
  });
}

asio::awaitable<void> Connection::run(std::shared_ptr<OpenRequest> open, v1::Request request) {
  const auto self = shared_from_this();
  v1::Response response = co_await dispatch_later(self, open, std::move(request));
  --running_;
  answer(*open, std::move(response));
}

void Connection::cancel(std::uint64_t id) {
  const auto it = open_.find(id);
  if (it == open_.end()) return;
  const auto open = it->second;
  open->cancelled = true;
  open->wake.notify();
  v1::Response response;
  *response.mutable_error() = to_wire(Error{errc::cancelled, "cancelled by the client"});
  answer(*open, std::move(response));
}

void Connection::answer(OpenRequest& request, v1::Response response) {
  if (request.answered) return;
  request.answered = true;
  request.timer.cancel();
  v1::Frame frame;
  frame.set_id(request.id);
  *frame.mutable_response() = std::move(response);
  open_.erase(request.id);
  send(frame);
  drained_.notify();
}

void Connection::refuse(std::uint64_t id, const Error& error) {
  v1::Frame frame;
  frame.set_id(id);
  *frame.mutable_response()->mutable_error() = to_wire(error);
  send(frame);
}

}  // namespace ptyd
