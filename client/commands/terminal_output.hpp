// Output on its way to our terminal.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string_view>

#include "client/commands/byte_pipe.hpp"
#include "client/terminal/outer_terminal.hpp"
#include "client/terminal/output_watch.hpp"

namespace ptyd {

// Writes all of `bytes`, which have to stay until it is done, and keeps in mind how the terminal is put right after them.
// False: the terminal is gone.
boost::asio::awaitable<bool> write_watched(BytePipe& pipe, OutputWatch& watch, OuterTerminal& terminal,
                                           std::string_view bytes);

}  // namespace ptyd
