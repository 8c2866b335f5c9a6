// Session: its screen, the answers to its program's questions, and what the next daemon needs to go on.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "common/clock.hpp"
#include "common/crash_point.hpp"
#include "common/escape.hpp"
#include "common/log_exception.hpp"
#include "common/random.hpp"
#include "daemon/screen/serializer.hpp"
#include "daemon/session/session.hpp"

namespace ptyd {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

// A program that asked this long before a daemon takes over does not wait for the answer any more.
constexpr std::uint64_t kLateMs = 1000;
constexpr std::size_t kMinScrollback = 256 * 1024;
// How long CSI 1 ; 2 R counts as an answer after the question.
constexpr std::chrono::seconds kPositionWait{5};

// The same for every daemon, so that the host knows which answers it has typed.
InputStreamId answer_stream_of(const SessionId& id) {
  InputStreamId stream = id;
  for (auto& byte : stream) byte = static_cast<std::uint8_t>(~byte);
  return stream;
}

}  // namespace

void Session::begin_screen(const ScreenSettings& settings) {
  if (settings.thread == nullptr) return;
  answer_stream_ = answer_stream_of(id());
  screen_floor_ = ring().floor() == host::kNoFloor ? ring().oldest() : ring().floor();
  parsed_ = screen_floor_;
  const std::weak_ptr<Session> weak = weak_from_this();
  const auto on_news = [weak](ScreenNews&& news) {
    if (auto self = weak.lock()) self->on_screen_news(std::move(news));
  };
  const auto on_idle = [weak] {
    if (auto self = weak.lock()) self->watch_screen();
  };
  screen_ = std::make_shared<ScreenFollower>(*settings.thread, executor_, link_->ring(), on_news, on_idle);
  tasks_.spawn(start_screen(shared_from_this(), settings));
}

asio::awaitable<void> Session::start_screen(std::shared_ptr<Session>, ScreenSettings settings) {
  ScreenSetup setup;
  setup.scrollback.lines = settings.scrollback_lines;
  setup.scrollback.bytes = std::min<std::uint64_t>(settings.scrollback_bytes, std::max(ring().capacity(), kMinScrollback));
  setup.checkpoint_bytes = ring().capacity() / 2;
  if (link_->generation() > 1 || answered_before_) {
    // What a daemon before this one has told, or nobody was there to tell.
    setup.told_before = answered_before_.value_or(ring().head());
    if (answered_before_)
      setup.late_before = *answered_before_;
    else if (unix_ms() - std::min(unix_ms(), ring().last_output_unix_ms()) > kLateMs) setup.late_before = ring().head();
    auto kept = co_await link_->get(host::Slot::checkpoint);
    if (kept && *kept) setup.checkpoint = std::move(**kept);
    if (auto log = take_log(setup.checkpoint); log && !answered_before_) commands_ = std::move(*log);
    if (!kept) spdlog::warn("session={} its screen can't be had: {}", name(), escape_text(kept.error().message));
  }
  screen_->start(std::move(setup));
}

void Session::end_screen() noexcept {
  if (screen_) screen_->stop();
}

void Session::follow_screen() {
  if (!screen_ || closed_) return;
  screen_->follow();
}

void Session::on_screen_news(ScreenNews&& news) {
  if (closed_) return;
  parsed_ = std::max(parsed_, news.parsed);
  // The daemon before may have ended when the host had the checkpoint and the floor was not raised yet.
  screen_floor_ = std::max(screen_floor_, news.restored_at);
  if (news.approximate && !screen_approximate_) {
    // How many answers there were before is not known: they count anew.
    screen_approximate_ = true;
    answer_stream_ = random_bytes16();
  }
  asked_screen_ = asked_screen_ || !news.answers.empty() || !news.hits.empty();
  take_answers(news);
  note_commands(news);
  activity_.take(news);
  clock_.note(ring().head(), ring().oldest(), unix_ms());
  for (auto& [watch, hit] : news.hits) watch->on_hit()(std::move(hit));
  if (news.checkpoint && !lost_) tasks_.spawn(put_checkpoint(shared_from_this(), std::move(*news.checkpoint), news.checkpoint_at));
  update_floor();
}

