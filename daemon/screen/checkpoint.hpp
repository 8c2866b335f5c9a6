// A terminal's state in a form of its own, for terminals of this program.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/screen/terminal.hpp"

namespace ptyd::screen {

// A checkpoint begins with it; another one is refused.
inline constexpr std::uint32_t kCheckpointVersion = 1;

// All of the terminal: both screens, scrollback, tables, state, a sequence that is half done, offset and generation.
// Not the listener, nor the version it calls itself. It comes behind what is in `before`.
std::string save_checkpoint(const Terminal& terminal, std::string before = {});

// The terminal that was saved; nothing when `checkpoint` is not whole, not of this version or contradicts itself. The
// bytes may be anything: what is allocated is at most a multiple of their size. Of `options` counts what a checkpoint
// does not hold: the scrollback's limits and the version.
std::optional<Terminal> load_checkpoint(std::string_view checkpoint, TerminalOptions options = {},
                                        TerminalListener* listener = nullptr);

}  // namespace ptyd::screen
