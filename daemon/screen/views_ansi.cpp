// The screen in colours, row by row.
#include <algorithm>

#include "daemon/screen/views_rows.hpp"

namespace ptyd::screen {

namespace {

// `basic` is 30 or 40, for the first 16 colours and the others; or 50 for the underline's, which has only the long
// forms and is written with colons: a terminal that does not know it must not take its parts for attributes.
void add_color(const Color& color, int basic, std::string& out) {
  if (color.is_default()) return;
  const char separator = basic == 50 ? ':' : ';';
  const auto number = [&](int value) { out += separator + std::to_string(value); };
  const int index = color.index();
  if (color.is_indexed() && index < 16 && basic != 50) {
    out += ";" + std::to_string(index < 8 ? basic + index : basic + 60 + index - 8);
    return;
  }
  out += ";" + std::to_string(basic + 8);
  if (color.is_indexed()) {
    number(5);
    number(index);
    return;
  }
  number(2);
  if (basic == 50) out += ':';  // no colour space
  for (const auto part : {color.red(), color.green(), color.blue()}) number(part);
}

// Sets this look, whatever was before.
std::string sgr(const Style& style) {
  static constexpr std::pair<std::uint16_t, const char*> kAttributes[] = {
      {Style::kBold, ";1"},    {Style::kDim, ";2"},     {Style::kItalic, ";3"}, {Style::kBlink, ";5"},
      {Style::kInverse, ";7"}, {Style::kConceal, ";8"}, {Style::kStrike, ";9"}, {Style::kOverline, ";53"}};
  std::string out = "\x1b[0";
  for (const auto& [attribute, code] : kAttributes)
    if (style.has(attribute)) out += code;
  if (style.underline == Underline::single) out += ";4";
  if (style.underline > Underline::single) out += ";4:" + std::to_string(static_cast<int>(style.underline));
  add_color(style.foreground, 30, out);
  add_color(style.background, 40, out);
  add_color(style.underline_color, 50, out);
  return out + "m";
}

bool is_graphic(char c) { return c > ' ' && c <= '~'; }

// OSC 8 that begins the link, or ends it for one that can't be written.
std::string osc8(const Link& link) {
  const bool fits = !link.uri.empty() && std::all_of(link.uri.begin(), link.uri.end(), is_graphic);
  if (!fits) return "\x1b]8;;\x1b\\";
  const bool has_id = !link.id.empty() && link.id.find_first_of(":;") == std::string::npos &&
                      std::all_of(link.id.begin(), link.id.end(), is_graphic);
  return "\x1b]8;" + (has_id ? "id=" + link.id : "") + ";" + link.uri + "\x1b\\";
}

void cut_plain_blanks(ViewRow& row) {
  const auto plain = [](const Cell& cell) {
    return cell.style == 0 && cell.link == 0 && !cell.tail() && !cell.cluster() &&
           (cell.empty() || cell.character() == ' ');
  };
  while (!row.cells.empty() && plain(row.cells.back())) row.cells.pop_back();
}

std::string ansi_row(const Terminal& terminal, ViewRow& row) {
  cut_plain_blanks(row);
  std::string out;
  std::uint16_t style = 0;
  std::uint16_t link = 0;
  for (const auto& run : runs_of(row)) {
    if (run.style != style) out += sgr(terminal.styles()[run.style]);
    if (run.link != link) out += osc8(terminal.links()[run.link]);
    style = run.style;
    link = run.link;
    out += run_text(row, run);
  }
  if (link != 0) out += osc8({});
  // Before the newline: else it would paint the next row's blanks.
  if (style != 0) out += "\x1b[0m";
  return out + "\n";
}

}  // namespace

std::string ansi_view(const Terminal& terminal, std::size_t scrollback_rows, ViewLimit* limit) {
  RowPieces pieces(limit, 0);
  visit_rows(terminal, scrollback_rows, 0, [&](ViewRow& row) { return pieces.add(ansi_row(terminal, row)); });
  return pieces.take();
}

}  // namespace ptyd::screen
