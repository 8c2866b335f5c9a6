#include "client/ptyd/attached_session_impl.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "common/counted.hpp"
#include "common/random.hpp"

namespace ptyd {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

// How long refused input waits before it is sent again.
constexpr std::chrono::milliseconds kResendDelay{50};
// Output that is read without a turn of the loop.
constexpr int kChunksInTurn = 16;

}  // namespace

AttachedSession::Impl::Impl(asio::any_io_executor executor, ClientFactory connect, AttachParameters parameters)
    : executor_(executor),
      connect_(std::move(connect)),
      parameters_(std::move(parameters)),
      cursor_(parameters_.window_bytes),
      backlog_(parameters_.max_input_bytes),
      work_(executor),
      arrived_(executor),
      room_(executor),
      drained_(executor),
      over_(executor) {
  const auto name = random_bytes16();
  input_stream_.assign(name.begin(), name.end());
}

ClientConnection* AttachedSession::Impl::connection() const noexcept {
  return number_ != 0 ? attaching_.get() : nullptr;
}

// ---------------------------------------------------------------- connections

asio::awaitable<Result<void>> AttachedSession::Impl::begin(std::shared_ptr<Client> client) {
  const auto self = shared_from_this();
  if (!client) {
    auto connected = co_await connect_(Autostart::yes);
    if (!connected) co_return connected.error();
    client = std::move(*connected);
  }
  const auto done = co_await attach_on(std::move(client), true);
  if (!done) co_return done.error();
  asio::co_spawn(executor_, run(), [self](const std::exception_ptr& error) {
    if (error) self->give_up(Error{errc::internal, "the attachment stopped by an unexpected error"});
  });
  co_return Result<void>();
}

v1::AttachRequest AttachedSession::Impl::make_request(bool first) {
  v1::AttachRequest request;
  request.set_session(first ? parameters_.session : session_.id());
  request.set_role(parameters_.role);
  request.set_flow(parameters_.flow);
  if (parameters_.size) *request.mutable_size() = *parameters_.size;
  request.set_credit(cursor_.first_credit());
  request.set_input_stream(input_stream_);
  request.set_replay_bytes(parameters_.replay_bytes);
  request.set_fresh_terminal(parameters_.fresh_terminal);
  request.set_until_stream_end(parameters_.until_stream_end);
  for (const auto& [name, value] : parameters_.env) {
    auto* variable = request.add_env();
    variable->set_name(name);
    variable->set_value(value);
  }
  request.set_env_complete(parameters_.env_complete);
  request.set_lease(parameters_.lease);
  request.set_person(parameters_.person);
  for (const auto& id : parameters_.ancestry) request.add_ancestry(id);
  if (first) {
    request.set_steal(parameters_.steal);
    request.set_no_replay(parameters_.no_replay);
    request.set_scrollback_rows(parameters_.scrollback_rows);
    if (parameters_.from_offset) request.set_from_offset(*parameters_.from_offset);
    if (parameters_.resume_offset) request.set_resume_offset(*parameters_.resume_offset);
  } else if (const auto offset = cursor_.resume_offset()) {
    request.set_resume_offset(*offset);
  }
  return request;
}

asio::awaitable<Result<void>> AttachedSession::Impl::attach_on(std::shared_ptr<Client> client, bool first) {
  const auto self = shared_from_this();
  attaching_ = client->connection_;
  client_ = client;
  v1::Request request;
  *request.mutable_attach() = make_request(first);
  snapshot_expected_ = !request.attach().no_replay();
  const auto response = co_await attaching_->request(std::move(request), Client::kDefaultDeadline, weak_from_this());
  if (!response) co_return response.error();
  if (!response->has_attach()) co_return Client::wrong_answer();
  co_return Result<void>();
}

