#include "daemon/session/session.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include <spdlog/spdlog.h>

#include "common/clock.hpp"
#include "common/crash_point.hpp"
#include "common/escape.hpp"
#include "common/log_exception.hpp"
#include "common/random.hpp"
#include "daemon/session/host_size.hpp"
#include "daemon/session/moment_now.hpp"
#include "daemon/session/own_signals.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

void notify_all(const std::vector<AsyncEvent*>& waiters) {
  for (auto* waiter : waiters) waiter->notify();
}

}  // namespace

std::shared_ptr<Session> Session::start(asio::any_io_executor executor, EventBus& events, SessionRecord record,
                                        std::unique_ptr<HostLink> link, const ScreenSettings& screen) {
  auto session = std::make_shared<Session>(executor, events, std::move(record), std::move(link));
  session->begin(screen);
  return session;
}

Session::Session(asio::any_io_executor executor, EventBus& events, SessionRecord record, std::unique_ptr<HostLink> link)
    : executor_(executor),
      events_(events),
      record_(std::move(record)),
      link_(std::move(link)),
      input_(*link_),
      send_stream_(random_bytes16()),
      size_(from_host(link_->ring().window_size())),
      seen_long_lines_(link_->ring().long_lines()),
      look_timer_(executor),
      activity_(executor, events, *this),
      leases_(executor, events, *this, [this](LeaseKind kind) { lease_over(kind); }),
      client_variables_(record_.env),
      tasks_(executor, [](std::exception_ptr error) { log_exception("session", error); }) {}

// Every coroutine of its tasks holds the session, so none runs here.
Session::~Session() { end_screen(); }

void Session::begin(const ScreenSettings& screen) {
  find_floor();
  if (link_->generation() > 1) clock_.begin(ring().head());
  if (running()) leases_.adopt(record_.leases);
  begin_screen(screen);
  update_floor();
  listen_to_host();
  if (inherited_floor_) tasks_.spawn(drop_inherited_floor(shared_from_this()));
  if (record_.ttl_ms > 0) tasks_.spawn(live_until(shared_from_this()));
}

void Session::listen_to_host() {
  const std::weak_ptr<Session> weak = weak_from_this();
  HostEvents events;
  events.on_wake = [weak] {
    if (auto self = weak.lock()) self->on_wake();
  };
  events.on_exited = [weak] {
    if (auto self = weak.lock()) self->on_exited();
  };
  events.on_stream_end = [weak] {
    if (auto self = weak.lock()) self->on_stream_end();
  };
  events.on_lost = [weak](bool fenced) {
    if (auto self = weak.lock()) self->on_lost(fenced);
  };
  events.on_replacing = [weak] {
    if (auto self = weak.lock()) spdlog::warn("session={} the session's host has died", self->name());
  };
  events.on_replaced = [weak](const HostReplaced& replaced) {
    if (auto self = weak.lock()) self->on_replaced(replaced);
  };
  events.record = [weak] {
    const auto self = weak.lock();
    if (!self) return std::string();
    auto record = self->record_;
    ++record.rehosted;
    return encode_record(record);
  };
  events.on_input_gap = [weak] {
    if (auto self = weak.lock()) spdlog::error("session={} the host dropped input that was out of order", self->name());
  };
  link_->start(std::move(events));
}

void Session::announce() {
  announced_ = true;
  events_.publish(SessionEventType::created, *this);
  if (lost_)
    publish_exit();
  else if (!running())
    on_exited();
  if (ring().stream_ended()) on_stream_end();
}

asio::awaitable<void> Session::close(EndReason reason) {
  const auto self = shared_from_this();
  for (auto* attachment : attachments_) attachment->end(reason);
  if (!closed_) {
    closed_ = true;
    activity_.finish();
    leases_.finish();
    end_screen();
    look_timer_.cancel();
    if (recording_) co_await recording_->close();
    co_await tasks_.close();
    co_await link_->close();
  }
}

// ---------------------------------------------------------------- what the host tells

void Session::on_wake() {
  wake_pending_ = false;
  if (closed_) return;
  // Read before it is acted on: what moves from here on is news.
  seen_taken_ = ring().input_taken();
  seen_written_ = ring().input_written();
  static_cast<void>(input_.pump());
  notify_all(input_waiters_);
  update_floor();
  poke_all();
  watch_input();
  watch_long_lines();
  clock_.note(ring().head(), ring().oldest(), unix_ms());
  follow_recording();
  keep_watch();
  // Behind what the attachments send at once.
  if (!looks_later_) follow_screen();
}

void Session::publish_exit() {
  if (std::exchange(exit_published_, true)) return;
  events_.publish(SessionEventType::exited, *this);
}

