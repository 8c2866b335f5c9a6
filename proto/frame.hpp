// Framing of the public protocol: u32 big-endian length + one Frame message, or one JSON object a line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "proto/limits.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

// How a connection speaks. Chosen by the first byte the client sends: 0x00 (the top byte of every
// legal length) or '{'.
enum class Encoding { unknown, binary, json };

enum class FrameErrc {
  ok,
  too_large,       // longer than the limit; the rest was not read
  malformed,       // not a Frame: bad protobuf or JSON, a length of 0, more than kMaxFields fields, too deep
  bad_first_byte,  // neither 0x00 nor '{'
};

struct FrameError {
  FrameErrc code = FrameErrc::ok;
  std::string message;  // for people; holds nothing the peer wrote
};

// Takes bytes as they come, gives frames. Holds at most one frame and what was read beyond it; checks the
// length before it makes room, and counts fields and nesting before it parses.
class FrameReader {
 public:
  // `max_frame`: largest binary frame accepted now; a JSON line may have kMaxJsonLine/kMaxFrame times that. A binary
  // frame may have kMaxFields fields, or kMaxFields for each kMaxFrame bytes when it may be longer.
  explicit FrameReader(std::size_t max_frame, Encoding encoding = Encoding::unknown);
  void set_max_frame(std::size_t max_frame) noexcept;
  Encoding encoding() const noexcept { return encoding_; }

  // Room to read into, never empty while no error was returned; then say how much was read.
  std::span<char> prepare();
  void commit(std::size_t bytes);

  // The next whole frame into `frame`. False: more bytes are needed, or error().code is not ok; an error
  // is final.
  bool next(ptyd::v1::Frame& frame);
  const FrameError& error() const noexcept { return error_; }
  // True when bytes of an unfinished frame are held (for the deadline of a frame).
  bool mid_frame() const noexcept;
  // The bytes that are held, for another reader of the same encoding: prepare() and commit() give them to it.
  std::string_view held() const noexcept { return std::string_view(buffer_).substr(begin_, end_ - begin_); }

 private:
  bool next_binary(ptyd::v1::Frame& frame);
  bool next_json(ptyd::v1::Frame& frame);
  bool fail(FrameErrc code, std::string message);
  void compact();

  std::size_t max_frame_;
  Encoding encoding_;
  std::string buffer_;
  std::size_t begin_ = 0;    // first unread byte
  std::size_t end_ = 0;      // one past the last byte read
  std::size_t scanned_ = 0;  // JSON: no newline before this
  FrameError error_;
};

// Appends `frame` to `out` in `encoding` (binary or json).
void append_frame(std::string& out, const ptyd::v1::Frame& frame, Encoding encoding);

// The bytes of an Output frame (binary) up to and without its data: length, Frame and Output fields, tag and
// length of `data`. The payload of `data_size` bytes must follow. Fits kMaxOutputPrefix.
inline constexpr std::size_t kMaxOutputPrefix = 48;
std::size_t output_prefix(std::uint32_t attachment, std::uint64_t offset, std::size_t data_size,
                          std::span<char, kMaxOutputPrefix> out) noexcept;

// True when `message`, a Frame, has at most `max_fields` fields, kMaxDepth nested messages and no groups, without
// parsing or allocating. Only fields that the schema calls messages are looked into: strings, bytes and unknown
// fields that happen to look like messages never make it fail.
bool within_bounds(std::string_view message, std::size_t max_fields = kMaxFields) noexcept;

// UTF-8 text of a byte stream that may be cut anywhere: bad bytes become U+FFFD, an unfinished code point
// is kept for the next call.
class Utf8Decoder {
 public:
  std::string decode(std::string_view bytes);
  // The beginning of a code point; decode() of it makes another decoder go on.
  const std::string& pending() const noexcept { return pending_; }

 private:
  std::string pending_;
};

}  // namespace ptyd
