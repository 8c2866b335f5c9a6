// A terminal's whole state as bytes that a terminal understands.
#pragma once

#include <cstdint>
#include <string>

#include "daemon/screen/terminal.hpp"

namespace ptyd::screen {

enum class SnapshotProfile : std::uint8_t {
  fresh,   // for a new virtual terminal: everything, nothing is cleared first
  person,  // for the terminal somebody sits at: resets what differs first; no palette, no title stack; never clears its
           // scrollback
};

struct SnapshotOptions {
  SnapshotProfile profile = SnapshotProfile::fresh;
  std::size_t scrollback_rows = 0;  // the newest rows of scrollback come first, at most that many
  // With `fresh`: also what the alternate screen holds while the primary is shown, which only a program that uses mode
  // 47 could bring back.
  bool hidden_screen = false;
  // Lay the screen out for a terminal of this size; 0: its own.
  int rows = 0;
  int columns = 0;
};

// Bytes that make a terminal show, and be, what `terminal` is; followed by the bytes of a sequence that is half done,
// so that the program's output can go on exactly behind. Holds no query: nothing in it makes a terminal type, but mode
// 2048, which answers when it is turned on; `person` leaves it off. Mode 2026 is never turned on, and 1007 is turned on
// where it is, but not off for a person: many terminals have it on by themselves.
//
// What `fresh` can't bring across, because no sequence does: offset, generations, ids of lines, the number of commands;
// the cursor's wrap that is pending in the blank at the end of a row that goes on, or amid the columns while there are
// left and right margins; what REP repeats in insert mode, from another character set by a single shift, or when the
// screen was resized since; protection and links of blank cells; of the blank before the one at the end of a row that
// goes on, all but the background; what is blank behind a line of scrollback beyond its width; marks on the alternate
// screen; modes 2026 and 2048 of XTSAVE; that a row has wrapped though its end is blank, in a terminal with one row or
// column.
std::string serialize(const Terminal& terminal, const SnapshotOptions& options = {});

}  // namespace ptyd::screen
