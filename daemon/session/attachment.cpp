#include "daemon/session/attachment.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/clock.hpp"
#include "common/random.hpp"
#include "daemon/session/session.hpp"

namespace ptyd {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

Attachment::Attachment(std::shared_ptr<Session> session, OutputSink& sink, AttachSpec spec)
    : session_(std::move(session)),
      sink_(sink),
      spec_(std::move(spec)),
      since_ms_(unix_ms()),
      resync_timer_(session_->executor()),
      ledger_(0, host::kInputWindow),
      held_timer_(session_->executor()) {
  credit_.grant(spec_.credit);
}

Attachment::~Attachment() {
  *alive_ = false;
  session_->detach(this);
}

Result<void> Attachment::start() {
  auto& ring = session_->ring();
  const auto wanted = spec_.resume_offset ? spec_.resume_offset : spec_.from_offset;
  const auto head = ring.head();
  start_input();
  if (!wanted) {
    cursor_ = head;
    if (!spec_.no_replay) take_snapshot(head, false);
    return {};
  }
  // Hold first, then look what is really there: the host may be overwriting it at this moment.
  const auto safe = *wanted <= head ? ring.hold(std::min(ring.floor(), *wanted)) : head;
  const bool there = *wanted <= head && safe <= *wanted && *wanted >= ring.oldest();
  if (there) {
    cursor_ = *wanted;
    resumed_ = true;
    return {};
  }
  session_->update_floor();
  if (spec_.from_offset || *wanted > head) {
    Error error{errc::out_of_range, "offset " + std::to_string(*wanted) + " is not in the session's replay buffer"};
    error.have_from = ring.oldest();
    error.have_to = head;
    error.hint = "it holds " + std::to_string(error.have_from) + " to " + std::to_string(error.have_to);
    return error;
  }
  cursor_ = *wanted;
  resync();
  return {};
}

void Attachment::start_input() {
  stream_ = spec_.input_stream.value_or(InputStreamId{});
  stream_named_ = spec_.input_stream.has_value();
  std::uint64_t accepted = 0;
  if (!spec_.input_stream) {
    stream_ = random_bytes16();
  } else if (!session_->ring().input_stream(stream_, accepted)) {
    // While there is room for more, none was ever forgotten: the host has never heard of this one.
    input_unknown_ = spec_.resume_offset.has_value() && session_->ring().input_streams_full();
  }
  ledger_ = InputLedger(accepted, host::kInputWindow);
  acknowledged_ = accepted;
  told_limit_ = ledger_.limit();
  typed_ = accepted;
}

std::uint64_t Attachment::floor_name() const noexcept {
  std::uint64_t name = 0;
  if (stream_named_) std::memcpy(&name, stream_.data(), sizeof name);
  return name;
}

// ---------------------------------------------------------------- output

OutgoingItem Attachment::next() {
  OutgoingItem item;
  if (end_reason_) {
    item.kind = OutgoingItem::Kind::ended;
    item.reason = *end_reason_;
    item.offset = cursor_;
    return item;
  }
  poll_input();
  if ((ack_asked_ && ledger_.accepted() == ledger_.next()) || ledger_.accepted() - acknowledged_ >= kInputAckStep / 2)
    return input_ack();
  // Whoever is behind may not see output, or the end, before the screen that it belongs to.
  if (awaits_snapshot_) return item;
  if (gap_) {
    item.kind = OutgoingItem::Kind::gap;
    item.offset = gap_->first;
    item.limit = gap_->second;
    return item;
  }
  return snapshot_ ? next_snapshot() : next_output();
}

OutgoingItem Attachment::input_ack() const {
  OutgoingItem item;
  item.kind = OutgoingItem::Kind::input_ack;
  item.offset = ledger_.accepted();
  item.limit = ledger_.limit();
  return item;
}

OutgoingItem Attachment::next_snapshot() {
  OutgoingItem item;
  const auto left = snapshot_->size() - snapshot_position_;
  const auto size = std::min<std::uint64_t>({left, spec_.max_data, credit_.available()});
  if (size == 0 && left > 0) {
    session_->keep_watch();
    return item;
  }
  item.kind = OutgoingItem::Kind::snapshot;
  item.offset = snapshot_offset_;
  item.snapshot = std::string_view(*snapshot_).substr(snapshot_position_, size);
  item.last = size == left;
  item.approximate = snapshot_approximate_;
  item.size = snapshot_size_;
  return item;
}

OutgoingItem Attachment::next_output() {
  auto& ring = session_->ring();
  // At the end it gets what it has not told yet that it has: only then the end may be told.
  if (direct_ && !session_->over_for(*this)) {
    if (!session_->stream_ended()) session_->keep_watch();
    return {};
  }
  for (;;) {
    const FlowInput flow{spec_.flow, cursor_, ring.oldest(), ring.head(), credit_.available(), spec_.max_data};
    const auto decision = next_step(flow);
    switch (decision.step) {
      case FlowStep::wait_output:
        if (session_->over_for(*this)) return final_item();
        if (session_->stream_ended() || session_->watch_output(cursor_)) return {};
        break;
      case FlowStep::wait_credit: session_->keep_watch(); return {};
      case FlowStep::fell_behind: end_reason_ = EndReason::fell_behind; return next();
      case FlowStep::resync:
        // Without credit a snapshot would only grow old.
        if (credit_.available() == 0 || !may_resync_now()) return {};
        resync();
        return next();
      case FlowStep::send: {
        const auto safe = ring.hold(std::min(ring.floor(), cursor_));
        if (safe > cursor_) break;
        OutgoingItem item;
        item.output = ring.read(cursor_, decision.bytes);
        if (item.output.size() == 0) break;
        item.kind = OutgoingItem::Kind::output;
        item.offset = cursor_;
        return item;
      }
    }
  }
}

OutgoingItem Attachment::final_item() {
  // Output may have come in between the look at the head and the look at the end.
  if (session_->ring().head() != cursor_) return next();
  // Nobody can ask for it later.
  if (ledger_.accepted() > acknowledged_) return input_ack();
  end_reason_ = session_->state() == SessionState::lost ? EndReason::host_lost : EndReason::session_exited;
  return next();
}

void Attachment::flushed() {
  in_flight_.reset();
  session_->update_floor();
}

void Attachment::sent(const OutgoingItem& item, bool in_flight) {
  switch (item.kind) {
    case OutgoingItem::Kind::output:
      in_flight_ = in_flight ? std::optional(item.offset) : std::nullopt;
      cursor_ += item.output.size();
      static_cast<void>(credit_.spend(item.output.size()));
      session_->update_floor();
      break;
    case OutgoingItem::Kind::snapshot:
      snapshot_position_ += item.snapshot.size();
      static_cast<void>(credit_.spend(item.snapshot.size()));
      if (item.last) snapshot_.reset();
      break;
    case OutgoingItem::Kind::gap: gap_.reset(); break;
    case OutgoingItem::Kind::input_ack:
      acknowledged_ = item.offset;
      ack_asked_ = ack_asked_ && item.offset < ledger_.next();
      break;
    case OutgoingItem::Kind::ended:
    case OutgoingItem::Kind::none: break;
  }
}

void Attachment::unsent() {
  session_->update_floor();
  session_->keep_watch();
}

bool Attachment::may_resync_now() {
  const auto now = Clock::now();
  if (!last_resync_ || now - *last_resync_ >= Session::kResyncInterval) return true;
  resync_timer_.expires_at(*last_resync_ + Session::kResyncInterval);
  resync_timer_.async_wait([this, alive = alive_](const boost::system::error_code& error) {
    if (!error && *alive) poke();
  });
  return false;
}

void Attachment::resync() {
  last_resync_ = Clock::now();
  ++resyncs_;
  ++session_->resyncs_;
  take_snapshot(session_->ring().head(), true);
}

// `gap`: tell that output between the cursor and the snapshot is left out.
void Attachment::take_snapshot(std::uint64_t head, bool gap) {
  if (!session_->keeps_screen()) {
    auto replay = session_->replay(head, spec_.replay_bytes);
    return set_snapshot(std::move(replay.bytes), replay.offset, gap);
  }
  awaits_snapshot_ = true;
  awaits_gap_ = gap;
  session_->request_snapshot(spec_, [this, gap, alive = alive_](std::optional<ScreenSnapshot> taken) {
    if (*alive) snapshot_taken(std::move(taken), gap);
  });
}

void Attachment::snapshot_taken(std::optional<ScreenSnapshot> taken, bool gap) {
  awaits_snapshot_ = false;
  spec_.scrollback_rows = 0;  // once: later snapshots replace the screen only
  if (taken) {
    snapshot_approximate_ = taken->approximate;
    snapshot_size_ = WindowSize{taken->cols, taken->rows, 0, 0};
    set_snapshot(std::move(taken->bytes), taken->offset, gap);
  } else {
    auto replay = session_->replay(session_->ring().head(), spec_.replay_bytes);
    snapshot_approximate_ = true;
    snapshot_size_.reset();
    set_snapshot(std::move(replay.bytes), replay.offset, gap);
  }
  session_->update_floor();
  if (ready_event_ != nullptr) ready_event_->notify();
  poke();
}

void Attachment::set_snapshot(std::string bytes, std::uint64_t offset, bool gap) {
  if (gap) gap_.emplace(cursor_, offset);
  snapshot_ = std::move(bytes);
  snapshot_position_ = 0;
  snapshot_offset_ = offset;
  cursor_ = offset;
}

Result<void> Attachment::progress(std::uint64_t offset, bool direct) {
  if (offset > session_->ring().head()) {
    Error error{errc::out_of_range, "there is no output at offset " + std::to_string(offset) + " yet"};
    error.subject = "offset";
    return error;
  }
  // What is on its way to it as well is to be seen there first.
  if (end_reason_ || gap_ || snapshot_ || awaits_snapshot_) return {};
  direct_ = direct && grant_;
  // What was sent already still comes to it, and was let go of here.
  cursor_ = std::max(cursor_, offset);
  session_->update_floor();
  poke();
  return {};
}

void Attachment::grant(std::uint64_t bytes) {
  credit_.grant(bytes);
  poke();
}

void Attachment::end(EndReason reason) {
  if (end_reason_) return;
  end_reason_ = reason;
  // At once: its client may not read that it is over. When the daemon stops, the client goes on by itself.
  if (reason != EndReason::daemon_stopping) let_out();
  session_->update_floor();
  poke();
}

void Attachment::let_out() {
  if (!grant_) return;
  grant_->rights = static_cast<std::uint32_t>(host::GuestRights::none);
  session_->link_->tell_rights(*grant_);
  grant_.reset();
  direct_ = false;
  session_->assert_size();
}

// Its client finds out by itself that the connection is gone, and says where it is.
void Attachment::host_replaced() {
  if (grant_) session_->link_->tell_rights(*grant_);
}

// ---------------------------------------------------------------- input

void Attachment::poll_input() {
  if (ledger_.next() == ledger_.accepted() && !grant_) return;
  std::uint64_t accepted = 0;
  if (!session_->ring().input_stream(stream_, accepted)) return;
  // By another way than this one.
  if (accepted > ledger_.next()) {
    session_->typed_directly(*this, accepted - ledger_.next());
    typed_ = std::max(typed_, accepted);
  }
  ledger_.acknowledge(accepted);
}

Result<void> Attachment::input(std::uint64_t offset, std::string_view data) {
  if (spec_.role == Role::observer) {
    Error error{errc::permission_denied, "this attachment is read-only"};
    error.hint = "attach again as controller";
    return error;
  }
  poll_input();
  if (!session_->running()) return session_ended(*session_);
  if (data.size() > session_->input_room()) {
    Error error{errc::resource_exhausted, "the program does not read its input"};
    error.hint = "wait until it does, or send less";
    return error;
  }
  const auto accepted = ledger_.receive(offset, data.size());
  if (!accepted) return accepted.error();
  if (data.empty()) {
    ack_asked_ = true;
    session_->watch_input();
    poke();
    return {};
  }
  if (accepted->take == 0) return {};
  if (!filter_.deadline()) typed_ = offset + accepted->skip;
  auto typed =
      type(filter_.feed(data.substr(accepted->skip, accepted->take), Clock::now(), session_->position_asked()));
  if (filter_.deadline()) release_held();
  return typed;
}

Result<void> Attachment::type(const std::vector<ReplyFilter::Piece>& pieces) {
  Result<void> outcome;
  for (const auto& piece : pieces) {
    const auto offset = std::exchange(typed_, typed_ + piece.bytes.size());
    auto pushed = piece.answer ? session_->drop_answer(*this, offset, piece.bytes)
                               : session_->push_input(*this, offset, piece.bytes);
    if (pushed) continue;
    outcome = std::move(pushed);
    if (outcome.error().code != errc::busy) break;
  }
  return outcome;
}

void Attachment::release_held() {
  held_timer_.expires_at(*filter_.deadline());
  held_timer_.async_wait([this, alive = alive_](const boost::system::error_code& error) {
    if (error || !*alive) return;
    // When the host is gone meanwhile the client hears of it by the end of the attachment.
    static_cast<void>(type(filter_.tick(Clock::now())));
  });
}

WindowSize Attachment::set_size(WindowSize size, std::uint32_t turn) {
  spec_.size = size;
  const bool there = session_->take_direct_size(*this, turn);
  session_->bump_size(*this);
  session_->size_by_lease(*this);
  if (turn != 0 && !there) session_->assert_size();
  return session_->size();
}

}  // namespace ptyd
