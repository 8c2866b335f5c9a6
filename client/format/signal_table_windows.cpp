// The signals that a session has on Windows, by the numbers that other systems give them.
#include <array>

#include "client/format/signal_table.hpp"

namespace ptyd {

namespace {

// HUP closes the console, INT and QUIT are Ctrl-C and Ctrl-Break, KILL ends all processes of the session.
constexpr std::array kSignals{
    NamedSignal{"HUP", 1},  NamedSignal{"INT", 2},   NamedSignal{"QUIT", 3},
    NamedSignal{"KILL", 9}, NamedSignal{"TERM", 15}, NamedSignal{"BREAK", 3},
};

constexpr SignalTable kTable{kSignals, 0, "is no signal that a session on Windows has",
                             "those are HUP, INT, QUIT, TERM and KILL"};

}  // namespace

const SignalTable& signal_table() noexcept { return kTable; }

}  // namespace ptyd
