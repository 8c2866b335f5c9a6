// Styles, links and clusters that cells refer to, and what is done when there are too many.
#include "daemon/screen/terminal.hpp"

namespace ptyd::screen {
namespace {

constexpr std::size_t kIds = 65536;

}  // namespace

std::uint16_t Terminal::style_id(const Style& style) {
  if (styles_.wants_sweep()) sweep();
  return styles_.intern(style);
}

std::uint16_t Terminal::link_id(std::string_view id, std::string_view uri) {
  if (links_.wants_sweep()) sweep();
  const auto link = links_.intern(id, uri);
  if (link != 0 || !links_.full()) return link;
  sweep();
  return links_.intern(id, uri);
}

std::uint32_t Terminal::cluster_id(std::u32string_view text) {
  if (clusters_.wants_sweep()) sweep();
  return clusters_.intern(text);
}

void Terminal::sweep() {
  for (bool again = true; again;) {
    std::vector<bool> styles(kIds);
    std::vector<bool> links(kIds);
    std::vector<bool> clusters;
    mark_used(styles, links, clusters);
    styles_.sweep(styles);
    links_.sweep(links);
    clusters_.sweep(clusters);
    again = (styles_.full() || links_.full()) && scrollback_.size() > 0;
    if (again) scrollback_.drop_half();
  }
}

void Terminal::mark_used(std::vector<bool>& styles, std::vector<bool>& links, std::vector<bool>& clusters) const {
  const auto mark = [&](const Cell& cell) {
    styles[cell.style] = true;
    links[cell.link] = true;
    if (!cell.cluster()) return;
    if (cell.character() >= clusters.size()) clusters.resize(cell.character() + 1);
    clusters[cell.character()] = true;
  };
  for (const auto* grid : {&primary_, &alternate_})
    for (int row = 0; row < grid->rows(); ++row)
      for (const auto& cell : grid->cells(row).first(grid->info(row).used)) mark(cell);
  mark(Cell{last_, state_.pen.style_id, state_.pen.link});
  for (const auto& saved : state_.saved)
    if (saved) styles[saved->pen.style_id] = true;
  scrollback_.mark_used(styles, links);
}

void Terminal::pen_changed() {
  auto& pen = state_.pen;
  pen.style_id = style_id(pen.style);
  pen_ = {pen.is_protected ? Cell::kProtected : 0, pen.style_id, pen.link};
}

Cell Terminal::blank() {
  const Color background = state_.pen.style.background;
  if (background.is_default()) return {};
  Style style;
  style.background = background;
  return {0, style_id(style), 0};
}

}  // namespace ptyd::screen
