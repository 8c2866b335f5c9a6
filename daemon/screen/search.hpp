// Finds text in scrollback and screen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "daemon/screen/terminal.hpp"

namespace ptyd::screen {

struct SearchOptions {
  static constexpr std::size_t kMaxPattern = 1024;  // bytes
  static constexpr std::size_t kMaxMatches = 1000;
  static constexpr std::size_t kMaxContext = 50;

  std::string pattern;
  bool fixed = false;  // plain text; else RE2's syntax
  bool ignore_case = false;
  std::size_t max_matches = 100;               // 1 to kMaxMatches
  std::size_t context = 0;                     // lines before and after, at most kMaxContext
  std::optional<std::uint64_t> before_line{};  // only lines with a smaller id
  std::size_t max_bytes = 512 * 1024;          // of text in the result, about; it has at least one match all the same
};

// Columns count the cells of the logical line.
struct SearchMatch {
  std::uint64_t line = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::string text;                 // of the line, at most kMaxText bytes
  std::uint32_t text_begin = 0;     // column of its first character: a long line is cut around the match
  std::vector<std::string> before;  // context, the oldest first
  std::vector<std::string> after;
};

struct SearchResult {
  static constexpr std::size_t kMaxText = 4096;
  std::vector<SearchMatch> matches;  // lines from the newest to the oldest, in a line from the left
  bool truncated = false;            // a bound was reached: lines before next_line were not looked at
  std::uint64_t next_line = 0;       // to go on: before_line
};

// Looks at logical lines: of the screen that is shown, then of scrollback. Lines are numbered through: the screen's
// first one has scrollback's end_id(), or the id of the newest line of scrollback when it goes on in the screen. A
// match of no characters counts where a line has no other one. Works for a bounded time and says where to go on.
// Errors: invalid_argument.
Result<SearchResult> search(const Terminal& terminal, const SearchOptions& options);

}  // namespace ptyd::screen
