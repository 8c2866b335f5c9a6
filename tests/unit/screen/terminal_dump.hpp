// All that a terminal knows, as text to compare: ids are replaced by what they stand for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/screen/terminal.hpp"
#include "daemon/screen/utf8.hpp"

namespace ptyd::screen::test {

// What a snapshot cannot bring across, or what a test does not ask for.
struct DumpOptions {
  bool strict = false;           // all of it, also the little that a snapshot can't bring across
  bool seen_only = false;        // what somebody sees, and modes; nothing that only counts later
  bool scrollback = true;        // its text and looks
  bool hidden_alternate = true;  // the alternate screen while the primary is shown
  bool shell = true;
  bool last = true;  // what REP repeats
};

class TerminalDump {
 public:
  TerminalDump(const Terminal& terminal, DumpOptions options) : terminal_(terminal), options_(options) {}

  std::string text() {
    const auto& state = terminal_.state();
    size();
    grid("primary", terminal_.primary());
    if (state.alternate || options_.hidden_alternate) grid("alternate", terminal_.alternate());
    if (options_.scrollback) scrollback();
    cursor("cursor", terminal_.active(), state.cursor, state.margins);
    pen(state.pen, true);
    charsets(state.charsets);
    modes();
    keyboard();
    if (!options_.seen_only) unseen();
    return std::move(out_);
  }

 private:
  template <class... Parts>
  void line(const Parts&... parts) {
    (append(parts), ...);
    out_ += '\n';
  }
  void append(std::string_view text) { out_ += text; }
  void append(char text) { out_ += text; }
  template <class Number>
  requires std::is_arithmetic_v<Number>
  void append(Number number) {
    out_ += std::to_string(number);
    out_ += ' ';
  }

  void size() { line("size ", terminal_.rows(), terminal_.columns(), terminal_.state().alternate); }

  void style(const Style& style) {
    if (style == Style()) return;
    out_ += '{';
    for (const auto number : {style.foreground.value(), style.background.value(), style.underline_color.value(),
                              std::uint32_t{style.attributes}, static_cast<std::uint32_t>(style.underline)}) {
      append(number);
    }
    out_ += '}';
  }
  void link(std::uint16_t id) {
    if (id == 0) return;
    const auto& link = terminal_.links()[id];
    out_ += '<' + link.id + '|' + link.uri + '>';
  }
  // `wrapped`: of the row. In one that does not go on nothing has been left free, and blanks link to nothing.
  void cell(const Cell& cell, std::u32string_view cluster, bool wrapped) {
    if (cell.empty() && !options_.strict) {
      out_ += options_.seen_only ? ' ' : wrapped && cell.wrap_spacer() ? '$' : '.';
      return style(terminal_.styles()[cell.style]);
    }
    if (cell.empty()) out_ += cell.wrap_spacer() ? '$' : '.';
    if (cell.cluster()) {
      out_ += '(';
      for (const char32_t character : cluster) append_utf8(out_, character);
      out_ += ')';
    } else if (!cell.tail() && !cell.empty()) {
      append_utf8(out_, cell.character());
    }
    if (cell.tail()) out_ += '_';
    if (cell.wide()) out_ += '=';
    if (cell.is_protected()) out_ += '!';
    style(terminal_.styles()[cell.style]);
    link(cell.link);
  }
  void grid(std::string_view name, const Grid& grid) {
    line(name);
    for (int row = 0; row < grid.rows(); ++row) {
      const auto& info = grid.info(row);
      for (const auto& each : grid.cells(row)) {
        cell(each, each.cluster() ? terminal_.clusters()[each.character()] : std::u32string_view(), info.wrapped);
      }
      if (!options_.seen_only) {
        if (info.wrapped) out_ += " wrapped";
        if (info.mark != Mark::none && &grid == &terminal_.primary()) line(" mark ", static_cast<int>(info.mark));
      }
      out_ += '\n';
    }
  }
  void scrollback() {
    const auto& scrollback = terminal_.scrollback();
    Line packed;
    for (auto id = scrollback.first_id(); id < scrollback.end_id(); ++id) {
      packed.clear();
      if (!scrollback.read(id, packed)) line("unreadable");
      // Blanks behind the text may be beyond the width, where nobody sees them.
      while (!options_.strict && !packed.cells.empty() && packed.cells.back().empty()) packed.cells.pop_back();
      for (const auto& each : packed.cells) {
        cell(each, each.cluster() ? std::u32string_view(packed.clusters[each.character()]) : std::u32string_view(),
             false);
      }
      line(packed.open ? " open" : "", packed.cut ? " cut" : "", " mark ", static_cast<int>(packed.mark));
    }
  }
  // Printing makes a wrap pending at a margin, which a snapshot can't set while others are; and it must not print where
  // a row goes on behind a blank.
  void cursor(std::string_view name, const Grid& grid, const Cursor& cursor, const Margins& margins) {
    const int end = cursor.column <= margins.right ? margins.right : terminal_.columns() - 1;
    const bool full_width = margins.left == 0 && margins.right == terminal_.columns() - 1;
    const auto& cell = grid.cells(cursor.row)[static_cast<std::size_t>(cursor.column)];
    const bool goes_on = grid.info(cursor.row).wrapped && cell.empty();
    const bool reachable = options_.strict || ((full_width || cursor.column == end) && !goes_on);
    line(name, ' ', cursor.row, cursor.column, cursor.pending_wrap && reachable);
  }
  void pen(const Pen& pen, bool with_link) {
    append("pen ");
    style(pen.style);
    if (with_link) link(pen.link);
    line(pen.is_protected);
  }
  void charsets(const Charsets& charsets) {
    append("charsets ");
    for (const auto set : charsets.sets) append(static_cast<char>(set));
    line(' ', int{charsets.left}, int{charsets.single_shift});
  }
  void modes() {
    const auto& state = terminal_.state();
    auto modes = state.modes;
    if (options_.seen_only) {  // not restored on a person's terminal
      for (const auto mode : {Mode::alternate_scroll, Mode::size_reports, Mode::synchronized}) {
        modes.reset(static_cast<std::size_t>(mode));
      }
    }
    modes.reset(static_cast<std::size_t>(Mode::synchronized));
    line("modes ", modes.to_string());
    line("mouse ", static_cast<int>(state.mouse), static_cast<int>(state.mouse_encoding));
    line("margins ", state.margins.top, state.margins.bottom, state.margins.left, state.margins.right);
    append("tabs ");
    for (const bool tab : state.tabs) append(tab ? '|' : '.');
    line(" shape ", static_cast<int>(state.cursor_shape));
  }
  void keyboard() {
    const auto& state = terminal_.state();
    line("other keys ", int{state.modify_other_keys});
    for (std::size_t screen = 0; screen < 2; ++screen) {
      if (screen == 1 && !state.alternate && !options_.hidden_alternate) continue;
      append("kitty ");
      for (const auto flags : state.kitty[screen].stack) append(int{flags});
      line('/', int{state.kitty[screen].flags});
    }
  }
  void unseen() {
    const auto& state = terminal_.state();
    line("title ", state.title);
    line("icon ", state.icon);
    line("cwd ", state.cwd);
    for (const auto& entry : state.titles) line("stack ", entry.title, '|', entry.icon);
    for (std::size_t screen = 0; screen < 2; ++screen) {
      const auto value = state.saved[screen].value_or(SavedCursor());  // never saved is the same as this
      cursor("saved", screen == 0 ? terminal_.primary() : terminal_.alternate(), value.cursor,
             {0, terminal_.rows() - 1, 0, terminal_.columns() - 1});
      pen(value.pen, false);
      charsets(value.charsets);
      line("origin ", value.origin);
    }
    for (const auto& [index, color] : state.palette.indexed) line("color ", int{index}, color);
    for (const auto& color : {state.palette.foreground, state.palette.background, state.palette.cursor}) {
      line("dynamic ", color ? static_cast<std::int64_t>(*color) : -1);
    }
    if (options_.shell) {
      line("shell ", static_cast<int>(state.shell.phase), state.shell.exit_code.value_or(-1));
    }
    if (options_.last) {
      append("last ");
      for (const char32_t character : state.last_printed) append_utf8(out_, character);
      out_ += '\n';
    }
  }

