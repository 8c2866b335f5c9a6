// Reads asciicast files, versions 1 to 3, line by line.
#pragma once

#include <chrono>
#include <cstdint>
#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/error.hpp"

namespace ptyd {

struct CastEvent {
  std::chrono::microseconds wait{0};  // since the event before it
  char code = 'o';                    // o output, i input, r resize, m marker, x exit
  std::string text;
};

// The stream outlives the reader.
class CastReader {
 public:
  // Longer lines are no asciicast.
  static constexpr std::size_t kMaxLine = std::size_t{16} << 20;

  // Reads the header. Errors: malformed, which names `name`.
  static Result<CastReader> open(std::istream& from, std::string name);

  std::uint32_t cols() const noexcept { return cols_; }
  std::uint32_t rows() const noexcept { return rows_; }
  // Nothing at the end. Errors: malformed, with the number of the line.
  Result<std::optional<CastEvent>> next();

 private:
  explicit CastReader(std::istream& from, std::string name) : from_(&from), name_(std::move(name)) {}
  Result<void> read_header(const std::string& line);
  Result<std::optional<std::string>> line();
  Error malformed(const std::string& why) const;

  std::istream* from_;
  std::string name_;
  std::size_t line_number_ = 0;
  unsigned version_ = 0;
  std::uint32_t cols_ = 80;
  std::uint32_t rows_ = 24;
  std::chrono::microseconds last_{0};
  std::vector<CastEvent> whole_;  // version 1 is one document
  std::size_t next_ = 0;
};

}  // namespace ptyd
