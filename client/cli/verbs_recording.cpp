// Verbs that record sessions, play recordings, and tell shells where they are.
#include <charconv>

#include "client/cli/verb.hpp"

namespace ptyd {

namespace {

struct RecordState {
  RecordOptions options;
  SessionSelector selector;
  std::optional<unsigned> version;
};

Result<void> check_record(const RecordState& state) {
  using Action = RecordOptions::Action;
  const auto& options = state.options;
  const bool starts = options.action == Action::start;
  if (options.input && !starts) return usage_error("--input belongs to `record start`");
  if (options.from_start && !starts) return usage_error("--from-start belongs to `record start`");
  if (options.max_bytes && !starts) return usage_error("--max-size belongs to `record start`");
  if (state.version && !starts && options.action != Action::export_history)
    return usage_error("--format belongs to `record start` and `record export`");
  return {};
}

Result<Command> finish_record(RecordState& state, VerbInput input) {
  using Action = RecordOptions::Action;
  auto& options = state.options;
  const std::vector<std::pair<std::string_view, Action>> actions{
      {"start", Action::start}, {"stop", Action::stop}, {"mark", Action::mark}, {"export", Action::export_history}};
  if (input.args.empty()) return usage_error("what to do is missing", "it is one of start, stop, mark, export");
  const std::string word = std::exchange(input.args.front(), {});
  input.args.erase(input.args.begin());
  bool known = false;
  for (const auto& [name, action] : actions) {
    if (name != word) continue;
    options.action = action;
    known = true;
  }
  if (!known) return usage_error("'" + word + "' is none of start, stop, mark, export");
  auto session = take_session(input, state.selector, InsideSession::refused);
  if (!session) return session.error();
  options.session = *session;
  if (auto fine = check_record(state); !fine) return fine.error();
  options.version = state.version.value_or(2);
  const bool takes_file = options.action == Action::start || options.action == Action::export_history;
  if (takes_file && !input.args.empty()) {
    options.file = input.args.front();
    input.args.erase(input.args.begin());
  }
  if (options.action == Action::start && !options.file) return usage_error("no file is named");
  if (options.action == Action::mark) {
    if (input.args.empty() || input.args.front().empty()) return usage_error("no label is given");
    options.label = input.args.front();
    input.args.erase(input.args.begin());
  }
  if (auto fine = expect_no_more(input); !fine) return fine.error();
  return Command(options);
}

FinishVerb define_record(OptionSet& set) {
  auto state = std::make_shared<RecordState>();
  auto& options = state->options;
  set.flag("--input", options.input, "start: also what is typed, passwords and all");
  set.flag("--from-start", options.from_start, "start: begin with the output that is still kept");
  set.bytes("--max-size", options.max_bytes, "start: end when the file would be larger; default: 1GiB");
  set.choice("--format", "FORMAT", std::vector<std::pair<std::string, unsigned>>{{"v2", 2}, {"v3", 3}}, state->version,
             "version of asciicast: v2 or v3; default: v2");
  add_selector(set, state->selector);
  return [state](VerbInput input) { return finish_record(*state, std::move(input)); };
}

Result<double> parse_speed(const std::string& text) {
  constexpr double kLeast = 0.01;
  constexpr double kMost = 1000;
  double speed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), speed);
  if (error == std::errc() && end == text.data() + text.size() && speed >= kLeast && speed <= kMost) return speed;
  return usage_error("'" + text + "' is no speed", "write a number like 2 or 0.5");
}

FinishVerb define_play(OptionSet& set) {
  auto options = std::make_shared<PlayOptions>();
  const auto set_speed = [options = options.get()](const std::string& text) -> Result<void> {
    const auto speed = parse_speed(text);
    if (!speed) return speed.error();
    options->speed = *speed;
    return {};
  };
  set.custom("-s,--speed", "FACTOR", "so many times faster, like 2 or 0.5", set_speed);
  set.duration("-i,--idle-limit", options->longest_pause, "no pause is longer than this");
  return [options](VerbInput input) -> Result<Command> {
    if (input.args.empty()) return usage_error("no file is named");
    options->file = input.args.front();
    input.args.erase(input.args.begin());
    if (auto fine = expect_no_more(input); !fine) return fine.error();
    return Command(*options);
  };
}

