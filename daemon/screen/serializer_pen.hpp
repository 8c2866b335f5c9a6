// How the next characters of a snapshot will look.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "daemon/screen/link.hpp"
#include "daemon/screen/style.hpp"

namespace ptyd::screen {

void append_number(std::string& out, std::uint64_t number);

// Appends the SGR sequence that turns `from` into `to`, the shorter one of the difference and of all anew.
void append_sgr_change(std::string& out, const Style& from, const Style& to);

// Appends `text` as it may stand in an operating system command: without controls, which would end it.
void append_osc_text(std::string& out, std::string_view text);

// Writes the pen of the terminal that reads the snapshot: only what differs from the one it has.
class PenWriter {
 public:
  PenWriter(std::string& out, const StyleTable& styles, const LinkTable& links)
      : out_(out), styles_(styles), links_(links) {}

  bool plain_background() const noexcept { return style_.background.is_default(); }
  // A look that erasing leaves.
  bool is_background(std::uint16_t id) const noexcept {
    Style style;
    style.background = styles_[id].background;
    return style == styles_[id];
  }
  void style(std::uint16_t id) {
    if (id != id_) change_style(id);
  }
  void style(const Style& style);
  void link(std::uint16_t id) {
    if (id != link_) change_link(id);
  }
  void protect(bool on) {
    if (on != protected_) change_protection(on);
  }
  // The default look: what erases and scrolls then leaves is blank.
  void plain() { style(0); }
  void none() {
    link(0);
    protect(false);
    plain();
  }

 private:
  static constexpr std::uint32_t kNoId = 0x10000;  // of a style that need not be in the table
  // The same few changes come again and again.
  struct Change {
    std::uint32_t from = kNoId;
    std::uint16_t to = 0;
    std::uint8_t size = 0;
    std::array<char, 41> text{};
  };
  void change_style(std::uint16_t id);
  void change_link(std::uint16_t id);
  void change_protection(bool on);

  std::string& out_;
  const StyleTable& styles_;
  const LinkTable& links_;
  Style style_;
  std::uint32_t id_ = 0;
  std::uint16_t link_ = 0;
  bool protected_ = false;
  std::array<Change, 64> changes_{};
};

}  // namespace ptyd::screen
