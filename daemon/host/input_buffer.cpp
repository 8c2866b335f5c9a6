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

InputBuffer::Taken InputBuffer::take(const Input& input, const std::byte* data, std::size_t bytes,
                                     InputGap& gap) noexcept {
  InputStream* stream = find(input.stream);
  const std::uint64_t accepted = stream != nullptr ? stream->accepted.load() : input.offset;
  if (input.offset > ~std::uint64_t{0} - bytes) return Taken::refused;
  if (input.offset > accepted) {
    std::memcpy(gap.stream, input.stream, sizeof gap.stream);
    gap.expected = accepted;
    gap.got = input.offset;
    return Taken::gap;
  }
  const std::uint64_t known = accepted - input.offset;
  if (known >= bytes) return Taken::ok;
  data += known;
  bytes -= static_cast<std::size_t>(known);
  if (bytes > kInputWindow - (taken_ - written_)) return Taken::refused;

  if (empty()) origin_ = taken_;
  const std::size_t at = (taken_ - origin_) % kInputWindow;
  const std::size_t first = std::min<std::size_t>(bytes, kInputWindow - at);
  std::memcpy(data_ + at, data, first);
  std::memcpy(data_, data + first, bytes - first);
  if (stream == nullptr) stream = make_stream(input.stream);
  taken_ += bytes;
  stream->accepted.store(accepted + bytes);
  stream->used.store(taken_);
  header_->input_taken.store(taken_);
  return Taken::ok;
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

void InputBuffer::publish() noexcept { header_->input_written.store(written_); }

}  // namespace ptyd::host
