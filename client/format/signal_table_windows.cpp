// The signals that a session has on Windows, by the numbers that other systems give them.
#include <array>

#include "client/format/signal_table.hpp"

namespace ptyd {

namespace {

// What ptyd-host knows: HUP and TERM close the console, INT is typed as Ctrl-C, KILL ends by force.
constexpr std::array kSignals{
    NamedSignal{"HUP", 1},
    NamedSignal{"INT", 2},
    NamedSignal{"KILL", 9},
    NamedSignal{"TERM", 15},
};

constexpr SignalTable kTable{kSignals, 0, "is no signal that a session on Windows has",
                             "those are HUP, INT, TERM and KILL"};

}  // namespace

const SignalTable& signal_table() noexcept { return kTable; }

}  // namespace ptyd
