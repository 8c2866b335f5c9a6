// Cells as bytes. A piece is a row, or a part of one:
//   flags (PieceFlag), length of the text as a varint, with kRuns the length of the runs as a varint; text; runs.
// The text is UTF-8, without the right halves of wide characters; a NUL is a cell that was never written. The runs, in
// order, tell how many characters look alike: count * 8 + what differs from the run before, then what does: style and
// link id as varints, kind as a byte. Without runs all is in the default style.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "common/bytes.hpp"
#include "daemon/screen/cell.hpp"
#include "daemon/screen/cluster.hpp"
#include "daemon/screen/grid.hpp"
#include "daemon/screen/scrollback.hpp"

namespace ptyd::screen {

struct PieceFlag {
  static constexpr unsigned kMore = 1;                                // the line goes on in the next piece
  static constexpr unsigned kCut = 2;                                 // the line goes on in the next line
  static constexpr unsigned kMarkShift = 2, kMark = 3 << kMarkShift;  // Mark, in the first piece of a line
  static constexpr unsigned kRuns = 16;                               // there are runs
  static constexpr unsigned kAscii = 32;                              // all of the text is ASCII, and there are no runs
  static constexpr unsigned kAll = 63;
};

struct Piece {
  unsigned flags = 0;
  std::string_view text;
  std::string_view runs;
  std::size_t size = 0;  // of all

  bool more() const noexcept { return (flags & PieceFlag::kMore) != 0; }
  bool cut() const noexcept { return (flags & PieceFlag::kCut) != 0; }
  bool ascii() const noexcept { return (flags & PieceFlag::kAscii) != 0; }
  Mark mark() const noexcept { return static_cast<Mark>((flags & PieceFlag::kMark) >> PieceFlag::kMarkShift); }
};

// The piece that `in` begins with; false when there is none.
bool parse_piece(std::string_view in, Piece& piece) noexcept;
// Whether all in a piece is as pack_cells() or pack_ascii() makes it, for pieces that come from elsewhere. Counts its
// cells.
bool check_piece(const Piece& piece, std::size_t& cells) noexcept;

// How a run of characters looks.
struct RunLook {
  static constexpr unsigned kWide = 1;
  static constexpr unsigned kCluster = 2;  // every character is several code points, their count - 1 in the upper half
  std::uint16_t style = 0;
  std::uint16_t link = 0;
  std::uint8_t kind = 0;
  bool wide() const noexcept { return (kind & kWide) != 0; }
  bool cluster() const noexcept { return (kind & kCluster) != 0; }
  std::size_t code_points() const noexcept { return 1 + (static_cast<unsigned>(kind) >> 4); }
  bool operator==(const RunLook&) const = default;
};

// Writes runs.
class RunWriter {
 public:
  // What a run takes at most: count 2, style 3, link 3, kind 1.
  static constexpr std::size_t kMaxRun = 9;
  explicit RunWriter(char* out) noexcept : begin_(out), end_(out) {}
  // What comes looks so.
  void look(const RunLook& look) noexcept {
    if (look == look_) return;
    end_run();
    look_ = look;
  }
  void count(std::size_t characters) noexcept { count_ += characters; }
  // Returns the end of the runs; none are needed when all is in the default style.
  char* finish() noexcept {
    if (end_ != begin_ || look_ != RunLook()) end_run();
    return end_;
  }

 private:
  void end_run() noexcept;

  char* begin_;
  char* end_;
  RunLook look_;     // of the run that is being packed
  RunLook written_;  // of the run before it
  std::size_t count_ = 0;
};

// Takes a run; false at the end, or when what is there is none. `look` is that of the run before.
bool take_run(std::string_view& runs, std::size_t& count, RunLook& look) noexcept;

// At most this many cells are packed by one pack_ascii().
inline constexpr std::size_t kMaxAsciiCells = 4096;
// What pack_ascii() writes at most for so many cells.
constexpr std::size_t ascii_piece_bytes(std::size_t cells) noexcept { return 3 + cells; }
// Writes a piece of cells that are all ASCII, or empty, in the default style; 0 when there are others. Returns its
// size.
std::size_t pack_ascii(std::span<const Cell> cells, unsigned flags, char* out) noexcept;
// The same for a whole line that is at hand as text: printable ASCII only.
std::size_t pack_text(std::string_view text, char* out) noexcept;

// A piece of any cells.
class CellPacker {
 public:
  static constexpr std::size_t kMaxCells = 256;
  // Packs the first cells, as many as fit; returns how many.
  std::size_t pack(std::span<const Cell> cells, const ClusterTable& clusters) noexcept;
  // What write() writes at most.
  std::size_t size() const noexcept;
  std::size_t write(unsigned flags, char* out) const noexcept;

 private:
  void put(char32_t character) noexcept;
  std::size_t put_alike(std::span<const Cell> cells, std::uint64_t looks) noexcept;
  std::size_t text_size() const noexcept { return static_cast<std::size_t>(text_end_ - text_); }
  std::size_t runs_size() const noexcept { return static_cast<std::size_t>(runs_end_ - runs_); }

  char text_[kMaxCells * ClusterTable::kMaxCodePoints * 4];
  char runs_[kMaxCells * RunWriter::kMaxRun];
  char* text_end_ = text_;
  char* runs_end_ = runs_;
};

// What write_piece() writes at most.
constexpr std::size_t piece_bytes(std::size_t text, std::size_t runs) noexcept {
  // Lengths below 2^14 take two bytes at most, those of the text below 2^21 three.
  return 1 + 3 + (runs > 0 ? 2 : 0) + text + runs;
}
std::size_t write_piece(unsigned flags, std::string_view text, std::string_view runs, char* out) noexcept;

// Appends a piece's cells to a line.
void unpack(const Piece& piece, Line& line);
// Appends a piece's text, with its NULs; `column` counts on when `columns` is given.
void unpack_text(const Piece& piece, std::string& text, std::vector<std::uint32_t>* columns, std::uint32_t& column);

}  // namespace ptyd::screen
