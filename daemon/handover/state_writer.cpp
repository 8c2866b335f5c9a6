#include "daemon/handover/state_writer.hpp"

namespace ptyd {

namespace {

constexpr std::size_t kSizeBytes = 4;

}  // namespace

void StateWriter::put_number(std::uint64_t number, std::size_t size) {
  std::array<char, sizeof number> bytes{};
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(number >> (8 * i));
  bytes_.append(bytes.data(), size);
}

void StateWriter::put(const std::string& text) {
  put_number(text.size(), kSizeBytes);
  bytes_ += text;
}

std::size_t StateWriter::begin_structure() {
  put_number(0, kSizeBytes);
  return bytes_.size();
}

void StateWriter::end_structure(std::size_t begin) {
  const std::size_t size = bytes_.size() - begin;
  for (std::size_t i = 0; i < kSizeBytes; ++i) bytes_[begin - kSizeBytes + i] = static_cast<char>(size >> (8 * i));
}

}  // namespace ptyd
