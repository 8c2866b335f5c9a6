// How a cell looks: colours and attributes, each look stored once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/screen/id_index.hpp"
#include "daemon/screen/sgr_cache.hpp"
#include "daemon/screen/sweep_schedule.hpp"

namespace ptyd::screen {

// The default colour, an index of the palette, or a colour itself.
class Color {
 public:
  constexpr Color() = default;
  static constexpr Color indexed(std::uint8_t index) noexcept { return Color(0x01000000u | index); }
  static constexpr Color rgb(std::uint8_t r, std::uint8_t g, std::uint8_t b) noexcept {
    return Color(0x02000000u | static_cast<std::uint32_t>(r) << 16 | static_cast<std::uint32_t>(g) << 8 | b);
  }
  constexpr bool is_default() const noexcept { return value_ == 0; }
  constexpr bool is_indexed() const noexcept { return value_ >> 24 == 1; }
  constexpr bool is_rgb() const noexcept { return value_ >> 24 == 2; }
  constexpr std::uint8_t index() const noexcept { return static_cast<std::uint8_t>(value_); }
  constexpr std::uint8_t red() const noexcept { return static_cast<std::uint8_t>(value_ >> 16); }
  constexpr std::uint8_t green() const noexcept { return static_cast<std::uint8_t>(value_ >> 8); }
  constexpr std::uint8_t blue() const noexcept { return static_cast<std::uint8_t>(value_); }
  constexpr std::uint32_t value() const noexcept { return value_; }
  static constexpr Color from_value(std::uint32_t value) noexcept { return Color(value); }
  bool operator==(const Color&) const = default;

 private:
  explicit constexpr Color(std::uint32_t value) noexcept : value_(value) {}
  std::uint32_t value_ = 0;
};

// SGR 4:n.
enum class Underline : std::uint8_t { none = 0, single = 1, doubled = 2, curly = 3, dotted = 4, dashed = 5 };

struct Style {
  static constexpr std::uint16_t kBold = 1, kDim = 2, kItalic = 4, kBlink = 8, kInverse = 16, kConceal = 32,
                                 kStrike = 64, kOverline = 128;
  Color foreground;
  Color background;
  Color underline_color;
  std::uint16_t attributes = 0;
  Underline underline = Underline::none;

  bool has(std::uint16_t attribute) const noexcept { return (attributes & attribute) != 0; }
  bool operator==(const Style&) const = default;
};

// Styles by 16-bit id; 0 is the default style. Ids stay what they are until sweep() frees those that nobody
// marked. Bounded: at most 65535 styles.
class StyleTable {
 public:
  StyleTable();
  // The id of `style`; when the table is full, 0 and full() is true until a sweep freed some.
  std::uint16_t intern(const Style& style);
  const Style& operator[](std::uint16_t id) const noexcept { return styles_[id < styles_.size() ? id : 0]; }
  std::size_t size() const noexcept { return styles_.size() - free_.size(); }
  // There is no room, or too little for the next sweep to pay: after a sweep this says that scrollback has to go.
  bool full() const noexcept { return full_; }
  // True when it is time to mark and sweep, well before the table is full.
  bool wants_sweep() const noexcept { return schedule_.due(size()); }
  // Frees every id for which used[id] is false. `used` has 65536 entries.
  void sweep(const std::vector<bool>& used);
  // Of ids of this table, as long as they are what they were.
  SgrCache& sgr_cache() noexcept { return sgr_cache_; }
  std::size_t bytes() const noexcept;

  // For checkpoints: all styles with their ids. load() takes the table off the front of `in`; false when it is none,
  // and then this one is empty.
  void save(std::string& out) const;
  bool load(std::string_view& in);

 private:
  static constexpr std::size_t kMaxStyles = 65535;
  static constexpr std::size_t kSweepFrom = 4096;
  struct Cached {
    Style style;
    std::uint16_t id = 0;  // 0: nothing is cached here
  };
  std::uint16_t add(const Style& style, std::uint64_t hash);
  void reindex(const std::vector<bool>& used);

  std::vector<Style> styles_;
  std::vector<std::uint16_t> free_;
  IdIndex<std::uint16_t> ids_;
  std::array<Cached, 64> cache_{};
  SgrCache sgr_cache_;
  SweepSchedule schedule_{kSweepFrom, kMaxStyles};
  bool full_ = false;
};

}  // namespace ptyd::screen
