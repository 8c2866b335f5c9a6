#include "daemon/session/activity.hpp"

#include <utility>

namespace ptyd {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

Activity::Activity(asio::any_io_executor executor, EventBus& events, const Session& session)
    : events_(events),
      session_(session),
      alarm_(std::move(executor), "the events of a session", [this] { tell(Clock::now()); }) {}

void Activity::take(ScreenNews& news) {
  if (finished_) return;
  const auto now = Clock::now();
  if (news.title && *news.title != title_text_) {
    title_text_ = std::move(*news.title);
    title_.happened();
  }
  if (news.cwd && *news.cwd != cwd_text_) {
    cwd_text_ = std::move(*news.cwd);
    cwd_.happened();
  }
  bell_.happened(news.bells);
  if (news.parsed > std::exchange(parsed_, news.parsed)) idle_.happened(now);
  if (news.generation != std::exchange(generation_, news.generation) && events_.screens_wanted()) screen_.happened();
  tell_commands(news, now);
  tell(now);
}

void Activity::typed(const ClientIdentity& client, std::uint64_t bytes) {
  if (finished_) return;
  input_.typed(client, bytes);
  tell(Clock::now());
}

void Activity::finish() {
  if (std::exchange(finished_, true)) return;
  alarm_.cancel();
  tell_typed(input_.take_all());
}

void Activity::tell(PacingTime now) {
  if (title_.take(now) > 0) tell(SessionEventType::title_changed, title_text_, 0);
  if (cwd_.take(now) > 0) tell(SessionEventType::cwd_changed, cwd_text_, 0);
  if (const auto rings = bell_.take(now); rings > 0) tell(SessionEventType::bell, {}, rings);
  if (screen_.take(now) > 0) tell(SessionEventType::screen_changed, {}, 0);
  if (idle_.take(now)) tell(SessionEventType::idle, {}, static_cast<std::uint64_t>(kIdle.count()));
  tell_typed(input_.take(now));
  arm();
}

// Each one counts: which command failed is lost when two are merged.
void Activity::tell_commands(const ScreenNews& news, PacingTime now) {
  commands_.skip(news.commands_skipped);
  for (auto i = news.old_commands; i < news.commands.size(); ++i) {
    const auto& command = news.commands[i];
    if (command.kind == CommandMark::Kind::prompt || !commands_.spend(now)) continue;
    SessionEvent event;
    const bool ended = command.kind == CommandMark::Kind::ended;
    event.type = ended ? SessionEventType::command_ended : SessionEventType::command_started;
    event.session = &session_;
    event.offset = command.end;
    event.exit_code = command.exit_code;
    event.skipped = commands_.take_skipped();
    events_.publish(event);
  }
}

void Activity::tell_typed(const std::vector<InputMeter::Report>& reports) {
  for (const auto& report : reports) {
    SessionEvent event;
    event.type = SessionEventType::input;
    event.session = &session_;
    event.client = report.client;
    event.count = report.bytes;
    events_.publish(event);
  }
}

void Activity::tell(SessionEventType type, std::string text, std::uint64_t count) {
  SessionEvent event;
  event.type = type;
  event.session = &session_;
  event.text = std::move(text);
  event.count = count;
  if (type == SessionEventType::screen_changed) {
    event.offset = parsed_;
    event.generation = generation_;
  }
  events_.publish(event);
}

void Activity::arm() {
  std::optional<PacingTime> next = input_.deadline();
  for (const auto& deadline :
       {title_.deadline(), cwd_.deadline(), bell_.deadline(), screen_.deadline(), idle_.deadline()})
    next = earliest(next, deadline);
  if (!finished_) alarm_.set(next);
}

}  // namespace ptyd
