// Scrollback and screen as one row of logical lines.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/screen/views_rows.hpp"

namespace ptyd::screen {

// A line's text, and for each byte the column of its character; then, for the end, the number of columns.
struct LineText {
  std::string text;
  std::vector<std::uint32_t> columns;
};

class SearchLines {
 public:
  explicit SearchLines(const Terminal& terminal);

  // Lines by id, [first(), end()).
  std::uint64_t first() const noexcept { return terminal_.scrollback().first_id(); }
  std::uint64_t end() const noexcept { return screen_first_ + screen_.size(); }
  void read(std::uint64_t id, LineText& out);
  // The text alone, which costs less.
  void read_text(std::uint64_t id, std::string& out);
  // The first line that is on the screen, or goes on there.
  std::uint64_t screen_first() const noexcept { return screen_first_; }
  // Of the newest change to its rows on the screen; `id` is one of the screen's.
  std::uint64_t generation(std::uint64_t id) const noexcept;

 private:
  struct Rows {
    int first = 0;
    int last = 0;
  };
  void read_cells(std::uint64_t id);

  const Terminal& terminal_;
  std::vector<Rows> screen_;
  std::uint64_t screen_first_ = 0;
  bool joined_ = false;  // the screen's first line begins in scrollback
  Line line_;
  ViewRow cells_;
  ViewRow row_;
};

}  // namespace ptyd::screen
