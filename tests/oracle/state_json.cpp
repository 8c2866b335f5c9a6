#include "tests/oracle/state_json.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/screen/utf8.hpp"

namespace ptyd::screen {
namespace {

// Control characters never are in a cell, so these can stand for what is no character of its own.
constexpr char kTail = '\x7f';
constexpr char kManyBegin = '\x01';
constexpr char kManyEnd = '\x02';

std::string quoted(std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string out = "\"";
  while (!text.empty()) {
    const auto character = take_utf8(text);
    if (character == U'"' || character == U'\\') {
      out += '\\';
      out += static_cast<char>(character);
    } else if (character < 0x20) {
      out += "\\u00";
      out += hex[character >> 4];
      out += hex[character & 15];
    } else {
      append_utf8(out, character);
    }
  }
  return out + '"';
}

std::string color_text(std::uint32_t rgb) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string out = "#";
  for (int shift = 20; shift >= 0; shift -= 4) out += hex[rgb >> shift & 15];
  return out;
}

std::string color_text(Color color) {
  if (color.is_indexed()) return std::to_string(color.index());
  return color_text(color.value() & 0xffffff);
}

std::string look_text(const Style& style, bool is_protected, std::string_view uri) {
  std::string out;
  const auto add = [&out](bool wanted, const std::string& word) {
    if (!wanted) return;
    if (!out.empty()) out += ' ';
    out += word;
  };
  add(!style.foreground.is_default(), "fg=" + color_text(style.foreground));
  add(!style.background.is_default(), "bg=" + color_text(style.background));
  add(style.has(Style::kBold), "bold");
  add(style.has(Style::kDim), "dim");
  add(style.has(Style::kItalic), "italic");
  const bool underlined = style.underline != Underline::none;
  add(underlined, "underline=" + std::to_string(static_cast<int>(style.underline)));
  add(underlined && !style.underline_color.is_default(), "ul=" + color_text(style.underline_color));
  add(style.has(Style::kBlink), "blink");
  add(style.has(Style::kInverse), "inverse");
  add(style.has(Style::kConceal), "conceal");
  add(style.has(Style::kStrike), "strike");
  add(style.has(Style::kOverline), "overline");
  add(is_protected, "protected");
  add(!uri.empty(), "link=" + std::string(uri));
  return out;
}

void append_cell(std::string& out, const Cell& cell, std::u32string_view cluster) {
  if (cell.tail()) {
    out += kTail;
  } else if (cell.cluster()) {
    out += kManyBegin;
    for (const char32_t character : cluster) append_utf8(out, character);
    out += kManyEnd;
  } else if (cell.empty()) {
    out += ' ';
  } else {
    append_utf8(out, cell.character());
  }
}

class Writer {
 public:
  explicit Writer(const Terminal& terminal) : terminal_(terminal) {}
  std::string state();

 private:
  std::string look(const Cell& cell) const {
    return look_text(terminal_.styles()[cell.style], cell.is_protected(), terminal_.links()[cell.link].uri);
  }
  std::string look(const Pen& pen) const {
    return look_text(pen.style, pen.is_protected, terminal_.links()[pen.link].uri);
  }
  // `cluster`: the code points of a cell that has several.
  template <typename ClusterOf>
  std::string row(std::span<const Cell> cells, bool continues, ClusterOf cluster) const;
  std::string grid(const Grid& grid, bool first_continues) const;
  std::string scrollback() const;
  std::string cursor(const Cursor& cursor) const;
  std::string saved(const std::optional<SavedCursor>& saved) const;
  std::string tabs() const;
  std::string modes() const;
  std::string charset() const;
  std::string palette() const;
  std::string kitty(const KittyKeyboard& keyboard) const;
  std::string titles() const;

  const Terminal& terminal_;
};

// Joins with commas.
class List {
 public:
  void add(std::string_view text) {
    if (!text_.empty()) text_ += ',';
    text_ += text;
  }
  std::string in(char open, char close) const { return open + text_ + close; }

