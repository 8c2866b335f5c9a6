#include "daemon/screen/serializer_pen.hpp"

#include <array>
#include <charconv>
#include <string_view>

namespace ptyd::screen {
namespace {

// Parameters of one SGR sequence; all that can be set at once fits.
class SgrParameters {
 public:
  void add(std::string_view text) {
    if (size_ > 0) text_[size_++] = ';';
    raw(text);
  }
  void add(unsigned number) {
    if (size_ > 0) text_[size_++] = ';';
    raw(number);
  }
  void raw(std::string_view text) { size_ += text.copy(text_.data() + size_, text_.size() - size_); }
  void raw(unsigned number) {
    const auto end = std::to_chars(text_.data() + size_, text_.data() + text_.size(), number).ptr;
    size_ = static_cast<std::size_t>(end - text_.data());
  }
  std::size_t size() const noexcept { return size_; }
  std::string_view text() const noexcept { return {text_.data(), size_}; }

 private:
  std::array<char, 160> text_;
  std::size_t size_ = 0;
};

// `base` is 30 for the foreground, 40 for the background.
void add_color(SgrParameters& sgr, Color color, unsigned base) {
  if (color.is_default()) {
    sgr.add(base + 9);
  } else if (color.is_rgb()) {
    sgr.add(base + 8);
    sgr.raw(";2;");
    sgr.raw(color.red());
    sgr.raw(";");
    sgr.raw(color.green());
    sgr.raw(";");
    sgr.raw(color.blue());
  } else if (color.index() < 16) {
    sgr.add(color.index() < 8 ? base + color.index() : base + 52 + color.index());  // 30.. and 90..
  } else {
    sgr.add(base + 8);
    sgr.raw(";5;");
    sgr.raw(color.index());
  }
}

// With subparameters, so that terminals without underline colours do not take them for attributes.
void add_underline_color(SgrParameters& sgr, Color color) {
  if (color.is_default()) {
    sgr.add(59);
  } else if (color.is_rgb()) {
    sgr.add("58:2::");
    sgr.raw(color.red());
    sgr.raw(":");
    sgr.raw(color.green());
    sgr.raw(":");
    sgr.raw(color.blue());
  } else {
    sgr.add("58:5:");
    sgr.raw(color.index());
  }
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

void add_attributes(SgrParameters& sgr, std::uint16_t from, std::uint16_t to) {
  constexpr std::uint16_t kWeight = Style::kBold | Style::kDim;
  if ((from & ~to & kWeight) != 0) {  // one code takes both away
    sgr.add(22);
    from = static_cast<std::uint16_t>(from & ~kWeight);
  }
  for (const auto& code : kCodes) {
    const bool was = (from & code.attribute) != 0;
    const bool is = (to & code.attribute) != 0;
    if (was != is) sgr.add(is ? code.on : code.off);
  }
}

void add_underline(SgrParameters& sgr, Underline underline) {
  switch (underline) {
    case Underline::none: sgr.add(24); break;
    case Underline::single: sgr.add(4); break;
    default:
      sgr.add("4:");
      sgr.raw(static_cast<unsigned>(underline));
      break;
  }
}

void add_difference(SgrParameters& sgr, const Style& from, const Style& to) {
  if (from.attributes != to.attributes) add_attributes(sgr, from.attributes, to.attributes);
  if (from.underline != to.underline) add_underline(sgr, to.underline);
  if (from.foreground != to.foreground) add_color(sgr, to.foreground, 30);
  if (from.background != to.background) add_color(sgr, to.background, 40);
  if (from.underline_color != to.underline_color) add_underline_color(sgr, to.underline_color);
}

}  // namespace

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 20> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out.append(text.data(), static_cast<std::size_t>(end - text.data()));
}

void append_sgr_change(std::string& out, const Style& from, const Style& to) {
  if (from == to) return;
  if (to == Style()) {
    out += "\x1b[m";
    return;
  }
  SgrParameters change;
  add_difference(change, from, to);
  if (change.size() == 0) return;
  SgrParameters anew;
  if (from != Style()) {
    anew.add("0");
    add_difference(anew, Style(), to);
  }
  out += "\x1b[";
  out += anew.size() != 0 && anew.size() < change.size() ? anew.text() : change.text();
  out += 'm';
}

void append_osc_text(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) out += c;
  }
}

void PenWriter::change_style(std::uint16_t id) {
  const auto from = id_;
  auto& change = changes_[(from * 31 + id) % changes_.size()];
  if (from != kNoId && change.from == from && change.to == id) {
    out_.append(change.text.data(), change.size);
    style_ = styles_[id];
    id_ = id;
    return;
  }
  const auto begin = out_.size();
  style(styles_[id]);
  id_ = id;
  const auto size = out_.size() - begin;
  if (size > change.text.size()) return;
  change = {from, id, static_cast<std::uint8_t>(size), {}};
  out_.copy(change.text.data(), size, begin);
}

void PenWriter::style(const Style& style) {
  append_sgr_change(out_, style_, style);
  style_ = style;
  id_ = kNoId;
}

void PenWriter::link(std::uint16_t id) {
  if (id == link_) return;
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

void PenWriter::protect(bool on) {
  if (on == protected_) return;
  protected_ = on;
  out_ += on ? "\x1b[1\"q" : "\x1b[0\"q";
}

}  // namespace ptyd::screen
