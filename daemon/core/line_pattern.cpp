#include "daemon/core/line_pattern.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace ptyd {

namespace {

bool inside_character(char byte) { return (byte & 0xc0) == 0x80; }

std::string shown(std::string_view text) {
  auto size = std::min(text.size(), LinePattern::kMaxShown);
  while (size < text.size() && size > 0 && inside_character(text[size])) --size;
  return std::string(text.substr(0, size));
}

}  // namespace

Result<void> LinePattern::check_size(const std::string& pattern, const char* field) {
  if (!pattern.empty() && pattern.size() <= kMaxSize) return {};
  Error error{errc::invalid_argument, std::string(field) + (pattern.empty() ? " is empty" : " is longer than 1024 bytes")};
  error.subject = field;
  return error;
}

Result<LinePattern> LinePattern::plain(const std::string& text, const char* field) {
  if (auto fine = check_size(text, field); !fine) return fine.error();
  LinePattern out;
  out.text_ = text;
  return out;
}

Result<LinePattern> LinePattern::regex(const std::string& pattern, const char* field) {
  if (auto fine = check_size(pattern, field); !fine) return fine.error();
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(kMaxMemory);
  LinePattern out;
  out.compiled_ = std::make_shared<const RE2>(pattern, options);
  if (out.compiled_->ok()) {
    out.cost_ = static_cast<std::uint64_t>(std::max(1, out.compiled_->ProgramSize()));
    return out;
  }
  Error error{errc::invalid_argument, "the pattern can't be used: " + out.compiled_->error()};
  error.subject = field;
  error.hint = "it is a regular expression in RE2's syntax, without backreferences; or give plain text";
  return error;
}

std::optional<LinePattern::Found> LinePattern::find(std::string_view line) const {
  std::string_view match = text_;
  std::size_t begin = 0;
  if (compiled_ == nullptr) {
    begin = line.find(text_);
    if (begin == std::string_view::npos) return std::nullopt;
  } else {
    const re2::StringPiece text(line.data(), line.size());
    re2::StringPiece piece;
    if (!compiled_->Match(text, 0, text.size(), RE2::UNANCHORED, &piece, 1)) return std::nullopt;
    match = {piece.data(), piece.size()};
    begin = match.data() == nullptr ? 0 : static_cast<std::size_t>(match.data() - line.data());
  }
  return Found{shown(match), shown(line.size() > kMaxShown ? line.substr(begin) : line)};
}

}  // namespace ptyd
