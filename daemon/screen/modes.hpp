// Numbers of modes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "daemon/screen/state.hpp"

namespace ptyd::screen {

struct ModeNumber {
  std::uint16_t number = 0;
  Mode mode = Mode::count;
};

// Of SM and RM. Source: ECMA-48 7.2, xterm ctlseqs.
inline constexpr std::array<ModeNumber, 2> kAnsiModes{{{4, Mode::insert}, {20, Mode::newline}}};

// Of DECSET and DECRST, those that are a bit of Modes; mouse modes and screens are not. Source: xterm ctlseqs.
inline constexpr std::array<ModeNumber, 18> kPrivateModes{{
    {1, Mode::application_cursor},
    {5, Mode::reverse_video},
    {6, Mode::origin},
    {7, Mode::autowrap},
    {12, Mode::cursor_blink},
    {25, Mode::cursor_visible},
    {41, Mode::tab_wraps},
    {45, Mode::reverse_wrap},
    {66, Mode::application_keypad},
    {69, Mode::left_right_margins},
    {1004, Mode::focus_events},
    {1007, Mode::alternate_scroll},
    {1045, Mode::reverse_wrap_any},
    {2004, Mode::bracketed_paste},
    {2026, Mode::synchronized},
    {2027, Mode::grapheme_clusters},
    {2031, Mode::color_scheme_reports},
    {2048, Mode::size_reports},
}};

std::optional<Mode> ansi_mode(std::uint32_t number) noexcept;
std::optional<Mode> private_mode(std::uint32_t number) noexcept;
std::optional<MouseTracking> mouse_tracking(std::uint32_t number) noexcept;
std::optional<MouseEncoding> mouse_encoding(std::uint32_t number) noexcept;

}  // namespace ptyd::screen
