// Output whose every byte is known: what bench_child writes, and what those who read it compare with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ptyd::bench {

// Lines of one length. They repeat after about a megabyte, of no round size: with the count of all bytes a lost,
// doubled or swapped one is found.
struct Stream {
  std::string written;  // what the program writes, once round
  std::string shown;    // what comes out of its terminal for that
  std::uint64_t lines = 0;
  std::size_t shown_line = 0;
  std::size_t written_line = 0;

  std::uint64_t shown_bytes() const noexcept { return lines * shown_line; }
  std::uint64_t written_bytes() const noexcept { return lines * written_line; }
};

inline constexpr std::string_view kBegin = "begin-of-text\r\n";
inline constexpr std::string_view kEnd = "\r\nend-of-text\r\n";
inline constexpr std::string_view kEndWord = "end-of-text";

// `kind`: ascii, sgr (words of a colour each) or cjk. `cooked`: the terminal makes "\r\n" of each "\n". About `bytes`
// of it, in whole lines. Ends the program when there is no such kind.
Stream make_stream(std::string_view kind, bool cooked, std::uint64_t bytes);

// Reads what comes out of a terminal, or a client, in pieces.
class Follower {
 public:
  // Not `exact`: somebody draws a screen of it, so that only the end can be waited for.
  Follower(const Stream& stream, bool exact) : stream_(&stream), exact_(exact) {}

  void take(std::string_view piece);
  bool ended() const noexcept { return ended_; }
  // Every byte between begin and end was the stream's.
  bool all_right() const noexcept { return ended_ && exact_ && !wrong_; }

 private:
  std::string_view compare(std::string_view piece);
  void look_for_end(std::string_view piece);
  bool passed(std::string_view word, std::string_view& piece);

  const Stream* stream_;
  bool exact_;
  bool begun_ = false;
  bool wrong_ = false;
  bool ended_ = false;
  std::uint64_t offset_ = 0;
  std::string tail_;  // of what was searched for a word
};

}  // namespace ptyd::bench
