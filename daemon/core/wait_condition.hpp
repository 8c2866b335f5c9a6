// What a client may wait for.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "common/error.hpp"

namespace ptyd {

enum class WaitKind : std::uint8_t {
  exit,      // the program has ended, and its output is complete
  text,      // a line has this text
  match,     // a line matches this pattern
  quiet,     // no output for so long
  settled,   // the screen looks the same for so long
  changed,   // the screen has another hash
  command,   // a shell told the end of a command
  attached,  // somebody is attached
};

struct WaitCondition {
  WaitKind kind = WaitKind::exit;
  std::string text;                      // text, match
  std::chrono::milliseconds duration{};  // quiet, settled
  std::uint64_t min_bytes = 0;           // quiet, settled
  std::uint64_t hash = 0;                // changed

  // Whether the session's screen decides it.
  bool of_screen() const noexcept { return kind != WaitKind::exit && kind != WaitKind::attached; }
};

inline constexpr std::size_t kMaxWaitConditions = 16;
inline constexpr std::size_t kMaxWaitText = 1024;
inline constexpr std::chrono::milliseconds kLongestStill = std::chrono::hours(24);

// Whether there is anything to wait for. Errors: invalid_argument that names the field. A pattern is checked when it is
// compiled.
Result<void> check_condition(const WaitCondition& condition);

// 16 hexadecimal digits as ScreenReply.hash has them. Errors: invalid_argument that names `field`.
Result<std::uint64_t> parse_screen_hash(const std::string& text, const char* field);

}  // namespace ptyd
