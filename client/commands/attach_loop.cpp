#include "client/commands/attach_loop.hpp"

#include <array>
#include <utility>

#include "client/commands/system.hpp"
#include "client/commands/terminal_output.hpp"
#include "common/time_slice.hpp"

namespace ptyd {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::milliseconds kDetachDeadline{1000};
constexpr std::chrono::seconds kAnswerTime{2};  // in which a terminal answers
constexpr std::size_t kKeyBytes = 16 * 1024;

AttachOutcome failed(Error error) {
  AttachOutcome outcome;
  outcome.kind = AttachOutcome::Kind::failed;
  outcome.error = std::move(error);
  return outcome;
}

AttachOutcome ended(v1::Ended ended) {
  AttachOutcome outcome;
  outcome.kind = AttachOutcome::Kind::ended;
  outcome.ended = std::move(ended);
  return outcome;
}

}  // namespace

v1::WindowSize to_wire(const TerminalSize& size) {
  v1::WindowSize wire;
  wire.set_cols(size.cols);
  wire.set_rows(size.rows);
  wire.set_x_pixels(size.x_pixels);
  wire.set_y_pixels(size.y_pixels);
  return wire;
}

AttachLoop::AttachLoop(asio::any_io_executor executor, OuterTerminal* terminal,
                       std::unique_ptr<AttachedSession> session, AttachView view)
    : executor_(executor),
      terminal_(terminal),
      session_(std::move(session)),
      view_(std::move(view)),
      parser_(view_.detach_keys),
      keys_held_(executor),
      done_(executor),
      tasks_(executor, [this](const std::exception_ptr&) {
        finish(failed(Error{errc::internal, "the attachment stopped by an unexpected error"}));
      }) {}

asio::awaitable<AttachOutcome> AttachLoop::run() {
  auto pipe = BytePipe::of_terminal(executor_, *terminal_, [this] { terminal_resized(); });
  if (!pipe) co_return failed(pipe.error());
  pipe_ = std::move(*pipe);
  if (auto raw = terminal_->enter_raw(); !raw) co_return failed(raw.error());
  signals_.emplace(executor_);
  // The window may have changed between the attach request and now.
  if (view_.sizes) session_->set_size(to_wire(terminal_->size()));
  set_time_slice(TimeSlice::brief);
  tasks_.spawn(watch_signals());
  tasks_.spawn(read_keys());
  tasks_.spawn(watch_held_keys());
  tasks_.spawn(show_output());
  while (!outcome_) co_await done_.wait();
  // Nothing may be written behind what puts the terminal right, so the output stops first. Then the terminal is the
  // user's again, however long the daemon takes.
  co_await tasks_.close();
  pipe_->close();
  leave();
  signals_->close();
  if (outcome_->kind == AttachOutcome::Kind::detached) co_await session_->detach(kDetachDeadline);
  co_return *outcome_;
}

// A program that ended has left the cursor where the shell may go on; otherwise it is anywhere.
void AttachLoop::leave() {
  const bool program_ended =
      outcome_->kind == AttachOutcome::Kind::ended && outcome_->ended.reason() == v1::ENDED_BY_EXIT;
  const bool answers_due = asked_at_ != Clock::time_point() && Clock::now() < asked_at_ + kAnswerTime;
  terminal_->restore(watch_.leave_sequence() + (program_ended ? "" : "\r\n\x1b[J"), answers_due);
}

void AttachLoop::finish(AttachOutcome outcome) {
  if (!outcome_) outcome_ = std::move(outcome);
  done_.notify();
}

// ---------------------------------------------------------------- output

asio::awaitable<void> AttachLoop::show_output() {
  watch_.set_columns(terminal_->size().cols);
  const auto before = OutputWatch::save_sequence();
  co_await write_watched(*pipe_, watch_, *terminal_, before);
  for (;;) {
    auto chunk = co_await session_->read();
    switch (chunk.kind) {
      case AttachedChunk::Kind::snapshot:
        if (chunk.first) chunk.data.insert(0, before_snapshot());
        break;
      case AttachedChunk::Kind::ended: finish(ended(std::move(chunk.ended))); co_return;
      case AttachedChunk::Kind::failed: finish(failed(std::move(chunk.error))); co_return;
      default: break;
    }
    if (chunk.data.empty()) continue;
    const bool written = co_await show(std::move(chunk.data));
    if (!written) {
      finish(AttachOutcome());
      co_return;
    }
  }
}

