// Lines of output that go to the scrollback without having been on the screen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "daemon/screen/scrollback.hpp"
#include "daemon/screen/scrollback_packing.hpp"

namespace ptyd::screen {

// Holds those back that may still be seen when all that is known was printed.
class PackedLines {
 public:
  static constexpr std::size_t kMaxCells = CellPacker::kMaxCells;  // of a line

  struct Line {
    const char* begin = nullptr;  // in the output
    std::uint16_t style = 0;      // of the pen there
    bool ascii = true;            // nothing else, and all of it in the default style
    std::size_t cells = 0;
    std::size_t rows = 1;
    std::size_t text = 0;  // how long
    std::size_t runs = 0;
  };

  // Where the next line goes: there is room for one.
  char* next_text();
  char* next_runs();
  void add(const Line& line);

  std::size_t rows() const noexcept { return rows_; }
  // The first line that is held, which must be there.
  const Line& first() const noexcept { return lines_[first_]; }
  // Moves lines to the scrollback, as long as at least `above` rows are left.
  void move(std::size_t above, Scrollback& scrollback);

 private:
  static constexpr std::size_t kMaxText = kMaxCells * 4 + 16;
  static constexpr std::size_t kMaxRuns = kMaxCells * RunWriter::kMaxRun;

  // Of the lines that are held, one behind the other.
  struct Bytes {
    std::unique_ptr<char[]> data;
    std::size_t size = 0;
    std::size_t begin = 0;
    std::size_t end = 0;
    void make_room(std::size_t more);
    std::string_view take(std::size_t count) noexcept;
  };

  Bytes text_;
  Bytes runs_;
  std::vector<Line> lines_;
  std::size_t first_ = 0;
  std::size_t rows_ = 0;
};

}  // namespace ptyd::screen
