#include "daemon/screen/packed_lines.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace ptyd::screen {

// What was taken makes room first.
void PackedLines::Bytes::make_room(std::size_t more) {
  if (size - end >= more) return;
  const std::size_t used = end - begin;
  if (used + more > size / 2) {
    size = std::max(size * 2, std::size_t{4} * more);
    auto larger = std::make_unique_for_overwrite<char[]>(size);
    if (used > 0) std::memcpy(larger.get(), data.get() + begin, used);
    data = std::move(larger);
  } else {
    std::memmove(data.get(), data.get() + begin, used);
  }
  begin = 0;
  end = used;
}

std::string_view PackedLines::Bytes::take(std::size_t count) noexcept {
  const std::string_view taken(data.get() + begin, count);
  begin += count;
  return taken;
}

char* PackedLines::next_text() {
  text_.make_room(kMaxText);
  return text_.data.get() + text_.end;
}

char* PackedLines::next_runs() {
  runs_.make_room(kMaxRuns);
  return runs_.data.get() + runs_.end;
}

void PackedLines::add(const Line& line) {
  lines_.push_back(line);
  text_.end += line.text;
  runs_.end += line.runs;
  rows_ += line.rows;
}

void PackedLines::move(std::size_t above, Scrollback& scrollback) {
  while (first_ < lines_.size() && rows_ >= above + first().rows) {
    const Line& line = lines_[first_++];
    rows_ -= line.rows;
    const auto text = text_.take(line.text);
    scrollback.push_packed(text, runs_.take(line.runs), line.cells, line.ascii);
  }
  lines_.erase(lines_.begin(), lines_.begin() + static_cast<std::ptrdiff_t>(first_));
  first_ = 0;
}

}  // namespace ptyd::screen
