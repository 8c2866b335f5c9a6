// Connection: its attachments and its subscription.
#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "daemon/server/connection.hpp"
#include "daemon/server/convert.hpp"
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

// ---------------------------------------------------------------- attachments and events

Result<std::uint32_t> Connection::new_attachment_number() {
  if (viewers_.size() >= kMaxAttachments)
    return Error{errc::resource_exhausted, "too many attachments on this connection"};
  while (next_attachment_ == 0 || viewers_.contains(next_attachment_)) ++next_attachment_;
  return next_attachment_++;
}

void Connection::adopt(std::unique_ptr<Attachment> attachment) {
  const auto number = attachment->spec().number;
  viewers_[number].attachment = std::move(attachment);
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

std::uint64_t Connection::subscribe(std::string session_id, std::optional<std::uint64_t> since) {
  unsubscribe();
  subscribed_ = std::move(session_id);
  const auto first = since.value_or(state_.event_log.next());
  const auto kept = state_.event_log.since(first);
  const auto oldest = kept.empty() ? state_.event_log.next() : kept.front()->seq();
  listener_ = state_.event_log.add_listener([weak = weak_from_this()](const std::shared_ptr<const v1::Event>& event) {
    if (auto self = weak.lock()) self->event_happened(event);
  });
  // The reply to this request goes out first.
  ++state_.posted;
  asio::post(state_.executor, [weak = weak_from_this(), kept, &state = state_] {
    --state.posted;
    if (auto self = weak.lock())
      for (const auto& event : kept) self->event_happened(event);
  });
  return oldest > first ? oldest - std::max<std::uint64_t>(first, 1) : 0;
}

void Connection::unsubscribe() {
  if (listener_ != 0) state_.event_log.remove_listener(listener_);
  listener_ = 0;
}

void Connection::event_happened(const std::shared_ptr<const v1::Event>& event) {
  if (closing_ || listener_ == 0) return;
  if (!subscribed_.empty() && event->session().id() != subscribed_) return;
  if (reply_bytes_ > kMaxQueuedReplies) {
    events_lost_ = true;
    return;
  }
  v1::Frame frame;
  if (events_lost_) {
    events_lost_ = false;
    frame.mutable_event()->set_seq(event->seq() - 1);
    frame.mutable_event()->set_type(v1::OVERFLOW);
    send(frame);
  }
  *frame.mutable_event() = *event;
  send(frame);
}

}  // namespace ptyd
