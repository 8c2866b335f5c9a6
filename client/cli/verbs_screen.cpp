// Verbs that look at a session's screen.
#include <algorithm>

#include "client/cli/verb.hpp"

namespace ptyd {

namespace {

constexpr std::size_t kHashDigits = 16;
constexpr std::uint32_t kMaxContext = 50;

struct SnapshotState {
  SnapshotOptions options;
  SessionSelector selector;
  std::optional<v1::ScreenFormat> format;
  std::optional<std::uint32_t> scrollback_rows;
  bool print = false;  // tmux's -p: we always do
};

bool is_hash(const std::string& text) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == kHashDigits && std::all_of(text.begin(), text.end(), is_digit);
}

Result<Command> finish_snapshot(SnapshotState& state, VerbInput input) {
  auto& options = state.options;
  auto session = take_session(input, state.selector, InsideSession::allowed);
  if (!session) return session.error();
  if (auto fine = expect_no_more(input); !fine) return fine.error();
  const bool json = is_json(input.global->output);
  if (json && state.format.value_or(v1::STRUCTURED) != v1::STRUCTURED)
    return usage_error("--format says something else than --json", "leave one of them out");
  options.session = *session;
  options.format = state.format.value_or(json ? v1::STRUCTURED : v1::TEXT);
  options.scrollback_rows = state.scrollback_rows.value_or(0);
  if (options.join && options.format != v1::TEXT) return usage_error("--join is for text only");
  if (options.since_hash && !is_hash(*options.since_hash))
    return usage_error("'" + *options.since_hash + "' is no hash", "`ptyctl snapshot --hash` prints 16 digits");
  return Command(options);
}

FinishVerb define_snapshot(OptionSet& set) {
  auto state = std::make_shared<SnapshotState>();
  auto& options = state->options;
  const std::vector<std::pair<std::string, v1::ScreenFormat>> formats{
      {"text", v1::TEXT}, {"ansi", v1::ANSI}, {"json", v1::STRUCTURED}, {"html", v1::HTML}, {"svg", v1::SVG}};
  set.choice("--format", "FORMAT", formats, state->format, "text, ansi, json, html or svg; default: text");
  set.flag("--hash", options.hash_only, "only 16 digits that change when the screen does");
  set.text("--since", "HASH", options.since_hash, "print nothing when the screen still has this hash");
  set.number("--scrollback", "N", state->scrollback_rows, "also the N rows above the screen");
  set.flag("-J,--join", options.join, "rows of one line that was wrapped are one line");
  set.flag("-p", state->print, "");
  set.hide_last();
  add_selector(set, state->selector);
  return [state](VerbInput input) { return finish_snapshot(*state, std::move(input)); };
}

struct SearchState {
  SearchOptions options;
  SessionSelector selector;
  std::optional<std::uint32_t> max_matches;
  std::optional<std::uint32_t> context;
};

Result<Command> finish_search(SearchState& state, VerbInput input) {
  auto& options = state.options;
  if (input.args.empty()) return usage_error("no pattern is given");
  // The pattern comes last: what stands before it is the session.
  const std::string pattern = std::move(input.args.back());
  input.args.pop_back();
  auto session = take_session(input, state.selector, InsideSession::allowed);
  if (!session) return usage_error("no session is named, or no pattern is given", "write SESSION and then PATTERN");
  if (auto fine = expect_no_more(input); !fine) return fine.error();
  if (pattern.empty()) return usage_error("the pattern is empty");
  if (state.max_matches == 0u) return usage_error("-n must be at least 1");
  if (state.context.value_or(0) > kMaxContext) return usage_error("-C must be at most " + std::to_string(kMaxContext));
  options.session = *session;
  options.pattern = pattern;
  options.max_matches = state.max_matches.value_or(options.max_matches);
  options.context = state.context.value_or(0);
  return Command(options);
}

FinishVerb define_search(OptionSet& set) {
  auto state = std::make_shared<SearchState>();
  set.flag("-i,--ignore-case", state->options.ignore_case, "small and capital letters are the same");
  set.flag("-F,--fixed-strings", state->options.fixed, "PATTERN is plain text");
  set.number("-n,--max-count", "MAX", state->max_matches, "only the newest MAX matches; default: 1000");
  set.number("-C,--context", "LINES", state->context, "show so many lines before and after, at most 50");
  add_selector(set, state->selector);
  return [state](VerbInput input) { return finish_search(*state, std::move(input)); };
}

}  // namespace

std::vector<Verb> screen_verbs() {
  return {
      {"snapshot",
       {"screen", "capture-pane"},
       "[SESSION] [OPTIONS]",
       "show a session's screen",
       "Prints what the session's screen shows now, without attaching. Text has no control characters; ansi is for\n"
       "terminals, html and svg are files of their own. Inside a session SESSION may be left out.",
       "0 done, also when nothing is printed because of --since, 2 usage, 65 ambiguous, 66 no such session,\n"
       "69 no daemon, 124 timed out.",
       "ptyctl snapshot build --format svg > build.svg",
       define_snapshot},
      {"search",
       {},
       "[SESSION] PATTERN [OPTIONS]",
       "find text in screen and scrollback",
       "Prints the lines that have a match as LINE:COLUMN: TEXT. LINE is the line's number since the session began,\n"
       "COLUMN counts from 1; lines that were wrapped are whole. PATTERN is a regular expression in RE2's syntax; one\n"
       "that begins with - stands behind --. Inside a session SESSION may be left out.",
       "0 found, 1 not found, 2 usage or a pattern that is none, 65 ambiguous, 66 no such session, 69 no daemon,\n"
       "124 timed out.",
       "ptyctl search build -i 'error|warning' -C 2",
       define_search},
  };
}

}  // namespace ptyd
