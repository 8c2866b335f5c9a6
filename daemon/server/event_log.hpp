// The recent events of all sessions, numbered, as they go over the wire.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/session/event_bus.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

// Owned by the daemon. Keeps the newest kKept events, so that a subscriber that lost its connection can go
// on where it was. Thread: the loop's.
class EventLog final : public SessionObserver {
 public:
  static constexpr std::size_t kKept = 1024;
  using Listener = std::function<void(const std::shared_ptr<const v1::Event>&)>;

  explicit EventLog(EventBus& bus);
  ~EventLog();
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  void on_session_event(SessionEventType type, const Session& session, const Attachment* attachment) override;

  // Sequence number of the next event; the first is 1.
  std::uint64_t next() const noexcept { return next_; }
  // Goes on where another program's log was.
  void resume(std::uint64_t next, std::vector<std::shared_ptr<const v1::Event>> events);
  // The kept events from `since` on, oldest first.
  std::vector<std::shared_ptr<const v1::Event>> since(std::uint64_t since) const;
  // Tells every further event. Returns a number for remove_listener().
  std::uint64_t add_listener(Listener listener);
  void remove_listener(std::uint64_t number);

 private:
  void keep(SessionEventType type, const Session& session, const Attachment* attachment);

  EventBus& bus_;
  std::deque<std::shared_ptr<const v1::Event>> events_;
  std::vector<std::pair<std::uint64_t, Listener>> listeners_;
  std::uint64_t next_ = 1;
  std::uint64_t next_listener_ = 1;
};

}  // namespace ptyd
