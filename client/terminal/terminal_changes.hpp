// What a terminal's settings are after some output, as far as they are not those it began with.
#pragma once

#include <algorithm>
#include <array>
#include <bitset>
#include <cstddef>
#include <string_view>

#include "client/terminal/private_modes.hpp"

namespace ptyd {

struct ControlSequence {
  char marker = 0;  // one of "<=>?", 0: none
  char intermediate = 0;
  char final = 0;
  std::string_view parameters{};
};

// How many titles were pushed and not popped. Some terminals have one stack, whatever a push or pop is for; others one
// for the window's title and one for the icon's. All are right in the end.
struct TitleStacks {
  unsigned both = 0;  // of those with one
  unsigned window = 0;
  unsigned icon = 0;
  unsigned lowest() const noexcept { return std::min({both, window, icon}); }
};

struct KittyKeyboard {
  unsigned depth = 0;      // pushes that were not popped
  bool flags_set = false;  // changed without a push
};

// What DECSC saves and DECRC brings back.
struct Drawing {
  bool attributes = false;
  bool is_protected = false;  // DECSCA
  bool shifted = false;       // G0 is not in use
  bool origin = false;        // origin mode
  std::bitset<4> charsets{};  // Gn is not ASCII
};

// Told of each control function by OutputWatch. Never grows.
class TerminalChanges {
 public:
  using Modes = std::bitset<kMaxPrivateModes>;  // by index in private_modes()

  void shift(bool out) noexcept { drawing.shifted = out; }
  void escape(char final);
  void designate(char intermediate, char final);
  void csi(const ControlSequence& sequence);
  void looks(std::string_view parameters) noexcept;  // SGR
  // `cut`: the end of `text` is missing.
  void osc(std::string_view text, bool cut);
  // The text of an OSC names a colour, to set or to reset it.
  static bool names_color(std::string_view text);
  KittyKeyboard& keyboard() noexcept { return alternate_mode != 0 ? alternate_keyboard : main_keyboard; }

  unsigned alternate_mode = 0;  // 47, 1047 or 1049 while the alternate screen is shown
  Modes modes{};                // not as at first; without origin mode
  Modes touched{};              // set or reset
  Modes kept{};                 // XTSAVE has kept what the window had by itself
  std::bitset<8> ansi_modes{};  // of kAnsiModes
  Drawing drawing{};
  KittyKeyboard main_keyboard{};
  KittyKeyboard alternate_keyboard{};
  TitleStacks titles{};
  std::bitset<8> key_modifiers{};  // XTMODKEYS, such as 4 modifyOtherKeys
  std::bitset<8> key_formats{};    // XTFMTKEYS
  std::bitset<32> colors{};        // by OSC number: 4, 5, 10 to 19
  bool colors_touched = false;     // since the palette was pushed last
  unsigned palettes = 0;           // XTPUSHCOLORS
  bool cursor_shape = false;
  bool scroll_region = false;
  bool keypad = false;
  bool hyperlink = false;
  bool tabs = false;
  bool locator = false;        // DECELR
  bool folder = false;         // OSC 7
  bool pointer_shape = false;  // OSC 22
  bool progress = false;       // OSC 9;4

  struct AnsiMode {
    unsigned number;
    bool on_at_first;
  };
  static constexpr std::array<AnsiMode, 5> kAnsiModes{
      {{2, false}, {3, false}, {4, false}, {12, true}, {20, false}}};  // KAM, CRM, IRM, SRM, LNM

 private:
  void plain(const ControlSequence& sequence);
  void private_use(const ControlSequence& sequence);
  void with_intermediate(const ControlSequence& sequence);
  void set_ansi_modes(std::string_view parameters, bool on);
  void set_private_modes(std::string_view parameters, bool on);
  void set_screen(unsigned mode, bool on);
  void save_modes(std::string_view parameters);
  void restore_modes(std::string_view parameters);
  void save_drawing() noexcept { saved_drawing_[alternate_mode != 0 ? 1 : 0] = drawing; }
  void restore_drawing() noexcept;
  void change_keys(const ControlSequence& sequence);
  void change_keyboard(char marker, std::string_view parameters);
  void change_titles(std::string_view parameters);
  void change_colors(unsigned number, std::string_view values, bool cut);
  void soft_reset();
  void full_reset();

  // Of the main and the alternate screen. What the window has saved before may be any.
  std::array<Drawing, 2> saved_drawing_{Drawing{.attributes = true}, Drawing{.attributes = true}};
  Modes saved_{};  // `modes` as XTSAVE has kept them
};

}  // namespace ptyd
