// Sizes of consoles in tests under Wine, which has no ResizePseudoConsole: a program that attaches to the console gives
// it its size. Only in builds with PTYD_TEST_HOOKS, where PTYD_TEST_CONSOLE_HELPER names that program
// (tests/child/console_helper.cpp); elsewhere the call is empty.
#pragma once

#include "daemon/host/wire.hpp"

namespace ptyd::host {

#ifdef PTYD_TEST_HOOKS
// `error`: what the system's own call said. Never waits: of sizes that come together the last one counts.
void resize_by_helper(int error, std::uint32_t pid, const Resize& size) noexcept;
#else
inline void resize_by_helper(int, std::uint32_t, const Resize&) noexcept {}
#endif

}  // namespace ptyd::host
