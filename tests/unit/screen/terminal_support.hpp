// What tests of the terminal share: a listener that keeps what it is told, screens as text, tables of cases.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/screen/terminal.hpp"

namespace ptyd::screen {

inline constexpr std::string_view kEsc = "\x1b";

// Keeps everything.
struct Recorder final : TerminalListener {
  struct Asked {
    Query query = Query::status;
    std::string reply;
    std::uint64_t offset = 0;
  };
  void on_query(Query query, std::string_view reply, std::uint64_t offset) override {
    queries.push_back({query, std::string(reply), offset});
  }
  void on_bell() override { ++bells; }
  void on_title() override { ++titles; }
  void on_cwd() override { ++cwds; }
  void on_shell() override { ++shells; }
  void on_clipboard(std::string_view selection, std::string_view data) override {
    clipboards.emplace_back(selection, data);
  }
  void on_alternate(bool shown) override { alternates.push_back(shown); }

  std::vector<Asked> queries;
  int bells = 0;
  int titles = 0;
  int cwds = 0;
  int shells = 0;
  std::vector<std::pair<std::string, std::string>> clipboards;
  std::vector<bool> alternates;
};

inline TerminalOptions size_of(int rows, int columns) {
  TerminalOptions options;
  options.rows = rows;
  options.columns = columns;
  return options;
}

// A row's text without blanks at its end.
inline std::string row_text(const Terminal& terminal, const Grid& grid, int row) {
  std::string text;
  for (const auto& cell : grid.cells(row)) terminal.append_text(cell, text);
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

// Rows with '|' between them, without empty ones at the end: "ab||c".
inline std::string screen_text(const Terminal& terminal) {
  std::string text;
  for (int row = 0; row < terminal.rows(); ++row) {
    if (row > 0) text += '|';
    text += row_text(terminal, terminal.active(), row);
  }
  text.erase(text.find_last_not_of('|') + 1);
  return text;
}

// "row,column" from 1, with '+' when a wrap is pending.
inline std::string cursor_text(const Terminal& terminal) {
  const auto& cursor = terminal.state().cursor;
  return std::to_string(cursor.row + 1) + ',' + std::to_string(cursor.column + 1) + (cursor.pending_wrap ? "+" : "");
}

// Lines of the scrollback with '|' between them.
inline std::string scrollback_text(const Terminal& terminal) {
  const auto& scrollback = terminal.scrollback();
  std::string all;
  for (auto id = scrollback.first_id(); id < scrollback.end_id(); ++id) {
    std::string text;
    scrollback.read_text(id, text);
    if (id > scrollback.first_id()) all += '|';
    all += text;
  }
  return all;
}

// What the terminal answered, one after the other.
inline std::string replies_to(Terminal& terminal, std::string_view input) {
  Recorder recorder;
  terminal.set_listener(&recorder);
  terminal.feed(input);
  terminal.set_listener(nullptr);
  std::string all;
  for (const auto& asked : recorder.queries) all += asked.reply;
  return all;
}

struct Case {
  std::string_view name;
  std::string_view input;
  std::string_view screen;
  std::string_view cursor;
};

// Feeds each case to a fresh terminal, in one piece and byte by byte.
inline void check(const std::vector<Case>& cases, int rows = 4, int columns = 10) {
  for (const auto& [name, input, screen, cursor] : cases) {
    SCOPED_TRACE(name);
    Terminal terminal(size_of(rows, columns));
    terminal.feed(input);
    EXPECT_EQ(screen_text(terminal), screen);
    EXPECT_EQ(cursor_text(terminal), cursor);
    Terminal bytewise(size_of(rows, columns));
    for (const char c : input) bytewise.feed({&c, 1});
    EXPECT_EQ(bytewise.hash(), terminal.hash());
  }
}

}  // namespace ptyd::screen
