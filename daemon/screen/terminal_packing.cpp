// Lines of text of any looks, many at a time: they are packed as they come, without cells.
#include <algorithm>
#include <cstring>
#include <utility>

#include "daemon/screen/packed_lines.hpp"
#include "daemon/screen/scan.hpp"
#include "daemon/screen/sgr.hpp"
#include "daemon/screen/terminal.hpp"
#include "daemon/screen/utf8.hpp"

namespace ptyd::screen {
namespace {

constexpr char kEsc = 0x1B;
constexpr std::size_t kLongestLooks = 128;  // of an SGR sequence that is read here
constexpr std::size_t kBatch = 64;          // rows that are packed before some move to the scrollback
constexpr std::size_t kLeastScreens = 3;    // of lines: the last one is packed in vain
// Bytes that are printed before lines are packed again when there were too few; that doubles each time, so often.
constexpr std::ptrdiff_t kPause = 256;
constexpr unsigned kMostPauses = 5;

// Copies at most `size` bytes that are followed by 16 others in both places, or so many exactly.
char* copy_short(const char* from, const char* end, std::size_t size, char* to) noexcept {
  if (size <= 16 && end - from >= 16) {
    std::memcpy(to, from, 16);
  } else {
    std::memcpy(to, from, size);
  }
  return to + size;
}

// Where the last `count` lines begin that end in `text`; its beginning when there are no more than these.
const char* last_lines(std::string_view text, std::size_t count) noexcept {
  std::size_t at = text.rfind('\n');
  for (; count > 0 && at != std::string_view::npos && at > 0; --count) at = text.rfind('\n', at - 1);
  return count > 0 || at == std::string_view::npos ? text.data() : text.data() + at + 1;
}

// One line on its way.
class LinePacker {
 public:
  LinePacker(PackedLines& lines, std::size_t columns, std::size_t most) noexcept
      : text_begin_(lines.next_text()), text_(text_begin_), runs_begin_(lines.next_runs()), runs_(runs_begin_),
        columns_(columns), most_(most) {}

  // Each of these takes what `p` begins with, and moves it on. False: the line has to be printed.
  bool ascii(const char*& p, const char* end, std::uint16_t style) noexcept {
    const char* const run = p;
    p = scan_printable(p + 1, end);
    const auto size = static_cast<std::size_t>(p - run);
    if (!begin(size, {style, 0, 0})) return false;
    text_ = copy_short(run, end, size, text_);
    runs_.count(size);
    return true;
  }
  bool character(const char*& p, const char* end, std::uint16_t style) noexcept {
    char32_t character = 0;
    const unsigned size = whole_character(p, end, character);
    const int width = size > 0 && character >= 0xA0 ? character_width(character) : 0;
    // What joins the character before, and what would go to the next row.
    if (width == 0 || (width == 2 && at_ % columns_ == columns_ - 1)) return false;
    const unsigned kind = width == 2 ? RunLook::kWide : 0;
    if (!begin(static_cast<std::size_t>(width), {style, 0, static_cast<std::uint8_t>(kind)})) return false;
    text_ = std::copy_n(p, size, text_);
    runs_.count(1);
    ascii_ = false;
    p += size;
    return true;
  }
  bool tab(const char*& p, const std::vector<bool>& stops) noexcept {
    ++p;
    std::size_t column = at_ % columns_;
    if (at_ > 0 && column == 0) return false;  // it would wrap first
    at_ -= column;
    do ++column;
    while (column < columns_ - 1 && !stops[column]);
    at_ += std::min(column, columns_ - 1);
    return at_ < most_;
  }
  bool wraps() const noexcept { return cells_ > columns_; }

  void finish(PackedLines& lines, const char* begin, std::uint16_t style) {
    const char* const runs_end = runs_.finish();
    PackedLines::Line line;
    line.begin = begin;
    line.style = style;
    line.cells = cells_;
    line.rows = std::max<std::size_t>(1, (cells_ + columns_ - 1) / columns_);
    line.text = static_cast<std::size_t>(text_ - text_begin_);
    line.runs = static_cast<std::size_t>(runs_end - runs_begin_);
    line.ascii = ascii_ && line.runs == 0;
    lines.add(line);
  }

 private:
  // So many cells that look so. What a tab has passed by was never written.
  bool begin(std::size_t cells, const RunLook& look) noexcept {
    if (at_ + cells > most_) return false;
    if (at_ > cells_) {
      runs_.look({});
      runs_.count(at_ - cells_);
      text_ = std::fill_n(text_, at_ - cells_, '\0');
    }
    runs_.look(look);
    cells_ = at_ += cells;
    return true;
  }

