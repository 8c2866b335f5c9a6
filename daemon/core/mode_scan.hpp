// What a program has told its terminal about keys, mouse and screen, found in its output.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/core/terminal_parser.hpp"

namespace ptyd {

// As after a reset: a terminal with these is in no special mode.
struct TerminalModes {
  bool application_cursor = false;
  bool application_keypad = false;
  bool bracketed_paste = false;
  bool alternate_screen = false;
  bool cursor_hidden = false;
  bool no_autowrap = false;
  bool reverse_video = false;
  bool focus_events = false;
  bool alternate_scroll = false;       // the wheel types cursor keys on the alternate screen
  std::uint16_t mouse = 0;             // private mode that reports the mouse: 9, 1000, 1002, 1003; 0: none
  std::uint16_t mouse_encoding = 0;    // private mode of the reports' form: 1005, 1006, 1015, 1016; 0: the first one
  std::uint8_t modify_other_keys = 0;  // xterm's resource of that name
  std::uint8_t kitty_flags = 0;        // of the kitty keyboard protocol
  bool operator==(const TerminalModes&) const = default;
};

// Fed with output in pieces that may be cut anywhere; holds a bounded amount whatever it is fed.
class ModeScanner final : private TerminalEvents {
 public:
  void feed(std::string_view bytes) { parser_.feed(bytes, *this); }
  const TerminalModes& modes() const noexcept { return modes_; }

 private:
  // The kitty protocol keeps a stack of flags for each screen; the oldest entry goes when it is full.
  struct KittyStack {
    std::array<std::uint8_t, 8> flags{};
    std::size_t depth = 0;
    std::uint8_t current = 0;
  };

  void on_escape(std::string_view intermediates, char final) override;
  void on_csi(const CsiSequence& csi) override;
  void set_private(std::uint32_t mode, bool on);
  void on_kitty(const CsiSequence& csi);
  void soft_reset();
  void hard_reset();
  KittyStack& kitty() noexcept { return kitty_[modes_.alternate_screen ? 1 : 0]; }

  TerminalParser parser_;
  TerminalModes modes_;
  std::array<KittyStack, 2> kitty_{};
};

}  // namespace ptyd
