#include "daemon/screen/checkpoint.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

#include "common/bytes.hpp"
#include "daemon/screen/checkpoint_state.hpp"

namespace ptyd::screen {
namespace {

constexpr std::string_view kMagic = "ptyd screen\n";
constexpr std::uint32_t kByteOrder = 0x01020304;  // cells are written as they are in memory
constexpr std::uint64_t kAny = UINT64_MAX;

static_assert(std::is_trivially_copyable_v<Cell>);

// Blank cells at a row's end are left out, but for a byte for so many of them: what is allocated for a screen is in
// proportion to the bytes that tell of it.
constexpr std::size_t kBlanksPerByte = 32;
std::size_t blank_bytes(std::size_t cells) { return (cells + kBlanksPerByte - 1) / kBlanksPerByte; }

template <class T>
void append_bytes(std::string& out, const T* values, std::size_t count) {
  out.append(reinterpret_cast<const char*>(values), count * sizeof(T));
}

template <class T>
bool take_bytes(std::string_view& in, T* values, std::size_t count) {
  if (in.size() < count * sizeof(T)) return false;
  std::memcpy(values, in.data(), count * sizeof(T));
  in.remove_prefix(count * sizeof(T));
  return true;
}

// Flags of a row.
constexpr unsigned kWrapped = 1;
constexpr unsigned kMarkShift = 1;

// Of each row: its generation, flags, how many cells follow, these cells, and filling for the blank ones behind.
void save_grid(const Grid& grid, std::string& out) {
  for (int row = 0; row < grid.rows(); ++row) {
    const auto& info = grid.info(row);
    const auto cells = grid.used_cells(row);
    append_varint(out, info.generation);
    append_varint(out, static_cast<unsigned>(info.mark) << kMarkShift | (info.wrapped ? kWrapped : 0));
    append_varint(out, cells.size());
    append_bytes(out, cells.data(), cells.size());
    out.append(blank_bytes(static_cast<std::size_t>(grid.columns()) - cells.size()), '\0');
  }
}

std::size_t least_grid_bytes(int rows, int columns) {
  return static_cast<std::size_t>(rows) * (3 + blank_bytes(static_cast<std::size_t>(columns)));
}

// Whether a terminal could have written this cell behind that one.
bool check_cell(const Cell& cell, const Cell& before, const ClusterTable& clusters) {
  constexpr std::uint32_t kKnown =
      Cell::kCharacter | Cell::kCluster | Cell::kWide | Cell::kTail | Cell::kProtected | Cell::kWrapSpacer;
  if ((cell.bits & ~kKnown) != 0 || cell.tail() != before.wide()) return false;
  if (cell.tail()) return cell.character() == 0 && !cell.cluster() && !cell.wide();
  if (cell.cluster()) {
    const auto text = clusters[cell.character()];  // of an unknown id a single character
    return text.size() > 1 && std::ranges::all_of(text, is_printable);
  }
  if (cell.character() == 0) return !cell.wide();
  return is_printable(cell.character());
}

bool load_row(std::string_view& in, Grid& grid, int row, const ClusterTable& clusters) {
  RowInfo info;
  unsigned flags = 0;
  std::size_t used = 0;
  const auto columns = static_cast<std::size_t>(grid.columns());
  if (!take_number(in, info.generation, kAny) || !take_number(in, flags, 7) || !take_number(in, used, columns)) {
    return false;
  }
  Cell* cells = grid.cells(row);
  if (!take_bytes(in, cells, used) || in.size() < blank_bytes(columns - used)) return false;
  in.remove_prefix(blank_bytes(columns - used));
  Cell before;
  for (std::size_t column = 0; column < used; ++column) {
    if (!check_cell(cells[column], before, clusters)) return false;
    before = cells[column];
  }
  if (before.wide()) return false;
  info.used = static_cast<std::uint16_t>(used);
  info.wrapped = (flags & kWrapped) != 0;
  info.mark = static_cast<Mark>(flags >> kMarkShift);
  grid.info(row) = info;
  return true;
}

bool load_grid(std::string_view& in, Grid& grid, const ClusterTable& clusters) {
  for (int row = 0; row < grid.rows(); ++row) {
    if (!load_row(in, grid, row, clusters)) return false;
  }
  return true;
}

struct Header {
  int rows = 0;
  int columns = 0;
  int x_pixels = 0;
  int y_pixels = 0;
  std::uint64_t offset = 0;
  std::uint64_t generation = 0;
};

bool load_header(std::string_view& in, Header& header) {
  if (!in.starts_with(kMagic)) return false;
  in.remove_prefix(kMagic.size());
  std::uint32_t order = 0;
  std::uint32_t version = 0;
  if (!take_bytes(in, &order, 1) || order != kByteOrder) return false;
  if (!take_number(in, version, UINT32_MAX) || version != kCheckpointVersion) return false;
  if (!take_number(in, header.rows, Grid::kMaxRows) || !take_number(in, header.columns, Grid::kMaxColumns)) {
    return false;
  }
  return header.rows > 0 && header.columns > 0 && take_number(in, header.x_pixels, INT32_MAX) &&
         take_number(in, header.y_pixels, INT32_MAX) && take_number(in, header.offset, kAny) &&
         take_number(in, header.generation, kAny);
}

}  // namespace

// Reaches what Terminal has no functions for.
class CheckpointAccess {
 public:
  static bool load(std::string_view in, Terminal& terminal) {
    return terminal.styles_.load(in) && terminal.links_.load(in) && terminal.clusters_.load(in) &&
           load_grid(in, terminal.primary_, terminal.clusters_) &&
           load_grid(in, terminal.alternate_, terminal.clusters_) && terminal.scrollback_.load(in) &&
           load_state(in, terminal.rows(), terminal.columns(), terminal.state_) && load_pending(in, terminal);
  }
  static void finish(const Header& header, Terminal& terminal) {
    auto& state = terminal.state_;
    for (auto& saved : state.saved) {
      if (saved) saved->pen.style_id = terminal.style_id(saved->pen.style);
    }
    terminal.pen_changed();
    terminal.offset_ = header.offset;
    terminal.generation_ = header.generation;
  }

