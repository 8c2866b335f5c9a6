// Follows what is written to the outer terminal, to undo exactly what was set.
#pragma once

#include <bitset>
#include <string>
#include <string_view>

namespace ptyd {

// Fed with every byte that goes to the terminal, cut anywhere. Never grows with its input.
// Owned by the attach loop. Thread: one.
class OutputWatch {
 public:
  // False: that was plain text, and restore_sequence() is what it was.
  bool feed(std::string_view bytes);
  bool in_alternate_screen() const { return changes_.alternate_mode != 0; }
  // True between sequences: something of our own may be written without breaking one.
  bool at_ground() const { return state_ == State::ground; }

  // Bytes that put the terminal right: ends a sequence that was cut, leaves the alternate screen if it was
  // entered, turns off mouse, focus, paste and keyboard modes that are on, pops the kitty keyboard and title
  // stacks as often as they were pushed, shows the cursor in its default shape, closes a hyperlink, resets
  // changed colours, attributes, margins, origin, insert and keypad modes. Empty when nothing was changed.
  std::string restore_sequence() const;

 private:
  enum class State { ground, escape, escape_intermediate, csi, string, string_escape };

  struct KittyKeyboard {
    unsigned depth = 0;      // pushes that were not popped
    bool flags_set = false;  // changed without a push
  };

  // What is not as a terminal has it by default.
  struct Changes {
    unsigned alternate_mode = 0;  // 47, 1047 or 1049 while the alternate screen is shown
    std::bitset<32> modes;        // of the table of private modes in the source
    KittyKeyboard main_keyboard;
    KittyKeyboard alternate_keyboard;
    unsigned titles_pushed = 0;
    bool other_keys = false;  // modifyOtherKeys
    bool attributes = false;
    bool cursor_shape = false;
    bool scroll_region = false;
    bool insert = false;
    bool keypad = false;
    bool hyperlink = false;
    bool shifted_out = false;
    std::bitset<4> charsets;  // Gn is not ASCII
    std::bitset<8> colors;    // of the table of colours in the source
  };

  static std::size_t plain_text(std::string_view bytes);
  void take(unsigned char byte);
  void take_control(unsigned char byte);
  void take_escape(unsigned char byte);
  void take_csi(unsigned char byte);
  void take_string(unsigned char byte);
  void begin_string(bool is_osc);
  void finish_csi(char final_byte);
  void finish_osc();
  void set_modes(std::string_view parameters, bool on);
  void set_private_modes(std::string_view parameters, bool on);
  void change_keyboard(char marker, std::string_view parameters);
  void change_titles(std::string_view parameters);
  void soft_reset();
  void append_keyboard(std::string& out, const KittyKeyboard& keyboard) const;
  void append_modes(std::string& out) const;
  void append_margins(std::string& out) const;
  void append_looks(std::string& out) const;
  KittyKeyboard& keyboard() { return in_alternate_screen() ? changes_.alternate_keyboard : changes_.main_keyboard; }

  State state_ = State::ground;
  std::string sequence_;   // of the running CSI or OSC; bounded
  bool overlong_ = false;  // `sequence_` lacks its end
  bool is_osc_ = false;
  char intermediate_ = 0;  // of an ESC sequence
  Changes changes_;
};

}  // namespace ptyd