void AttachedSession::Impl::attached(const v1::AttachReply& reply) {
  session_ = reply.session();
  lost_.reset();
  number_ = reply.attachment();
  direct_tried_ = false;
  direct_failures_ = 0;
  direct_again_at_.reset();
  auto accepted = reply.input_offset();
  if (reads_directly() && reply.resumed()) {
    // We may have read on since it was asked for; what comes twice is left out.
    accepted = std::max(accepted, direct_->accepted());
  } else {
    direct_reading_ = false;
    cursor_.begin(reply.offset(), snapshot_expected_ && !reply.resumed());
  }
  const auto uncertain = backlog_.resume(accepted, reply.input_limit(), reply.input_unknown());
  if (uncertain > 0) {
    AttachedChunk chunk;
    chunk.kind = AttachedChunk::Kind::input_lost;
    chunk.end = uncertain;
    push(std::move(chunk));
  }
  resend_at_.reset();
  ack_asked_.reset();
  // For what was read since it was asked for.
  grant_credit();
  pump_input();
  room_.notify();
}

void AttachedSession::Impl::grant_credit() {
  if (connection() == nullptr) return;
  if (const auto grant = cursor_.take_grant(); grant > 0) connection()->send_credit(number_, grant);
}

void AttachedSession::Impl::connection_lost(const Error& error) {
  number_ = 0;
  if (final_ || stopping_) return;
  lost_ = error;
  work_.notify();
  // Output and input go on.
  if (reads_directly()) return;
  tell_lost(error);
}

void AttachedSession::Impl::tell_lost(const Error& error) {
  // A connection that is lost again before anybody was told of it was never there.
  if (std::exchange(away_, true)) return;
  AttachedChunk chunk;
  chunk.kind = AttachedChunk::Kind::lost;
  chunk.error = error;
  push(std::move(chunk));
}

asio::awaitable<void> AttachedSession::Impl::run() {
  const auto self = shared_from_this();
  while (!stopping_ && !final_) {
    if (lost_) {
      co_await reconnect();
      continue;
    }
    if (wants_direct()) {
      co_await go_direct();
      continue;
    }
    const auto at = std::min(resend_at_.value_or(TimePoint::max()), direct_again_at_.value_or(TimePoint::max()));
    if (at == TimePoint::max()) {
      co_await work_.wait();
      continue;
    }
    const bool notified = co_await work_.wait_until(at);
    if (notified) continue;
    if (direct_again_at_ == at) {
      direct_again_at_.reset();
      direct_tried_ = false;
    }
    if (resend_at_ == at) {
      resend_at_.reset();
      pump_input();
    }
  }
}

asio::awaitable<void> AttachedSession::Impl::reconnect() {
  const auto self = shared_from_this();
  Backoff backoff(Clock::now() + parameters_.reconnect_deadline, random_bytes16().front());
  auto reason = *lost_;
  while (!stopping_) {
    const auto at = backoff.next(Clock::now());
    if (!at && reads_directly()) {
      backoff = Backoff(Clock::now() + parameters_.reconnect_deadline, random_bytes16().front());
      continue;
    }
    if (!at) {
      give_up(std::move(reason));
      co_return;
    }
    while (!stopping_ && Clock::now() < *at) static_cast<void>(co_await work_.wait_until(*at));
    if (stopping_) co_return;
    const auto autostart = daemon_stopping_ ? Autostart::no : Autostart::yes;
    auto client = co_await connect_(autostart);
    if (stopping_) co_return;
    if (client) {
      const auto done = co_await attach_on(std::move(*client), false);
      if (done && number_ != 0) {
        daemon_stopping_ = false;
        if (!std::exchange(away_, false)) co_return;
        AttachedChunk chunk;
        chunk.kind = AttachedChunk::Kind::resumed;
        push(std::move(chunk));
        co_return;
      }
      // Ended or lost again before this coroutine went on: that was noted already.
      if (done) co_return;
      reason = done.error();
    } else {
      reason = client.error();
    }
    // The output went back behind what we have, as after a crash of the machine: have the screen anew.
    if (reason.code == errc::out_of_range && cursor_.resume_offset()) {
      cursor_.restart();
      continue;
    }
    if (is_final(reason)) {
      give_up(std::move(reason));
      co_return;
    }
  }
}

