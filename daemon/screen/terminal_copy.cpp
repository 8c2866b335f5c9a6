#include "daemon/screen/terminal.hpp"

namespace ptyd::screen {
namespace {

// Ids of styles and links mean something in the tables of the first terminal only.
void drop_looks(Grid& grid) {
  for (int row = 0; row < grid.rows(); ++row) {
    auto* const cells = grid.cells(row);
    for (int column = 0; column < grid.info(row).used; ++column) cells[column].style = cells[column].link = 0;
  }
}

}  // namespace

Terminal Terminal::text_copy(bool blank, ScrollbackLimits scrollback) const {
  auto options = options_;
  options.scrollback = scrollback;
  options.rows = rows();
  options.columns = columns();
  Terminal copy(std::move(options));
  copy.parser_ = parser_;
  if (!blank) {
    copy.primary_ = primary_;
    copy.alternate_ = alternate_;
    copy.clusters_ = clusters_;
    for (auto* grid : {&copy.primary_, &copy.alternate_}) drop_looks(*grid);
  }
  copy.state_ = state_;
  copy.state_.pen = Pen{{}, 0, 0, state_.pen.is_protected};
  for (auto& saved : copy.state_.saved)
    if (saved) saved->pen = Pen();
  copy.state_.title.clear();
  copy.state_.icon.clear();
  copy.state_.titles.clear();
  copy.state_.palette = Palette();
  copy.offset_ = offset_;
  copy.generation_ = generation_;
  copy.text_mode_changed();
  return copy;
}

}  // namespace ptyd::screen
