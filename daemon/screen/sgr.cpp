#include "daemon/screen/sgr.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace ptyd::screen {
namespace {

// The numbers that switch attributes on, in order.
constexpr std::array<std::pair<std::uint16_t, std::uint16_t>, 8> kOn{{{1, Style::kBold},
                                                                      {2, Style::kDim},
                                                                      {3, Style::kItalic},
                                                                      {5, Style::kBlink},
                                                                      {7, Style::kInverse},
                                                                      {8, Style::kConceal},
                                                                      {9, Style::kStrike},
                                                                      {53, Style::kOverline}}};

std::optional<Color> rgb(std::uint32_t red, std::uint32_t green, std::uint32_t blue) noexcept {
  if (red > 255 || green > 255 || blue > 255) return std::nullopt;
  return Color::rgb(static_cast<std::uint8_t>(red), static_cast<std::uint8_t>(green), static_cast<std::uint8_t>(blue));
}

std::optional<Color> indexed(std::uint32_t index) noexcept {
  if (index > 255) return std::nullopt;
  return Color::indexed(static_cast<std::uint8_t>(index));
}

class Reader {
 public:
  Reader(const Parameters& parameters, Style& style) noexcept : parameters_(parameters), style_(style) {}

  void run() noexcept {
    if (parameters_.count == 0) style_ = Style();
    while (next_ < parameters_.count) step();
  }

 private:
  void step() noexcept {
    const std::uint32_t number = at(next_);
    const std::size_t begin = ++next_;
    while (next_ < parameters_.count && parameters_.values[next_].sub) ++next_;
    const std::size_t subs = next_ - begin;
    switch (number) {
      case 38: return color(style_.foreground, begin, subs);
      case 48: return color(style_.background, begin, subs);
      case 58: return color(style_.underline_color, begin, subs);
      case 4: return underline(subs == 0 ? 1 : at(begin));
      default: break;
    }
    if (subs != 0) return;
    if (number < 30)
      attribute(number);
    else
      plain_color(number);
  }

  void underline(std::uint32_t kind) noexcept {
    style_.underline = kind <= 5 ? static_cast<Underline>(kind) : Underline::single;
  }

  void set(std::uint16_t attributes) noexcept { style_.attributes = style_.attributes | attributes; }
  void clear(std::uint16_t attributes) noexcept {
    style_.attributes = static_cast<std::uint16_t>(style_.attributes & ~attributes);
  }

  void attribute(std::uint32_t number) noexcept {
    switch (number) {
      case 0: style_ = Style(); break;
      case 1: set(Style::kBold); break;
      case 2: set(Style::kDim); break;
      case 3: set(Style::kItalic); break;
      case 5:
      case 6: set(Style::kBlink); break;
      case 7: set(Style::kInverse); break;
      case 8: set(Style::kConceal); break;
      case 9: set(Style::kStrike); break;
      case 21: style_.underline = Underline::doubled; break;
      case 22: clear(Style::kBold | Style::kDim); break;
      case 23: clear(Style::kItalic); break;
      case 24: style_.underline = Underline::none; break;
      case 25: clear(Style::kBlink); break;
      case 27: clear(Style::kInverse); break;
      case 28: clear(Style::kConceal); break;
      case 29: clear(Style::kStrike); break;
      default: break;
    }
  }

  void plain_color(std::uint32_t number) noexcept {
    if (number <= 37) {
      style_.foreground = Color::indexed(static_cast<std::uint8_t>(number - 30));
    } else if (number >= 40 && number <= 47) {
      style_.background = Color::indexed(static_cast<std::uint8_t>(number - 40));
    } else if (number >= 90 && number <= 97) {
      style_.foreground = Color::indexed(static_cast<std::uint8_t>(number - 90 + 8));
    } else if (number >= 100 && number <= 107) {
      style_.background = Color::indexed(static_cast<std::uint8_t>(number - 100 + 8));
    } else {
      switch (number) {
        case 39: style_.foreground = Color(); break;
        case 49: style_.background = Color(); break;
        case 53: set(Style::kOverline); break;
        case 55: clear(Style::kOverline); break;
        case 59: style_.underline_color = Color(); break;
        default: break;
      }
    }
  }

  // 38, 48, 58: with subparameters (ITU T.416, where 2 has a colour space first, and as xterm takes it without), or
  // with the parameters that follow, which are eaten.
  void color(Color& color, std::size_t begin, std::size_t subs) noexcept {
    std::optional<Color> value;
    if (subs != 0) {
      const std::size_t first = begin + (subs >= 5 ? 2 : 1);
      if (at(begin) == 5 && subs >= 2) value = indexed(at(begin + 1));
      if (at(begin) == 2 && subs >= 4) value = rgb(at(first), at(first + 1), at(first + 2));
    } else if (begin < parameters_.count) {
      const std::uint32_t kind = at(begin);
      next_ = begin + (kind == 5 ? 2 : kind == 2 ? 4 : 1);
      if (next_ > parameters_.count) return;
      if (kind == 5) value = indexed(at(begin + 1));
      if (kind == 2) value = rgb(at(begin + 1), at(begin + 2), at(begin + 3));
    }
    if (value) color = *value;
  }

  std::uint32_t at(std::size_t index) const noexcept { return parameters_.at(index, 0); }

  const Parameters& parameters_;
  Style& style_;
  std::size_t next_ = 0;
};

void append_color(std::string& out, Color color, int base) {
  if (color.is_default()) return;
  out += ';';
  if (color.is_indexed() && base != 58 && color.index() < 16) {
    const int offset = color.index() < 8 ? base - 8 : base + 52 - 8;
    out += std::to_string(offset + color.index());
    return;
  }
  out += std::to_string(base);
  if (color.is_indexed()) {
    out += ":5:" + std::to_string(color.index());
  } else {
    out +=
        ":2::" + std::to_string(color.red()) + ':' + std::to_string(color.green()) + ':' + std::to_string(color.blue());
  }
}

}  // namespace

void apply_sgr(const Parameters& parameters, Style& style) noexcept { Reader(parameters, style).run(); }

std::size_t read_sgr(std::string_view text, Parameters& parameters) noexcept {
  parameters.count = 0;
  parameters.subs = false;
  Parameters::Value value;
  std::uint32_t number = 0;
  const auto commit = [&] {
    if (parameters.count == Parameters::kMax) return;
    value.number = static_cast<std::uint16_t>(number);
    parameters.values[parameters.count++] = value;
    parameters.subs = parameters.subs || value.sub;
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c >= '0' && c <= '9') {
      number = std::min<std::uint32_t>(number * 10 + static_cast<std::uint32_t>(c - '0'), 65535);
      value.given = true;
    } else if (c == ';' || c == ':') {
      commit();
      value = {0, false, c == ':'};
      number = 0;
    } else {
      if (c != 'm') return 0;
      if (value.given || parameters.count > 0) commit();
      return at + 1;
    }
  }
  return 0;
}

void append_sgr(std::string& out, const Style& style) {
  out += '0';
  for (const auto& [number, attribute] : kOn)
    if (style.has(attribute)) out += ';' + std::to_string(number);
  if (style.underline == Underline::single) out += ";4";
  if (style.underline > Underline::single) out += ";4:" + std::to_string(static_cast<int>(style.underline));
  append_color(out, style.foreground, 38);
  append_color(out, style.background, 48);
  append_color(out, style.underline_color, 58);
}

}  // namespace ptyd::screen
