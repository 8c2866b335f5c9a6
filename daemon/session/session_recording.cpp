// Session: its recording.
#include <spdlog/spdlog.h>

#include <string>
#include <utility>

#include "common/escape.hpp"
#include "daemon/session/session.hpp"

namespace ptyd {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

std::string status_text(const std::optional<ExitInfo>& exit) {
  if (!exit || !exit->known) return {};
  return std::to_string(exit->signal != 0 ? 128 + exit->signal : exit->code);
}

}  // namespace

Result<void> Session::record(std::unique_ptr<Recording>& recording, bool from_start) {
  if (closed_) return Error{errc::unavailable, "the daemon is stopping"};
  if (records()) {
    Error error{errc::already_exists, "session " + name() + " is being recorded to " + recording_->status().spec.path};
    error.subject = name();
    error.hint = "end that with ptyctl record stop " + name();
    return error;
  }
  if (complete() && !from_start) return session_ended(*this);
  Recording::Beginning beginning;
  beginning.title = name();
  beginning.term = record_.term;
  beginning.size = size_;
  beginning.offset = from_start ? ring().oldest() : ring().head();
  if (from_start) beginning.times = clock_.times();
  recording_ = std::move(recording);
  recording_->begin(ring(), std::move(beginning), [weak = weak_from_this()] {
    if (auto self = weak.lock()) self->on_recording_end();
  });
  tell_rights();
  tell_recording();
  follow_recording();
  if (complete()) end_recording_with_session();
  return {};
}

asio::awaitable<void> Session::recording_begun() const {
  if (recording_) co_await recording_->begun();
}

std::optional<RecordingStatus> Session::recording_status() const {
  if (!recording_) return std::nullopt;
  return recording_->status();
}

namespace {

Error not_recorded(const std::string& name) {
  Error error{errc::failed_precondition, "session " + name + " is not being recorded"};
  error.subject = name;
  return error;
}

}  // namespace

Result<void> Session::mark_recording(std::string_view label) {
  if (!records()) return not_recorded(name());
  recording_->follow();
  recording_->mark(label);
  return {};
}

asio::awaitable<Result<void>> Session::stop_recording(std::string why, Clock::time_point deadline) {
  const auto self = shared_from_this();
  if (!records()) co_return not_recorded(name());
  AsyncEvent ended(executor_);
  const Waiting waiting(recording_waiters_, ended);
  recording_->finish(std::move(why));
  while (records()) {
    const bool in_time = co_await ended.wait_until(deadline);
    if (!in_time) co_return Error{errc::deadline_exceeded, "the disk does not take the end of the recording"};
  }
  co_return Result<void>{};
}

void Session::follow_recording() {
  if (closed_ || !records()) return;
  recording_->follow();
  if (!lost_ && !ring().stream_ended() && !ring().arm_output(recording_->noted())) wake_later();
}

void Session::end_recording_with_session() {
  if (recording_ && complete()) recording_->finish("the session ended", status_text(exit_info()));
}

void Session::on_recording_end() {
  const auto status = recording_->status();
  spdlog::info("session={} its recording {} ended after {} bytes: {}", name(), escape_text(status.spec.path), status.bytes,
               escape_text(status.ended));
  tell_rights();
  tell_recording();
  for (auto* waiter : recording_waiters_) waiter->notify();
}

void Session::tell_recording() {
  const auto status = recording_->status();
  SessionEvent event;
  event.type = SessionEventType::recording;
  event.session = this;
  event.recording = &status;
  events_.publish(event);
}

}  // namespace ptyd