void Session::on_exited() {
  if (!announced_ || exit_published_) return;
  PTYD_CRASH_POINT("exit_heard");
  activity_.flush_input();
  leases_.finish();
  notify_all(exit_waiters_);
  notify_all(input_waiters_);
  publish_exit();
  PTYD_CRASH_POINT("exit_told");
  end_recording_with_session();
  tasks_.spawn(linger(shared_from_this()));
  poke_all();
}

void Session::on_stream_end() {
  if (!announced_) return;
  if (!std::exchange(stream_end_published_, true)) events_.publish(SessionEventType::stream_ended, *this);
  notify_all(exit_waiters_);
  end_recording_with_session();
  poke_all();
  follow_screen();
}

void Session::on_lost(bool fenced) {
  if (lost_) return;
  lost_ = true;
  lost_at_ = moment_now();
  if (!forgotten_)
    spdlog::warn("session={} {}", name(),
                 fenced ? "another daemon took this session over" : "the session's host is gone");
  leases_.finish();
  if (announced_) publish_exit();
  notify_all(exit_waiters_);
  notify_all(input_waiters_);
  end_recording_with_session();
  poke_all();
}

asio::awaitable<void> Session::outlive_host(std::string program, std::string socket_path) {
  const auto self = shared_from_this();
  co_await link_->take_custody(std::move(program), std::move(socket_path));
}

// What was on its way to the host before, and is not known to have come, goes to this one.
void Session::on_replaced(const HostReplaced& replaced) {
  if (closed_) return;
  ++record_.rehosted;
  spdlog::warn("session={} another host took over, pid {}; {} bytes of input may not have been typed{}", name(),
               host_pid(), replaced.uncertain_bytes,
               replaced.output_missing ? ", and what was just being read of its output is missing" : "");
  keep_record();
  assert_size();
  input_.send_again();
  for (auto* attachment : attachments_) attachment->host_replaced();
  SessionEvent event;
  event.type = SessionEventType::host_replaced;
  event.session = this;
  event.count = replaced.uncertain_bytes;
  event.input_offset = replaced.uncertain_offset;
  event.offset = replaced.head;
  if (replaced.output_missing) event.text = kOutputMissing;
  if (announced_) events_.publish(event);
  notify_all(input_waiters_);
  if (!running()) on_exited();
  if (ring().stream_ended()) on_stream_end();
  wake_later();
}

asio::awaitable<void> Session::linger(std::shared_ptr<Session>) {
  asio::steady_timer timer(executor_);
  // While a lossless attachment holds the output back, nobody could write, and the program's last may not be read yet.
  for (bool held_back = false;;) {
    timer.expires_after(kLinger);
    const auto [error] = co_await timer.async_wait(kTuple);
    if (error) co_return;
    const bool waits = !stream_ended() && ring().host_waits();
    if (!waits && !held_back) break;
    held_back = waits;
  }
  linger_over_ = true;
  notify_all(exit_waiters_);
  end_recording_with_session();
  poke_all();
}

asio::awaitable<void> Session::live_until(std::shared_ptr<Session>) {
  const Moment started{ring().started_boot_ns(), ring().started_unix_ms()};
  BootTimer timer(executor_);
  timer.expires_after(time_left(started, record_.ttl_ms, moment_now()));
  const auto [error] = co_await timer.async_wait(kTuple);
  if (error || !running()) co_return;
  spdlog::info("session={} has reached its time to live", name());
  KillSpec spec;
  spec.told_until = told_to_end_until_;
  spec.progress = &told_to_end_until_;
  const auto killed = co_await kill(spec);
  if (!killed) spdlog::warn("session={} could not be ended: {}", name(), escape_text(killed.error().message));
}

// ---------------------------------------------------------------- state

SessionState Session::state() const noexcept {
  if (ring().state() == host::State::exited) return SessionState::exited;
  return lost_ ? SessionState::lost : SessionState::running;
}

bool Session::stream_ended() const noexcept { return ring().stream_ended() || lost_; }

std::uint64_t Session::child_pid() const noexcept { return running() ? ring().child_pid() : 0; }

std::optional<ExitInfo> Session::exit_info() const {
  if (running()) return std::nullopt;
  ExitInfo info;
  if (state() == SessionState::lost) {
    info.reason = "the session's host ended before the program's status was known";
    info.at_ms = lost_at_.unix_ms;
    info.at_boot_ns = lost_at_.boot_ns;
    return info;
  }
  info.at_ms = ring().exit_unix_ms();
  info.at_boot_ns = ring().exit_boot_ns();
  const auto value = ring().exit_value();
  switch (ring().exit_kind()) {
    case host::ExitKind::exited:
      info.known = true;
      info.code = value;
      break;
    case host::ExitKind::signaled:
      info.known = true;
      info.signal = value & 0xff;
      info.core_dumped = (value & 0x100) != 0;
      break;
    default: info.reason = "the system did not tell the program's status";
  }
  return info;
}

