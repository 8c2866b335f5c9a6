#include "daemon/screen/scrollback_packing.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "daemon/screen/utf8.hpp"
#include "daemon/screen/widen.hpp"

namespace ptyd::screen {
namespace {

constexpr unsigned kNewStyle = 1, kNewLink = 2, kNewKind = 4;
constexpr char32_t kReplacement = 0xfffd;

// A cell as a number: the character and its flags in the lower half, style and link above.
std::uint64_t word(const Cell& cell) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    return std::bit_cast<std::uint64_t>(cell);
  } else {
    return cell.bits | static_cast<std::uint64_t>(cell.style) << 32 | static_cast<std::uint64_t>(cell.link) << 48;
  }
}

// Writes eight characters that are one byte each.
void put_eight(std::uint64_t packed, char* out) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(out, &packed, sizeof(packed));
  } else {
    for (unsigned shift = 0; shift < 64; shift += 8) *out++ = static_cast<char>(packed >> shift);
  }
}

// False as soon as a cell is not ASCII in the default style.
bool narrow(std::span<const Cell> cells, char* out) noexcept {
  const Cell* cell = cells.data();
  const Cell* const end = cell + cells.size();
  std::uint64_t seen = 0;
  for (; end - cell >= 8; cell += 8, out += 8) {
    std::uint64_t packed = 0;
    for (unsigned i = 0; i < 8; ++i) {
      seen |= word(cell[i]);
      packed |= word(cell[i]) << (8 * i);
    }
    if (seen >= 0x80) return false;
    put_eight(packed, out);
  }
  for (; cell != end; ++cell) {
    seen |= word(*cell);
    *out++ = static_cast<char>(cell->bits);
  }
  return seen < 0x80;
}

char* put_utf8(char* out, char32_t character) noexcept {
  const auto put = [&out](char32_t byte) { *out++ = static_cast<char>(byte); };
  if (character > 0x10ffff || (character >= 0xd800 && character < 0xe000)) character = kReplacement;
  if (character < 0x80) {
    put(character);
  } else if (character < 0x800) {
    put(0xc0 | character >> 6);
    put(0x80 | (character & 0x3f));
  } else if (character < 0x10000) {
    put(0xe0 | character >> 12);
    put(0x80 | (character >> 6 & 0x3f));
    put(0x80 | (character & 0x3f));
  } else {
    put(0xf0 | character >> 18);
    put(0x80 | (character >> 12 & 0x3f));
    put(0x80 | (character >> 6 & 0x3f));
    put(0x80 | (character & 0x3f));
  }
  return out;
}

// Takes the next character; the text is from pack() or was checked, so it is whole.
char32_t take_character(std::string_view& text) noexcept {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead >= 0x80) return take_utf8(text);
  text.remove_prefix(1);
  return lead;
}

// Takes one character, or the code points of one cluster, off `text`.
std::string_view take_glyph(std::string_view& text, const RunLook& look) noexcept {
  const std::string_view all = text;
  for (std::size_t left = look.cluster() ? look.code_points() : 1; left > 0 && !text.empty(); --left) {
    take_character(text);
  }
  return all.substr(0, all.size() - text.size());
}

// Calls visit(text, look) for every character of a piece.
template <class Visit>
void visit_glyphs(const Piece& piece, Visit visit) {
  std::string_view text = piece.text;
  std::string_view runs = piece.runs;
  RunLook look;
  std::size_t count = 0;
  while (!text.empty() && take_run(runs, count, look)) {
    for (; count > 0 && !text.empty(); --count) visit(take_glyph(text, look), look);
  }
  if (!piece.runs.empty()) return;
  while (!text.empty()) visit(take_glyph(text, look), look);
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::string_view before = text;
    if (take_character(text) == kReplacement && !before.starts_with("\xef\xbf\xbd")) return false;
  }
  return true;
}

std::size_t count_characters(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char byte) { return !is_utf8_tail(static_cast<unsigned char>(byte)); }));
}

// Writes the cells of the next `count` clusters of the text to `out`; returns their end.
Cell* unpack_clusters(std::string_view& text, std::size_t count, const RunLook& look, Line& line, Cell* out) {
  for (; count > 0 && !text.empty(); --count) {
    std::string_view glyph = take_glyph(text, look);
    const auto number = static_cast<std::uint32_t>(line.clusters.size());
    auto& cluster = line.clusters.emplace_back();
    while (!glyph.empty()) cluster += take_character(glyph);
    *out++ = {Cell::kCluster | (look.wide() ? Cell::kWide : 0) | number, look.style, look.link};
    if (look.wide()) *out++ = {Cell::kTail, look.style, look.link};
  }
  return out;
}

