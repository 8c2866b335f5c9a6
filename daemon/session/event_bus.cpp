#include "daemon/session/event_bus.hpp"

#include <algorithm>

namespace ptyd {

void EventBus::add(SessionObserver* observer) { observers_.push_back(observer); }

void EventBus::remove(SessionObserver* observer) { std::erase(observers_, observer); }

void EventBus::publish(const SessionEvent& event) {
  // An observer may remove itself or others while it is told: walk a copy.
  const auto observers = observers_;
  for (auto* observer : observers)
    if (std::find(observers_.begin(), observers_.end(), observer) != observers_.end()) observer->on_session_event(event);
}

void EventBus::publish(SessionEventType type, const Session& session, const Attachment* attachment) {
  SessionEvent event;
  event.type = type;
  event.session = &session;
  event.attachment = attachment;
  publish(event);
}

}  // namespace ptyd
