// A SavedState as a file: what it is, its format, its size and its checksum, then the state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/error.hpp"
#include "daemon/handover/saved_state.hpp"

namespace ptyd {

// Raised when a reader of the format before could not take the state over. Fields that an older reader may leave out
// are added at the end of their structure, and need no new format.
inline constexpr std::uint32_t kStateFormat = 1;
inline constexpr std::uint32_t kOldestStateFormat = 1;  // that can be read
inline constexpr std::size_t kMaxState = std::size_t{256} * 1024 * 1024;

// Errors: resource_exhausted above kMaxState.
Result<std::string> encode_state(const SavedState& state, std::uint32_t format = kStateFormat);

// Errors: unsupported_version (the message begins with STATE_TOO_NEW or STATE_TOO_OLD and names both sides; have_from
// and have_to are what can be read), malformed.
Result<SavedState> decode_state(std::string_view file, std::uint32_t newest = kStateFormat);

}  // namespace ptyd
