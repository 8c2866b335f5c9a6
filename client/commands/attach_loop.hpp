// Connects the outer terminal with an attached session.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "client/commands/byte_pipe.hpp"
#include "client/commands/terminal_signals.hpp"
#include "client/ptyd/attached_session.hpp"
#include "client/terminal/detach_key_parser.hpp"
#include "client/terminal/outer_terminal.hpp"
#include "client/terminal/output_watch.hpp"
#include "common/async_event.hpp"
#include "common/task_group.hpp"

namespace ptyd {

struct AttachOutcome {
  enum class Kind {
    detached,  // by the detach key, a signal or the loss of the terminal
    ended,     // by the daemon: `ended` says why
    failed,    // `error`
  };
  Kind kind = Kind::detached;
  v1::Ended ended{};
  Error error{};
};

struct AttachView {
  std::optional<DetachKeys> detach_keys;
  bool sizes = true;         // tell the session how large the terminal is
  bool clear_screen = true;  // before the first snapshot
};

v1::WindowSize to_wire(const TerminalSize& size);

// Keys, output, sizes and signals go their ways independently: a terminal that takes no output does not keep the
// detach key from working. The terminal is in raw mode while run() runs and is put right before it returns.
// Owned by the attach command. Thread: one.
class AttachLoop {
 public:
  AttachLoop(boost::asio::any_io_executor executor, OuterTerminal* terminal, std::unique_ptr<AttachedSession> session,
             AttachView view);

  boost::asio::awaitable<AttachOutcome> run();

 private:
  boost::asio::awaitable<void> show_output();
  boost::asio::awaitable<void> read_keys();
  boost::asio::awaitable<void> watch_held_keys();
  boost::asio::awaitable<void> watch_signals();
  boost::asio::awaitable<bool> show(std::string bytes);
  std::string before_snapshot();
  void take_keys(const DetachKeyParser::Output& keys);
  void flush_keys();
  void terminal_resized();
  void terminal_came_back();
  void finish(AttachOutcome outcome);
  void leave();

  boost::asio::any_io_executor executor_;
  OuterTerminal* terminal_;
  std::unique_ptr<AttachedSession> session_;
  AttachView view_;
  std::unique_ptr<BytePipe> pipe_;
  OutputWatch watch_;
  std::chrono::steady_clock::time_point asked_at_{};  // when the terminal was last asked something
  DetachKeyParser parser_;
  std::string typed_;  // forwarded keys for which there was no room yet
  std::optional<TerminalSignals> signals_;
  bool any_snapshot_ = false;
  std::optional<AttachOutcome> outcome_;
  AsyncEvent keys_held_;
  AsyncEvent done_;
  TaskGroup tasks_;
};

}  // namespace ptyd
