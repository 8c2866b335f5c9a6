// Forgets ended sessions when their time has come.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>

#include "common/async_event.hpp"
#include "daemon/server/daemon_state.hpp"
#include "daemon/session/event_bus.hpp"

namespace ptyd {

// Unix time in milliseconds at which an ended session is to be forgotten. `remove_on_exit`: soon after its end,
// when nobody is attached any more; otherwise after `keep`. Nothing: not yet known.
std::optional<std::uint64_t> forget_at(bool remove_on_exit, bool attached, std::uint64_t ended_ms,
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
  void on_session_event(SessionEventType type, const Session& session, const Attachment* attachment) override;

 private:
  DaemonState& state_;
  AsyncEvent changed_;
  std::map<SessionId, std::uint64_t> retry_at_;  // sessions that could not be forgotten
};

}  // namespace ptyd
