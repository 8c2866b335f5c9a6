#include "tests/bench/stream.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/support/pattern.hpp"

namespace ptyd::bench {
namespace {

constexpr std::uint64_t kSeed = 7;
constexpr std::size_t kPeriod = 1 << 20;

char letter(std::uint64_t number) { return static_cast<char>('a' + number % 26); }

std::string ascii_line(std::uint64_t at) {
  std::string line;
  while (line.size() < 62) {
    const std::uint64_t word = pattern_word(kSeed, at * 100 + line.size());
    for (unsigned i = 0; i < 7; ++i) line += letter(word >> (i * 8) & 0xff);
    line += ' ';
  }
  line.resize(62);
  return line;
}

std::string sgr_line(std::uint64_t at) {
  std::string line;
  for (std::uint64_t i = 0; i < 10; ++i) {
    const std::uint64_t word = pattern_word(kSeed, at * 100 + i);
    line += "\x1b[1;3" + std::to_string(word % 8) + "m";
    for (unsigned j = 1; j < 6; ++j) line += letter(word >> (j * 8) & 0xff);
    line += "\x1b[m ";
  }
  return line;
}

std::string cjk_line(std::uint64_t at) {
  std::string line;
  for (std::uint64_t i = 0; i < 36; ++i) {
    const auto point = 0x4e00U + static_cast<unsigned>(pattern_word(kSeed, at * 100 + i) & 0x3fffU);
    line += static_cast<char>(0xe0U | point >> 12U);
    line += static_cast<char>(0x80U | (point >> 6U & 0x3fU));
    line += static_cast<char>(0x80U | (point & 0x3fU));
  }
  return line;
}

}  // namespace

Stream make_stream(std::string_view kind, bool cooked, std::uint64_t bytes) {
  const auto make = kind == "ascii" ? ascii_line : kind == "sgr" ? sgr_line : kind == "cjk" ? cjk_line : nullptr;
  if (make == nullptr) {
    std::fprintf(stderr, "the stream is ascii, sgr or cjk\n");
    std::exit(2);
  }
  Stream stream;
  for (std::uint64_t at = 0; stream.shown.size() < kPeriod; ++at) {
    const std::string line = make(at);
    stream.written += line + (cooked ? "\n" : "\r\n");
    stream.shown += line + "\r\n";
    stream.shown_line = line.size() + 2;
    stream.written_line = line.size() + (cooked ? 1 : 2);
  }
  stream.lines = std::max<std::uint64_t>(1, bytes / stream.shown_line);
  return stream;
}

void Follower::take(std::string_view piece) {
  if (exact_ && !begun_) {
    if (!passed(kBegin, piece)) return;
    begun_ = true;
  }
  if (exact_ && !wrong_) piece = compare(piece);
  if (!exact_ || wrong_ || offset_ == stream_->shown_bytes()) look_for_end(piece);
}

// What of `piece` is not the stream's any more.
std::string_view Follower::compare(std::string_view piece) {
  while (!piece.empty() && offset_ < stream_->shown_bytes()) {
    const std::size_t at = offset_ % stream_->shown.size();
    const auto size = static_cast<std::size_t>(
        std::min<std::uint64_t>({piece.size(), stream_->shown.size() - at, stream_->shown_bytes() - offset_}));
    if (std::memcmp(piece.data(), stream_->shown.data() + at, size) != 0) {
      wrong_ = true;
      return piece;
    }
    offset_ += size;
    piece.remove_prefix(size);
  }
  return piece;
}

void Follower::look_for_end(std::string_view piece) {
  if (ended_ || piece.empty()) return;
  ended_ = passed(exact_ && !wrong_ ? kEnd : kEndWord, piece);
}

// True once `word` was seen, also across pieces; `piece` is then what follows it.
bool Follower::passed(std::string_view word, std::string_view& piece) {
  const std::size_t kept = tail_.size();
  tail_ += piece.substr(0, word.size());
  if (const auto at = tail_.find(word); at != std::string::npos) {
    piece.remove_prefix(std::min(piece.size(), at + word.size() - kept));
    tail_.clear();
    return true;
  }
  if (const auto at = piece.find(word); at != std::string_view::npos) {
    piece.remove_prefix(at + word.size());
    tail_.clear();
    return true;
  }
  const std::string whole =
      tail_.substr(0, kept) + std::string(piece.substr(piece.size() - std::min(piece.size(), word.size())));
  tail_ = whole.substr(whole.size() - std::min(whole.size(), word.size() - 1));
  return false;
}

}  // namespace ptyd::bench
