// What a terminal knows besides its cells, as sequences.
#pragma once

#include <string>

#include "daemon/screen/grid.hpp"
#include "daemon/screen/state.hpp"

namespace ptyd::screen {

// All that another program may have changed, back to what it is in a new terminal: modes, margins, charsets, keyboard,
// pen. Shows the primary screen and clears it; leaves scrollback, palette and title alone.
void append_reset(std::string& out);

void append_palette(std::string& out, const Palette& palette);
// From one pair of titles to another.
void append_title(std::string& out, const TitleEntry& from, const TitleEntry& to);
void append_title_stack(std::string& out, const std::vector<TitleEntry>& titles);
void append_cwd(std::string& out, const std::string& cwd);
// The last command's result, before the marks of rows are written, which change the phase.
void append_shell_result(std::string& out, const ShellState& shell);
// The phase, when the rows of the primary screen are there with their marks: no row gets another one by it.
void append_shell_phase(std::string& out, const ShellState& shell, const Grid& primary);
// What XTSAVE keeps, by setting each of the modes and resetting it; moves the cursor to the top. Those that would make
// the terminal write, or hold its drawing back, are left out.
void append_saved_modes(std::string& out, const std::map<std::uint16_t, bool>& saved);
void append_tabs(std::string& out, const std::vector<bool>& tabs);
bool has_default_tabs(const std::vector<bool>& tabs) noexcept;
// For a keyboard that has no flags and nothing on its stack.
void append_kitty(std::string& out, const KittyKeyboard& kitty);
// Designations and the set in use; a single shift only to `to`.
void append_charsets(std::string& out, const Charsets& from, const Charsets& to);
// Moves the cursor; positions are 0-based.
void append_position(std::string& out, int row, int column);
// Mode left_right_margins and the margins. Moves the cursor when it writes anything.
void append_margins(std::string& out, const State& state, int rows, int columns);
// Modes that change neither how rows are printed nor how the cursor moves, in a terminal that has their defaults.
// `reports`: also those that make a terminal write at once.
void append_modes(std::string& out, const State& state, bool reports);
// Autowrap, insert, newline and cluster mode: when nothing is printed any more.
void append_print_modes(std::string& out, const State& state);

}  // namespace ptyd::screen