 private:
  // Half a sequence does nothing; of bytes that do more, all that they do is to the terminal that is refused.
  static bool load_pending(std::string_view in, Terminal& terminal) {
    std::string_view pending;
    if (!take_text(in, pending) || !in.empty()) return false;
    terminal.parser_.feed(pending, terminal);
    return terminal.parser_.pending() == pending;
  }
};

std::string save_checkpoint(const Terminal& terminal, std::string before) {
  std::string out = std::move(before);
  out += kMagic;
  append_bytes(out, &kByteOrder, 1);
  append_varint(out, kCheckpointVersion);
  for (const int number : {terminal.rows(), terminal.columns(), terminal.x_pixels(), terminal.y_pixels()}) {
    append_varint(out, static_cast<std::uint64_t>(number));
  }
  append_varint(out, terminal.offset());
  append_varint(out, terminal.generation());
  terminal.styles().save(out);
  terminal.links().save(out);
  terminal.clusters().save(out);
  save_grid(terminal.primary(), out);
  save_grid(terminal.alternate(), out);
  terminal.scrollback().save(out);
  save_state(terminal.state(), out);
  append_text(out, terminal.parser().pending());
  return out;
}

std::optional<Terminal> load_checkpoint(std::string_view checkpoint, TerminalOptions options,
                                        TerminalListener* listener) {
  Header header;
  if (!load_header(checkpoint, header)) return std::nullopt;
  if (checkpoint.size() < 2 * least_grid_bytes(header.rows, header.columns)) return std::nullopt;
  options.rows = header.rows;
  options.columns = header.columns;
  options.x_pixels = header.x_pixels;
  options.y_pixels = header.y_pixels;
  Terminal terminal(std::move(options));
  if (!CheckpointAccess::load(checkpoint, terminal)) return std::nullopt;
  CheckpointAccess::finish(header, terminal);
  terminal.set_listener(listener);
  return terminal;
}

}  // namespace ptyd::screen
