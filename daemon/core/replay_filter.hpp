// Makes past output safe to show again: on a terminal of any state, and without an effect but on the screen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/mode_scan.hpp"
#include "daemon/core/terminal_parser.hpp"

namespace ptyd {

// Lets through what shows text or sets modes, and nothing else: a terminal that gets the result never answers,
// rings, notifies or touches the clipboard. A sequence is let through whole or not at all; control strings
// other than short OSC ones, and so images, are left out. The result is well-formed UTF-8 without C1 controls:
// other bytes, which some terminals take for controls, become U+FFFD. Pieces may be cut anywhere; the result is
// the same. Holds a bounded amount.
class ReplayFilter final : private TerminalEvents {
 public:
  std::string filter(std::string_view bytes);
  // What must come at the end: reports of the focus, which some terminals begin with a report, are switched
  // on only if they were on last. An unfinished sequence is dropped. The filter is as new then.
  std::string finish();
  // How many of the last bytes filtered are an unfinished sequence or character, and so not in the result.
  std::size_t unfinished() const noexcept { return parser_.unfinished(); }

 private:
  void on_text(std::string_view text) override;
  void on_stray(std::uint8_t byte) override;
  void on_control(char control) override;
  void on_escape(std::string_view intermediates, char final) override;
  void on_csi(const CsiSequence& csi) override;
  void on_string(StringKind kind, std::string_view payload) override;
  void on_mode_change(const CsiSequence& csi);

  TerminalParser parser_;
  std::string out_;
  std::optional<bool> focus_events_;
};

// The smallest offset of `history`, a piece of output that may begin anywhere, that can be told to be neither
// inside a character nor inside an escape sequence, preferably the begin of a line; its size when there is none.
std::size_t safe_start(std::string_view history) noexcept;

// Puts a terminal of any state, even in the middle of a sequence, into a known one: main screen, empty, cursor at
// home, no mode set. The scrollback stays. Never makes the terminal answer.
std::string replay_prefix();

// Sets `modes` on a terminal that is in none.
std::string restore_modes(const TerminalModes& modes);

}  // namespace ptyd
