// Where log lines go: stderr or a rotated file. Never throws, never waits, counts nothing: callers do.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/error.hpp"

namespace ptyd {

class LogOutput {
 public:
  virtual ~LogOutput() = default;
  // Writes `line`, which ends with a newline. False when it, or a part of it, was lost.
  virtual bool write(std::string_view line) noexcept = 0;
};

// Lines beyond 4 KiB are cut, so that one write can never wait for the reader of a pipe. On Windows a thread writes to a
// pipe, and lines beyond 64 KiB that its reader has not taken are lost.
std::unique_ptr<LogOutput> make_stderr_output();

// Appends to `path`, made 0600 and never opened through a link. A line that would make it larger than
// `max_bytes` starts a new file; the old ones become path.1, path.2, ... up to `max_files` in all.
// Errors: the file can't be opened or is not a regular file of ours.
Result<std::unique_ptr<LogOutput>> make_file_output(std::string path, std::size_t max_bytes, std::size_t max_files);

}  // namespace ptyd
