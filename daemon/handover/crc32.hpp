// The checksum of IEEE 802.3.
#pragma once

#include <cstdint>
#include <string_view>

namespace ptyd {

std::uint32_t crc32(std::string_view bytes) noexcept;

}  // namespace ptyd