struct EnvState {
  EnvOptions options;
  SessionSelector selector;
};

FinishVerb define_env(OptionSet& set) {
  using Syntax = EnvOptions::Syntax;
  auto state = std::make_shared<EnvState>();
  const auto choose = [state = state.get()](Syntax syntax) {
    return [state, syntax](const std::string&) -> Result<void> {
      state->options.syntax = syntax;
      return {};
    };
  };
  set.custom_flag("--sh", "for sh, bash and zsh; the default", choose(Syntax::sh));
  set.custom_flag("--fish", "for fish", choose(Syntax::fish));
  set.custom_flag("--powershell", "for PowerShell", choose(Syntax::powershell));
  add_selector(set, state->selector);
  return [state](VerbInput input) -> Result<Command> {
    auto session = take_session(input, state->selector, InsideSession::allowed);
    if (!session) return session.error();
    if (auto fine = expect_no_more(input); !fine) return fine.error();
    state->options.session = *session;
    return Command(state->options);
  };
}

FinishVerb define_mcp(OptionSet&) {
  return [](VerbInput input) -> Result<Command> {
    if (auto fine = expect_no_more(input); !fine) return fine.error();
    return Command(McpOptions());
  };
}

}  // namespace

std::vector<Verb> recording_verbs() {
  constexpr std::string_view kCodes =
      "0 done, 2 usage, 65 ambiguous, 66 no such session, 69 no daemon, 73 the file or a recording is there already,\n"
      "124 timed out, 125 something else failed.";
  return {
      {"record",
       {},
       "start|stop|mark|export SESSION [FILE|LABEL] [OPTIONS]",
       "record a session to a file",
       "start makes the daemon write the session's output to a new FILE that only you can read, as asciicast; it goes on\n"
       "without a client and never slows the session. stop ends that, mark puts LABEL into it. export writes what is\n"
       "still kept of past output to FILE or stdout.",
       kCodes,
       "ptyctl record start build build.cast",
       define_record,
       Verb::Tail::arguments,
       Verb::Completes::sessions,
       {"start", "stop", "mark", "export"}},
      {"play",
       {},
       "FILE [OPTIONS]",
       "play a recording",
       "Shows an asciicast file of version 1, 2 or 3 in this terminal. Space pauses, q or Ctrl-C ends it.",
       "0 done, 2 usage, 66 no such file, 125 it can't be read.",
       "ptyctl play build.cast --idle-limit 2s",
       define_play,
       Verb::Tail::arguments,
       Verb::Completes::nothing},
      {"env",
       {},
       "[SESSION] [OPTIONS]",
       "what a shell should refresh",
       "Prints commands for a shell in the session that make its variables SSH_AUTH_SOCK, DISPLAY and others fit the\n"
       "terminal that attached last. Inside a session SESSION may be left out.",
       "0 done, 2 usage, 65 ambiguous, 66 no such session, 69 no daemon, 124 timed out.",
       "eval \"$(ptyctl env)\"",
       define_env},
      {"mcp",
       {},
       "",
       "serve AI agents",
       "Speaks the Model Context Protocol on stdin and stdout, for programs that let an agent use tools: it lists, starts,\n"
       "reads, types into, waits for and ends sessions.",
       "0 the other side has closed stdin, 2 usage, 125 stdin or stdout failed.",
       "claude mcp add ptyd -- ptyctl mcp",
       define_mcp,
       Verb::Tail::arguments,
       Verb::Completes::nothing},
  };
}

}  // namespace ptyd
