#include "daemon/host/input_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace ptyd::host {

InputStream* InputBuffer::find(const std::uint8_t (&id)[16]) noexcept {
  for (InputStream& stream : header_->streams)
    if (stream.used.load() != 0 && std::memcmp(stream.id, id, sizeof id) == 0) return &stream;
  return nullptr;
}

InputStream* InputBuffer::make_stream(const std::uint8_t (&id)[16]) noexcept {
  InputStream* oldest = &header_->streams[0];
  for (InputStream& stream : header_->streams)
    if (stream.used.load() < oldest->used.load()) oldest = &stream;
  // Free while the id changes, so that the daemon never pairs one stream's id with another's count.
  oldest->used.store(0);
  std::memcpy(oldest->id, id, sizeof id);
  oldest->accepted.store(0);
  return oldest;
}

InputBuffer::Known InputBuffer::known(const std::uint8_t (&id)[16], std::uint64_t offset, std::uint64_t bytes,
                                      InputGap& gap) noexcept {
  Known known;
  known.stream = find(id);
  known.accepted = known.stream != nullptr ? known.stream->accepted.load() : offset;
  if (offset > ~std::uint64_t{0} - bytes) {
    known.taken = Taken::refused;
  } else if (offset > known.accepted) {
    std::memcpy(gap.stream, id, sizeof gap.stream);
    gap.expected = known.accepted;
    gap.got = offset;
    known.taken = Taken::gap;
  } else {
    known.bytes = std::min(known.accepted - offset, bytes);
  }
  return known;
}

InputBuffer::Taken InputBuffer::skip(const Skip& skip, InputGap& gap) noexcept {
  if (skip.bytes > kMaxPayload) return Taken::refused;
  publish_taken();
  Known before = known(skip.stream, skip.offset, skip.bytes, gap);
  if (before.taken != Taken::ok || before.bytes == skip.bytes) return before.taken;
  if (before.stream == nullptr) before.stream = make_stream(skip.stream);
  before.stream->accepted.store(skip.offset + skip.bytes);
  before.stream->used.store(std::max<std::uint64_t>(taken_, 1));  // 0 would be a free slot
  return Taken::ok;
}

InputBuffer::Taken InputBuffer::take(const Input& input, const std::byte* data, std::size_t bytes,
                                     InputGap& gap) noexcept {
  publish_taken();
  Known before = known(input.stream, input.offset, bytes, gap);
  if (before.taken != Taken::ok || before.bytes == bytes) return before.taken;
  data += before.bytes;
  bytes -= static_cast<std::size_t>(before.bytes);
  if (bytes > kInputWindow - (taken_ - written_)) return Taken::refused;

  if (empty()) origin_ = taken_;
  const std::size_t at = (taken_ - origin_) % kInputWindow;
  const std::size_t first = std::min<std::size_t>(bytes, kInputWindow - at);
  std::memcpy(data_ + at, data, first);
  std::memcpy(data_, data + first, bytes - first);
  if (before.stream == nullptr) before.stream = make_stream(input.stream);
  taken_ += bytes;
  before.stream->used.store(taken_);
  unpublished_ = before.stream;
  unpublished_accepted_ = before.accepted + bytes;
  return Taken::ok;
}

void InputBuffer::publish_taken() noexcept {
  if (unpublished_ == nullptr) return;
  unpublished_->accepted.store(unpublished_accepted_);
  unpublished_ = nullptr;
  header_->input_taken.store(taken_);
}

InputBuffer::Piece InputBuffer::front() const noexcept {
  const std::size_t at = (written_ - origin_) % kInputWindow;
  return {data_ + at, static_cast<std::size_t>(std::min<std::uint64_t>(taken_ - written_, kInputWindow - at))};
}

std::uint64_t InputBuffer::measure_lines(Piece piece, std::size_t line_limit) noexcept {
  std::uint64_t outgrown = 0;
  for (std::size_t i = 0; i < piece.bytes; ++i) {
    const char c = static_cast<char>(piece.at[i]);
    if (c == '\n' || c == '\r' || c == '\x04') {
      line_bytes_ = 0;
      line_reported_ = false;
    } else if (++line_bytes_ > line_limit && !line_reported_) {
      line_reported_ = true;
      ++outgrown;
    }
  }
  return outgrown;
}

std::uint64_t InputBuffer::wrote(std::size_t bytes, std::size_t line_limit) noexcept {
  const std::uint64_t outgrown = measure_lines({front().at, bytes}, line_limit);
  written_ += bytes;
  return outgrown;
}

void InputBuffer::count_long_lines(std::uint64_t lines) noexcept { header_->long_lines.fetch_add(lines); }

void InputBuffer::forget_line() noexcept {
  line_bytes_ = 0;
  line_reported_ = false;
}

void InputBuffer::publish() noexcept {
  publish_taken();
  header_->input_written.store(written_);
}

}  // namespace ptyd::host
