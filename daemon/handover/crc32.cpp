#include "daemon/handover/crc32.hpp"

#include <array>
#include <cstddef>

namespace ptyd {

namespace {

constexpr std::uint32_t kPolynomial = 0xEDB88320;  // reflected
constexpr std::size_t kStep = 8;

using Table = std::array<std::uint32_t, 256>;

// tables[n][b]: what byte b does when n more bytes follow it.
constexpr std::array<Table, kStep> make_tables() {
  std::array<Table, kStep> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? kPolynomial : 0);
    tables[0][byte] = value;
  }
  for (std::size_t n = 1; n < kStep; ++n)
    for (std::size_t byte = 0; byte < 256; ++byte)
      tables[n][byte] = (tables[n - 1][byte] >> 8) ^ tables[0][tables[n - 1][byte] & 0xFF];
  return tables;
}

constexpr auto kTables = make_tables();

}  // namespace

std::uint32_t crc32(std::string_view bytes) noexcept {
  const auto at = [&bytes](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  std::uint32_t value = 0xFFFFFFFF;
  for (; bytes.size() >= kStep; bytes.remove_prefix(kStep)) {
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < kStep; ++i) {
      const auto mixed = static_cast<std::uint8_t>(i < 4 ? (value >> (8 * i)) ^ at(i) : at(i));
      next ^= kTables[kStep - 1 - i][mixed];
    }
    value = next;
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) value = (value >> 8) ^ kTables[0][(value ^ at(i)) & 0xFF];
  return ~value;
}

}  // namespace ptyd
