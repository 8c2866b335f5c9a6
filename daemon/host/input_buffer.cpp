#include "daemon/host/input_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace ptyd::host {

void InputBuffer::create(RingHeader& header, InputMemory& memory) noexcept {
  header_ = &header;
  memory_ = &memory;
  if (taken() != header.input_taken.load()) {
    unpublished_ = find(memory.stream);
    if (unpublished_ == nullptr) unpublished_ = make_stream(memory.stream);
    unpublished_->used.store(taken());
  }
  guest_unpublished_ = memory.guest_bytes.load() > 0;
  publish();
}

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
  before.stream->used.store(std::max<std::uint64_t>(taken(), 1));  // 0 would be a free slot
  return Taken::ok;
}

InputBuffer::Taken InputBuffer::take(const Input& input, const std::byte* data, std::size_t bytes,
                                     InputGap& gap) noexcept {
  publish_taken();
  Known before = known(input.stream, input.offset, bytes, gap);
  if (before.taken != Taken::ok || before.bytes == bytes) return before.taken;
  data += before.bytes;
  bytes -= static_cast<std::size_t>(before.bytes);
  if (bytes > kInputWindow - (taken() - written())) return Taken::refused;

  if (taken() == written()) memory_->origin = taken();
  const std::size_t at = (taken() - memory_->origin) % kInputWindow;
  const std::size_t first = std::min<std::size_t>(bytes, kInputWindow - at);
  std::memcpy(memory_->data + at, data, first);
  std::memcpy(memory_->data, data + first, bytes - first);
  if (before.stream == nullptr) before.stream = make_stream(input.stream);
  std::memcpy(memory_->stream, input.stream, sizeof memory_->stream);
  memory_->accepted = before.accepted + bytes;
  const std::uint64_t now = taken() + bytes;
  memory_->taken.store(now);
  before.stream->used.store(now);
  unpublished_ = before.stream;
  return Taken::ok;
}

InputBuffer::Taken InputBuffer::take_of_guest(const Input& input, const std::byte* data, std::size_t bytes,
                                              InputGap& gap) noexcept {
  publish_taken();
  if (bytes > kMaxGuestInput) return Taken::refused;
  const Known before = known(input.stream, input.offset, bytes, gap);
  if (before.taken != Taken::ok || before.bytes == bytes) return before.taken;
  if (!empty()) {
    std::memcpy(gap.stream, input.stream, sizeof gap.stream);
    gap.expected = before.accepted;
    gap.got = input.offset;
    return Taken::gap;
  }
  // Each store leaves what another host can go on with.
  memory_->guests_before.store(memory_->guests_before.load() + memory_->guest_written.load());
  memory_->guest_bytes.store(0);
  memory_->guest_written.store(0);
  bytes -= static_cast<std::size_t>(before.bytes);
  std::memcpy(memory_->guest_data, data + before.bytes, bytes);
  std::memcpy(memory_->guest_stream, input.stream, sizeof memory_->guest_stream);
  memory_->guest_accepted = before.accepted + bytes;
  memory_->guest_bytes.store(static_cast<std::uint32_t>(bytes));
  guest_unpublished_ = true;
  return Taken::ok;
}

std::uint64_t InputBuffer::accepted(const std::uint8_t (&id)[16]) noexcept {
  const InputStream* const stream = find(id);
  return stream != nullptr ? stream->accepted.load() : 0;
}

void InputBuffer::publish_guest() noexcept {
  if (!guest_unpublished_) return;
  guest_unpublished_ = false;
  header_->guests_taken.store(memory_->guests_before.load() + memory_->guest_bytes.load());
  InputStream* stream = find(memory_->guest_stream);
  if (stream == nullptr) stream = make_stream(memory_->guest_stream);
  // The daemon may have sent more of it since.
  stream->accepted.store(std::max(stream->accepted.load(), memory_->guest_accepted));
  stream->used.store(std::max<std::uint64_t>(taken(), 1));
}

void InputBuffer::publish_taken() noexcept {
  publish_guest();
  if (unpublished_ == nullptr) return;
  unpublished_->accepted.store(memory_->accepted);
  unpublished_ = nullptr;
  header_->input_taken.store(taken());
}

InputBuffer::Piece InputBuffer::front() const noexcept {
  if (guest_waits()) {
    const std::uint32_t written = memory_->guest_written.load();
    return {memory_->guest_data + written, memory_->guest_bytes.load() - written};
  }
  const std::size_t at = (written() - memory_->origin) % kInputWindow;
  return {memory_->data + at,
          static_cast<std::size_t>(std::min<std::uint64_t>(taken() - written(), kInputWindow - at))};
}

std::uint64_t InputBuffer::measure_lines(Piece piece, std::size_t line_limit) noexcept {
  std::uint64_t outgrown = 0;
  for (std::size_t i = 0; i < piece.bytes; ++i) {
    const char c = static_cast<char>(piece.at[i]);
    if (c == '\n' || c == '\r' || c == '\x04') {
      forget_line();
    } else if (++memory_->line_bytes > line_limit && memory_->line_reported == 0) {
      memory_->line_reported = 1;
      ++outgrown;
    }
  }
  return outgrown;
}

std::uint64_t InputBuffer::wrote(std::size_t bytes, std::size_t line_limit) noexcept {
  const std::uint64_t outgrown = measure_lines({front().at, bytes}, line_limit);
  if (guest_waits())
    memory_->guest_written.store(memory_->guest_written.load() + static_cast<std::uint32_t>(bytes));
  else
    memory_->written.store(written() + bytes);
  return outgrown;
}

void InputBuffer::count_long_lines(std::uint64_t lines) noexcept { header_->long_lines.fetch_add(lines); }

void InputBuffer::forget_line() noexcept {
  memory_->line_bytes = 0;
  memory_->line_reported = 0;
}

void InputBuffer::publish() noexcept {
  publish_taken();
  header_->input_written.store(written());
}

}  // namespace ptyd::host
