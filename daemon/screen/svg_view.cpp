#include <algorithm>
#include <limits>

#include "daemon/screen/views_paint.hpp"
#include "daemon/screen/views_rows.hpp"

namespace ptyd::screen {

namespace {

// Pixels of a cell, and of what is drawn in it, from its top. Glyphs are fitted to it, whatever the font.
constexpr std::int64_t kWidth = 9;
constexpr std::int64_t kHeight = 18;
constexpr std::int64_t kFontSize = 15;
constexpr std::int64_t kBaseline = 14;
constexpr std::int64_t kUnderline = 16;
constexpr std::int64_t kStrike = 9;

std::string attribute(const char* name, std::int64_t value) {
  return std::string(" ") + name + "=\"" + std::to_string(value) + "\"";
}

std::string rect(std::int64_t x, std::int64_t y, std::int64_t width, std::int64_t height, std::uint32_t color) {
  return "<rect" + attribute("x", x) + attribute("y", y) + attribute("width", width) + attribute("height", height) +
         " fill=\"" + hex_color(color) + "\"/>";
}

std::string line(std::int64_t x, std::int64_t y, std::int64_t width, std::uint32_t color, const char* dashes) {
  std::string out = "<path d=\"M" + std::to_string(x) + " " + std::to_string(y) + ".5h" + std::to_string(width) +
                    "\" stroke=\"" + hex_color(color) + "\"";
  if (*dashes != 0) out += std::string(" stroke-dasharray=\"") + dashes + "\"";
  return out + "/>";
}

// One wave in each column.
std::string wave(std::int64_t x, std::int64_t y, std::uint32_t columns, std::uint32_t color) {
  std::string out = "<path d=\"M" + std::to_string(x) + " " + std::to_string(y);
  for (std::uint32_t i = 0; i < columns; ++i) out += "q2.25 -3 4.5 0t4.5 0";
  return out + "\" fill=\"none\" stroke=\"" + hex_color(color) + "\"/>";
}

bool is_drawn(const ViewRow& row, const ViewRun& run) {
  return std::any_of(row.cells.begin() + run.begin, row.cells.begin() + run.end,
                     [](const Cell& cell) { return !cell.empty() && cell.character() != ' '; });
}

class SvgRows {
 public:
  explicit SvgRows(const Terminal& terminal) : terminal_(terminal), page_(page_colors(terminal.state())) {}

  std::string head(std::int64_t first) const;

  // One <text> for the row, what is behind it before.
  std::string row(const ViewRow& row) {
    const auto y = row.index * kHeight;
    back_.clear();
    text_.clear();
    front_.clear();
    for (const auto& run : runs_of(row)) add_run(row, run, y);
    if (row.index == terminal_.state().cursor.row) add_cursor(y);
    if (!text_.empty()) text_ = "<text" + attribute("y", y + kBaseline) + ">" + text_ + "</text>";
    return back_ + text_ + front_ + "\n";
  }

 private:
  void add_run(const ViewRow& row, const ViewRun& run, std::int64_t y);
  void add_lines(const ViewRun& run, const Style& style, const Paint& paint, std::int64_t y);
  void add_cursor(std::int64_t y);

  const Terminal& terminal_;
  PageColors page_;
  std::string back_;
  std::string text_;
  std::string front_;
};

std::string SvgRows::head(std::int64_t first) const {
  const auto width = terminal_.columns() * kWidth;
  const auto top = first * kHeight;
  const auto height = terminal_.rows() * kHeight - top;
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\"" + attribute("width", width) +
                    attribute("height", height) + " viewBox=\"0 " + std::to_string(top) + " " + std::to_string(width) +
                    " " + std::to_string(height) + "\" font-family=\"monospace\"" + attribute("font-size", kFontSize) +
                    " fill=\"" + hex_color(page_.foreground) + "\" xml:space=\"preserve\">\n<title>";
  append_markup(terminal_.state().title, out);
  return out + "</title>\n" + rect(0, top, width, height, page_.background) + "\n";
}

void SvgRows::add_run(const ViewRow& row, const ViewRun& run, std::int64_t y) {
  const auto& style = terminal_.styles()[run.style];
  const auto paint = paint_of(style, terminal_.state().palette, page_);
  const auto x = run.begin * kWidth;
  const auto width = run.columns() * kWidth;
  if (paint.background != page_.background) back_ += rect(x, y, width, kHeight, paint.background);
  add_lines(run, style, paint, y);
  if (!is_drawn(row, run)) return;
  text_ += "<tspan" + attribute("x", x) + attribute("textLength", width) + " lengthAdjust=\"spacingAndGlyphs\"";
  if (paint.foreground != page_.foreground) text_ += " fill=\"" + hex_color(paint.foreground) + "\"";
  if (style.has(Style::kBold)) text_ += " font-weight=\"bold\"";
  if (style.has(Style::kItalic)) text_ += " font-style=\"italic\"";
  text_ += ">";
  append_markup(run_text(row, run), text_);
  text_ += "</tspan>";
}

void SvgRows::add_lines(const ViewRun& run, const Style& style, const Paint& paint, std::int64_t y) {
  const auto x = run.begin * kWidth;
  const auto width = run.columns() * kWidth;
  switch (style.underline) {
    case Underline::none: break;
    case Underline::single: front_ += line(x, y + kUnderline, width, paint.underline, ""); break;
    case Underline::doubled:
      for (const int below : {-1, 1}) front_ += line(x, y + kUnderline + below, width, paint.underline, "");
      break;
    case Underline::curly: front_ += wave(x, y + kUnderline, run.columns(), paint.underline); break;
    case Underline::dotted: front_ += line(x, y + kUnderline, width, paint.underline, "1 2"); break;
    case Underline::dashed: front_ += line(x, y + kUnderline, width, paint.underline, "5 4"); break;
  }
  if (style.has(Style::kStrike)) front_ += line(x, y + kStrike, width, paint.foreground, "");
  if (style.has(Style::kOverline)) front_ += line(x, y, width, paint.foreground, "");
}

void SvgRows::add_cursor(std::int64_t y) {
  const auto& state = terminal_.state();
  if (!state.on(Mode::cursor_visible)) return;
  const auto x = state.cursor.column * kWidth;
  switch (state.cursor_shape) {
    case CursorShape::blink_underline:
    case CursorShape::underline: front_ += rect(x, y + kHeight - 2, kWidth, 2, page_.cursor); break;
    case CursorShape::blink_bar:
    case CursorShape::bar: front_ += rect(x, y, 2, kHeight, page_.cursor); break;
    default: front_ += "<g fill-opacity=\"0.5\">" + rect(x, y, kWidth, kHeight, page_.cursor) + "</g>"; break;
  }
}

}  // namespace

std::string svg_view(const Terminal& terminal, std::size_t scrollback_rows, ViewLimit* limit) {
  SvgRows rows(terminal);
  const std::string tail = "</svg>\n";
  // The head says how far up the rows go; with the largest number of digits it is at its longest.
  RowPieces pieces(limit, rows.head(std::numeric_limits<std::int32_t>::min()).size() + tail.size());
  std::int64_t first = terminal.rows();
  visit_rows(terminal, scrollback_rows, 0, [&](ViewRow& row) {
    if (!pieces.add(rows.row(row))) return false;
    first = row.index;
    return true;
  });
  return rows.head(first) + pieces.take() + tail;
}

}  // namespace ptyd::screen
