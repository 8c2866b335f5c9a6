// Verbs that tell what happens to sessions.
#include <algorithm>

#include "client/cli/verb.hpp"
#include "client/format/event_json.hpp"

namespace ptyd {

namespace {

constexpr std::size_t kEpochDigits = 32;

// As it is printed: 32 hexadecimal digits.
Result<std::string> parse_epoch(const std::string& text) {
  const auto wrong =
      usage_error("'" + text + "' is no epoch", "`ptyctl events` prints one of 32 digits with each event");
  if (text.size() != kEpochDigits) return wrong;
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); at += 2) {
    unsigned value = 0;
    for (const char digit : text.substr(at, 2)) {
      const auto place = std::string_view("0123456789abcdef").find(digit);
      if (place == std::string_view::npos) return wrong;
      value = value * 16 + static_cast<unsigned>(place);
    }
    bytes += static_cast<char>(value);
  }
  return bytes;
}

struct EventsState {
  EventsOptions options;
  SessionSelector selector;
  std::optional<std::string> session;
  std::optional<std::string> since;
};

Result<void> add_types(std::vector<std::string>& types, const std::string& text) {
  const auto words = event_type_words();
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(','), rest.size());
    const auto word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (word == "all") {
      types.insert(types.end(), words.begin(), words.end());
      continue;
    }
    if (std::find(words.begin(), words.end(), word) == words.end())
      return usage_error("'" + std::string(word) + "' is no type of event", "`ptyctl help events` names them");
    types.emplace_back(word);
  }
  return {};
}

Result<void> set_since(EventsOptions& options, const std::string& text) {
  const auto colon = text.find(':');
  if (colon != std::string::npos) {
    auto epoch = parse_epoch(text.substr(0, colon));
    if (!epoch) return epoch.error();
    options.epoch = std::move(*epoch);
  }
  const auto number = colon == std::string::npos ? text : text.substr(colon + 1);
  const bool digits = !number.empty() && number.size() < 20 &&
                      std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return usage_error("'" + text + "' is no sequence number", "write it like 120, or EPOCH:120");
  options.since = std::stoull(number);
  return {};
}

Result<Command> finish_events(EventsState& state, VerbInput input) {
  auto& options = state.options;
  if (auto fine = expect_no_more(input); !fine) return fine.error();
  if (state.session) state.selector.target = state.session;
  if (state.selector.target || !state.selector.labels.empty()) {
    auto session = take_session(input, state.selector, InsideSession::refused);
    if (!session) return session.error();
    options.session = *session;
  }
  if (state.since)
    if (auto fine = set_since(options, *state.since); !fine) return fine.error();
  return Command(options);
}

FinishVerb define_events(OptionSet& set) {
  auto state = std::make_shared<EventsState>();
  auto& options = state->options;
  set.flag("-f,--follow", options.follow, "go on with what happens, also with the next daemon");
  set.text("--session", "SESSION", state->session, "only of this session");
  set.custom(
      "--type", "TYPE,...", "only these types, or all; can be repeated; default: all but screen_changed",
      [&options](const std::string& text) { return add_types(options.types, text); }, true);
  set.text("--since", "SEQ", state->since,
           "begin with this number, best as EPOCH:SEQ; default: the oldest, with -f now");
  add_selector(set, state->selector);
  return [state](VerbInput input) { return finish_events(*state, std::move(input)); };
}

}  // namespace

std::vector<Verb> event_verbs() {
  return {
      {"events",
       {},
       "[OPTIONS]",
       "tell what happens to sessions",
       "Prints events, one JSON object a line: those that the daemon remembers, or with -f those that come. The types\n"
       "are created, exited, lost, stream_ended, removed, renamed, labeled, resized, attached, detached, "
       "line_too_long,\n"
       "title, cwd, bell, command_started, command_ended, idle, screen_changed, recording, input and host_replaced. "
       "Events are\n"
       "numbered by a daemon process, the epoch; restarted, missed and overflow say that some are gone.",
       "0 done, 2 usage, 65 ambiguous, 66 no such session, 69 no daemon, 124 timed out.",
       "ptyctl events -f --type exited,command_ended",
       define_events,
       Verb::Tail::arguments,
       Verb::Completes::nothing},
  };
}

}  // namespace ptyd
