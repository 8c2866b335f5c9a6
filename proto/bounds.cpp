#include "proto/frame.hpp"
#include "proto/nested_fields.hpp"

namespace ptyd {

namespace {

// Takes a varint from the start of `bytes`.
bool take_varint(std::string_view& bytes, std::uint64_t& value) noexcept {
  value = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 10; ++i) {
    const auto byte = static_cast<std::uint8_t>(bytes[i]);
    value |= std::uint64_t{byte & 0x7Fu} << (7 * i);
    if ((byte & 0x80) == 0) {
      bytes.remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

bool skip(std::string_view& bytes, std::uint64_t count) noexcept {
  if (count > bytes.size()) return false;
  bytes.remove_prefix(static_cast<std::size_t>(count));
  return true;
}

// Takes the fields it finds from `left`.
bool walk(std::string_view bytes, NestedType type, std::size_t depth, std::size_t& left) noexcept {
  constexpr std::uint64_t kMaxFieldNumber = (1u << 29) - 1;
  while (!bytes.empty()) {
    if (left-- == 0) return false;
    std::uint64_t key = 0;
    std::uint64_t value = 0;
    if (!take_varint(bytes, key)) return false;
    const std::uint64_t number = key >> 3;
    if (number == 0 || number > kMaxFieldNumber) return false;
    switch (key & 7) {
      case 0:
        if (!take_varint(bytes, value)) return false;
        break;
      case 1:
        if (!skip(bytes, 8)) return false;
        break;
      case 2: {
        if (!take_varint(bytes, value) || value > bytes.size()) return false;
        const auto inside = bytes.substr(0, static_cast<std::size_t>(value));
        const auto nested = nested_type(type, number);
        if (nested != NestedType::none && (depth == kMaxDepth || !walk(inside, nested, depth + 1, left))) return false;
        bytes.remove_prefix(inside.size());
        break;
      }
      case 5:
        if (!skip(bytes, 4)) return false;
        break;
      default: return false;
    }
  }
  return true;
}

}  // namespace

bool within_bounds(std::string_view message, std::size_t max_fields) noexcept {
  return walk(message, NestedType::frame, 0, max_fields);
}

}  // namespace ptyd
