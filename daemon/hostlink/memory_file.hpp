// Content that is handed to another process as a descriptor.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/error.hpp"
#include "common/unique_handle.hpp"

namespace ptyd {

// What the daemon and a host keep for each other at most.
inline constexpr std::uint64_t kMaxBlob = 16 * 1024 * 1024;

// A file without a name that holds `content`, closed on exec.
Result<UniqueHandle> make_memory_file(std::string_view content);

// The first `size` bytes of a file somebody else made. Never waits. Errors: malformed when it is no plain file,
// is shorter, or `size` is above kMaxBlob.
Result<std::string> read_memory_file(const UniqueHandle& file, std::uint64_t size);

}  // namespace ptyd
