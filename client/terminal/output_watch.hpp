// Follows what is written to the outer terminal, to undo exactly what was set.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "client/terminal/terminal_changes.hpp"

namespace ptyd {

// Fed with every byte that goes to the terminal, cut anywhere. Never grows with its input.
// Owned by the attach loop. Thread: one.
class OutputWatch {
 public:
  // How wide the terminal is; tab stops are put right up to there.
  void set_columns(unsigned columns) noexcept { columns_ = columns; }
  // False: that was plain text, and restore_sequence() is what it was.
  bool feed(std::string_view bytes);
  bool in_alternate_screen() const { return changes_.alternate_mode != 0; }
  // True between sequences: something of our own may be written without breaking one.
  bool at_ground() const { return state_ == State::ground; }
  // How often the terminal was asked something that it may answer.
  std::uint64_t questions() const { return questions_; }
  // These bytes, when they come next, are the first to change a colour: save_colors() belongs before them.
  bool changes_first_color(std::string_view bytes) const;

  // What the window had before, and only the window itself can keep; to be written, and fed, before all else: modes
  // (XTSAVE) and titles.
  static std::string save_sequence();
  // The titles alone, for going on behind restore_sequence(), which has popped them.
  static std::string save_titles();
  // A title that save_titles() has pushed was popped by the program: save_titles_again() has to be written.
  bool titles_are_popped() const { return changes_.titles.lowest() < 2; }
  static std::string_view save_titles_again();
  // How many of these bytes, when they come next, can be written until that is so.
  std::size_t until_titles_are_popped(std::string_view bytes) const;
  // XTPUSHCOLORS
  static std::string_view save_colors() { return "\x1b[#P"; }

  // Bytes that put the terminal right: ends a sequence that was cut, leaves the alternate screen if it was
  // entered, turns off mouse, focus, paste and keyboard modes that are on, pops the stacks of keyboards, titles and
  // palettes as often as they were pushed, shows the cursor in its default shape, closes a hyperlink, resets
  // changed colours, attributes, margins, tab stops, origin, insert and keypad modes. Empty when nothing was changed.
  std::string restore_sequence() const;
  // The same, and brings back the modes that save_sequence() has kept. The cursor is where a shell may go on.
  std::string leave_sequence() const;

 private:
  friend class RestoreWriter;
  enum class State { ground, escape, escape_intermediate, csi, string, string_escape };

  static std::size_t plain_text(std::string_view bytes);
  std::size_t looks(std::string_view bytes);
  void take(unsigned char byte);
  void take_control(unsigned char byte);
  void take_escape(unsigned char byte);
  void take_escape_intermediate(unsigned char byte);
  void take_csi(unsigned char byte);
  void take_string(unsigned char byte);
  void begin(State state, unsigned char kind);
  void keep(unsigned char byte);
  void finish_csi(char final_byte);
  void finish_string();

  State state_ = State::ground;
  std::string sequence_;           // of the running CSI or string; bounded
  bool overlong_ = false;          // `sequence_` lacks its end
  unsigned char string_kind_ = 0;  // ']' OSC, 'P' DCS, others
  char intermediate_ = 0;          // of an ESC sequence
  unsigned columns_ = 80;
  std::uint64_t questions_ = 0;
  TerminalChanges changes_;
};

}  // namespace ptyd