  char* const text_begin_;
  char* text_;
  char* const runs_begin_;
  RunWriter runs_;
  const std::size_t columns_;
  const std::size_t most_;  // cells
  std::size_t cells_ = 0;   // that are packed
  std::size_t at_ = 0;      // where the cursor is, in cells from the line's beginning
  bool ascii_ = true;
};

}  // namespace

// What the sequence that `text` is behind ESC [ makes of `style`, and how long it is. False: it is no SGR, or too much for
// here.
bool Terminal::next_style(std::string_view text, std::uint16_t& style, std::size_t& size) {
  auto& cache = styles_.sgr_cache();
  if (text.size() >= SgrCache::kLongest && cache.find(text.data(), style, size)) return true;
  Parameters parameters;
  size = read_sgr(text.substr(0, kLongestLooks), parameters);
  if (size == 0 || styles_.wants_sweep()) return false;
  Style next = styles_[style];
  apply_sgr(parameters, next);
  const auto id = styles_.intern(next);
  if (id == 0 && next != Style()) return false;
  cache.remember(text.substr(0, size), style, id);
  style = id;
  return true;
}

std::size_t Terminal::looks(std::string_view text) {
  auto& pen = state_.pen;
  // There was no room for it in the table.
  if (pen.style_id == 0 && pen.style != Style()) return 0;
  std::uint16_t style = pen.style_id;
  std::size_t size = 0;
  if (!SgrCache::fits(text) || !next_style(text, style, size)) return 0;
  forget_last_printed();
  changed_ = true;
  pen.style = styles_[style];
  pen.style_id = pen_.style = style;
  return size;
}

// Returns what follows the line; nothing when it is not whole, or has to be printed. `style`: of the pen, before and
// behind it.
const char* Terminal::pack_line(const char* p, const char* end, std::uint16_t& style, PackedLines& lines) {
  const auto width = static_cast<std::size_t>(columns());
  const bool wraps = state_.on(Mode::autowrap);
  LinePacker line(lines, width, wraps ? PackedLines::kMaxCells : std::min(width, PackedLines::kMaxCells));
  const char* const begin = p;
  std::uint16_t now = style;
  // A row that comes in new is filled with the background.
  const auto plain_background = [this](std::uint16_t id) { return styles_[id].background.is_default(); };
  while (p != end) {
    const char c = *p;
    bool packed = true;
    if (is_printable_ascii(c)) {
      packed = line.ascii(p, end, now);
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      packed = line.character(p, end, now);
    } else if (c == kEsc) {
      std::size_t size = 0;
      packed = end - p > 2 && p[1] == '[' && next_style({p + 2, static_cast<std::size_t>(end - p) - 2}, now, size);
      p += 2 + size;
    } else if (c == '\t') {
      packed = line.tab(p, state_.tabs);
    } else {
      if (c != '\r' || end - p < 2 || p[1] != '\n' || !plain_background(now)) return nullptr;
      line.finish(lines, begin, style);
      style = now;
      return p + 2;
    }
    if (!packed || (line.wraps() && !plain_background(now))) return nullptr;
  }
  return nullptr;
}

// What lines() does, for lines of any looks. The last ones are held back until it is known that they leave the screen.
std::size_t Terminal::pack_lines(std::string_view text) {
  const auto above = static_cast<std::size_t>(rows() - 1);
  const char* const end = text.data() + text.size();
  auto& pen = state_.pen;
  if (last_lines_ == nullptr) last_lines_ = last_lines(text, kLeastScreens * above);
  // There are too few, or there was no room for the pen in the table.
  if (text.data() >= last_lines_ || (pen.style_id == 0 && pen.style != Style())) {
    no_lines_before_ = end;
    return 0;
  }
  PackedLines lines;
  const char* p = text.data();
  std::uint16_t style = pen.style_id;
  bool moved = false;
  const auto move = [&] {
    if (!std::exchange(moved, true)) push_screen();
    lines.move(above, scrollback_);
  };
  while (const char* const next = pack_line(p, end, style, lines)) {
    p = next;
    if (lines.rows() >= above + kBatch) move();
  }
  if (lines.rows() > above) move();
  no_lines_before_ = p;
  if (!moved) {
    no_lines_before_ += std::min<std::ptrdiff_t>(end - p, kPause << packs_failed_);
    packs_failed_ = std::min(packs_failed_ + 1, kMostPauses);
    return 0;
  }
  packs_failed_ = 0;
  pen.style_id = pen_.style = lines.first().style;
  pen.style = styles_[pen.style_id];
  return static_cast<std::size_t>(lines.first().begin - text.data());
}

}  // namespace ptyd::screen
