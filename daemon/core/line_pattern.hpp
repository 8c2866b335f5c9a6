// A text or a regular expression to be found in lines.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/error.hpp"

namespace re2 {
class RE2;
}

namespace ptyd {

// Takes time linear in the line, and bounded memory. Can be shared by threads.
class LinePattern {
 public:
  static constexpr std::size_t kMaxSize = 1024;             // of the pattern
  static constexpr std::int64_t kMaxMemory = 256 * 1024;    // of what RE2 makes of it
  static constexpr std::size_t kMaxShown = 4096;            // of each text in a Found

  struct Found {
    std::string text;  // what matched
    std::string line;  // the line, or of a long one the part that begins with the match
  };

  // Errors: invalid_argument that names `field` and what is wrong.
  static Result<LinePattern> plain(const std::string& text, const char* field);
  static Result<LinePattern> regex(const std::string& pattern, const char* field);

  std::optional<Found> find(std::string_view line) const;
  // How many steps a byte of a line takes at most, about.
  std::uint64_t cost() const noexcept { return cost_; }

 private:
  LinePattern() = default;
  static Result<void> check_size(const std::string& pattern, const char* field);

  std::shared_ptr<const re2::RE2> compiled_;  // none: plain text
  std::string text_;
  std::uint64_t cost_ = 1;
};

}  // namespace ptyd
