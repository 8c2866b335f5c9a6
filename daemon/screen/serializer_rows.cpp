#include "daemon/screen/serializer_rows.hpp"

#include <algorithm>
#include <array>

#include "daemon/screen/utf8.hpp"

namespace ptyd::screen {
namespace {

// Of a family of four, where a terminal knows no clusters.
constexpr int kMostDoubtfulColumns = 8;
constexpr std::string_view kWideBlank = "\u3000";  // IDEOGRAPHIC SPACE

void append_csi(std::string& out, int count, char final) {
  out += "\x1b[";
  if (count != 1) append_number(out, static_cast<std::uint64_t>(count));
  out += final;
}

bool is_ascii(const Cell& cell) { return cell.bits >= 0x20 && cell.bits < 0x7f; }
bool is_printed(const Cell& cell) { return !cell.empty() && !cell.tail(); }

// A base with combining characters, which comes out the same whether clusters are on or not.
bool is_plain_cluster(const Cell& cell, std::u32string_view text) {
  if (character_width(text[0]) != (cell.wide() ? 2 : 1)) return false;
  return std::all_of(text.begin() + 1, text.end(), [](char32_t c) { return character_width(c) == 0; });
}

bool is_doubtful(const OutputRow& row, const Cell& cell) {
  constexpr char32_t kJoiner = 0x200d;
  constexpr char32_t kEmojiSelector = 0xfe0f;
  if (!cell.cluster()) return false;
  const auto text = row.cluster(cell);
  return !is_plain_cluster(cell, text) || text.find(kJoiner) != text.npos || text.find(kEmojiSelector) != text.npos;
}

}  // namespace

Cell OutputRow::at(int column) const noexcept {
  const auto index = static_cast<std::size_t>(column);
  return index < cells.size() ? cells[index] : Cell();
}

std::u32string_view OutputRow::cluster(const Cell& cell) const noexcept {
  const auto id = cell.character();
  if (table != nullptr) return (*table)[id];
  return list != nullptr && id < list->size() ? std::u32string_view((*list)[id]) : U"\ufffd";
}

void RowWriter::row(const OutputRow& row, Cell next) {
  auto end = static_cast<int>(std::min(row.cells.size(), static_cast<std::size_t>(columns_)));
  while (end > 0 && row.at(end - 1).empty() && row.at(end - 1).style == 0) --end;
  if (started_ && end_ == End::newline) ++newlines_;
  const bool marked = marks_ && row.mark != Mark::none;
  if (started_ && end == 0 && !row.wrapped && !marked && end_ == End::newline) return;
  started_ = true;
  begin(row);
  end_ = end_of(row, next);
  const bool half = end_ == End::newline && ends_with_half(row);
  if (half || end_ == End::filler) end = std::min(end, columns_ - (row.at(columns_ - 2).tail() ? 3 : 2));
  if (end_ == End::dummy) end = std::min(end, columns_ - 1);
  write_cells(row, end);
  if (half) {
    put_filler(row);
    overwrite_filler();
  }
  switch (end_) {
    case End::newline:
    case End::wrap: break;
    case End::spacer: go_to(columns_ - 1); break;
    case End::filler: put_filler(row); break;
    case End::dummy: put_dummy(row); break;
  }
}

RowWriter::End RowWriter::end_of(const OutputRow& row, Cell next) const noexcept {
  const auto last = row.at(columns_ - 1);
  if (!row.wrapped) return End::newline;
  if (!last.empty()) return End::wrap;
  if (columns_ < 2) return End::newline;
  const bool missing = row.list != nullptr && row.cells.size() + 1 == static_cast<std::size_t>(columns_);
  const bool of_next = last.style == next.style && last.link == next.link && last.is_protected() == next.is_protected();
  if (next.wide() && (missing || (last.wrap_spacer() && of_next))) return End::spacer;
  if (!exact_) return End::newline;
  return missing || last.wrap_spacer() ? End::dummy : End::filler;
}

void RowWriter::flush() {
  if (newlines_ == 0) return;
  if (!pen_.plain_background()) pen_.plain();  // a row that scrolls in gets the background
  out_ += '\r';
  out_.append(static_cast<std::size_t>(newlines_), '\n');
  row_ = std::min(row_ + newlines_, rows_ - 1);
  column_ = 0;
  newlines_ = 0;
}

void RowWriter::begin(const OutputRow& row) {
  continues_ = end_ != End::newline;
  if (end_ == End::dummy) {
    pen_.none();
    out_ += '\r';
    append_csi(out_, columns_, 'X');
    row_ = std::min(row_ + 1, rows_ - 1);
    column_ = 0;
  } else if (continues_) {
    wrap_into(row);
  } else {
    flush();
  }
  write_mark(row.mark);
}

// Prints the first cell, which wraps; when it is blank it is erased afterwards.
void RowWriter::wrap_into(const OutputRow& row) {
  const auto first = row.at(0);
  const bool printed = is_printed(first);
  if (printed) {
    print(row, first);
  } else {
    pen_.none();
    out_ += ' ';
  }
  column_ = printed ? std::min(first.wide() ? 2 : 1, columns_) : 0;
  if (!exact_ && is_doubtful(row, first) && column_ < columns_) append_csi(out_, column_ + 1, 'G');
  const bool scrolled = row_ == rows_ - 1;
  if (!scrolled) ++row_;
  if (scrolled && column_ < columns_ && !pen_.plain_background()) {
    pen_.plain();
    out_ += "\x1b[K";  // the row that has scrolled in got the background
  }
  if (end_ == End::filler && rows_ > 1) {
    out_ += "\x1b[A";
    overwrite_filler();
    out_ += "\r\x1b[B";
    if (printed) print(row, first);
  }
  if (printed) return;
  pen_.plain();
  out_ += "\r\x1b[X";
}

// At the end of a row: its last two cells get a wide blank in the look of the last one.
void RowWriter::put_filler(const OutputRow& row) {
  over_column_ = columns_ - 2;
  over_ = row.at(over_column_);
  if (over_.tail() && over_column_ > 0) over_ = row.at(--over_column_);
  over_cluster_.clear();
  if (over_.cluster()) {
    over_cluster_.emplace_back(row.cluster(over_));
    over_.bits &= ~Cell::kCharacter;
  }
  pen_.none();
  if (rows_ < 2) {  // where the row above cannot be reached any more
    go_to(columns_ - 1);
    out_ += ' ';
    return;
  }
  go_to(columns_ - 2);
  pen_.style(row.at(columns_ - 1).style);
  out_ += kWideBlank;
  column_ = columns_;
}

void RowWriter::overwrite_filler() {
  append_csi(out_, over_column_ + 1, 'G');
  if (is_printed(over_)) {
    print({.cells = {&over_, 1}, .wrapped = false, .mark = Mark::none, .table = nullptr, .list = &over_cluster_},
          over_);
  } else {
    pen_.style(over_.style);
    out_ += "\x1b[X";
  }
}

void RowWriter::put_dummy(const OutputRow& row) {
  const auto last = row.at(columns_ - 1);
  go_to(columns_ - 1);
  pen_.link(last.link);
  pen_.protect(last.is_protected());
  pen_.style(last.style);
  out_ += kWideBlank;
}

void RowWriter::write_cells(const OutputRow& row, int end) {
  int column = column_;
  while (column < end) {
    const auto& cell = row.cells[static_cast<std::size_t>(column)];
    if (!is_printed(cell)) {
      column = write_blanks(row, column, end);
      continue;
    }
    go_to(column);
    if (is_ascii(cell) && !cluster_mode_) {
      column = print_ascii(row, column, end);
    } else if (!exact_ && is_doubtful(row, cell)) {
      column = print_doubtful(row, column);
    } else {
      print(row, cell);
      column += cell.wide() ? 2 : 1;
    }
    column_ = column;
    dirty_ = false;
  }
  clean();
}

// The characters that look alike. Returns the column behind them.
int RowWriter::print_ascii(const OutputRow& row, int column, int end) {
  std::array<char, 128> text;
  std::size_t size = 0;
  const auto cells = row.cells.subspan(static_cast<std::size_t>(column), static_cast<std::size_t>(end - column));
  const auto looks = cells.front();
  pen_.link(looks.link);
  pen_.protect(false);
  pen_.style(looks.style);
  for (const auto& cell : cells) {
    if (!is_ascii(cell) || cell.style != looks.style || cell.link != looks.link) break;
    if (size == text.size()) break;
    text[size++] = static_cast<char>(cell.bits);
  }
  out_.append(text.data(), size);
  return column + static_cast<int>(size);
}

// Terminals disagree about its width, so the cursor is put where it belongs, and nothing wraps before. Returns the
// column behind it.
int RowWriter::print_doubtful(const OutputRow& row, int column) {
  const auto& cell = row.cells[static_cast<std::size_t>(column)];
  const int next = column + (cell.wide() ? 2 : 1);
  if (next >= columns_) {
    print(row, cell);
    return next;
  }
  const bool near_end = column + kMostDoubtfulColumns > columns_;
  if (near_end) out_ += "\x1b[?7l";
  print(row, cell);
  if (near_end) out_ += "\x1b[?7h";
  append_csi(out_, next + 1, 'G');
  return next;
}

// Erases what is blank in one background, or passes over it. Returns where that ends.
int RowWriter::write_blanks(const OutputRow& row, int begin, int end) {
  const auto style = row.at(begin).style;
  int column = begin + 1;
  while (column < end && row.at(column).style == style && !is_printed(row.at(column))) ++column;
  if (style == 0) return column;
  go_to(begin);
  if (!pen_.is_background(style)) {
    for (; begin < column; ++begin) write_half(begin, style);
    return column;
  }
  pen_.style(style);
  if (column == columns_ && !row.wrapped && !(continues_ && begin == 0)) {
    out_ += "\x1b[K";
  } else {
    append_csi(out_, column - begin, 'X');
  }
  dirty_ = false;
  return column;
}

bool RowWriter::ends_with_half(const OutputRow& row) const noexcept {
  const auto last = row.at(columns_ - 1);
  return exact_ && columns_ > 1 && rows_ > 1 && !last.tail() && !is_printed(last) && !pen_.is_background(last.style);
}

// A blank that was half of a wide character has all of its look, where erasing leaves the background only.
int RowWriter::write_half(int column, std::uint16_t style) {
  pen_.none();
  pen_.style(style);
  if (!exact_ || column + 1 >= columns_) {
    out_ += ' ';
    column_ = column + 1;
    return column_;
  }
  out_ += kWideBlank;
  append_csi(out_, column + 2, 'G');
  column_ = column + 1;
  dirty_ = true;
  return column_;
}

void RowWriter::print(const OutputRow& row, const Cell& cell) {
  pen_.link(cell.link);
  pen_.protect(cell.is_protected());
  pen_.style(cell.style);
  if (cell.wide() && columns_ < 2) {
    out_ += ' ';  // there is no room for it
    return;
  }
  if (cell.cluster()) return print_cluster(cell, row.cluster(cell));
  const char32_t character = cell.character();
  if (cluster_mode_ && !breaker_.breaks_before(character)) set_cluster_mode(false);
  append_utf8(out_, character);
}

void RowWriter::print_cluster(const Cell& cell, std::u32string_view text) {
  const bool plain = is_plain_cluster(cell, text);
  if (cluster_mode_ && (plain || !breaker_.breaks_before(text[0]))) set_cluster_mode(false);
  if (!plain && !cluster_mode_) {
    set_cluster_mode(true);
    breaker_.breaks_before(text[0]);
  }
  append_utf8(out_, text[0]);
  for (const char32_t c : text.substr(1)) {
    if (cluster_mode_) breaker_.breaks_before(c);
    append_utf8(out_, c);
  }
}

void RowWriter::reprint(const OutputRow& row, int column) {
  auto cell = row.at(column);
  if (cell.tail() && column > 0) cell = row.at(column - 1);
  if (is_printed(cell)) print(row, cell);
}

void RowWriter::set_cluster_mode(bool on) {
  if (on == cluster_mode_) return;
  cluster_mode_ = on;
  breaker_.reset();
  out_ += on ? "\x1b[?2027h" : "\x1b[?2027l";
}

void RowWriter::go_to(int column) {
  if (column == column_) return;
  clean();
  if (column > column_) {
    append_csi(out_, column - column_, 'C');
  } else {
    append_csi(out_, column + 1, 'G');
  }
  column_ = column;
}

void RowWriter::clean() {
  if (!dirty_) return;
  dirty_ = false;
  pen_.plain();
  out_ += "\x1b[X";
}

void RowWriter::write_mark(Mark mark) {
  if (!marks_ || mark == Mark::none) return;
  constexpr std::string_view kLetters = "ABC";
  out_ += "\x1b]133;";
  out_ += kLetters[static_cast<std::size_t>(mark) - 1];
  out_ += "\x1b\\";
}

}  // namespace ptyd::screen
