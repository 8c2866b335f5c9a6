// Lines of plain text at the bottom of the screen, many at a time: what a flood consists of.
#include "daemon/screen/scan.hpp"
#include "daemon/screen/terminal.hpp"

namespace ptyd::screen {
namespace {

constexpr std::size_t kEnd = 2;          // "\r\n"
constexpr std::size_t kManyScreens = 4;  // of plain lines: they are worth a turn of their own
constexpr auto npos = std::string_view::npos;

std::size_t rows_of(std::size_t length, std::size_t columns) {
  return length <= columns ? 1 : (length + columns - 1) / columns;
}

// The length of the line that `text` begins with; npos when it is not plain text with CR LF behind it, or is too long.
std::size_t plain_line(std::string_view text, std::size_t most) noexcept {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* const stop = scan_printable(begin, end);
  const auto length = static_cast<std::size_t>(stop - begin);
  if (length > most || static_cast<std::size_t>(end - stop) < kEnd) return npos;
  return stop[0] == '\r' && stop[1] == '\n' ? length : npos;
}

}  // namespace

// Whether lines would only be printed into an empty last row and push all others up, into the scrollback.
bool Terminal::scrolls_plainly() const noexcept {
  const auto& cursor = state_.cursor;
  const auto& margins = state_.margins;
  const int last = rows() - 1;
  if (!plain_ || state_.alternate || last == 0 || cursor.row != last || cursor.column != 0) return false;
  if (margins.top != 0 || margins.bottom != last || !full_width() || pen_.bits != 0 || pen_.link != 0) return false;
  const RowInfo& row = primary_.info(last);
  return row.used == 0 && !row.wrapped && row.mark == Mark::none && !primary_.info(last - 1).wrapped;
}

// The rows that the plain lines fill that `text` begins with, and what they take of it.
Terminal::PlainLines Terminal::count_lines(std::string_view text) const noexcept {
  const auto width = static_cast<std::size_t>(columns());
  PlainLines found{state_.on(Mode::autowrap) ? Scrollback::kMaxPlainCells : width, 0, 0};
  for (std::size_t length = 0; (length = plain_line(text.substr(found.size), found.longest)) != npos;) {
    found.size += length + kEnd;
    found.rows += rows_of(length, width);
  }
  return found;
}

// Lines that will have left the screen when the last one in `text` was printed go right into the scrollback, and with
// them all that is on the screen now. What follows is printed from the first row on. Returns how much of the text that
// took.
std::size_t Terminal::lines(std::string_view text) {
  if (text.data() < no_lines_before_ || !scrolls_plainly()) return 0;
  if (pen_ != Cell()) return pack_lines(text);
  const auto above = static_cast<std::size_t>(rows() - 1);
  PlainLines found = count_lines(text);
  if (found.rows < kManyScreens * above && text.find('\n', found.size) != npos) return pack_lines(text);
  no_lines_before_ = text.data() + found.size;
  const auto width = static_cast<std::size_t>(columns());
  const auto whole = text.size();
  for (bool first = true;; first = false) {
    const auto line = text.substr(0, plain_line(text.substr(0, found.size), found.longest));
    const auto rows = rows_of(line.size(), width);
    if (found.rows < above + rows) return whole - text.size();
    if (first) push_screen();
    scrollback_.push_plain(line);
    text.remove_prefix(line.size() + kEnd);
    found.size -= line.size() + kEnd;
    found.rows -= rows;
  }
}

// All rows but the last one, which is empty, go to the scrollback; the cursor is in the first one then.
void Terminal::push_screen() {
  const int last = rows() - 1;
  for (int row = 0; row < last; ++row) keep_row(row);
  primary_.scroll(0, last, last, Cell());
  state_.cursor.row = 0;
}

}  // namespace ptyd::screen