std::string AttachLoop::before_snapshot() {
  // A later snapshot replaces what is shown; the first one leaves the window's own text in its scrollback.
  if (std::exchange(any_snapshot_, true))
    return watch_.restore_sequence() + OutputWatch::save_titles() + "\x1b[H\x1b[2J";
  if (!view_.clear_screen) return {};
  const auto rows = terminal_->size().rows;
  return "\x1b[" + std::to_string(rows) + ";1H" + std::string(rows, '\n') + "\x1b[H";
}

// Also saves what the program is about to take from the window.
asio::awaitable<bool> AttachLoop::show(std::string bytes) {
  if (watch_.changes_first_color(bytes)) bytes.insert(0, OutputWatch::save_colors());
  const auto questions = watch_.questions();
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const auto piece = rest.substr(0, watch_.until_titles_are_popped(rest));
    rest.remove_prefix(piece.size());
    const bool written = co_await write_watched(*pipe_, watch_, *terminal_, piece);
    if (!written) co_return false;
    if (!watch_.titles_are_popped()) continue;
    const bool saved = co_await write_watched(*pipe_, watch_, *terminal_, OutputWatch::save_titles_again());
    if (!saved) co_return false;
  }
  if (watch_.questions() != questions) asked_at_ = Clock::now();
  co_return true;
}

// ---------------------------------------------------------------- keys

asio::awaitable<void> AttachLoop::read_keys() {
  std::array<char, kKeyBytes> room{};
  const std::span<char> into(room);
  for (;;) {
    const std::size_t size = co_await pipe_->read_some(into);
    if (size == 0) {
      finish(AttachOutcome());
      co_return;
    }
    take_keys(parser_.feed(std::string_view(room.data(), size), Clock::now()));
    keys_held_.notify();
    while (!typed_.empty() && !outcome_) {
      const bool goes_on = co_await session_->wait_input_room();
      if (!goes_on) typed_.clear();
      flush_keys();
    }
    if (outcome_) co_return;
  }
}

asio::awaitable<void> AttachLoop::watch_held_keys() {
  for (;;) {
    const auto due = parser_.deadline();
    if (!due) {
      co_await keys_held_.wait();
      continue;
    }
    const bool more_keys = co_await keys_held_.wait_until(*due);
    if (!more_keys) take_keys(parser_.tick(Clock::now()));
    if (outcome_) co_return;
  }
}

void AttachLoop::take_keys(const DetachKeyParser::Output& keys) {
  typed_ += keys.forward;
  flush_keys();
  if (keys.detach) finish(AttachOutcome());
}

void AttachLoop::flush_keys() {
  if (!typed_.empty()) typed_.erase(0, session_->type_some(typed_));
}

// ---------------------------------------------------------------- signals

asio::awaitable<void> AttachLoop::watch_signals() {
  unsigned asked_to_end = 0;
  for (;;) {
    const auto signal = co_await signals_->next();
    switch (signal.kind) {
      case TerminalSignal::Kind::closed: co_return;
      case TerminalSignal::Kind::resized: terminal_resized(); break;
      case TerminalSignal::Kind::came_back: terminal_came_back(); break;
      case TerminalSignal::Kind::end:
        if (++asked_to_end > 1) {
          OuterTerminal::emergency_restore();
          end_by_signal(signal.number);
        }
        finish(AttachOutcome());
    }
  }
}

void AttachLoop::terminal_resized() {
  watch_.set_columns(terminal_->size().cols);
  if (view_.sizes) session_->set_size(to_wire(terminal_->size()));
}

void AttachLoop::terminal_came_back() {
  if (outcome_) return;
  // The shell has put its own settings in place meanwhile.
  terminal_->restore({});
  if (auto raw = terminal_->enter_raw(); !raw) finish(failed(raw.error()));
  if (view_.sizes) session_->set_size(to_wire(terminal_->size()));
}

}  // namespace ptyd
