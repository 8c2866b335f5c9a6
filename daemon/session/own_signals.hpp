// The signals that the daemon sends to programs of its own accord, as hosts of this system take them.
#pragma once

#include <cstdint>

#include "daemon/host/wire.hpp"

namespace ptyd {

struct OwnSignals {
  std::uint32_t hang_up;                // asks a program to end
  std::uint32_t go_on;                  // wakes a stopped one; 0: programs can't be stopped
  std::uint32_t redraw;                 // has a program draw anew; 0: there is none
  host::SignalTarget program;           // who is asked to end
  host::SignalTarget program_and_tree;  // and with all that it has started
};

const OwnSignals& own_signals() noexcept;

}  // namespace ptyd