  const Terminal& terminal_;
  DumpOptions options_;
  std::string out_;
};

// A snapshot prints the character that REP repeats where it is: it must still be right before the cursor, and printing
// must put the same there.
inline bool repeats_what_is_there(const Terminal& terminal) {
  const auto& state = terminal.state();
  if (state.last_printed.empty()) return true;
  if (state.on(Mode::insert) || state.charsets.sets[state.charsets.left] != Charset::ascii) return false;
  const auto cells = terminal.active().cells(state.cursor.row);
  auto column = static_cast<std::size_t>(state.cursor.column);
  if (!state.cursor.pending_wrap && column-- == 0) return false;
  if (cells[column].tail()) --column;
  std::string last;
  std::string text;
  for (const char32_t character : state.last_printed) append_utf8(last, character);
  terminal.append_text(cells[column], text);
  return text == last && cells[column].style == state.pen.style_id && cells[column].link == state.pen.link;
}

inline std::string dump(const Terminal& terminal, DumpOptions options = {}) {
  return TerminalDump(terminal, options).text();
}

// The lines in which two dumps differ, from a little before the place; empty when they are the same.
inline std::string difference(std::string_view wanted, std::string_view is) {
  constexpr std::size_t kBefore = 60;
  constexpr std::size_t kShown = 200;
  const auto take = [](std::string_view& text) {
    const auto end = text.find('\n');
    const auto first = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    return first;
  };
  std::string out;
  for (int number = 1; !wanted.empty() || !is.empty(); ++number) {
    const auto a = take(wanted);
    const auto b = take(is);
    if (a == b) continue;
    std::size_t at = 0;
    while (at < a.size() && at < b.size() && a[at] == b[at]) ++at;
    at = at > kBefore ? at - kBefore : 0;
    out += "line " + std::to_string(number) + " from " + std::to_string(at);
    out.append("\n- ").append(a.substr(at, kShown)).append("\n+ ").append(b.substr(at, kShown)).append("\n");
  }
  return out;
}

}  // namespace ptyd::screen::test
