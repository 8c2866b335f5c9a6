#include "daemon/screen/scrollback.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "daemon/screen/scrollback_packing.hpp"
#include "daemon/screen/scrollback_pages.hpp"

namespace ptyd::screen {
namespace {

// Pieces name places in their pages by 16 bits and ids of lines only go up, so neither limit needs to be higher.
constexpr std::size_t kMostBytes = std::size_t{1} << 30;
constexpr std::uint64_t kMostLines = std::uint64_t{1} << 62;

std::span<const Cell> without_blank_end(std::span<const Cell> cells) noexcept {
  std::size_t end = cells.size();
  while (end > 0 && (cells[end - 1].bits & ~Cell::kProtected) == 0 && cells[end - 1].style == 0 &&
         cells[end - 1].link == 0) {
    --end;
  }
  return cells.first(end);
}

}  // namespace

struct Scrollback::Impl {
  LinePages pages;
  // The flags of the last piece, when the newest line is open.
  char* open_flags = nullptr;
  std::size_t open_cells = 0;  // of the newest line, when it is open

  void push(std::span<const Cell> cells, bool more, Mark mark, const ClusterTable& clusters);
  bool push_short(std::span<const Cell> cells);
  bool push_ascii(std::span<const Cell> cells, unsigned flags);
  void push_any(std::span<const Cell> cells, bool more, Mark mark, const ClusterTable& clusters);
  void add(char* piece, std::size_t size, std::size_t cells, bool more);
  void end_open(unsigned flag) noexcept;
  void drop_line();
  void check_open() noexcept {
    if (pages.lines() == 0) open_flags = nullptr;
  }
  template <class Visit>
  bool visit_line(std::uint64_t id, Visit visit) const;
};

void Scrollback::Impl::add(char* piece, std::size_t size, std::size_t cells, bool more) {
  check_open();
  const bool begins_line = open_flags == nullptr;
  pages.add(size, begins_line);
  open_cells = begins_line ? cells : open_cells + cells;
  open_flags = more ? piece : nullptr;
}

// The open line ends, and is marked with `flag`.
void Scrollback::Impl::end_open(unsigned flag) noexcept {
  if (open_flags == nullptr) return;
  *open_flags = static_cast<char>((static_cast<unsigned char>(*open_flags) & ~PieceFlag::kMore) | flag);
  open_flags = nullptr;
}

void Scrollback::Impl::push(std::span<const Cell> cells, bool more, Mark mark, const ClusterTable& clusters) {
  if (open_flags != nullptr && open_cells + cells.size() > kMaxLineCells) end_open(PieceFlag::kCut);
  const unsigned flags = (more ? PieceFlag::kMore : 0) | static_cast<unsigned>(mark) << PieceFlag::kMarkShift;
  if (!push_ascii(cells, flags)) push_any(cells, more, mark, clusters);
}

// A whole line, as most are. False: it has to take the long way.
inline bool Scrollback::Impl::push_short(std::span<const Cell> cells) {
  if (open_flags != nullptr || cells.size() > kMaxAsciiCells) return false;
  const std::size_t size = pack_ascii(cells, 0, pages.room(ascii_piece_bytes(cells.size())));
  if (size > 0) pages.add(size, true);
  return size > 0;
}

bool Scrollback::Impl::push_ascii(std::span<const Cell> cells, unsigned flags) {
  char* piece = pages.room(ascii_piece_bytes(cells.size()));
  const std::size_t size = pack_ascii(cells, flags, piece);
  if (size > 0) add(piece, size, cells.size(), (flags & PieceFlag::kMore) != 0);
  return size > 0;
}

void Scrollback::Impl::push_any(std::span<const Cell> cells, bool more, Mark mark, const ClusterTable& clusters) {
  CellPacker packer;
  do {
    const std::size_t taken = packer.pack(cells, clusters);
    cells = cells.subspan(taken);
    const bool goes_on = more || !cells.empty();
    const unsigned flags = (goes_on ? PieceFlag::kMore : 0) | static_cast<unsigned>(mark) << PieceFlag::kMarkShift;
    char* piece = pages.room(packer.size());
    add(piece, packer.write(flags, piece), taken, goes_on);
  } while (!cells.empty());
}

void Scrollback::Impl::drop_line() {
  pages.drop_line();
  check_open();
}

// Calls visit(piece) for the pieces of a line; false when the line is not there.
template <class Visit>
bool Scrollback::Impl::visit_line(std::uint64_t id, Visit visit) const {
  if (id < pages.first_line() || id >= pages.end_line()) return false;
  auto place = pages.find(id);
  Piece piece;
  do {
    if (!parse_piece(pages.at(place), piece)) break;
    visit(std::as_const(piece));
    place.offset += piece.size;
  } while (piece.more());
  return true;
}

Scrollback::Scrollback(ScrollbackLimits limits) : impl_(std::make_unique<Impl>()) { set_limits(limits); }
Scrollback::~Scrollback() = default;
Scrollback::Scrollback(Scrollback&&) noexcept = default;
Scrollback& Scrollback::operator=(Scrollback&&) noexcept = default;

void Scrollback::set_limits(ScrollbackLimits limits) {
  limits_ = {limits.lines, std::min(limits.bytes, kMostBytes)};
  impl_->pages.set_max_bytes(limits_.bytes);
  while (size() > 0 && (size() > limits_.lines || limits_.bytes == 0)) impl_->drop_line();
  impl_->check_open();
}

void Scrollback::push(std::span<const Cell> cells, bool wrapped, Mark mark, const ClusterTable& clusters) {
  if (!wrapped) {
    cells = without_blank_end(cells);
  } else if (!cells.empty() && cells.back().wrap_spacer()) {
    cells = cells.first(cells.size() - 1);
  }
  if (wrapped || mark != Mark::none || !impl_->push_short(cells)) push_long(cells, wrapped, mark, clusters);
  drop_beyond_limits();
}

inline void Scrollback::drop_beyond_limits() {
  while (size() > limits_.lines || (limits_.bytes == 0 && size() > 0)) impl_->drop_line();
}

void Scrollback::push_plain(std::string_view text) {
  static_assert(kMaxPlainCells <= kMaxAsciiCells);
  auto& pages = impl_->pages;
  pages.add(pack_text(text, pages.room(ascii_piece_bytes(text.size()))), true);
  drop_beyond_limits();
}

// Asks for the room that push() does: the same pages go.
void Scrollback::push_packed(std::string_view text, std::string_view runs, std::size_t cells, bool ascii) {
  auto& pages = impl_->pages;
  char* piece = pages.room(ascii_piece_bytes(cells));
  if (!ascii) piece = pages.room(piece_bytes(text.size(), runs.size()));
  pages.add(write_piece(ascii ? PieceFlag::kAscii : 0, text, runs, piece), true);
  drop_beyond_limits();
}

void Scrollback::push_long(std::span<const Cell> cells, bool wrapped, Mark mark, const ClusterTable& clusters) {
  if (mark == Mark::prompt) close();
  while (cells.size() > kMaxAsciiCells) {
    const std::size_t take = kMaxAsciiCells - (cells[kMaxAsciiCells].tail() ? 1 : 0);
    impl_->push(cells.first(take), true, mark, clusters);
    cells = cells.subspan(take);
  }
  impl_->push(cells, wrapped, mark, clusters);
}

bool Scrollback::pop(Line& line) {
  if (size() == 0) return false;
  read(end_id() - 1, line);
  impl_->pages.pop_line();
  impl_->open_flags = nullptr;
  return true;
}

void Scrollback::clear() {
  impl_->pages.clear(end_id());
  impl_->open_flags = nullptr;
}

std::uint64_t Scrollback::first_id() const noexcept { return impl_->pages.first_line(); }
std::uint64_t Scrollback::end_id() const noexcept { return impl_->pages.end_line(); }
bool Scrollback::open() const noexcept { return impl_->open_flags != nullptr; }
void Scrollback::close() noexcept { impl_->end_open(0); }

bool Scrollback::read(std::uint64_t id, Line& line) const {
  line.clear();
  bool first = true;
  const bool found = impl_->visit_line(id, [&](const Piece& piece) {
    if (first) line.mark = piece.mark();
    first = false;
    line.open = piece.more();
    line.cut = piece.cut();
    unpack(piece, line);
  });
  if (!found) return false;
  line.id = id;
  if (!line.open && !line.cut) line.cells.resize(without_blank_end(line.cells).size());
  return true;
}

bool Scrollback::read_text(std::uint64_t id, std::string& text, std::vector<std::uint32_t>* columns) const {
  text.clear();
  if (columns != nullptr) columns->clear();
  std::uint32_t column = 0;
  if (!impl_->visit_line(id, [&](const Piece& piece) { unpack_text(piece, text, columns, column); })) return false;
  text.resize(text.find_last_not_of('\0') + 1);
  std::ranges::replace(text, '\0', ' ');
  if (columns != nullptr) columns->resize(text.size());
  return true;
}

// The first id, the number of bytes, and the pieces one after the other.
void Scrollback::save(std::string& out) const {
  const auto& pages = impl_->pages;
  append_varint(out, pages.first_line());
  if (size() == 0) {
    append_varint(out, 0);
    return;
  }
  std::size_t total = 0;
  for (auto place = pages.find(first_id());;) {
    const std::string_view bytes = pages.at(place);
    if (bytes.empty()) break;
    total += bytes.size();
    place.offset += bytes.size();
  }
  append_varint(out, total);
  // A flood makes many checkpoints a second: what comes behind a long history should not move it once more.
  constexpr std::size_t kShareBehind = 16;
  out.reserve(out.size() + total + total / kShareBehind);
  for (auto place = pages.find(first_id());;) {
    const std::string_view bytes = pages.at(place);
    if (bytes.empty()) break;
    out += bytes;
    place.offset += bytes.size();
  }
}

bool Scrollback::load(std::string_view& in) {
  clear();
  std::uint64_t first = 0;
  std::string_view bytes;
  if (!take_number(in, first, kMostLines) || !take_text(in, bytes)) return false;
  Impl loaded;
  loaded.pages.set_max_bytes(limits_.bytes);
  loaded.pages.clear(first);
  while (!bytes.empty()) {
    Piece piece;
    std::size_t cells = 0;
    if (!parse_piece(bytes, piece) || piece.size > LinePages::kMaxPiece || !check_piece(piece, cells)) return false;
    if (loaded.open_flags == nullptr ? cells > kMaxLineCells : loaded.open_cells + cells > kMaxLineCells) return false;
    char* to = loaded.pages.room(piece.size);
    bytes.copy(to, piece.size);
    loaded.add(to, piece.size, cells, piece.more());
    bytes.remove_prefix(piece.size);
    while (loaded.pages.lines() > limits_.lines) loaded.drop_line();
  }
  *impl_ = std::move(loaded);
  set_limits(limits_);
  return true;
}

void Scrollback::mark_used(std::vector<bool>& styles, std::vector<bool>& links) const {
  const auto& pages = impl_->pages;
  if (size() == 0) return;
  Piece piece;
  for (auto place = pages.find(first_id()); parse_piece(pages.at(place), piece); place.offset += piece.size) {
    std::size_t count = 0;
    RunLook look;
    while (take_run(piece.runs, count, look)) {
      if (look.style < styles.size()) styles[look.style] = true;
      if (look.link < links.size()) links[look.link] = true;
    }
  }
}

void Scrollback::drop_half() {
  for (std::size_t left = (size() + 1) / 2; left > 0; --left) impl_->drop_line();
}

std::size_t Scrollback::bytes() const noexcept { return impl_->pages.bytes() + sizeof(Impl) + sizeof(*this); }

}  // namespace ptyd::screen