void Session::note_commands(const ScreenNews& news) {
  const auto now = unix_ms();
  for (std::size_t i = 0; i < news.commands.size(); ++i) {
    auto mark = news.commands[i];
    if (i >= news.old_commands) mark.at_ms = now;
    commands_.note(std::move(mark));
  }
}

void Session::watch_screen() {
  if (!screen_ || closed_ || lost_ || (stream_ended() && parsed_ >= ring().head())) return;
  const bool urgent = std::exchange(asked_screen_, false) || screen_->watched();
  const auto found = parsed_ - std::exchange(looked_at_, parsed_);
  const auto pause = look_pacing_.after_look(found, urgent, Clock::now());
  const bool looked_later = std::exchange(looks_later_, pause.count() > 0);
  if (looks_later_) return look_after(pause);
  if (looked_later) look_timer_.cancel();
  if (!ring().arm_output(parsed_)) wake_later();
}

void Session::look_after(std::chrono::milliseconds pause) {
  look_timer_.expires_after(pause);
  look_timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (error || !self) return;
    self->on_wake();
    self->looks_later_ = false;
    self->follow_screen();
  });
}

std::uint64_t Session::screen_floor() const noexcept {
  if (!screen_ || lost_ || ring().stream_ended()) return host::kNoFloor;
  return std::min(parsed_, screen_floor_);
}

asio::awaitable<void> Session::put_checkpoint(std::shared_ptr<Session>, std::string content, std::uint64_t offset) {
  // The log may know of more than the screen did; what comes again then is known by its offset.
  auto whole = with_log(std::move(content), commands_);
  const auto kept = co_await link_->put(host::Slot::checkpoint, offset, std::move(whole));
  PTYD_CRASH_POINT("checkpoint_put");
  if (!kept) spdlog::warn("session={} its screen could not be kept: {}", name(), escape_text(kept.error().message));
  // Kept or not: the program goes on. Without it the next daemon rebuilds the screen from what the ring has.
  screen_floor_ = std::max(screen_floor_, offset);
  update_floor();
}

// ---------------------------------------------------------------- answers

void Session::take_answers(ScreenNews& news) {
  const auto now = Clock::now();
  for (auto& answer : news.answers) {
    if (answer.position) position_asked_at_ = now;
    if (answer.late) {
      static_cast<void>(input_.skip(answer_stream_, answer.offset, answer.text.size()));
      continue;
    }
    if (answers_.empty()) answer_offset_ = answer.offset;
    if (answer.color)
      answers_.push_color(std::move(answer.text), color_deadline(now));
    else
      answers_.push(std::move(answer.text));
    type_answers(now);
  }
}

std::optional<Clock::time_point> Session::color_deadline(Clock::time_point now) const {
  const bool somebody = std::any_of(attachments_.begin(), attachments_.end(), [](const auto* attachment) {
    return attachment->spec().role == Role::controller && !attachment->ended();
  });
  if (!somebody || colors_untold_) return std::nullopt;
  return now + AnswerQueue::kColorWait;
}

void Session::type_answers(Clock::time_point now) {
  const auto text = answers_.take(now);
  if (!text.empty() && running()) {
    if (const auto pushed = input_.push(answer_stream_, answer_offset_, text); !pushed)
      static_cast<void>(input_.skip(answer_stream_, answer_offset_, text.size()));
    watch_input();
  }
  answer_offset_ += text.size();
  if (const auto deadline = answers_.deadline(); deadline && !answers_waiting_) {
    answers_waiting_ = true;
    tasks_.spawn(wait_for_color(shared_from_this(), *deadline));
  }
}