bool AttachedSession::Impl::is_final(const Error& error) const {
  switch (error.code) {
    case errc::unavailable:
    case errc::deadline_exceeded:
    case errc::cancelled:
    case errc::resource_exhausted:
    case errc::busy: return false;
    default: return true;
  }
}

void AttachedSession::Impl::give_up(Error error) {
  if (final_) return;
  AttachedChunk chunk;
  chunk.kind = AttachedChunk::Kind::failed;
  chunk.error = std::move(error);
  final_ = std::move(chunk);
  stop();
  arrived_.notify();
}

void AttachedSession::Impl::stop() {
  stopping_ = true;
  number_ = 0;
  client_.reset();
  attaching_.reset();
  if (direct_) direct_->shut_down();
  work_.notify();
  room_.notify();
  drained_.notify();
  over_.notify();
}

// ---------------------------------------------------------------- output

void AttachedSession::Impl::push(AttachedChunk chunk) {
  inbox_.push_back(std::move(chunk));
  arrived_.notify();
}

Result<void> AttachedSession::Impl::take(v1::Frame& frame) {
  if (final_ || stopping_) return {};
  AttachedChunk chunk;
  switch (frame.body_case()) {
    case v1::Frame::kOutput: {
      auto& output = *frame.mutable_output();
      const auto skip = cursor_.output(output.offset(), output.data().size());
      if (!skip) return skip.error();
      chunk.data = std::move(*output.mutable_data());
      cursor_.consumed(*skip);
      grant_credit();
      chunk.data.erase(0, static_cast<std::size_t>(*skip));
      chunk.offset = output.offset() + *skip;
      if (!chunk.data.empty()) push(std::move(chunk));
      return {};
    }
    case v1::Frame::kSnapshot: {
      auto& snapshot = *frame.mutable_snapshot();
      const auto first = cursor_.snapshot(snapshot.offset(), snapshot.data().size(), snapshot.last());
      if (!first) return first.error();
      chunk.kind = AttachedChunk::Kind::snapshot;
      chunk.offset = snapshot.offset();
      chunk.first = *first;
      chunk.last = snapshot.last();
      chunk.size = snapshot.size();
      chunk.data = std::move(*snapshot.mutable_data());
      push(std::move(chunk));
      read_directly(snapshot.last());
      return {};
    }
    case v1::Frame::kGap: {
      if (auto fine = cursor_.gap(frame.gap().from(), frame.gap().to()); !fine) return fine;
      direct_reading_ = false;
      chunk.kind = AttachedChunk::Kind::gap;
      chunk.offset = frame.gap().from();
      chunk.end = frame.gap().to();
      push(std::move(chunk));
      return {};
    }
    case v1::Frame::kInputAck:
      if (!backlog_.acknowledge(frame.input_ack().accepted(), frame.input_ack().limit()))
        return Error{errc::malformed, "the daemon broke the protocol: it took input that was never sent"};
      pump_input();
      room_.notify();
      drained_.notify();
      return {};
    case v1::Frame::kEnded: take_ended(*frame.mutable_ended()); return {};
    default: return {};
  }
}

void AttachedSession::Impl::take_ended(v1::Ended& ended) {
  number_ = 0;
  if (ended.reason() == v1::DAEMON_STOPPING) {
    daemon_stopping_ = true;
    connection_lost(Error{errc::unavailable, "the daemon was stopped; the session lives on"});
    return;
  }
  AttachedChunk chunk;
  chunk.kind = AttachedChunk::Kind::ended;
  chunk.ended = std::move(ended);
  final_ = std::move(chunk);
  arrived_.notify();
  work_.notify();
  room_.notify();
  drained_.notify();
  over_.notify();
}

