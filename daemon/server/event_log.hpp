// The recent events of all sessions, numbered, as they go over the wire.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/session/event_bus.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

// Which events somebody wants.
struct EventFilter {
  static constexpr std::uint32_t bit(int type) noexcept { return type > 0 && type < 32 ? std::uint32_t{1} << type : 0; }
  // Those that there were before events could be chosen.
  static constexpr std::uint32_t kUsual = (std::uint32_t{1} << (v1::LINE_TOO_LONG + 1)) - 1;

  std::string session;  // id; empty: all
  std::uint32_t types = kUsual;

  bool wants(v1::EventType type) const noexcept { return (types & bit(type)) != 0; }
  bool wants(const v1::Event& event) const noexcept {
    return wants(event.type()) && (session.empty() || event.session().id() == session);
  }
};

// Owned by the daemon. Keeps the newest kKept events of the kinds that clients cause, and as many of those that programs
// and typing do, so that a program that rings all day pushes nobody's end out. SCREEN_CHANGED is told and not kept.
// Thread: the loop's.
class EventLog final : public SessionObserver {
 public:
  static constexpr std::size_t kKept = 1024;
  using Listener = std::function<void(const v1::Event&)>;

  explicit EventLog(EventBus& bus);
  ~EventLog();
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  void on_session_event(const SessionEvent& event) override;

  // Sequence number of the next event; the first is 1.
  std::uint64_t next() const noexcept { return next_; }
  // The first kept event from `seq` on that `filter` wants; nothing: there is none.
  std::shared_ptr<const v1::Event> first(std::uint64_t seq, const EventFilter& filter) const;
  // The newest kept event from `seq` on that `filter` wants, its number; 0: there is none.
  std::uint64_t newest(std::uint64_t seq, const EventFilter& filter) const;
  // Number of the newest event that is not kept any more and that `filter` may want; 0: there is none.
  std::uint64_t lost(const EventFilter& filter) const noexcept;
  // How many events from `since` on are gone that `filter` may want, at most.
  std::uint64_t missed(std::uint64_t since, const EventFilter& filter) const;
  // For another program's log, which goes on where this one is: what is kept, oldest first, of at most `max_bytes`, and
  // for each kind the number of the newest event that is not.
  struct Kept {
    std::vector<std::string> events;  // ptyd.v1.Event
    std::vector<std::uint64_t> lost;
  };
  Kept save(std::size_t max_bytes) const;
  void resume(std::uint64_t next, const Kept& kept);
  // Tells every further event of these types. Returns a number for remove_listener().
  std::uint64_t add_listener(const EventFilter& filter, Listener listener);
  void remove_listener(std::uint64_t number);

 private:
  struct Entry {
    std::uint64_t number;
    EventFilter filter;
    Listener listener;
  };
  struct Lane {
    std::uint32_t types = 0;
    std::deque<std::shared_ptr<const v1::Event>> events{};
    std::uint64_t lost = 0;
  };

  void keep(const SessionEvent& event);
  void tell(const v1::Event& event);
  Lane& lane_of(v1::EventType type) noexcept;
  void update_wants();

  EventBus& bus_;
  std::array<Lane, 2> lanes_;
  std::vector<Entry> listeners_;
  std::uint64_t next_ = 1;
  std::uint64_t next_listener_ = 1;
};

}  // namespace ptyd
