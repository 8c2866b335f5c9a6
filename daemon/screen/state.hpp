// What a terminal knows besides its cells.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/screen/style.hpp"

namespace ptyd::screen {

// Modes that are on or off. The comment is the number: of SM/RM without, of DECSET/DECRST with "?".
enum class Mode : std::uint8_t {
  insert,                // 4 IRM
  newline,               // 20 LNM
  application_cursor,    // ?1 DECCKM
  reverse_video,         // ?5 DECSCNM
  origin,                // ?6 DECOM
  autowrap,              // ?7 DECAWM, on at first
  cursor_blink,          // ?12
  cursor_visible,        // ?25 DECTCEM, on at first
  reverse_wrap,          // ?45, within a line that has wrapped
  application_keypad,    // ?66 DECNKM, ESC = and ESC >
  left_right_margins,    // ?69 DECLRMM
  focus_events,          // ?1004
  alternate_scroll,      // ?1007
  bracketed_paste,       // ?2004
  synchronized,          // ?2026
  grapheme_clusters,     // ?2027
  color_scheme_reports,  // ?2031
  size_reports,          // ?2048, in-band resize
  reverse_wrap_any,      // ?1045, as 45, but past lines that did not wrap and from the top to the bottom
  tab_wraps,             // ?41, a tab behind the last column goes to the next row, first
  guarded_areas,         // no number: ED, EL and ECH spare what is protected; SPA, until DECSCA is used
  count
};
using Modes = std::bitset<static_cast<std::size_t>(Mode::count)>;

enum class MouseTracking : std::uint16_t { off = 0, x10 = 9, normal = 1000, button = 1002, any = 1003 };
enum class MouseEncoding : std::uint16_t { x10 = 0, utf8 = 1005, sgr = 1006, urxvt = 1015, sgr_pixels = 1016 };
enum class CursorShape : std::uint8_t { unset = 0, blink_block, block, blink_underline, underline, blink_bar, bar };

// SCS designations that change what is printed.
enum class Charset : std::uint8_t { ascii = 'B', graphics = '0', british = 'A' };

struct Charsets {
  std::array<Charset, 4> sets{Charset::ascii, Charset::ascii, Charset::ascii, Charset::ascii};
  std::uint8_t left = 0;          // which of G0 to G3 is in use
  std::uint8_t single_shift = 0;  // SS2 or SS3 for the next character: 2, 3; 0: none
  bool operator==(const Charsets&) const = default;
};

struct Cursor {
  int row = 0;
  int column = 0;             // 0 to columns - 1
  bool pending_wrap = false;  // the last column was printed to: the next character wraps first
  bool operator==(const Cursor&) const = default;
};

// How the next character will look.
struct Pen {
  Style style;
  std::uint16_t style_id = 0;
  std::uint16_t link = 0;
  bool is_protected = false;  // DECSCA
};

struct SavedCursor {
  Cursor cursor;
  Pen pen;  // its link is not saved
  Charsets charsets;
  bool origin = false;
};

// The kitty keyboard protocol's stack of flags, one for each screen. `flags` are in force.
struct KittyKeyboard {
  static constexpr std::size_t kMaxDepth = 16;
  std::uint8_t flags = 0;
  std::vector<std::uint8_t> stack;  // below; the oldest goes when it is full
  bool operator==(const KittyKeyboard&) const = default;
};

// [top, bottom] and [left, right], 0-based, both inside.
struct Margins {
  int top = 0;
  int bottom = 0;
  int left = 0;
  int right = 0;
  bool operator==(const Margins&) const = default;
};

// Colours that OSC changed; what is not here is the terminal's own.
struct Palette {
  std::map<std::uint8_t, std::uint32_t> indexed;  // OSC 4, 0xRRGGBB
  std::optional<std::uint32_t> foreground;        // OSC 10
  std::optional<std::uint32_t> background;        // OSC 11
  std::optional<std::uint32_t> cursor;            // OSC 12
  bool operator==(const Palette&) const = default;
};

struct TitleEntry {
  std::string title;
  std::string icon;
};

// The last prompt, command and result that a shell told by OSC 133.
struct ShellState {
  enum class Phase : std::uint8_t { none, prompt, input, running, done };
  Phase phase = Phase::none;
  std::optional<std::int32_t> exit_code;  // of the last command, D
  std::uint64_t commands = 0;             // D's seen
  // Not in checkpoints:
  std::uint64_t ended_at = 0;    // offset behind the last D; 0: not known
  std::uint64_t mark_begin = 0;  // offsets of the last mark
  std::uint64_t mark_end = 0;
  int input_column = 0;  // where the last B was
  std::string command;   // the line of the last C, as the shell told or the screen showed it

  static constexpr std::size_t kMaxCommand = 4096;
};

struct State {
  static constexpr std::size_t kMaxTitle = 4096;
  static constexpr std::size_t kMaxTitles = 16;
  static constexpr std::size_t kMaxCwd = 4096;

  Modes modes;
  MouseTracking mouse = MouseTracking::off;
  MouseEncoding mouse_encoding = MouseEncoding::x10;
  std::uint8_t modify_other_keys = 0;
  CursorShape cursor_shape = CursorShape::unset;
  bool alternate = false;  // the alternate screen is shown
  Cursor cursor;
  Pen pen;
  Charsets charsets;
  Margins margins;
  std::vector<bool> tabs;                           // by column
  std::array<std::optional<SavedCursor>, 2> saved;  // DECSC: of the primary and the alternate screen
  std::array<KittyKeyboard, 2> kitty;               // of the primary and the alternate screen
  Palette palette;
  std::string title;
  std::string icon;
  std::vector<TitleEntry> titles;  // CSI 22 t
  std::string cwd;                 // OSC 7, the URI as it came
  ShellState shell;
  std::map<std::uint16_t, bool> saved_modes;  // XTSAVE (CSI ? s), by number
  // What REP repeats: the character or cluster that was printed, empty when a control function came after it.
  std::u32string last_printed;

  bool on(Mode mode) const noexcept { return modes[static_cast<std::size_t>(mode)]; }
  void set(Mode mode, bool on) noexcept { modes[static_cast<std::size_t>(mode)] = on; }
};

}  // namespace ptyd::screen
