// Connection: its attachments and its subscription.
#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "daemon/server/connection.hpp"
#include "daemon/server/convert.hpp"
#include "daemon/server/global_limits.hpp"
#include "daemon/session/session.hpp"

namespace ptyd {

namespace asio = boost::asio;

void Connection::handle_input(const v1::Frame& frame) {
  const auto& input = frame.input();
  auto* viewer = attachment(input.attachment());
  if (viewer == nullptr)
    return refuse(frame.id(), {errc::not_found, "there is no attachment " + std::to_string(input.attachment())});
  const auto& data = input.text().empty() ? input.data() : input.text();
  if (data.size() > kMaxData) return refuse(frame.id(), bad_field("data", "is longer than 65536 bytes"));
  if (auto typed = viewer->input(input.offset(), data); !typed) {
    auto error = typed.error();
    if (error.subject.empty()) error.subject = "attachment " + std::to_string(input.attachment());
    refuse(frame.id(), error);
  }
}

void Connection::handle_credit(const v1::Frame& frame) {
  const auto& credit = frame.credit();
  // The attachment may have ended while the grant was on its way: that is no error.
  if (auto* viewer = attachment(credit.attachment())) viewer->grant(credit.bytes());
}

void Connection::handle_progress(const v1::Frame& frame) {
  const auto& progress = frame.progress();
  auto* viewer = attachment(progress.attachment());
  if (viewer == nullptr) return;
  if (auto fine = viewer->progress(progress.offset(), progress.direct()); !fine) refuse(frame.id(), fine.error());
}

// ---------------------------------------------------------------- attachments and events

Result<std::uint32_t> Connection::new_attachment_number() {
  if (viewers_.size() >= kMaxAttachments)
    return Error{errc::resource_exhausted, "too many attachments on this connection"};
  if (const auto allowed = check_attachments(state_); !allowed) return allowed.error();
  while (next_attachment_ == 0 || viewers_.contains(next_attachment_)) ++next_attachment_;
  return next_attachment_++;
}

void Connection::adopt(std::unique_ptr<Attachment> attachment) {
  const auto number = attachment->spec().number;
  viewers_.try_emplace(number, state_).first->second.attachment = std::move(attachment);
  writer_.notify();
}

Attachment* Connection::attachment(std::uint32_t number) noexcept {
  const auto it = viewers_.find(number);
  return it == viewers_.end() || it->second.attachment->ended() ? nullptr : it->second.attachment.get();
}

std::size_t Connection::end_attachments(const Session* session, EndReason reason) {
  std::size_t ended = 0;
  for (auto& [number, viewer] : viewers_) {
    if (viewer.attachment->ended() || (session != nullptr && &viewer.attachment->session() != session)) continue;
    viewer.attachment->end(reason);
    ++ended;
  }
  return ended;
}

std::uint64_t Connection::subscribe(EventFilter filter, std::optional<std::uint64_t> since) {
  auto first = std::max<std::uint64_t>(since.value_or(state_.event_log.next()), 1);
  const auto missed = state_.event_log.missed(first, filter);
  if (missed > 0) first = state_.event_log.lost(filter) + 1;
  listen_for_events(std::move(filter), first);
  return missed;
}

void Connection::listen_for_events(EventFilter filter, std::uint64_t first) {
  unsubscribe();
  filter_ = std::move(filter);
  next_event_ = first;
  const auto told = [weak = weak_from_this()](const v1::Event& event) {
    if (auto self = weak.lock()) self->event_happened(event);
  };
  listener_ = state_.event_log.add_listener(filter_, told);
  // The reply to this request goes out first.
  ++state_.posted;
  asio::post(state_.executor, [weak = weak_from_this(), &state = state_] {
    --state.posted;
    if (auto self = weak.lock()) self->send_events();
  });
}

void Connection::unsubscribe() {
  if (listener_ != 0) state_.event_log.remove_listener(listener_);
  listener_ = 0;
}

void Connection::event_happened(const v1::Event& event) {
  if (closing_) return;
  if (event.seq() != 0) return send_events();
  if (reply_bytes_ <= kMaxQueuedEvents) send_event(event);
}

// What the client leaves unread stays in the log. When the log had to forget some of it, the client is told.
void Connection::send_events() {
  events_behind_ = false;
  while (listener_ != 0 && !closing_) {
    if (reply_bytes_ > kMaxQueuedEvents) {
      events_behind_ = true;
      return;
    }
    if (const auto lost = state_.event_log.lost(filter_); lost >= next_event_) {
      v1::Event overflow;
      overflow.set_seq(lost);
      overflow.set_type(v1::OVERFLOW);
      next_event_ = lost + 1;
      send_event(overflow);
      continue;
    }
    const auto event = state_.event_log.first(next_event_, filter_);
    if (!event) {
      next_event_ = state_.event_log.next();
      return;
    }
    next_event_ = event->seq() + 1;
    send_event(*event);
  }
}

void Connection::send_event(const v1::Event& event) {
  v1::Frame frame;
  *frame.mutable_event() = event;
  send(frame);
}

}  // namespace ptyd
