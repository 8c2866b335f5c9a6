// Follows what is written to the outer terminal, to undo exactly what was set.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace ptyd {

// Fed with every byte that goes to the terminal, cut anywhere. Never grows with its input.
// Owned by the attach loop. Thread: one.
class OutputWatch {
 public:
  OutputWatch();

  void feed(std::string_view bytes);
  bool in_alternate_screen() const { return alternate_mode_ != 0; }
  // True between sequences: something of our own may be written without breaking one.
  bool at_ground() const { return state_ == State::ground; }

  // Bytes that put the terminal right: ends a sequence that was cut, leaves the alternate screen if it was
  // entered, turns off mouse, focus, paste and keyboard modes that are on, pops the kitty keyboard and title
  // stacks as often as they were pushed, shows the cursor in its default shape, closes a hyperlink, resets
  // changed colours, attributes, margins, origin, insert and keypad modes. Empty when nothing was changed.
  std::string restore_sequence() const;

 private:
  enum class State { ground, escape, escape_intermediate, csi, osc, string, string_escape };

  struct KittyKeyboard {
    unsigned depth = 0;        // pushes that were not popped
    bool flags_set = false;    // changed without a push
  };

  void take(unsigned char byte);
  void take_escape(unsigned char byte);
  void take_csi(unsigned char byte);
  void take_string(unsigned char byte);
  void finish_csi(char final_byte);
  void finish_osc();
  void set_private_modes(bool on);
  void take_sgr();
  void take_kitty(char marker);
  void take_title_stack();
  void set_charset(char slot, char charset);
  void soft_reset();
  void hard_reset();
  void append_modes(std::string& out) const;
  void append_margins(std::string& out) const;
  KittyKeyboard& keyboard() { return keyboards_[in_alternate_screen() ? 1 : 0]; }

  State state_ = State::ground;
  std::string sequence_;  // parameters of the running CSI, or the beginning of an OSC; bounded
  bool overlong_ = false;
  char intermediate_ = 0;
  bool osc_ = false;

  unsigned alternate_mode_ = 0;  // 47, 1047 or 1049 while the alternate screen is shown
  std::map<unsigned, bool> private_modes_;  // of the table in the source, those not at their default
  KittyKeyboard keyboards_[2];              // main and alternate screen
  unsigned titles_pushed_ = 0;
  bool other_keys_ = false;  // modifyOtherKeys
  bool attributes_ = false;
  bool cursor_shape_ = false;
  bool scroll_region_ = false;
  bool insert_ = false;
  bool keypad_ = false;
  bool hyperlink_ = false;
  bool shifted_out_ = false;
  unsigned charsets_ = 0;        // bit n: Gn is not ASCII
  unsigned colors_ = 0;          // bits of ColorChange in the source
};

}  // namespace ptyd
