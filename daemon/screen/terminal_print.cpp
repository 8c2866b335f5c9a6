// Text.
#include <algorithm>
#include <array>

#include "daemon/screen/charset.hpp"
#include "daemon/screen/terminal.hpp"
#include "daemon/screen/widen.hpp"

namespace ptyd::screen {
namespace {

constexpr char32_t kTextSelector = 0xFE0E;
constexpr char32_t kEmojiSelector = 0xFE0F;
constexpr char32_t kJoiner = 0x200D;
constexpr char32_t kAnyEmoji = 0x1F600;

bool is_regional_indicator(char32_t character) { return character >= 0x1F1E6 && character <= 0x1F1FF; }

// By UAX #29, GB11: it is pictographic when a joiner keeps an emoji behind it.
bool is_pictographic(char32_t character) {
  ClusterBreaker breaker;
  breaker.breaks_before(character);
  breaker.breaks_before(kJoiner);
  return !breaker.breaks_before(kAnyEmoji);
}

// Whether an emoji variation sequence may begin with it (emoji-variation-sequences.txt), about.
bool takes_emoji_selector(char32_t character) {
  return (character >= '0' && character <= '9') || character == '#' || character == '*' || is_pictographic(character);
}

// Columns of a cluster when clusters are printed as one: those of its first character, but selectors and flags.
int cluster_width(std::u32string_view text) {
  const int width = character_width(text[0]);
  if (text.size() < 2) return width;
  if (is_regional_indicator(text[0]) && is_regional_indicator(text[1])) return 2;
  if (text[1] == kEmojiSelector && takes_emoji_selector(text[0])) return 2;
  if (text[1] == kTextSelector && is_pictographic(text[0])) return 1;
  return width;
}

}  // namespace

// What decides whether text takes the quick way; called when some of it may have changed.
void Terminal::text_mode_changed() noexcept {
  const auto& charsets = state_.charsets;
  plain_ = !state_.on(Mode::insert) && !state_.on(Mode::grapheme_clusters) && charsets.single_shift == 0 &&
           charsets.sets[charsets.left] == Charset::ascii;
}

void Terminal::print_ascii(std::string_view text) {
  changed_ = true;
  if (plain_) return print_run(text);
  auto& charsets = state_.charsets;
  if (charsets.single_shift != 0) {
    print_translated(text.substr(0, 1), take_single_shift());
    text.remove_prefix(1);
    if (text.empty()) return;
  }
  const Charset set = charsets.sets[charsets.left];
  if (state_.on(Mode::insert) || set != Charset::ascii) return print_translated(text, set);
  if (state_.on(Mode::grapheme_clusters)) {
    // Only the first can belong to the character before.
    print_translated(text.substr(0, 1), set);
    text.remove_prefix(1);
    if (text.empty()) return;
  }
  print_run(text);
}

Charset Terminal::take_single_shift() noexcept {
  const Charset set = state_.charsets.sets[state_.charsets.single_shift];
  state_.charsets.single_shift = 0;
  text_mode_changed();
  return set;
}

// The quick way: no insert mode, no character sets, no clusters.
void Terminal::print_run(std::string_view text) {
  auto& cursor = state_.cursor;
  Grid& grid = this->grid();
  last_ = static_cast<unsigned char>(text.back());
  while (true) {
    if (cursor.pending_wrap) {
      cursor.pending_wrap = false;
      if (state_.on(Mode::autowrap)) wrap_line();
    }
    const int end = end_column(cursor.column);
    const auto count = std::min(static_cast<std::size_t>(end - cursor.column), text.size());
    Cell* const cells = grid.cells(cursor.row);
    const int next = cursor.column + static_cast<int>(count);
    if (cells[cursor.column].tail()) grid.split_wide(cursor.row, cursor.column);
    if (next < grid.columns() && cells[next].tail()) grid.split_wide(cursor.row, next);
    widen(text.substr(0, count), pen_, cells + cursor.column);
    grid.touch(cursor.row, next);
    advance(next, end);
    text.remove_prefix(count);
    if (text.empty()) return;
    // Without autowrap all that is left goes to the last column.
    if (!state_.on(Mode::autowrap)) text = text.substr(text.size() - 1);
  }
}

void Terminal::print_translated(std::string_view text, Charset set) {
  const bool clusters = state_.on(Mode::grapheme_clusters);
  for (const char c : text) {
    const char32_t character = translate(set, static_cast<unsigned char>(c));
    if (clusters && join(character)) continue;
    put_character(character, 1);
  }
}

void Terminal::print(char32_t character) {
  changed_ = true;
  const int width = character_width(character);
  if (plain_ && width > 0 && put_quickly(character, width)) return;
  if (state_.charsets.single_shift != 0) take_single_shift();
  if (state_.on(Mode::grapheme_clusters) && join(character)) return;
  if (width > 0) return put_character(character, width);
  if (const int column = column_before(); column >= 0) append(column, character);
}

// What put_character() does where nothing is in the way: neither a border nor halves of wide characters.
inline bool Terminal::put_quickly(char32_t character, int width) {
  auto& cursor = state_.cursor;
  const int next = cursor.column + width;
  if (cursor.pending_wrap || next >= end_column(cursor.column)) return false;
  Grid& grid = this->grid();
  Cell* const cells = grid.cells(cursor.row) + cursor.column;
  if (((cells[0].bits | cells[width].bits) & Cell::kTail) != 0) return false;
  Cell cell = pen_;
  cell.bits |= character;
  if (width == 2) {
    cells[1] = pen_;
    cells[1].bits |= Cell::kTail;
    cell.bits |= Cell::kWide;
  }
  cells[0] = cell;
  last_ = character;
  grid.touch(cursor.row, next);
  cursor.column = next;
  return true;
}

void Terminal::put_character(char32_t character, int width) {
  last_ = character;
  put({pen_.bits | character, pen_.style, pen_.link}, width);
}

// Puts a cell of one or two columns where the cursor is. `cell` is not marked as wide yet.
void Terminal::put(Cell cell, int width) {
  auto& cursor = state_.cursor;
  if (cursor.pending_wrap) {
    cursor.pending_wrap = false;
    if (state_.on(Mode::autowrap)) wrap_line();
  }
  int end = end_column(cursor.column);
  if (cursor.column + width > end) {
    if (!state_.on(Mode::autowrap) || width > columns()) return;
    leave_spacer(end);
    wrap_line();
    end = end_column(cursor.column);
  }
  Grid& grid = this->grid();
  const int next = cursor.column + width;
  if (state_.on(Mode::insert)) grid.shift_cells(cursor.row, cursor.column, end - 1, width, blank());
  Cell* const cells = grid.cells(cursor.row);
  if (cells[cursor.column].tail()) grid.split_wide(cursor.row, cursor.column);
  if (next < grid.columns() && cells[next].tail()) grid.split_wide(cursor.row, next);
  cells[cursor.column] = cell;
  if (width == 2) {
    cells[cursor.column].bits |= Cell::kWide;
    cells[cursor.column + 1] = {(cell.bits & Cell::kProtected) | Cell::kTail, cell.style, cell.link};
  }
  grid.touch(cursor.row, next);
  advance(next, end);
}

// The cursor goes to `column`; when that is `end`, the next character wraps.
void Terminal::advance(int column, int end) noexcept {
  state_.cursor.pending_wrap = column >= end;
  state_.cursor.column = column >= end ? end - 1 : column;
}

// The line goes on in the next row.
void Terminal::wrap_line() {
  auto& cursor = state_.cursor;
  const int row = cursor.row;
  // Only what goes from border to border can be laid out anew in another width.
  const bool wrapped = cursor.column == columns() - 1 && state_.margins.left == 0;
  Grid& grid = this->grid();
  if (wrapped) {
    grid.info(row).wrapped = true;
    grid.touch(row, 0);
  }
  const bool scrolled = index();
  cursor.column = state_.margins.left;
  if (!wrapped) return;
  if (!scrolled) {
    grid.info(row).wrapped = cursor.row != row;
  } else if (row > state_.margins.top) {
    grid.info(row - 1).wrapped = true;
  }
}

// A wide character does not fit in the column before `end`.
void Terminal::leave_spacer(int end) {
  if (end != columns()) return;
  const int row = state_.cursor.row;
  grid().split_wide(row, end - 1);
  grid().cells(row)[end - 1] = {Cell::kWrapSpacer, pen_.style, pen_.link};
  grid().touch(row, end);
}

int Terminal::column_before() noexcept {
  const auto& cursor = state_.cursor;
  int column = cursor.pending_wrap ? cursor.column : cursor.column - 1;
  if (column < 0) return -1;
  const Cell* const cells = grid().cells(cursor.row);
  if (cells[column].tail()) --column;
  return column >= 0 && cells[column].character() != 0 ? column : -1;
}

// Appends to the character in that column.
void Terminal::append(int column, char32_t character) {
  const int row = state_.cursor.row;
  Cell& cell = grid().cells(row)[column];
  std::array<char32_t, ClusterTable::kMaxCodePoints> text{};
  std::size_t size = 0;
  if (cell.cluster()) {
    for (const char32_t part : clusters_[cell.character()]) text[size++] = part;
  } else {
    text[size++] = cell.character();
  }
  if (size == text.size()) return;
  text[size++] = character;
  const auto id = cluster_id({text.data(), size});
  if (id == 0) return;
  cell.bits = (cell.bits & ~Cell::kCharacter) | Cell::kCluster | id;
  grid().touch(row, column + 1);
  last_ = Cell::kCluster | id;
}

// With clusters: makes `character` part of the one before if it belongs there.
bool Terminal::join(char32_t character) {
  const int column = column_before();
  if (column < 0) return false;
  const Cell before = grid().cells(state_.cursor.row)[column];
  std::u32string text(1, before.character());
  if (before.cluster()) text = clusters_[before.character()];
  ClusterBreaker breaker;
  for (const char32_t part : text) breaker.breaks_before(part);
  if (breaker.breaks_before(character)) return false;
  append(column, character);
  text += character;
  const int width = cluster_width(text);
  if (width == 2 && !before.wide()) widen_cell(column);
  if (width == 1 && before.wide() && character == kTextSelector) narrow_cell(column);
  return true;
}

// The character before the cursor takes two columns from now on. In the last column it goes to the next row.
void Terminal::widen_cell(int column) {
  auto& cursor = state_.cursor;
  Grid& grid = this->grid();
  const int row = cursor.row;
  const int end = end_column(column);
  Cell& cell = grid.cells(row)[column];
  if (column + 2 > end) {
    if (!state_.on(Mode::autowrap) || columns() < 2) return;
    const Cell moved = cell;
    cell = {};
    cursor.pending_wrap = false;
    leave_spacer(end);
    wrap_line();
    return put(moved, 2);
  }
  if (state_.on(Mode::insert)) grid.shift_cells(row, column + 1, end - 1, 1, blank());
  grid.split_wide(row, column + 2);
  cell.bits |= Cell::kWide;
  grid.cells(row)[column + 1] = {(cell.bits & Cell::kProtected) | Cell::kTail, cell.style, cell.link};
  grid.touch(row, column + 2);
  advance(column + 2, end);
}

void Terminal::narrow_cell(int column) {
  auto& cursor = state_.cursor;
  Grid& grid = this->grid();
  Cell* const cells = grid.cells(cursor.row);
  cells[column].bits &= ~Cell::kWide;
  cells[column + 1] = {0, cells[column].style, 0};
  grid.touch(cursor.row, column + 2);
  cursor.column = column + 1;
  cursor.pending_wrap = false;
}

// REP
void Terminal::repeat(std::uint32_t count) {
  remember_last_printed();
  const std::u32string text = state_.last_printed;
  if (text.empty()) return;
  count = std::min(count, static_cast<std::uint32_t>(rows() * columns()));
  const bool clusters = state_.on(Mode::grapheme_clusters);
  if (text.size() == 1 && text[0] < 0x7F && !state_.on(Mode::insert)) {
    const std::string run(count, static_cast<char>(text[0]));
    print_run(run);
    return forget_last_printed();
  }
  const std::uint32_t id = text.size() > 1 ? cluster_id(text) : 0;
  const std::uint32_t bits = id != 0 ? Cell::kCluster | id : static_cast<std::uint32_t>(text[0]);
  const int width = clusters ? cluster_width(text) : character_width(text[0]);
  for (; count > 0; --count) put({pen_.bits | bits, pen_.style, pen_.link}, std::max(width, 1));
  forget_last_printed();
}

}  // namespace ptyd::screen
