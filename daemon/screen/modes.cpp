#include "daemon/screen/modes.hpp"

namespace ptyd::screen {
namespace {

template <typename Table>
std::optional<Mode> find(const Table& table, std::uint32_t number) noexcept {
  for (const auto& entry : table)
    if (entry.number == number) return entry.mode;
  return std::nullopt;
}

}  // namespace

std::optional<Mode> ansi_mode(std::uint32_t number) noexcept { return find(kAnsiModes, number); }
std::optional<Mode> private_mode(std::uint32_t number) noexcept { return find(kPrivateModes, number); }

std::optional<MouseTracking> mouse_tracking(std::uint32_t number) noexcept {
  switch (number) {
    case 9: return MouseTracking::x10;
    case 1000: return MouseTracking::normal;
    case 1002: return MouseTracking::button;
    case 1003: return MouseTracking::any;
    default: return std::nullopt;
  }
}

std::optional<MouseEncoding> mouse_encoding(std::uint32_t number) noexcept {
  switch (number) {
    case 1005: return MouseEncoding::utf8;
    case 1006: return MouseEncoding::sgr;
    case 1015: return MouseEncoding::urxvt;
    case 1016: return MouseEncoding::sgr_pixels;
    default: return std::nullopt;
  }
}

}  // namespace ptyd::screen