bool Session::complete() const noexcept { return !running() && (stream_ended() || linger_over_); }

bool Session::over_for(const Attachment& attachment) const {
  return complete() && (stream_ended() || !attachment.spec().until_stream_end);
}

// ---------------------------------------------------------------- attachments

Result<std::unique_ptr<Attachment>> Session::attach(OutputSink& sink, AttachSpec spec) {
  if (closed_) return Error{errc::unavailable, "the daemon is stopping"};
  auto attachment = std::make_unique<Attachment>(shared_from_this(), sink, std::move(spec));
  if (auto started = attachment->start(); !started) return started.error();
  if (attachment->spec().steal) {
    for (auto* other : attachments_) other->end(EndReason::displaced);
    tasks_.spawn(shut_out_others(shared_from_this()));
  }
  attachments_.push_back(attachment.get());
  holder_came_back(*attachment);
  colors_untold_ = false;
  const auto before = size_;
  bump_size(*attachment);
  size_by_lease(*attachment);
  update_floor();
  watch_input();
  events_.publish(SessionEventType::attached, *this, attachment.get());
  notify_all(attach_waiters_);
  // A full-screen program repaints when its window changes; otherwise it must be told to.
  if (running() && size_ == before && (!screen_ || screen_approximate_) && !attachment->resumed() &&
      !attachment->spec().no_replay && attachment->spec().role == Role::controller && modes().alternate_screen)
    tasks_.spawn(nudge_redraw(shared_from_this()));
  return attachment;
}

void Session::detach(Attachment* attachment) noexcept {
  if (std::erase(attachments_, attachment) == 0) return;
  PTYD_CRASH_POINT("detach_begun");
  try {
    events_.publish(SessionEventType::attachment_ended, *this, attachment);
    if (closed_) return;
    attachment->let_out();
    update_floor();
    apply_size(attachment);
    tell_rights();
  } catch (const std::bad_alloc&) {
    log_exception("the end of an attachment", std::current_exception());
  }
}

void Session::poke_all() {
  // Poking one may end and remove it or others.
  const auto attachments = attachments_;
  for (auto* attachment : attachments)
    if (std::find(attachments_.begin(), attachments_.end(), attachment) != attachments_.end()) attachment->poke();
}

asio::awaitable<void> Session::nudge_redraw(std::shared_ptr<Session>) {
  const auto number = own_signals().redraw;
  if (number == 0) co_return;
  const auto told = co_await link_->signal(number, host::SignalTarget::foreground);
  if (!told) spdlog::debug("session={} could not be asked to redraw: {}", name(), escape_text(told.error().message));
}

// ---------------------------------------------------------------- wake-ups

bool Session::watch_output(std::uint64_t seen) { return ring().arm_output(seen); }

void Session::keep_watch() {
  if (closed_ || lost_ || looks_later_) return;
  const bool holds = ring().floor() != host::kNoFloor;
  if (holds && !ring().arm_output(ring().head())) wake_later();
}

void Session::watch_input() {
  if (closed_ || lost_) return;
  bool outstanding = !input_.empty() || !input_waiters_.empty();
  for (const auto* attachment : attachments_)
    outstanding = outstanding || attachment->ack_asked_ ||
                  attachment->ledger_.next() - attachment->acknowledged_ >= kInputAckStep;
  if (!outstanding) return;
  if (!ring().arm_input(seen_taken_, seen_written_)) wake_later();
}

void Session::wake_later() {
  if (wake_pending_ || closed_) return;
  wake_pending_ = true;
  asio::post(executor_, [weak = weak_from_this()] {
    if (auto self = weak.lock()) self->on_wake();
  });
}

void Session::watch_long_lines() {
  const auto now = ring().long_lines();
  if (now == seen_long_lines_) return;
  seen_long_lines_ = now;
  events_.publish(SessionEventType::line_too_long, *this);
}

// ---------------------------------------------------------------- record

void Session::rename(std::string name) {
  SessionEvent event;
  event.type = SessionEventType::renamed;
  event.session = this;
  event.text = std::exchange(record_.name, std::move(name));
  keep_record();
  events_.publish(event);
}

void Session::set_labels(std::vector<std::pair<std::string, std::string>> labels) {
  record_.labels = std::move(labels);
  keep_record();
  events_.publish(SessionEventType::labeled, *this);
}

void Session::keep_record() {
  ++record_puts_;
  tasks_.spawn(put_record(shared_from_this()));
}

asio::awaitable<void> Session::put_record(std::shared_ptr<Session>) {
  auto content = encode_record(record_);
  const auto kept = co_await link_->put(host::Slot::record, 0, std::move(content));
  --record_puts_;
  if (!kept) spdlog::warn("session={} its record could not be kept: {}", name(), escape_text(kept.error().message));
}

}  // namespace ptyd
