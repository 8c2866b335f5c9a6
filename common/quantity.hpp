// Durations, sizes and window sizes as people write them, in the config file and on the command line.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/error.hpp"

namespace ptyd {

// "250ms", "5s", "2m", "1h", "0"; a fraction is allowed ("1.5s"). At most 10 years.
// Errors: invalid_argument that shows the forms.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);
// The shortest exact form: "250ms", "5s", "2m".
std::string format_duration(std::chrono::milliseconds duration);

// "65536", "64KiB", "4MiB", "1GiB"; "K", "M", "G" mean the same. Errors: invalid_argument.
Result<std::uint64_t> parse_bytes(std::string_view text);

struct Geometry {
  std::uint32_t cols = 0;
  std::uint32_t rows = 0;
  bool operator==(const Geometry&) const = default;
};
// "120x40", both 1..10000 (kMaxCols). Errors: invalid_argument.
Result<Geometry> parse_geometry(std::string_view text);
inline constexpr std::uint32_t kMaxCols = 10000;

// Unix time in milliseconds as RFC 3339 UTC: "2026-11-21T08:20:27.123Z".
std::string format_time(std::uint64_t unix_ms);

}  // namespace ptyd