 private:
  std::string text_;
};

std::string member(std::string_view name, const std::string& value) { return '"' + std::string(name) + "\":" + value; }
std::string number(std::uint64_t value) { return std::to_string(value); }
std::string boolean(bool value) { return value ? "true" : "false"; }

template <typename ClusterOf>
std::string Writer::row(std::span<const Cell> cells, bool continues, ClusterOf cluster) const {
  std::string text;
  std::vector<std::pair<std::size_t, std::string>> looks;
  std::size_t used = cells.size();
  while (used > 0 && cells[used - 1].character() <= U' ' && !cells[used - 1].cluster() && !cells[used - 1].tail() &&
         look(cells[used - 1]).empty()) {
    --used;
  }
  for (const Cell& cell : cells.first(used)) {
    append_cell(text, cell, cell.cluster() ? cluster(cell.character()) : std::u32string_view());
    auto shown = look(cell);
    if (!looks.empty() && looks.back().second == shown) {
      ++looks.back().first;
    } else {
      looks.emplace_back(1, std::move(shown));
    }
  }
  List runs;
  for (const auto& [count, shown] : looks) runs.add('[' + number(count) + ',' + quoted(shown) + ']');
  List out;
  out.add(member("text", quoted(text)));
  out.add(member("looks", runs.in('[', ']')));
  out.add(member("continues", boolean(continues)));
  return out.in('{', '}');
}

std::string Writer::grid(const Grid& grid, bool first_continues) const {
  List rows;
  for (int i = 0; i < grid.rows(); ++i) {
    const bool continues = i == 0 ? first_continues : grid.info(i - 1).wrapped;
    rows.add(row(grid.cells(i), continues, [this](std::uint32_t id) { return terminal_.clusters()[id]; }));
  }
  return rows.in('[', ']');
}

std::string Writer::scrollback() const {
  List rows;
  Line line;
  std::vector<LineRow> parts;
  bool cut = false;
  const auto& scrollback = terminal_.scrollback();
  for (auto id = scrollback.first_id(); id < scrollback.end_id(); ++id) {
    line.clear();
    if (!scrollback.read(id, line)) continue;
    parts.clear();
    wrap_line(line.cells, terminal_.columns(), parts);
    bool continues = std::exchange(cut, line.cut);
    for (const auto& part : parts) {
      const auto cells = std::span<const Cell>(line.cells).subspan(part.begin, part.end - part.begin);
      rows.add(row(cells, std::exchange(continues, true),
                   [&line](std::uint32_t id_in_line) -> std::u32string_view { return line.clusters[id_in_line]; }));
    }
  }
  return rows.in('[', ']');
}

std::string Writer::cursor(const Cursor& cursor) const {
  List out;
  out.add(member("row", number(cursor.row)));
  out.add(member("column", number(cursor.column)));
  out.add(member("pending_wrap", boolean(cursor.pending_wrap)));
  return out.in('{', '}');
}

std::string Writer::saved(const std::optional<SavedCursor>& saved) const {
  const auto value = saved.value_or(SavedCursor());
  List out;
  out.add(member("row", number(value.cursor.row)));
  out.add(member("column", number(value.cursor.column)));
  out.add(member("look", quoted(look_text(value.pen.style, value.pen.is_protected, ""))));
  out.add(member("charset", quoted(std::string(1, static_cast<char>(value.charsets.sets[value.charsets.left])))));
  out.add(member("origin", boolean(value.origin)));
  out.add(member("pending_wrap", boolean(value.cursor.pending_wrap)));
  return out.in('{', '}');
}

std::string Writer::tabs() const {
  List out;
  const auto& tabs = terminal_.state().tabs;
  for (std::size_t column = 0; column < tabs.size(); ++column) {
    if (tabs[column]) out.add(number(column));
  }
  return out.in('[', ']');
}

std::string Writer::modes() const {
  constexpr std::array<std::pair<Mode, std::string_view>, static_cast<std::size_t>(Mode::count)> names{{
      {Mode::insert, "insert"},
      {Mode::newline, "newline"},
      {Mode::application_cursor, "application_cursor"},
      {Mode::reverse_video, "reverse_video"},
      {Mode::origin, "origin"},
      {Mode::autowrap, "autowrap"},
      {Mode::cursor_blink, "cursor_blink"},
      {Mode::cursor_visible, "cursor_visible"},
      {Mode::reverse_wrap, "reverse_wrap"},
      {Mode::application_keypad, "application_keypad"},
      {Mode::left_right_margins, "left_right_margins"},
      {Mode::focus_events, "focus_events"},
      {Mode::alternate_scroll, "alternate_scroll"},
      {Mode::bracketed_paste, "bracketed_paste"},
      {Mode::synchronized, "synchronized"},
      {Mode::grapheme_clusters, "grapheme_clusters"},
      {Mode::color_scheme_reports, "color_scheme_reports"},
      {Mode::size_reports, "size_reports"},
      {Mode::reverse_wrap_any, "reverse_wrap_any"},
      {Mode::tab_wraps, "tab_wraps"},
      {Mode::guarded_areas, "guarded_areas"},
  }};
  List out;
  for (const auto& [mode, name] : names) out.add(member(name, boolean(terminal_.state().on(mode))));
  return out.in('{', '}');
}

std::string Writer::charset() const {
  const auto& charsets = terminal_.state().charsets;
  const auto name = [](Charset set) { return quoted(std::string(1, static_cast<char>(set))); };
  List sets;
  for (const auto set : charsets.sets) sets.add(name(set));
  List out;
  out.add(member("left", number(charsets.left)));
  out.add(member("sets", sets.in('[', ']')));
  out.add(member("current", name(charsets.sets[charsets.left])));
  out.add(member("single_shift", number(charsets.single_shift)));
  return out.in('{', '}');
}

std::string Writer::palette() const {
  const auto& palette = terminal_.state().palette;
  List out;
  for (const auto& [index, rgb] : palette.indexed) out.add(member(number(index), quoted(color_text(rgb))));
  const auto add = [&out](std::string_view name, std::optional<std::uint32_t> rgb) {
    if (rgb) out.add(member(name, quoted(color_text(*rgb))));
  };
  add("foreground", palette.foreground);
  add("background", palette.background);
  add("cursor", palette.cursor);
  return out.in('{', '}');
}

std::string Writer::kitty(const KittyKeyboard& keyboard) const {
  List out;
  for (const auto flags : keyboard.stack) out.add(number(flags));
  out.add(number(keyboard.flags));
  return out.in('[', ']');
}

std::string Writer::titles() const {
  List out;
  for (const auto& entry : terminal_.state().titles) out.add(quoted(entry.title));
  return out.in('[', ']');
}

std::string Writer::state() {
  const auto& state = terminal_.state();
  const bool open = terminal_.scrollback().size() > 0 && terminal_.scrollback().open();
  List saved_cursors;
  saved_cursors.add(member("primary", saved(state.saved[0])));
  saved_cursors.add(member("alternate", state.alternate ? saved(state.saved[1]) : "null"));
  List out;
  out.add(member("columns", number(terminal_.columns())));
  out.add(member("rows", number(terminal_.rows())));
  out.add(member("scrollback", scrollback()));
  out.add(member("primary", grid(terminal_.primary(), open)));
  out.add(member("alternate", state.alternate ? grid(terminal_.alternate(), false) : "null"));
  out.add(member("cursor", cursor(state.cursor)));
  out.add(member("saved", saved_cursors.in('{', '}')));
  out.add(member("margins", '[' + number(state.margins.top) + ',' + number(state.margins.bottom) + ']'));
  out.add(member("side_margins", '[' + number(state.margins.left) + ',' + number(state.margins.right) + ']'));
  out.add(member("tabs", tabs()));
  out.add(member("modes", modes()));
  out.add(member("mouse", number(static_cast<std::uint16_t>(state.mouse))));
  out.add(member("mouse_encoding", number(static_cast<std::uint16_t>(state.mouse_encoding))));
  out.add(member("cursor_shape", number(static_cast<std::uint8_t>(state.cursor_shape))));
  out.add(member("charset", charset()));
  out.add(member("pen", quoted(look(state.pen))));
  out.add(member("title", quoted(state.title)));
  out.add(member("icon", quoted(state.icon)));
  out.add(member("titles", titles()));
  out.add(member("cwd", quoted(state.cwd)));
  out.add(member("palette", palette()));
  out.add(member("kitty", '[' + kitty(state.kitty[0]) + ',' + kitty(state.kitty[1]) + ']'));
  out.add(member("modify_other_keys", number(state.modify_other_keys)));
  return out.in('{', '}');
}

}  // namespace

std::string state_json(const Terminal& terminal) { return Writer(terminal).state(); }

}  // namespace ptyd::screen
