#include "daemon/screen/scrollback_pages.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace ptyd::screen {
namespace {

// The first page is small, for sessions that print little.
constexpr std::size_t kMinPage = 1024;

}  // namespace

void LinePages::set_max_bytes(std::size_t bytes) {
  max_bytes_ = bytes;
  // Lines go a page at a time when there are too many bytes: an eighth of all.
  max_page_ = std::clamp(std::bit_floor(bytes / 8), kMinPage, kMaxPage);
  while (held_ > max_bytes_ && pages_.size() > 1) drop_page();
}

std::size_t LinePages::page_capacity(std::size_t size) const noexcept {
  const std::size_t wanted = std::clamp(std::bit_ceil(held_ + 1), kMinPage, max_page_);
  return std::max(wanted, std::bit_ceil(size + sizeof(std::uint16_t)));
}

void LinePages::add_page(std::size_t size) {
  const std::size_t capacity = page_capacity(size);
  while (held_ + capacity > max_bytes_ && pages_.size() > 1) drop_page();
  // The allocator gives back a page that was dropped: nearly all have the same size.
  Page page{std::make_unique_for_overwrite<char[]>(capacity), static_cast<std::uint32_t>(capacity), 0, 0, end_line_};
  held_ += capacity;
  pages_.push_back(std::move(page));
  pages_changed();
  while (held_ > max_bytes_ && pages_.size() > 1) drop_page();
}

void LinePages::free_front() noexcept {
  held_ -= pages_.front().capacity;
  pages_.erase(pages_.begin());
  pages_changed();
}

void LinePages::pages_changed() noexcept { second_page_line_ = pages_.size() > 1 ? pages_[1].first_line : kNoLine; }

void LinePages::drop_page() {
  const Page& page = pages_.front();
  first_line_ = std::max(first_line_, page.first_line + page.lines);
  trim();
}

// Frees the pages in which no line begins that is left. What a page has before its first beginning belongs to such a
// line as well.
void LinePages::trim() {
  while (pages_.size() > 1 && pages_[1].first_line <= first_line_) free_front();
  if (first_line_ == end_line_ && !pages_.empty()) {
    pages_.back().used = pages_.back().lines = 0;
    pages_.back().first_line = end_line_;
  }
}

void LinePages::pop_line() {
  while (pages_.back().lines == 0) {
    held_ -= pages_.back().capacity;
    pages_.pop_back();
  }
  pages_changed();
  Page& page = pages_.back();
  --page.lines;
  page.used = static_cast<std::uint32_t>(page.start(page.lines));
  --end_line_;
  trim();
}

void LinePages::clear(std::uint64_t next_line) {
  pages_.clear();
  pages_changed();
  held_ = 0;
  first_line_ = end_line_ = next_line;
}

LinePages::Place LinePages::find(std::uint64_t line) const {
  const auto after = std::upper_bound(pages_.begin(), pages_.end(), line,
                                      [](std::uint64_t wanted, const Page& page) { return wanted < page.first_line; });
  const auto index = static_cast<std::size_t>(after - pages_.begin()) - 1;
  const Page& page = pages_[index];
  return {index, page.start(static_cast<std::size_t>(line - page.first_line))};
}

std::string_view LinePages::at(Place& place) const {
  for (; place.page < pages_.size(); ++place.page, place.offset = 0) {
    const Page& page = pages_[place.page];
    if (place.offset < page.used) return {page.bytes.get() + place.offset, page.used - place.offset};
  }
  return {};
}

std::size_t LinePages::bytes() const noexcept { return held_ + pages_.size() * sizeof(Page) + sizeof(*this); }

}  // namespace ptyd::screen
