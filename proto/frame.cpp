#include "proto/frame.hpp"

#include <google/protobuf/stubs/common.h>

#include <algorithm>
#include <cstring>

#if GOOGLE_PROTOBUF_VERSION < 4022000
#include <google/protobuf/stubs/logging.h>
#endif

#include "proto/json.hpp"

namespace ptyd {

namespace {

constexpr std::size_t kLengthBytes = 4;
// One read. Small enough for a thousand idle connections.
constexpr std::size_t kChunk = 16 * 1024;

std::uint32_t read_length(const char* bytes) noexcept {
  std::uint32_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) length = (length << 8) | static_cast<std::uint8_t>(bytes[i]);
  return length;
}

void write_length(char* bytes, std::size_t length) noexcept {
  for (std::size_t i = 0; i < kLengthBytes; ++i) bytes[i] = static_cast<char>(length >> (8 * (kLengthBytes - 1 - i)));
}

std::size_t json_limit(std::size_t max_frame) noexcept {
  // In this order the product can't overflow, and kMaxFrame gives kMaxJsonLine exactly.
  return max_frame / kMaxFrame * kMaxJsonLine + max_frame % kMaxFrame * kMaxJsonLine / kMaxFrame;
}

bool parse_binary(std::string_view bytes, ptyd::v1::Frame& frame) {
#if GOOGLE_PROTOBUF_VERSION < 4022000
  // A peer's bad UTF-8 must not write to our stderr.
  const google::protobuf::LogSilencer silencer;
#endif
  return frame.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

char* put_varint(char* out, std::uint64_t value) noexcept {
  for (; value >= 0x80; value >>= 7) *out++ = static_cast<char>(value | 0x80);
  *out++ = static_cast<char>(value);
  return out;
}

constexpr std::size_t varint_size(std::uint64_t value) noexcept {
  std::size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

constexpr char tag(int field, int wire_type) noexcept { return static_cast<char>(field << 3 | wire_type); }
constexpr int kVarint = 0;
constexpr int kLengthDelimited = 2;

}  // namespace

FrameReader::FrameReader(std::size_t max_frame, Encoding encoding) : max_frame_(max_frame), encoding_(encoding) {}

void FrameReader::set_max_frame(std::size_t max_frame) noexcept { max_frame_ = max_frame; }

std::span<char> FrameReader::prepare() {
  compact();
  const std::size_t held = end_ - begin_;
  std::size_t room = std::min(kChunk, max_frame_ + kLengthBytes);
  if (encoding_ == Encoding::binary && held >= kLengthBytes) {
    const std::size_t whole = kLengthBytes + std::min<std::size_t>(read_length(buffer_.data()), max_frame_);
    if (whole > held) room = std::max(room, whole - held);
  }
  if (buffer_.size() < held + room) buffer_.resize(held + room);
  return {buffer_.data() + end_, buffer_.size() - end_};
}

void FrameReader::commit(std::size_t bytes) { end_ += std::min(bytes, buffer_.size() - end_); }

bool FrameReader::next(ptyd::v1::Frame& frame) {
  if (error_.code != FrameErrc::ok || begin_ == end_) return false;
  if (encoding_ == Encoding::unknown) {
    const char first = buffer_[begin_];
    if (first != '\0' && first != '{')
      return fail(FrameErrc::bad_first_byte,
                  "the first byte is neither 0x00 (a frame's length) nor '{' (a line of JSON)");
    encoding_ = first == '{' ? Encoding::json : Encoding::binary;
  }
  return encoding_ == Encoding::json ? next_json(frame) : next_binary(frame);
}

bool FrameReader::next_binary(ptyd::v1::Frame& frame) {
  const std::string_view held(buffer_.data() + begin_, end_ - begin_);
  // The first byte alone tells a length beyond every limit; a peer that speaks something else is answered
  // without waiting for more of it.
  if (held[0] != '\0' && max_frame_ < (std::size_t{1} << 24))
    return fail(FrameErrc::too_large, "a frame may have at most " + std::to_string(max_frame_) + " bytes");
  if (held.size() < kLengthBytes) return false;
  const std::size_t length = read_length(held.data());
  if (length == 0) return fail(FrameErrc::malformed, "a frame of length 0");
  if (length > max_frame_)
    return fail(FrameErrc::too_large, "a frame of " + std::to_string(length) + " bytes; at most " +
                                          std::to_string(max_frame_) + " are accepted");
  if (held.size() < kLengthBytes + length) return false;
  const std::string_view body = held.substr(kLengthBytes, length);
  if (!within_bounds(body, std::max<std::size_t>(1, max_frame_ / kMaxFrame) * kMaxFields))
    return fail(FrameErrc::malformed, "a frame that is no protobuf message, or has too many or too deep fields");
  if (!parse_binary(body, frame)) return fail(FrameErrc::malformed, "a frame that is no ptyd.v1.Frame");
  begin_ += kLengthBytes + length;
  return true;
}

bool FrameReader::next_json(ptyd::v1::Frame& frame) {
  const std::size_t limit = json_limit(max_frame_);
  while (begin_ < end_) {
    scanned_ = std::max(scanned_, begin_);
    const void* const found = std::memchr(buffer_.data() + scanned_, '\n', end_ - scanned_);
    const std::size_t newline =
        found != nullptr ? static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data()) : end_;
    if (newline - begin_ > limit)
      return fail(FrameErrc::too_large, "a line of JSON may have at most " + std::to_string(limit) + " bytes");
    scanned_ = newline;
    if (found == nullptr) return false;
    std::string_view line(buffer_.data() + begin_, newline - begin_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    begin_ = newline + 1;
    if (line.empty()) continue;
    if (!json_within_bounds(line)) return fail(FrameErrc::malformed, "a line of JSON with too many or too deep values");
    if (!parse_json(line, frame)) return fail(FrameErrc::malformed, "a line that is no ptyd.v1.Frame in JSON");
    return true;
  }
  return false;
}

bool FrameReader::mid_frame() const noexcept { return begin_ != end_; }

bool FrameReader::fail(FrameErrc code, std::string message) {
  error_ = {code, std::move(message)};
  begin_ = end_ = scanned_ = 0;
  return false;
}

void FrameReader::compact() {
  if (begin_ == 0) return;
  if (end_ > begin_) std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  scanned_ -= std::min(scanned_, begin_);
  end_ -= begin_;
  begin_ = 0;
}

void append_frame(std::string& out, const ptyd::v1::Frame& frame, Encoding encoding) {
  if (encoding == Encoding::json) {
    append_json(out, frame);
    return;
  }
  const std::size_t size = frame.ByteSizeLong();
  const std::size_t start = out.size();
  out.resize(start + kLengthBytes + size);
  write_length(out.data() + start, size);
  frame.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(out.data() + start + kLengthBytes));
}

std::size_t output_prefix(std::uint32_t attachment, std::uint64_t offset, std::size_t data_size,
                          std::span<char, kMaxOutputPrefix> out) noexcept {
  std::size_t output_size = 0;
  if (attachment != 0) output_size += 1 + varint_size(attachment);
  if (offset != 0) output_size += 1 + varint_size(offset);
  if (data_size != 0) output_size += 1 + varint_size(data_size) + data_size;
  write_length(out.data(), 1 + varint_size(output_size) + output_size);

  char* at = out.data() + kLengthBytes;
  *at++ = tag(ptyd::v1::Frame::kOutputFieldNumber, kLengthDelimited);
  at = put_varint(at, output_size);
  if (attachment != 0) {
    *at++ = tag(ptyd::v1::Output::kAttachmentFieldNumber, kVarint);
    at = put_varint(at, attachment);
  }
  if (offset != 0) {
    *at++ = tag(ptyd::v1::Output::kOffsetFieldNumber, kVarint);
    at = put_varint(at, offset);
  }
  if (data_size != 0) {
    *at++ = tag(ptyd::v1::Output::kDataFieldNumber, kLengthDelimited);
    at = put_varint(at, data_size);
  }
  return static_cast<std::size_t>(at - out.data());
}

}  // namespace ptyd