// The same for characters.
Cell* unpack_characters(std::string_view& text, std::size_t count, const RunLook& look, Cell* out) noexcept {
  const Cell tail{Cell::kTail, look.style, look.link};
  for (; count > 0 && !text.empty(); --count) {
    const auto first = static_cast<unsigned char>(text.front());
    if (first < 0x80) text.remove_prefix(1);
    const char32_t character = first < 0x80 ? first : take_utf8(text);
    *out++ = {character | (look.wide() ? Cell::kWide : 0), look.style, look.link};
    if (look.wide()) *out++ = tail;
  }
  return out;
}

}  // namespace

bool parse_piece(std::string_view in, Piece& piece) noexcept {
  if (in.empty()) return false;
  const std::size_t before = in.size();
  piece.flags = static_cast<unsigned char>(in.front());
  in.remove_prefix(1);
  std::size_t text = 0;
  std::size_t runs = 0;
  if (piece.flags > PieceFlag::kAll || !take_number(in, text, in.size())) return false;
  if ((piece.flags & PieceFlag::kRuns) != 0 && !take_number(in, runs, in.size())) return false;
  if (text > in.size() || runs > in.size() - text) return false;
  piece.text = in.substr(0, text);
  piece.runs = in.substr(text, runs);
  piece.size = before - in.size() + text + runs;
  return true;
}

bool check_piece(const Piece& piece, std::size_t& cells) noexcept {
  if (piece.more() && piece.cut()) return false;
  const bool is_ascii = std::ranges::all_of(piece.text, [](char byte) { return static_cast<signed char>(byte) >= 0; });
  const bool has_runs = (piece.flags & PieceFlag::kRuns) != 0;
  if (piece.ascii() && (!is_ascii || has_runs)) return false;
  if (has_runs == piece.runs.empty() || !is_utf8(piece.text)) return false;
  std::size_t left = count_characters(piece.text);
  if (!has_runs) {
    cells = left;
    return true;
  }
  std::string_view runs = piece.runs;
  RunLook look;
  std::size_t count = 0;
  for (cells = 0; take_run(runs, count, look);) {
    if (count > left / look.code_points()) return false;
    left -= count * look.code_points();
    cells += look.wide() ? 2 * count : count;
  }
  return left == 0 && runs.empty();
}

bool take_run(std::string_view& runs, std::size_t& count, RunLook& look) noexcept {
  std::uint32_t head = 0;
  if (!take_number(runs, head, UINT32_MAX)) return false;
  count = head >> 3;
  if ((head & kNewStyle) != 0 && !take_number(runs, look.style, 0xffff)) return false;
  if ((head & kNewLink) != 0 && !take_number(runs, look.link, 0xffff)) return false;
  if ((head & kNewKind) == 0) return true;
  if (runs.empty()) return false;
  look.kind = static_cast<std::uint8_t>(runs.front());
  runs.remove_prefix(1);
  return (look.kind & 0xc) == 0 && look.cluster() == (look.code_points() > 1);
}

std::size_t pack_ascii(std::span<const Cell> cells, unsigned flags, char* out) noexcept {
  char* at = out;
  *at++ = static_cast<char>(flags | PieceFlag::kAscii);
  at = put_varint(at, cells.size());
  if (!narrow(cells, at)) return 0;
  return static_cast<std::size_t>(at - out) + cells.size();
}

std::size_t pack_text(std::string_view text, char* out) noexcept {
  char* at = out;
  *at++ = static_cast<char>(PieceFlag::kAscii);
  at = put_varint(at, text.size());
  text.copy(at, text.size());
  return static_cast<std::size_t>(at - out) + text.size();
}

void CellPacker::put(char32_t character) noexcept { text_end_ = put_utf8(text_end_, character); }

void RunWriter::end_run() noexcept {
  if (count_ == 0) return;
  unsigned head = static_cast<unsigned>(count_) << 3;
  if (look_.style != written_.style) head |= kNewStyle;
  if (look_.link != written_.link) head |= kNewLink;
  if (look_.kind != written_.kind) head |= kNewKind;
  end_ = put_varint(end_, head);
  if (look_.style != written_.style) end_ = put_varint(end_, look_.style);
  if (look_.link != written_.link) end_ = put_varint(end_, look_.link);
  if (look_.kind != written_.kind) *end_++ = static_cast<char>(look_.kind);
  written_ = look_;
  count_ = 0;
}

