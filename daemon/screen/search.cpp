#include "daemon/screen/search.hpp"

#include <re2/re2.h>

#include <algorithm>

#include "daemon/screen/search_lines.hpp"

namespace ptyd::screen {

namespace {

constexpr std::int64_t kMaxMemory = 1024 * 1024;  // of the compiled pattern and its caches
constexpr std::uint64_t kMaxWork = std::uint64_t{1} << 28;
constexpr std::size_t kTextBefore = 1024;  // of a long line, before the match

// What looking at a line costs at least, in bytes looked at.
constexpr std::size_t kLineCost = 64;

bool inside_character(char byte) { return (byte & 0xc0) == 0x80; }

Error bad_pattern(const RE2& pattern, const std::string& text) {
  Error error{errc::invalid_argument, "the pattern can't be used: " + pattern.error()};
  error.subject = "pattern";
  // RE2 says what is wrong, not where.
  const auto at = text.find(pattern.error_arg());
  if (!pattern.error_arg().empty() && at != std::string::npos) error.message += ", at byte " + std::to_string(at + 1);
  error.hint = "it is a regular expression in RE2's syntax, without backreferences; or search for plain text";
  return error;
}

Error bad_option(const char* name, std::string why) {
  Error error{errc::invalid_argument, std::string(name) + " " + std::move(why)};
  error.subject = name;
  return error;
}

Result<void> check(const SearchOptions& options) {
  if (options.pattern.empty()) return bad_option("pattern", "is empty");
  if (options.pattern.size() > SearchOptions::kMaxPattern) return bad_option("pattern", "is longer than 1024 bytes");
  if (options.max_matches == 0 || options.max_matches > SearchOptions::kMaxMatches)
    return bad_option("max_matches", "must be 1 to 1000");
  if (options.context > SearchOptions::kMaxContext) return bad_option("context", "must be at most 50");
  return {};
}

RE2::Options compile_options(const SearchOptions& options) {
  RE2::Options out(RE2::Quiet);
  out.set_max_mem(kMaxMemory);
  out.set_literal(options.fixed);
  out.set_case_sensitive(!options.ignore_case);
  return out;
}

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

class Search {
 public:
  Search(const Terminal& terminal, const SearchOptions& options, const RE2& pattern)
      : options_(options),
        pattern_(pattern),
        lines_(terminal),
        cost_(std::max<std::uint64_t>(1, static_cast<std::uint64_t>(pattern.ProgramSize()))) {}

  SearchResult run() {
    auto id = std::min(lines_.end(), options_.before_line.value_or(lines_.end()));
    for (; id > lines_.first() && !full(); --id) look_at(id - 1);
    result_.truncated = id > lines_.first();
    result_.next_line = id;
    return std::move(result_);
  }

 private:
  bool full() const {
    return result_.matches.size() >= options_.max_matches || bytes_ >= options_.max_bytes || work_ >= kMaxWork;
  }
  void work(std::size_t bytes) { work_ += (bytes + kLineCost) * cost_; }

  void look_at(std::uint64_t id) {
    lines_.read_text(id, text_);
    work(text_.size());
    if (!pattern_.Match(text_, 0, text_.size(), RE2::UNANCHORED, nullptr, 0)) return;
    lines_.read(id, line_);
    for (const auto& span : spans()) {
      if (result_.matches.size() >= options_.max_matches || bytes_ >= options_.max_bytes) return;
      add(id, span);
    }
  }

  std::vector<Span> spans();
  void add(std::uint64_t id, const Span& span);
  std::string context_line(std::uint64_t id);

  const SearchOptions& options_;
  const RE2& pattern_;
  SearchLines lines_;
  std::uint64_t cost_;  // of a byte: RE2 takes at most so many steps for it
  std::uint64_t work_ = 0;
  std::size_t bytes_ = 0;
  std::string text_;
  LineText line_;
  SearchResult result_;
};

// All matches in the line.
std::vector<Span> Search::spans() {
  const auto& text = line_.text;
  std::vector<Span> found;
  std::optional<Span> empty;
  std::size_t at = 0;
  while (at <= text.size() && found.size() < options_.max_matches && work_ < kMaxWork) {
    re2::StringPiece match;
    work(text.size() - at);
    if (!pattern_.Match(text, at, text.size(), RE2::UNANCHORED, &match, 1)) break;
    const auto begin = static_cast<std::size_t>(match.data() - text.data());
    at = begin + match.size();
    if (match.empty()) {
      if (!empty) empty = Span{begin, begin};
      for (++at; at < text.size() && inside_character(text[at]);) ++at;
    } else {
      found.push_back({begin, at});
    }
  }
  if (found.empty() && empty) found.push_back(*empty);
  return found;
}

void Search::add(std::uint64_t id, const Span& span) {
  const auto& text = line_.text;
  const auto& columns = line_.columns;
  SearchMatch match;
  match.line = id;
  match.begin = columns[span.begin];
  // A match that ends within a cell takes all of the cell.
  auto end = span.end;
  while (end > span.begin && end < text.size() && columns[end] == columns[end - 1]) ++end;
  match.end = columns[end];

  std::size_t from = 0;
  if (text.size() > SearchResult::kMaxText && span.begin > kTextBefore) {
    from = span.begin - kTextBefore;
    while (from > 0 && columns[from] == columns[from - 1]) --from;
  }
  match.text_begin = columns[from];
  auto to = std::min(text.size(), from + SearchResult::kMaxText);
  while (to < text.size() && inside_character(text[to])) --to;
  match.text = text.substr(from, to - from);

  for (auto i = options_.context; i > 0; --i)
    if (id >= lines_.first() + i) match.before.push_back(context_line(id - i));
  for (std::size_t i = 1; i <= options_.context && id + i < lines_.end(); ++i)
    match.after.push_back(context_line(id + i));
  bytes_ += match.text.size();
  result_.matches.push_back(std::move(match));
}

std::string Search::context_line(std::uint64_t id) {
  std::string text;
  lines_.read_text(id, text);
  auto size = std::min(text.size(), SearchResult::kMaxText);
  while (size < text.size() && inside_character(text[size])) --size;
  text.resize(size);
  bytes_ += size;
  work_ += size;
  return text;
}

}  // namespace

Result<SearchResult> search(const Terminal& terminal, const SearchOptions& options) {
  if (auto fine = check(options); !fine) return fine.error();
  const RE2 pattern(options.pattern, compile_options(options));
  if (!pattern.ok()) return bad_pattern(pattern, options.pattern);
  return Search(terminal, options, pattern).run();
}

}  // namespace ptyd::screen
