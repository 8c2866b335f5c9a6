#include "daemon/server/event_log.hpp"

#include <algorithm>

#include "common/clock.hpp"
#include "daemon/server/convert.hpp"
#include "daemon/session/session.hpp"

namespace ptyd {

EventLog::EventLog(EventBus& bus) : bus_(bus) { bus_.add(this); }

EventLog::~EventLog() { bus_.remove(this); }

void EventLog::on_session_event(SessionEventType type, const Session& session, const Attachment* attachment) {
  try {
    keep(type, session, attachment);
  } catch (const std::bad_alloc&) {
    ++next_;  // subscribers see that a number is missing
  }
}

void EventLog::keep(SessionEventType type, const Session& session, const Attachment* attachment) {
  auto event = std::make_shared<v1::Event>();
  event->set_seq(next_);
  event->set_at_ms(unix_ms());
  event->set_type(to_wire(type));
  *event->mutable_session() = describe(session);
  event->set_offset(session.ring().head());
  if (attachment != nullptr) *event->mutable_attachment() = describe(*attachment);
  events_.push_back(event);
  ++next_;
  if (events_.size() > kKept) events_.pop_front();
  const auto listeners = listeners_;
  for (const auto& [number, listener] : listeners) listener(event);
}

std::vector<std::shared_ptr<const v1::Event>> EventLog::since(std::uint64_t since) const {
  std::vector<std::shared_ptr<const v1::Event>> out;
  for (const auto& event : events_)
    if (event->seq() >= since) out.push_back(event);
  return out;
}

void EventLog::resume(std::uint64_t next, std::vector<std::shared_ptr<const v1::Event>> events) {
  next_ = next;
  events_.assign(events.begin(), events.end());
}

std::uint64_t EventLog::add_listener(Listener listener) {
  listeners_.emplace_back(next_listener_, std::move(listener));
  return next_listener_++;
}

void EventLog::remove_listener(std::uint64_t number) {
  std::erase_if(listeners_, [number](const auto& entry) { return entry.first == number; });
}

}  // namespace ptyd
