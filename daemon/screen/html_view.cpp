#include <algorithm>

#include "daemon/screen/views_paint.hpp"
#include "daemon/screen/views_rows.hpp"

namespace ptyd::screen {

namespace {

// Only what a browser opens as a page or a letter, and written so that it can't take it for another scheme.
bool may_follow(std::string_view uri) {
  const auto begins = [uri](std::string_view scheme) {
    return uri.size() > scheme.size() &&
           std::equal(scheme.begin(), scheme.end(), uri.begin(), [](char a, char b) { return a == (b | 0x20); });
  };
  const bool graphic = std::all_of(uri.begin(), uri.end(), [](char c) { return c > ' ' && c <= '~'; });
  // '/' and ':' have the bit that makes letters small.
  return graphic && (begins("http://") || begins("https://") || begins("mailto:"));
}

const char* line_style(Underline underline) {
  switch (underline) {
    case Underline::doubled: return " double";
    case Underline::curly: return " wavy";
    case Underline::dotted: return " dotted";
    case Underline::dashed: return " dashed";
    default: return "";
  }
}

std::string underline_css(const Style& style, const Paint& paint) {
  if (style.underline == Underline::none) return {};
  std::string css = std::string("text-decoration:underline") + line_style(style.underline);
  return css + (paint.underline == paint.foreground ? "" : " " + hex_color(paint.underline)) + ";";
}

// Apart from the underline, whose form and colour they do not share.
std::string lines_css(const Style& style) {
  if (!style.has(Style::kStrike | Style::kOverline)) return {};
  std::string css = "text-decoration:";
  if (style.has(Style::kStrike)) css += "line-through";
  if (style.has(Style::kOverline)) css += style.has(Style::kStrike) ? " overline" : "overline";
  return css + ";";
}

class HtmlRows {
 public:
  explicit HtmlRows(const Terminal& terminal) : terminal_(terminal), page_(page_colors(terminal.state())) {}

  std::string head() const;
  static const char* tail() { return "</pre>\n</body>\n</html>\n"; }

  std::string row(ViewRow& row) const {
    const auto& state = terminal_.state();
    const bool has_cursor = row.index == state.cursor.row && state.on(Mode::cursor_visible);
    const auto column = static_cast<std::uint32_t>(state.cursor.column);
    std::string out;
    for (const auto& run : has_cursor ? runs_around(row, column) : runs_of(row))
      add_run(row, run, has_cursor && column >= run.begin && column < run.end, out);
    return out + "\n";
  }

 private:
  std::string css(const ViewRun& run, const Style& style) const;
  void add_run(const ViewRow& row, const ViewRun& run, bool is_cursor, std::string& out) const;

  const Terminal& terminal_;
  PageColors page_;
};

std::string HtmlRows::head() const {
  std::string title;
  append_markup(terminal_.state().title, title);
  // The policy is for readers that would go and get things: there is nothing to get.
  return "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
         "<title>" +
         title + "</title>\n<style>\nbody{background:" + hex_color(page_.background) +
         "}\npre{color:" + hex_color(page_.foreground) +
         ";font:14px/1.25 monospace}\na{color:inherit}\n.w{display:inline-block}\n.c{outline:1px solid " +
         hex_color(page_.cursor) + "}\n</style>\n</head>\n<body>\n<pre>\n";
}

std::string HtmlRows::css(const ViewRun& run, const Style& style) const {
  const auto paint = paint_of(style, terminal_.state().palette, page_);
  std::string css;
  // Fonts do not agree on how wide these are.
  if (run.wide) css += "width:" + std::to_string(run.columns()) + "ch;";
  if (paint.foreground != page_.foreground) css += "color:" + hex_color(paint.foreground) + ";";
  if (paint.background != page_.background) css += "background:" + hex_color(paint.background) + ";";
  if (style.has(Style::kBold)) css += "font-weight:bold;";
  if (style.has(Style::kItalic)) css += "font-style:italic;";
  return css + underline_css(style, paint);
}

void HtmlRows::add_run(const ViewRow& row, const ViewRun& run, bool is_cursor, std::string& out) const {
  const auto& style = terminal_.styles()[run.style];
  const auto& uri = terminal_.links()[run.link].uri;
  const auto looks = css(run, style);
  const auto lines = lines_css(style);
  const bool link = may_follow(uri);
  const std::string classes =
      std::string(run.wide ? "w" : "") + (run.wide && is_cursor ? " " : "") + (is_cursor ? "c" : "");
  if (link) {
    out += "<a href=\"";
    append_markup(uri, out);
    out += "\" rel=\"noopener noreferrer\">";
  }
  const bool span = !looks.empty() || !classes.empty();
  if (span) out += "<span";
  if (!classes.empty()) out += " class=\"" + classes + "\"";
  if (!looks.empty()) out += " style=\"" + looks + "\"";
  if (span) out += ">";
  if (!lines.empty()) out += "<span style=\"" + lines + "\">";
  append_markup(run_text(row, run), out);
  if (!lines.empty()) out += "</span>";
  if (span) out += "</span>";
  if (link) out += "</a>";
}

}  // namespace

std::string html_view(const Terminal& terminal, std::size_t scrollback_rows, ViewLimit* limit) {
  const HtmlRows rows(terminal);
  const auto head = rows.head();
  const std::string tail = HtmlRows::tail();
  RowPieces pieces(limit, head.size() + tail.size());
  visit_rows(terminal, scrollback_rows, 0, [&](ViewRow& row) { return pieces.add(rows.row(row)); });
  return head + pieces.take() + tail;
}

}  // namespace ptyd::screen
