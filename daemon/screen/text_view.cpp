#include "daemon/screen/views_rows.hpp"

namespace ptyd::screen {

namespace {

// Makes rows text. They come the last one first, so what ends a line is known before what begins it.
class TextRows {
 public:
  explicit TextRows(bool join) : join_(join) {}

  const std::string& text(const ViewRow& row) {
    const bool ends_line = !join_ || !row.wrapped || first_;
    first_ = false;
    line_is_blank_ = line_is_blank_ || ends_line;
    text_.clear();
    for (const auto& cell : row.cells)
      if (!cell.wrap_spacer()) append_cell(row, cell, text_);
    // A row that is wrapped is full to its end: erasing that end undoes the wrap.
    if (line_is_blank_) text_.erase(text_.find_last_not_of(' ') + 1);
    line_is_blank_ = line_is_blank_ && text_.empty();
    if (ends_line) text_ += '\n';
    return text_;
  }

 private:
  bool join_;
  bool first_ = true;
  bool line_is_blank_ = true;  // of what has come of the line
  std::string text_;
};

}  // namespace

std::string text_view(const Terminal& terminal, std::size_t scrollback_rows, bool join, ViewLimit* limit) {
  RowPieces pieces(limit, 0);
  TextRows rows(join);
  visit_rows(terminal, scrollback_rows, 0, [&](ViewRow& row) { return pieces.add(rows.text(row)); });
  return pieces.take();
}

}  // namespace ptyd::screen
