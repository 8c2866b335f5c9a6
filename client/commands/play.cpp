// Plays a recording in this terminal.
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

#include "client/commands/byte_pipe.hpp"
#include "client/commands/commands.hpp"
#include "client/commands/system.hpp"
#include "client/commands/terminal_output.hpp"
#include "client/commands/terminal_signals.hpp"
#include "client/format/cast_file.hpp"
#include "client/terminal/outer_terminal.hpp"
#include "client/terminal/output_watch.hpp"
#include "common/async_event.hpp"
#include "common/task_group.hpp"

namespace ptyd {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

// One that plays. With a terminal, keys are read from it and it is put right afterwards: what the recording asks the
// terminal is answered to us, and to no shell. Owned by run_play().
class Player {
 public:
  Player(CommandContext* context, CastReader* reader, PlayOptions options)
      : context_(context), reader_(reader), options_(std::move(options)), keys_(context->executor()), done_(context->executor()),
        tasks_(context->executor()) {}

  asio::awaitable<Result<void>> run() {
    if (auto opened = open_terminal(); !opened) co_return opened.error();
    tasks_.spawn(play());
    if (terminal_) {
      tasks_.spawn(read_keys());
      tasks_.spawn(watch_signals());
    }
    while (!over_) co_await done_.wait();
    co_await tasks_.close();
    if (pipe_) pipe_->close();
    if (signals_) signals_->close();
    if (terminal_) terminal_->restore(watch_.leave_sequence() + "\r\n", watch_.questions() > 0);
    if (failure_) co_return *failure_;
    co_return Result<void>();
  }

 private:
  Result<void> open_terminal() {
    if (!is_terminal(StandardStream::in) || !is_terminal(StandardStream::out)) return {};
    auto terminal = OuterTerminal::open();
    if (!terminal) return terminal.error();
    terminal_ = std::move(*terminal);
    auto pipe = BytePipe::of_terminal(context_->executor(), *terminal_, [] {});
    if (!pipe) return pipe.error();
    pipe_ = std::move(*pipe);
    guard_terminal_against_crashes();
    if (auto raw = terminal_->enter_raw(); !raw) return raw.error();
    signals_.emplace(context_->executor());
    watch_.set_columns(terminal_->size().cols);
    return {};
  }

  void finish() {
    over_ = true;
    done_.notify();
  }

  asio::awaitable<void> play() {
    auto due = Clock::now();
    if (terminal_) {
      const auto before = OutputWatch::save_sequence();
      co_await write(before);
    }
    for (;;) {
      auto event = reader_->next();
      if (!event) failure_ = event.error();
      if (!event || !*event) break;
      due += pause_of(**event);
      due = co_await wait_until(due);
      const std::string text = (*event)->code == 'o' ? std::move((*event)->text) : std::string();
      const bool written = co_await write(text);
      if (!written) break;
    }
    finish();
  }

  Clock::duration pause_of(const CastEvent& event) const {
    auto pause = std::chrono::duration<double>(event.wait) / options_.speed;
    if (options_.longest_pause) pause = std::min<std::chrono::duration<double>>(pause, *options_.longest_pause);
    return std::chrono::duration_cast<Clock::duration>(pause);
  }

  // Until `due`, which moves on for as long as the user pauses.
  asio::awaitable<Clock::time_point> wait_until(Clock::time_point due) {
    while (Clock::now() < due || paused_) {
      const auto began = Clock::now();
      if (paused_) {
        co_await keys_.wait();
        due += Clock::now() - began;
        continue;
      }
      static_cast<void>(co_await keys_.wait_until(due));
    }
    co_return due;
  }

  asio::awaitable<bool> write(std::string_view bytes) {
    if (!terminal_) {
      context_->print(bytes);
      co_return true;
    }
    const bool written = co_await write_watched(*pipe_, watch_, *terminal_, bytes);
    co_return written;
  }

  // Of a key only its first byte counts; what a terminal answers begins with an escape.
  asio::awaitable<void> read_keys() {
    std::array<char, 256> room{};
    const std::span<char> into(room);
    for (;;) {
      const std::size_t size = co_await pipe_->read_some(into);
      const char key = size == 0 ? 'q' : room[0];
      if (key == 'q' || key == '\x03' || key == '\x04') {
        finish();
        co_return;
      }
      if (key == ' ') paused_ = !paused_;
      keys_.notify();
    }
  }

  asio::awaitable<void> watch_signals() {
    for (;;) {
      const auto signal = co_await signals_->next();
      if (signal.kind == TerminalSignal::Kind::closed) co_return;
      if (signal.kind == TerminalSignal::Kind::end) {
        finish();
        co_return;
      }
      if (signal.kind == TerminalSignal::Kind::resized) watch_.set_columns(terminal_->size().cols);
      if (signal.kind != TerminalSignal::Kind::came_back) continue;
      terminal_->restore({});
      static_cast<void>(terminal_->enter_raw());
    }
  }

  CommandContext* context_;
  CastReader* reader_;
  PlayOptions options_;
  std::unique_ptr<OuterTerminal> terminal_;
  std::unique_ptr<BytePipe> pipe_;
  std::optional<TerminalSignals> signals_;
  OutputWatch watch_;
  AsyncEvent keys_;
  AsyncEvent done_;
  bool paused_ = false;
  bool over_ = false;
  std::optional<Error> failure_;
  TaskGroup tasks_;
};

}  // namespace

CommandResult run_play(CommandContext* context, PlayOptions options) {
  ignore_broken_pipes();
  std::error_code missing;
  const std::filesystem::path path(options.file);
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path, missing)) {
    Error error{errc::not_found, "the file " + options.file + " can't be read"};
    error.subject = options.file;
    co_return context->fail(error);
  }
  auto reader = CastReader::open(file, options.file);
  if (!reader) co_return context->fail(reader.error());
  Player player(context, &*reader, std::move(options));
  const auto played = co_await player.run();
  co_return played ? to_int(ExitCode::done) : context->fail(played.error());
}

}  // namespace ptyd
