#include "daemon/server/retention.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>

#include "common/cancellation.hpp"
#include "common/escape.hpp"
#include "daemon/server/create_session.hpp"
#include "daemon/session/alarm.hpp"
#include "daemon/session/moment_now.hpp"
#include "daemon/session/session.hpp"

namespace ptyd {

namespace asio = boost::asio;
using Clock = BootClock;

namespace {

// A client that lost the daemon comes back within this time for the status of a session that goes at its end.
constexpr std::chrono::seconds kComeBack{2};
constexpr std::chrono::seconds kRetry{60};

}  // namespace

std::optional<Clock::time_point> forget_at(bool remove_on_exit, bool attached, Clock::time_point ended,
                                           std::chrono::milliseconds keep) noexcept {
  if (!remove_on_exit) return ended + keep;
  if (attached) return std::nullopt;
  return ended + kComeBack;
}

Retention::Retention(DaemonState& state) : state_(state), changed_(state.executor) { state_.events.add(this); }

Retention::~Retention() { state_.events.remove(this); }

void Retention::on_session_event(const SessionEvent& event) {
  const auto& session = *event.session;
  switch (event.type) {
    case SessionEventType::removed:
      ended_.erase(session.id());
      retry_at_.erase(session.id());
      break;
    case SessionEventType::exited:
      note_end(session);
      changed_.notify();
      break;
    case SessionEventType::attachment_ended:
      if (ended_.contains(session.id())) changed_.notify();
      break;
    default: break;
  }
}

void Retention::note_end(const Session& session) {
  const auto now = Clock::now();
  const auto [place, fresh] = ended_.emplace(session.id(), now);
  if (!fresh) return;
  const auto exit = session.exit_info().value_or(ExitInfo{});
  const auto age = age_of({exit.at_boot_ns, exit.at_ms}, moment_now());
  // Longer than that it was not kept by anybody.
  place->second = now - std::min<std::chrono::milliseconds>(age, state_.settings.keep_exited);
}

// The one that is to be forgotten now; `next`: when there will be one.
std::shared_ptr<Session> Retention::find_due(Time now, std::optional<Time>& next) const {
  std::shared_ptr<Session> due;
  for (const auto& [id, ended] : ended_) {
    const auto session = state_.sessions.find_id(id);
    if (!session) continue;
    auto at = forget_at(session->record().remove_on_exit, !session->attachments().empty(), ended,
                        state_.settings.keep_exited);
    if (!at) continue;
    if (const auto retry = retry_at_.find(id); retry != retry_at_.end()) at = std::max(*at, retry->second);
    if (*at <= now) due = session;
    next = std::min(next.value_or(*at), *at);
  }
  return due;
}

asio::awaitable<void> Retention::run() {
  // It keeps the loop running, so it goes with us.
  BootAlarm alarm(state_.executor, "the time of ended sessions", [this] { changed_.notify(); });
  // Of those that come later we hear.
  state_.sessions.each([this](const Session& session) {
    if (!session.running()) note_end(session);
  });
  while (!state_.stopping) {
    const auto now = Clock::now();
    std::optional<Time> next;
    if (const auto due = find_due(now, next)) {
      const auto removed = co_await remove_session(state_, due);
      co_await allow_cancellation();
      retry_at_.erase(due->id());
      if (!removed) {
        retry_at_[due->id()] = now + kRetry;
        spdlog::warn("session={} could not be forgotten: {}", due->name(), escape_text(removed.error().message));
      }
      continue;
    }
    alarm.set(next);
    co_await changed_.wait();
  }
}

}  // namespace ptyd
