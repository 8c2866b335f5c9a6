// spdlog set-up. Owners log (daemon, server, session, client commands); libraries return errors instead.
// Never logged: input bytes, environment values. Text from peers goes through escape_text() first.
#pragma once

#include <spdlog/spdlog.h>

#include <string>

#include "common/error.hpp"

namespace ptyd {

struct LogOptions {
  enum class Target { stderr_, journal, file };
  Target target = Target::stderr_;
  std::string level = "info";               // trace, debug, info, warn, error, off
  std::string file;                         // for Target::file; created 0600
  std::size_t max_bytes = 4 * 1024 * 1024;  // of one file, before it is rotated
  std::size_t max_files = 3;
};

// Replaces the process's default logger. For the journal: one line each with an sd-daemon(3) priority
// prefix on stderr. A full or read-only disk never stops the program: dropped lines are counted.
Result<void> set_up_logging(const LogOptions& options);

// Lines that could not be written since the start.
std::uint64_t dropped_log_lines() noexcept;

}  // namespace ptyd
