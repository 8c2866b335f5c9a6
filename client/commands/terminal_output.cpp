#include "client/commands/terminal_output.hpp"

namespace ptyd {

boost::asio::awaitable<bool> write_watched(BytePipe& pipe, OutputWatch& watch, OuterTerminal& terminal,
                                           std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t size = co_await pipe.write_some(bytes);
    if (size == 0) co_return false;
    if (watch.feed(bytes.substr(0, size))) terminal.set_emergency_sequence(watch.leave_sequence());
    bytes.remove_prefix(size);
  }
  co_return true;
}

}  // namespace ptyd
