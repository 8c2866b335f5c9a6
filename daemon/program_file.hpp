// A file that may take the daemon's place.
#pragma once

#include <cstdint>
#include <string>

#include "common/error.hpp"

namespace ptyd {

struct ProgramFile {
  std::string path;
  // Which file it is, and of which content.
  std::uint64_t device = 0;
  std::uint64_t number = 0;
  std::uint64_t size = 0;
  std::int64_t changed_ns = 0;
  bool operator==(const ProgramFile&) const = default;
};

// Only what the user or root can have put there is executed with the clients' connections.
// Errors: invalid_argument (not an absolute path, or no file), not_found, permission_denied (somebody else's, or others
// may write to it or to its folder), failed_precondition (it can't be executed).
Result<ProgramFile> look_at_program(const std::string& path);

}  // namespace ptyd
