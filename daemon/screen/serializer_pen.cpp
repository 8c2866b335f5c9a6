#include "daemon/screen/serializer_pen.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string_view>

namespace ptyd::screen {
namespace {

// A number below 256 with the separator behind it.
struct Digits {
  std::array<char, 4> text{};
  std::uint8_t size = 0;
};
constexpr auto kDigits = [] {
  std::array<Digits, 256> all;
  for (unsigned number = 0; number < all.size(); ++number) {
    auto& [text, size] = all[number];
    if (number >= 100) text[size++] = static_cast<char>('0' + number / 100);
    if (number >= 10) text[size++] = static_cast<char>('0' + number / 10 % 10);
    text[size++] = static_cast<char>('0' + number % 10);
    text[size++] = ';';
  }
  return all;
}();

// The functions below write parameters, each with a separator behind it, and return where they ended. A buffer holds
// all that can be set at once.
constexpr std::size_t kMaxSgr = 160;
using SgrBuffer = std::array<char, kMaxSgr>;

template <std::size_t N>
char* put(char* at, const char (&text)[N]) {
  std::memcpy(at, text, N - 1);
  return at + N - 1;
}

char* put(char* at, unsigned number) {
  const auto& digits = kDigits[number & 0xffu];
  std::memcpy(at, digits.text.data(), digits.text.size());  // a few more bytes at once are quicker than just enough
  return at + digits.size;
}

// `base` is 30 for the foreground, 40 for the background.
char* put_color(char* at, Color color, unsigned base) {
  if (color.is_default()) return put(at, base + 9);
  if (color.is_rgb()) {
    at = put(put(at, base + 8), "2;");
    return put(put(put(at, color.red()), color.green()), color.blue());
  }
  const unsigned index = color.index();
  if (index < 16) return put(at, index < 8 ? base + index : base + 52 + index);  // 30.. and 90..
  return put(put(put(at, base + 8), "5;"), index);
}

// With subparameters, so that terminals without underline colours do not take them for attributes.
char* put_underline_color(char* at, Color color) {
  if (color.is_default()) return put(at, 59);
  if (color.is_indexed()) return put(put(at, "58:5:"), color.index());
  at = put(put(at, "58:2::"), color.red());
  at[-1] = ':';
  at = put(at, color.green());
  at[-1] = ':';
  return put(at, color.blue());
}

struct AttributeCode {
  std::uint16_t attribute;
  unsigned on;
  unsigned off;
};
constexpr std::array<AttributeCode, 8> kCodes{{{Style::kBold, 1, 22},
                                               {Style::kDim, 2, 22},
                                               {Style::kItalic, 3, 23},
                                               {Style::kBlink, 5, 25},
                                               {Style::kInverse, 7, 27},
                                               {Style::kConceal, 8, 28},
                                               {Style::kStrike, 9, 29},
                                               {Style::kOverline, 53, 55}}};

char* put_attributes(char* at, std::uint16_t from, std::uint16_t to) {
  constexpr std::uint16_t kWeight = Style::kBold | Style::kDim;
  if ((from & ~to & kWeight) != 0) {  // one code takes both away
    at = put(at, 22);
    from = static_cast<std::uint16_t>(from & ~kWeight);
  }
  for (const auto& code : kCodes) {
    const bool was = (from & code.attribute) != 0;
    const bool is = (to & code.attribute) != 0;
    if (was != is) at = put(at, is ? code.on : code.off);
  }
  return at;
}

char* put_underline(char* at, Underline underline) {
  switch (underline) {
    case Underline::none: return put(at, 24);
    case Underline::single: return put(at, 4);
    default: return put(put(at, "4:"), static_cast<unsigned>(underline));
  }
}

char* put_difference(char* at, const Style& from, const Style& to) {
  if (from.attributes != to.attributes) at = put_attributes(at, from.attributes, to.attributes);
  if (from.underline != to.underline) at = put_underline(at, to.underline);
  if (from.foreground != to.foreground) at = put_color(at, to.foreground, 30);
  if (from.background != to.background) at = put_color(at, to.background, 40);
  if (from.underline_color != to.underline_color) at = put_underline_color(at, to.underline_color);
  return at;
}

bool switches_off(const Style& from, const Style& to) {
  const auto color = [](Color before, Color after) { return !before.is_default() && after.is_default(); };
  return (from.attributes & ~to.attributes) != 0 ||
         (from.underline != to.underline && to.underline == Underline::none) || color(from.foreground, to.foreground) ||
         color(from.background, to.background) || color(from.underline_color, to.underline_color);
}

// The SGR sequence that turns `from` into `to`, the shorter one of the difference and of all anew.
std::size_t sgr_change(SgrBuffer& buffer, const Style& from, const Style& to) {
  if (from == to) return 0;
  char* const begin = put(buffer.data(), "\x1b[");
  char* end = begin;
  if (to != Style()) {
    end = put_difference(begin, from, to);
    // Where all that changes is switched on, all anew is no shorter.
    if (switches_off(from, to)) {
      SgrBuffer anew;
      const char* const anew_end = put_difference(put(anew.data(), "0;"), Style(), to);
      if (anew_end - anew.data() < end - begin) end = std::copy<const char*>(anew.data(), anew_end, begin);
    }
    --end;  // the last separator
  }
  *end++ = 'm';
  return static_cast<std::size_t>(end - buffer.data());
}

}  // namespace

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 20> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out.append(text.data(), static_cast<std::size_t>(end - text.data()));
}

void append_sgr_change(std::string& out, const Style& from, const Style& to) {
  SgrBuffer buffer;
  out.append(buffer.data(), sgr_change(buffer, from, to));
}

void append_osc_text(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) out += c;
  }
}

void PenWriter::change_style(std::uint16_t id) {
  auto& change = changes_[(id_ * 31 + id) % changes_.size()];
  const Style& style = styles_[id];
  if (id_ != kNoId && change.from == id_ && change.to == id) {
    out_.append(change.text.data(), change.size);
  } else {
    SgrBuffer buffer;
    const auto size = sgr_change(buffer, style_, style);
    out_.append(buffer.data(), size);
    if (size <= change.text.size()) {
      change.from = id_;
      change.to = id;
      change.size = static_cast<std::uint8_t>(size);
      std::memcpy(change.text.data(), buffer.data(), change.text.size());
    }
  }
  style_ = style;
  id_ = id;
}

void PenWriter::style(const Style& style) {
  append_sgr_change(out_, style_, style);
  style_ = style;
  id_ = kNoId;
}

void PenWriter::change_link(std::uint16_t id) {
  link_ = id;
  const auto& link = links_[id];
  out_ += "\x1b]8;";
  if (!link.id.empty()) {
    out_ += "id=";
    append_osc_text(out_, link.id);
  }
  out_ += ';';
  append_osc_text(out_, link.uri);
  out_ += "\x1b\\";
}

void PenWriter::change_protection(bool on) {
  protected_ = on;
  out_ += on ? "\x1b[1\"q" : "\x1b[0\"q";
}

}  // namespace ptyd::screen