asio::awaitable<AttachedChunk> AttachedSession::Impl::read() {
  const auto self = shared_from_this();
  cursor_.consumed(std::exchange(in_hands_, 0));
  grant_credit();
  while (inbox_.empty() && !final_) {
    if (auto chunk = next_direct_chunk()) {
      // Whoever takes all there is would keep everything else waiting.
      if (++direct_chunks_ % kChunksInTurn == 0) co_await asio::post(executor_, asio::use_awaitable);
      co_return std::move(*chunk);
    }
    co_await arrived_.wait();
  }
  if (inbox_.empty()) co_return *final_;
  auto chunk = std::move(inbox_.front());
  inbox_.pop_front();
  in_hands_ = chunk.data.size();
  co_return chunk;
}

// ---------------------------------------------------------------- input and control

void AttachedSession::Impl::pump_input() {
  if (type_directly()) return;
  auto* const to = connection();
  if (to == nullptr || resend_at_) return;
  for (auto piece = backlog_.next(to->max_data()); !piece.data.empty(); piece = backlog_.next(to->max_data())) {
    to->send_input(number_, piece.offset, piece.data);
    backlog_.sent(piece.data.size());
    sent_by_daemon_ = piece.offset + piece.data.size();
  }
  ask_for_ack();
}

void AttachedSession::Impl::ask_for_ack() {
  auto* const to = connection();
  // Acknowledgements come for every few KiB only, unless one is asked for.
  if (to == nullptr || draining_ == 0 || backlog_.empty() || !backlog_.all_sent() || ack_asked_ == backlog_.end()) return;
  to->send_input(number_, backlog_.end(), {});
  ack_asked_ = backlog_.end();
}

void AttachedSession::Impl::input_refused(const Error& error) {
  // It counts as taken.
  if (error.code == errc::busy && !final_ && !stopping_) {
    if (!inbox_.empty() && inbox_.back().kind == AttachedChunk::Kind::input_refused) return;
    AttachedChunk chunk;
    chunk.kind = AttachedChunk::Kind::input_refused;
    chunk.error = error;
    return push(std::move(chunk));
  }
  // Behind a refused piece all others are refused, too: everything not taken is sent again after a while.
  if (error.code == errc::resource_exhausted || error.code == errc::out_of_range) {
    backlog_.rewind();
    ack_asked_.reset();
    if (resend_at_) return;
    resend_at_ = Clock::now() + kResendDelay;
    work_.notify();
  }
}

Result<void> AttachedSession::Impl::may_type() const {
  if (parameters_.role == v1::OBSERVER) {
    Error error{errc::permission_denied, "this attachment is read-only"};
    error.hint = "attach again as controller";
    return error;
  }
  if (!final_) return {};
  if (final_->kind == AttachedChunk::Kind::failed) return final_->error;
  return Error{errc::session_ended, "the attachment is over"};
}

std::size_t AttachedSession::Impl::type_some(std::string_view bytes) {
  if (!may_type()) return 0;
  const auto taken = backlog_.append(bytes);
  pump_input();
  return taken;
}

asio::awaitable<bool> AttachedSession::Impl::wait_input_room() {
  const auto self = shared_from_this();
  while (backlog_.room() == 0 && may_type() && !stopping_) co_await room_.wait();
  co_return may_type() && !stopping_;
}

asio::awaitable<bool> AttachedSession::Impl::drain_input(Clock::time_point deadline) {
  const auto self = shared_from_this();
  const Counted counted(draining_);
  pump_input();
  while (!backlog_.empty() && !final_ && !stopping_) {
    const bool notified = co_await drained_.wait_until(deadline);
    if (!notified) break;
  }
  co_return backlog_.empty();
}

void AttachedSession::Impl::set_size(const v1::WindowSize& size) {
  parameters_.size = size;
  if (!size_directly(size)) tell_size(0);
}

asio::awaitable<void> AttachedSession::Impl::detach(std::chrono::milliseconds deadline) {
  const auto self = shared_from_this();
  const auto until = Clock::now() + deadline;
  if (connection() != nullptr && !final_) {
    v1::Request request;
    request.mutable_detach()->set_attachment(number_);
    connection()->tell(std::move(request));
    while (connection() != nullptr && !final_ && !stopping_) {
      const bool notified = co_await over_.wait_until(until);
      if (!notified) break;
    }
  }
  stop();
}

}  // namespace ptyd
