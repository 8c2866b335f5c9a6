// Where packed lines are kept: pages of bytes, oldest first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace ptyd::screen {

// A log of pieces, each of which lies whole in one page. A line is one piece or several in a row; pages remember where
// lines begin, so that a line is found by its id without an index of all. Lines are dropped at the front and taken back
// at the end; a page is freed when no line that begins in it is left.
class LinePages {
 public:
  static constexpr std::size_t kMaxPage = 32 * 1024;
  static constexpr std::size_t kMaxPiece = kMaxPage - sizeof(std::uint16_t);

  // Of all pages together; one page may be held however low the limit is.
  void set_max_bytes(std::size_t bytes);

  // Room for a piece at the end. Oldest pages may go for it, and with them even the line that is being written: lines()
  // is 0 then.
  char* room(std::size_t size) {
    if (pages_.empty() || pages_.back().free() < size + sizeof(std::uint16_t)) add_page(size);
    Page& page = pages_.back();
    return page.bytes.get() + page.used;
  }
  // The piece that was written to room() is there. The first piece of all begins a line.
  void add(std::size_t size, bool begins_line) noexcept {
    Page& page = pages_.back();
    if (begins_line) {
      page.set_start(page.lines, page.used);
      ++page.lines;
      ++end_line_;
    }
    page.used += static_cast<std::uint32_t>(size);
  }

  // Lines are numbered [first_line(), end_line()).
  std::uint64_t first_line() const noexcept { return first_line_; }
  std::uint64_t end_line() const noexcept { return end_line_; }
  std::size_t lines() const noexcept { return static_cast<std::size_t>(end_line_ - first_line_); }
  void drop_line() {
    ++first_line_;
    if (first_line_ >= second_page_line_ || first_line_ == end_line_) trim();
  }
  void pop_line();
  // Drops all lines; the next one gets the number `next_line`.
  void clear(std::uint64_t next_line);

  struct Place {
    std::size_t page = 0;
    std::size_t offset = 0;
  };
  // Where a line, which must be there, begins.
  Place find(std::uint64_t line) const;
  // The pieces from `place` on to the end of their page, which is the next one when `place` is at the end of one;
  // empty at the end of all.
  std::string_view at(Place& place) const;
  std::size_t bytes() const noexcept;  // of memory that is held

 private:
  struct Page {
    std::unique_ptr<char[]> bytes;
    std::uint32_t capacity = 0;
    std::uint32_t used = 0;
    std::uint32_t lines = 0;       // that begin here
    std::uint64_t first_line = 0;  // the first line that begins here or later

    // Where lines begin is written from the end of the page downwards.
    char* start_at(std::size_t line) const noexcept {
      return bytes.get() + capacity - (line + 1) * sizeof(std::uint16_t);
    }
    void set_start(std::size_t line, std::size_t offset) noexcept {
      const auto value = static_cast<std::uint16_t>(offset);
      std::memcpy(start_at(line), &value, sizeof(value));
    }
    std::size_t start(std::size_t line) const noexcept {
      std::uint16_t value = 0;
      std::memcpy(&value, start_at(line), sizeof(value));
      return value;
    }
    std::size_t free() const noexcept { return capacity - used - lines * sizeof(std::uint16_t); }
  };
  static constexpr std::uint64_t kNoLine = ~std::uint64_t{0};
  void add_page(std::size_t size);
  std::size_t page_capacity(std::size_t size) const noexcept;
  void drop_page();
  void free_front() noexcept;
  void pages_changed() noexcept;
  void trim();

  std::vector<Page> pages_;
  std::size_t held_ = 0;
  std::size_t max_bytes_ = 0;
  std::size_t max_page_ = kMaxPage;
  std::uint64_t first_line_ = 0;
  std::uint64_t end_line_ = 0;
  std::uint64_t second_page_line_ =
      kNoLine;  // first_line of the second page: when lines before it are gone, the first is
};

}  // namespace ptyd::screen
