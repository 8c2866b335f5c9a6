// What the system tells a program that has a terminal.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/signal_set.hpp>

namespace ptyd {

struct TerminalSignal {
  enum class Kind {
    resized,    // the window has another size
    came_back,  // we were stopped and go on: the terminal may have other settings
    end,        // asked to end: `number`
    closed,     // nothing comes any more
  };
  Kind kind = Kind::closed;
  int number = 0;
};

// Takes signals from its construction on until close() or its end; one that can't be taken keeps its usual effect.
// Platforms: on Windows they are Ctrl-C, Ctrl-Break and what raise() sends; sizes come with the terminal's input.
class TerminalSignals {
 public:
  explicit TerminalSignals(const boost::asio::any_io_executor& executor);
  boost::asio::awaitable<TerminalSignal> next();
  void close();

 private:
  boost::asio::signal_set signals_;
};

}  // namespace ptyd
