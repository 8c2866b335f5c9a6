#include "client/terminal/private_modes.hpp"

#include <algorithm>
#include <array>

namespace ptyd {

namespace {

constexpr auto kOff = PrivateMode::AtFirst::off;
constexpr auto kOn = PrivateMode::AtFirst::on;
constexpr auto kOwn = PrivateMode::AtFirst::own;

// Sources: xterm's control sequences; for 77xx mintty's, 1337 iTerm2's, 2026 and above the proposals for them.
constexpr std::array kModes{
    PrivateMode{2026, kOff, false},      // synchronised output: nothing would be shown
    PrivateMode{kVt52Mode, kOn, false},  // put right by an escape sequence of its own
    PrivateMode{1046, kOn},              // switching to the alternate screen and back is allowed
    PrivateMode{1000, kOff},             // mouse
    PrivateMode{1001, kOff},
    PrivateMode{1002, kOff},
    PrivateMode{1003, kOff},
    PrivateMode{9, kOff},     // X10 mouse
    PrivateMode{1005, kOff},  // how the mouse is reported
    PrivateMode{1006, kOff},
    PrivateMode{1015, kOff},
    PrivateMode{1016, kOff},
    PrivateMode{2029, kOff},  // passive mouse
    PrivateMode{1004, kOff},  // focus reports
    PrivateMode{2001, kOff},  // clicks that move readline's cursor
    PrivateMode{2002, kOff},
    PrivateMode{2003, kOff},
    PrivateMode{2004, kOff},         // bracketed paste
    PrivateMode{2005, kOff},         // pastes are quoted
    PrivateMode{2006, kOff},         // pastes with their newlines
    PrivateMode{5522, kOff},         // pastes are reported
    PrivateMode{2031, kOff},         // reports of the colour scheme
    PrivateMode{2048, kOff, false},  // reports of the size; one comes when it is turned on
    PrivateMode{1337, kOff},         // reports of keys
    PrivateMode{7727, kOff},         // application escape key
    PrivateMode{7728, kOff},
    PrivateMode{9001, kOff},  // win32 input
    PrivateMode{1050, kOff},  // function keys of other terminals
    PrivateMode{1051, kOff},
    PrivateMode{1052, kOff},
    PrivateMode{1053, kOff},
    PrivateMode{1060, kOff},
    PrivateMode{1061, kOff},
    PrivateMode{1, kOff},     // application cursor keys
    PrivateMode{66, kOff},    // application keypad
    PrivateMode{67, kOwn},    // the backarrow key sends backspace
    PrivateMode{1034, kOwn},  // what Meta, Alt, Num Lock and Delete do
    PrivateMode{1035, kOwn},
    PrivateMode{1036, kOwn},
    PrivateMode{1037, kOwn},
    PrivateMode{1039, kOwn},
    PrivateMode{3, kOff, false},  // 132 columns; clears the screen
    PrivateMode{40, kOwn},        // 132 columns are allowed
    PrivateMode{41, kOff},
    PrivateMode{95, kOff},
    PrivateMode{4, kOff},   // smooth scrolling
    PrivateMode{5, kOff},   // reverse video
    PrivateMode{7, kOn},    // automatic wrap
    PrivateMode{8, kOn},    // automatic repeat
    PrivateMode{12, kOff},  // the cursor blinks
    PrivateMode{25, kOn},   // cursor shown
    PrivateMode{30, kOwn},  // scroll bar
    PrivateMode{35, kOwn},  // keys that change the font
    PrivateMode{42, kOff},  // national character sets
    PrivateMode{44, kOff},  // bell at the margin
    PrivateMode{45, kOff},  // reverse wrap
    PrivateMode{1045, kOff},
    PrivateMode{2027, kOff},  // grapheme clusters
    PrivateMode{80, kOwn},    // images of sixels
    PrivateMode{1070, kOwn},
    PrivateMode{8452, kOff},
    PrivateMode{1007, kOwn},  // the wheel sends cursor keys
    PrivateMode{1010, kOwn},  // what scrolls to the bottom
    PrivateMode{1011, kOwn},
    PrivateMode{1014, kOwn},
    PrivateMode{1040, kOwn},  // selection, bell
    PrivateMode{1041, kOwn},
    PrivateMode{1042, kOwn},
    PrivateMode{1043, kOwn},
    PrivateMode{1044, kOwn},
    PrivateMode{2500, kOwn},  // right to left
    PrivateMode{2501, kOwn},
    PrivateMode{kSideMarginMode, kOff},     // left and right margins
    PrivateMode{kOriginMode, kOff, false},  // put right with the margins
};
static_assert(kModes.size() <= kMaxPrivateModes);

}  // namespace

std::span<const PrivateMode> private_modes() noexcept { return kModes; }

std::optional<std::size_t> index_of_private_mode(unsigned number) noexcept {
  const auto found =
      std::find_if(kModes.begin(), kModes.end(), [&](const auto& mode) { return mode.number == number; });
  if (found == kModes.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kModes.begin());
}

}  // namespace ptyd