asio::awaitable<void> Session::wait_for_color(std::shared_ptr<Session>, Clock::time_point deadline) {
  asio::steady_timer timer(executor_);
  timer.expires_at(deadline);
  const auto [error] = co_await timer.async_wait(kTuple);
  if (error) co_return;
  answers_waiting_ = false;
  // Whoever is attached tells no colours: nobody waits for them again, until another one comes.
  if (const auto still = answers_.deadline(); still && *still <= Clock::now()) colors_untold_ = true;
  type_answers(Clock::now());
}

void Session::learn_color(std::string_view answer) {
  const auto color = parse_color_answer(answer);
  if (!color) return;
  answers_.learn(*color);
  type_answers(Clock::now());
}

bool Session::position_asked() const noexcept {
  return position_asked_at_ && Clock::now() - *position_asked_at_ < kPositionWait;
}

// ---------------------------------------------------------------- looking at it

void Session::request_snapshot(const AttachSpec& spec, std::function<void(std::optional<ScreenSnapshot>)> done) {
  screen::SnapshotOptions options;
  options.profile = spec.fresh_terminal ? screen::SnapshotProfile::fresh : screen::SnapshotProfile::person;
  options.scrollback_rows = spec.scrollback_rows;
  if (spec.size) {
    options.rows = spec.size->rows;
    options.columns = spec.size->cols;
  }
  const auto taken = std::make_shared<ScreenSnapshot>();
  screen_->look(
      [taken, options](const screen::Terminal& terminal, bool approximate) {
        taken->bytes = screen::serialize(terminal, options);
        taken->offset = terminal.offset();
        taken->approximate = approximate;
        taken->cols = static_cast<std::uint16_t>(options.columns > 0 ? options.columns : terminal.columns());
        taken->rows = static_cast<std::uint16_t>(options.rows > 0 ? options.rows : terminal.rows());
      },
      [taken, done = std::move(done)](bool seen) {
        done(seen ? std::optional(std::move(*taken)) : std::nullopt);
      });
}

asio::awaitable<bool> Session::look(ScreenFollower::Look look) {
  const auto self = shared_from_this();
  if (!screen_) co_return false;
  struct Looking {
    explicit Looking(asio::any_io_executor executor) : event(executor) {}
    AsyncEvent event;
    bool seen = false;
  };
  const auto waiting = std::make_shared<Looking>(executor_);
  screen_->look(std::move(look), [waiting](bool seen) {
    waiting->seen = seen;
    waiting->event.notify();
  });
  co_await waiting->event.wait();
  co_return waiting->seen;
}

TerminalModes modes_of(const screen::State& state) {
  using screen::Mode;
  TerminalModes modes;
  modes.application_cursor = state.on(Mode::application_cursor);
  modes.application_keypad = state.on(Mode::application_keypad);
  modes.bracketed_paste = state.on(Mode::bracketed_paste);
  modes.alternate_screen = state.alternate;
  modes.cursor_hidden = !state.on(Mode::cursor_visible);
  modes.no_autowrap = !state.on(Mode::autowrap);
  modes.reverse_video = state.on(Mode::reverse_video);
  modes.focus_events = state.on(Mode::focus_events);
  modes.alternate_scroll = state.on(Mode::alternate_scroll);
  modes.mouse = static_cast<std::uint16_t>(state.mouse);
  modes.mouse_encoding = static_cast<std::uint16_t>(state.mouse_encoding);
  modes.modify_other_keys = state.modify_other_keys;
  modes.kitty_flags = state.kitty[state.alternate ? 1 : 0].flags;
  return modes;
}

asio::awaitable<TerminalModes> Session::current_modes() {
  const auto modes = std::make_shared<TerminalModes>();
  ScreenFollower::Look read = [modes](const screen::Terminal& terminal, bool) { *modes = modes_of(terminal.state()); };
  const bool seen = co_await look(std::move(read));
  if (seen) co_return *modes;
  co_return this->modes();
}

}  // namespace ptyd
