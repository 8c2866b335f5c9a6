#include "daemon/session/new_lines.hpp"

#include <utility>

namespace ptyd {

namespace {

// A larger screen is not copied for each piece of output.
constexpr int kMaxCells = 256 * 1024;

}  // namespace

void NewLines::skip(const screen::Terminal& terminal) {
  lines_.skip(terminal);
  forget();
}

void NewLines::before_output(const screen::Terminal& terminal) {
  if (terminal.rows() * terminal.columns() > kMaxCells) return;
  if (!before_ && output_.empty()) before_ = std::make_unique<screen::Terminal>(terminal.text_copy(false, kScrollback));
}

void NewLines::output(std::string_view bytes) {
  if (before_ && output_.size() + bytes.size() > kMaxOutput) before_.reset();
  if (before_) output_ += bytes;
}

std::uint64_t NewLines::place(std::uint64_t end, const Test& test) const {
  if (!before_) return end;
  auto terminal = before_->text_copy(false, kScrollback);
  screen::ChangedLines lines;
  lines.skip(terminal);
  std::size_t without = 0;  // `terminal` has seen so many bytes, and no line was it
  std::size_t with = output_.size();
  while (with - without > 1) {
    const auto middle = without + (with - without) / 2;
    auto further = terminal.text_copy(false, kScrollback);
    auto further_lines = lines;
    further.feed(std::string_view(output_).substr(without, middle - without));
    bool found = false;
    further_lines.look(further, [&](const std::string& line) { found = found || test(line); });
    if (found) {
      with = middle;
    } else {
      terminal = std::move(further);
      lines = further_lines;
      without = middle;
    }
  }
  return before_->offset() + with;
}

void NewLines::forget() {
  before_.reset();
  output_.clear();
}

}  // namespace ptyd