// The cells of one column at the beginning of `cells` that have these looks; returns how many.
std::size_t CellPacker::put_alike(std::span<const Cell> cells, std::uint64_t looks) noexcept {
  constexpr std::uint32_t kNotPlain = Cell::kCluster | Cell::kWide | Cell::kTail;
  char* out = text_end_;
  std::size_t at = 0;
  for (; at < cells.size() && word(cells[at]) >> 32 == looks && (cells[at].bits & kNotPlain) == 0; ++at) {
    if (cells[at].bits < 0x80) {
      *out++ = static_cast<char>(cells[at].bits);
    } else {
      out = put_utf8(out, cells[at].character());
    }
  }
  text_end_ = out;
  return at;
}

std::size_t CellPacker::pack(std::span<const Cell> cells, const ClusterTable& clusters) noexcept {
  text_end_ = text_;
  RunWriter runs(runs_);
  const std::size_t end = std::min(cells.size(), kMaxCells);
  std::size_t at = 0;
  while (at < end) {
    const Cell& cell = cells[at];
    const bool wide = cell.wide() && at + 1 < cells.size() && cells[at + 1].tail();
    if (wide && at + 1 == end) break;
    if (!cell.cluster()) {
      // A half of a wide character without the other one becomes a character of one column.
      runs.look({cell.style, cell.link, static_cast<std::uint8_t>(wide ? RunLook::kWide : 0)});
      put(cell.character());
      at += wide ? 2 : 1;
      const auto alike = wide ? 0 : put_alike(cells.subspan(at, end - at), word(cell) >> 32);
      runs.count(1 + alike);
      at += alike;
      continue;
    }
    const std::u32string_view text = clusters[cell.character()];
    const auto extra = static_cast<unsigned>(text.size() - 1) << 4;
    const unsigned kind = (text.size() > 1 ? RunLook::kCluster | extra : 0) | (wide ? RunLook::kWide : 0);
    runs.look({cell.style, cell.link, static_cast<std::uint8_t>(kind)});
    for (const char32_t character : text) put(character);
    runs.count(1);
    at += wide ? 2 : 1;
  }
  runs_end_ = runs.finish();
  return at;
}

std::size_t CellPacker::size() const noexcept { return piece_bytes(text_size(), runs_size()); }

std::size_t CellPacker::write(unsigned flags, char* out) const noexcept {
  return write_piece(flags, {text_, text_size()}, {runs_, runs_size()}, out);
}

std::size_t write_piece(unsigned flags, std::string_view text, std::string_view runs, char* out) noexcept {
  char* at = out;
  *at++ = static_cast<char>(flags | (!runs.empty() ? PieceFlag::kRuns : 0));
  at = put_varint(at, text.size());
  if (!runs.empty()) at = put_varint(at, runs.size());
  at = std::copy(text.begin(), text.end(), at);
  at = std::copy(runs.begin(), runs.end(), at);
  return static_cast<std::size_t>(at - out);
}

void unpack(const Piece& piece, Line& line) {
  std::string_view text = piece.text;
  std::string_view runs = piece.runs;
  const std::size_t before = line.cells.size();
  // No byte makes more than two cells.
  line.cells.resize(before + (piece.ascii() ? 1 : 2) * text.size());
  Cell* out = line.cells.data() + before;
  if (piece.ascii()) return widen(text, Cell{}, out);
  RunLook look;
  std::size_t count = piece.runs.empty() ? text.size() : 0;
  do {
    out = look.cluster() ? unpack_clusters(text, count, look, line, out) : unpack_characters(text, count, look, out);
  } while (!text.empty() && take_run(runs, count, look));
  line.cells.resize(static_cast<std::size_t>(out - line.cells.data()));
}

void unpack_text(const Piece& piece, std::string& text, std::vector<std::uint32_t>* columns, std::uint32_t& column) {
  text.append(piece.text);
  if (columns == nullptr) return;
  if (piece.ascii()) {
    for (std::size_t left = piece.text.size(); left > 0; --left) columns->push_back(column++);
    return;
  }
  visit_glyphs(piece, [&](std::string_view glyph, const RunLook& look) {
    columns->insert(columns->end(), glyph.size(), column);
    column += look.wide() ? 2 : 1;
  });
}

}  // namespace ptyd::screen
