// Forgets ended sessions when their time has come.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "common/async_event.hpp"
#include "common/boot_clock.hpp"
#include "daemon/server/daemon_state.hpp"
#include "daemon/session/event_bus.hpp"

namespace ptyd {

// When an ended session is to be forgotten. `remove_on_exit`: soon after its end, when nobody is attached any more;
// otherwise after `keep`. Nothing: not yet known.
std::optional<BootClock::time_point> forget_at(bool remove_on_exit, bool attached, BootClock::time_point ended,
                                               std::chrono::milliseconds keep) noexcept;

// Owned by the daemon. Thread: the loop's.
class Retention final : public SessionObserver {
 public:
  explicit Retention(DaemonState& state);
  ~Retention();
  Retention(const Retention&) = delete;
  Retention& operator=(const Retention&) = delete;

  // Runs until it is cancelled.
  boost::asio::awaitable<void> run();
  void on_session_event(const SessionEvent& event) override;

 private:
  using Time = BootClock::time_point;

  void note_end(const Session& session);
  std::shared_ptr<Session> find_due(Time now, std::optional<Time>& next) const;

  DaemonState& state_;
  AsyncEvent changed_;
  // When each ended session ended. The wall clock is asked once, for one whose host does not tell it by BootClock.
  std::map<SessionId, Time> ended_;
  std::map<SessionId, Time> retry_at_;  // sessions that could not be forgotten
};

}  // namespace ptyd
