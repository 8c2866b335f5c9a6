// Verbs that start sessions, attach to them and look at them.
#include "client/cli/lease_options.hpp"
#include "client/cli/verb.hpp"

namespace ptyd {

namespace {

constexpr std::string_view kProgramCodes =
    "The program's own, 128+N when signal N ended it, 0 when you detached, 2 usage, 124 timed out, 125 ptyctl or the\n"
    "daemon failed, 126 the program can't be run, 127 there is no such program. With --exit-codes=wide: 66 no such\n"
    "session, 65 ambiguous, 67 denied, 68 busy, 69 no daemon, 73 exists already, 75 fell behind, 77 put off.";
constexpr std::string_view kReadCodes =
    "0 done, 2 usage, 65 ambiguous, 66 no such session, 69 no daemon, 124 timed out.";

struct DetachKeyOptions {
  std::optional<std::string> text;
  bool none = false;
};

void add_detach_keys(OptionSet& options, DetachKeyOptions& keys) {
  options.text("--detach-keys", "KEYS", keys.text, "the key or keys that detach, like ctrl-\\ or ctrl-p,ctrl-q");
  options.flag("--no-detach-key", keys.none, "no key detaches");
}

Result<std::optional<DetachKeys>> choose_detach_keys(const DetachKeyOptions& options, const VerbInput& input) {
  if (options.none) return std::optional<DetachKeys>();
  const auto text = options.text ? options.text : (*input.env)("PTYD_DETACH_KEYS");
  if (!text) return std::optional(DetachKeys::standard());
  auto keys = parse_detach_keys(*text);
  if (keys) return std::optional(*keys);
  Error error = keys.error();
  error.message = std::string(options.text ? "--detach-keys: " : "PTYD_DETACH_KEYS: ") + error.message;
  return error;
}

Result<void> add_environment(std::vector<EnvSetting>& env, const std::string& text) {
  const auto equals = text.find('=');
  EnvSetting setting{text.substr(0, equals), std::nullopt};
  if (equals != std::string::npos) setting.value = text.substr(equals + 1);
  if (setting.name.empty()) return usage_error("'" + text + "' is no variable", "write it like NAME=VALUE or NAME");
  env.push_back(std::move(setting));
  return {};
}

struct NewState {
  NewOptions options;
  DetachKeyOptions keys;
  std::optional<std::string> target;  // tmux's -s
};

void add_new_options(OptionSet& set, NewState& state) {
  auto& options = state.options;
  set.flag("-d,--detached", options.detached, "only start it, do not attach");
  set.flag("-A,--attach", options.attach_existing, "attach when a session of that name exists already");
  set.text("-C,--directory", "DIR", options.directory, "where the program starts; default: here");
  set.custom(
      "-e,--env", "NAME=VALUE", "a variable for the program; NAME alone passes ours on; can be repeated",
      [&options](const std::string& text) { return add_environment(options.env, text); }, true);
  set.custom(
      "--env-file", "FILE", "variables, one NAME=VALUE a line; can be repeated",
      [&options](const std::string& text) -> Result<void> {
        options.env_files.push_back(text);
        return {};
      },
      true);
  set.flag("--login", options.login, "start the program as a login shell");
  set.geometry("--size", "COLSxROWS", options.size, "size of the window, like 120x40; default: this terminal's");
  add_policy(set, options.policy, "which terminal decides the size: latest, smallest, largest or manual");
  add_labels(set, "-l,--label", options.labels, "a label for the session; can be repeated");
  set.bytes("--history", options.history_bytes, "how much output is kept, like 4MiB");
  set.flag("--rm", options.remove_on_exit, "forget the session when the program ends");
  set.duration("--ttl", options.ttl, "hang up after this time");
  set.text("--term", "NAME", options.term, "TERM of the program; default: xterm-256color");
  set.text("--record", "FILE", options.record, "write what happens to a new file, as asciicast");
  set.flag("--record-input", options.record_input, "with --record: also what is typed, passwords and all");
  set.flag("--shell-integration", options.shell_integration, "make the shell tell prompts, commands and folders");
  set.flag("--wait", options.wait, "with -d: wait for the program's end and pass on its exit status");
  add_detach_keys(set, state.keys);
  set.text("-s", "NAME", state.target, "");
  set.hide_last();
}

Result<Command> finish_new(NewState& state, VerbInput input) {
  auto& options = state.options;
  if (state.target) {
    options.name = *state.target;
  } else if (!input.args.empty()) {
    options.name = input.args.front();
    input.args.erase(input.args.begin());
  }
  if (!input.args.empty())
    return usage_error("'" + input.args.front() + "' is one argument too many", "put -- before the program to run");
  if (input.has_tail && input.tail.empty()) return usage_error("no program stands behind --");
  if (options.wait && !options.detached) return usage_error("--wait needs -d", "without -d, new waits anyway");
  if (options.record && options.attach_existing) return usage_error("--record and -A can't be used together");
  if (options.record_input && !options.record) return usage_error("--record-input needs --record FILE");
  if (options.attach_existing && options.detached) return usage_error("-A and -d can't be used together");
  if (options.attach_existing && options.name.empty()) return usage_error("-A needs the NAME of the session");
  options.program = std::move(input.tail);
  auto keys = choose_detach_keys(state.keys, input);
  if (!keys) return keys.error();
  options.detach_keys = *keys;
  return Command(std::move(options));
}

FinishVerb define_new(OptionSet& set) {
  auto state = std::make_shared<NewState>();
  add_new_options(set, *state);
  return [state](VerbInput input) { return finish_new(*state, std::move(input)); };
}

struct AttachState {
  AttachOptions options;
  LeaseOption lease;
  DetachKeyOptions keys;
  SessionSelector selector;
};

Result<Command> finish_attach(AttachState& state, VerbInput input) {
  auto& options = state.options;
  auto session = take_session(input, state.selector, InsideSession::refused);
  if (!session) return session.error();
  options.session = *session;
  if (auto fine = expect_no_more(input); !fine) return fine.error();
  if (input.has_tail && !options.create)
    return usage_error("a program is given, but attach starts none", "use -A, which creates an absent session");
  if (input.has_tail && input.tail.empty()) return usage_error("no program stands behind --");
  if (options.create && options.session.name.empty()) return usage_error("-A needs the NAME of the session");
  options.program = std::move(input.tail);
  auto keys = choose_detach_keys(state.keys, input);
  if (!keys) return keys.error();
  options.detach_keys = *keys;
  auto lease = take_lease(state.lease, input);
  if (!lease) return lease.error();
  options.lease = *lease;
  return Command(std::move(options));
}

FinishVerb define_attach(OptionSet& set) {
  auto state = std::make_shared<AttachState>();
  auto& options = state->options;
  set.flag("-A,--create", options.create, "start the session when there is none of that name");
  set.flag("-r,--read-only", options.read_only, "look on: nothing is typed or resized");
  set.flag("-f,-d,--steal", options.steal, "put all others off");
  set.flag("--no-size", options.no_size, "this terminal does not count for the session's size");
  add_detach_keys(set, state->keys);
  set.offset("--from", "OFFSET", options.from_offset, "begin with the output at this offset instead of the screen");
  set.number("--history", "ROWS", options.history_rows, "rows of scrollback that come first");
  set.flag("--lossless", options.lossless, "hold the session back rather than skip output");
  set.flag("--no-direct", options.no_direct, "everything by the daemon, also what the session's host could give at once");
  add_lease(set, state->lease);
  add_selector(set, state->selector);
  return [state](VerbInput input) { return finish_attach(*state, std::move(input)); };
}

FinishVerb define_list(OptionSet& set) {
  auto options = std::make_shared<ListOptions>();
  set.flag("-a,--all", options->all, "also sessions that have ended");
  add_labels(set, "-l,--label", options->labels, "only sessions with this label; can be repeated");
  set.flag("-w,--watch", options->watch, "print again whenever something changes");
  return [options](VerbInput input) -> Result<Command> {
    if (auto fine = expect_no_more(input); !fine) return fine.error();
    return Command(*options);
  };
}

FinishVerb define_inspect(OptionSet& set) {
  auto selector = std::make_shared<SessionSelector>();
  add_selector(set, *selector);
  return [selector](VerbInput input) -> Result<Command> {
    auto session = take_session(input, *selector, InsideSession::allowed);
    if (!session) return session.error();
    if (auto fine = expect_no_more(input); !fine) return fine.error();
    return Command(InspectOptions{*session});
  };
}

struct LogsState {
  LogsOptions options;
  SessionSelector selector;
};

Result<Command> finish_logs(LogsState& state, VerbInput input) {
  auto& options = state.options;
  auto session = take_session(input, state.selector, InsideSession::allowed);
  if (!session) return session.error();
  options.session = *session;
  if (auto fine = expect_no_more(input); !fine) return fine.error();
  if (options.lines && options.since_offset) return usage_error("-n and --since can't be used together");
  const bool part = options.follow || options.since_offset;
  if (options.commands && (part || options.raw || options.max_bytes || options.command))
    return usage_error("--commands goes with -n only");
  if (options.command && (part || options.lines)) return usage_error("--command goes with --raw and --max-bytes only");
  return Command(options);
}

FinishVerb define_logs(OptionSet& set) {
  auto state = std::make_shared<LogsState>();
  auto& options = state->options;
  set.flag("-f,--follow", options.follow, "go on with new output until the session ends");
  set.number("-n,--lines", "N", options.lines, "only the last N lines");
  set.offset("--since", "OFFSET", options.since_offset, "begin at this offset");
  set.flag("--raw", options.raw, "the program's own bytes, escape sequences and all");
  set.bytes("--max-bytes", options.max_bytes, "at most this much");
  set.flag("--commands", options.commands, "instead, what was run in the shell; -n: the last N");
  set.offset("--command", "NUMBER", options.command, "only what this command wrote");
  add_selector(set, state->selector);
  return [state](VerbInput input) { return finish_logs(*state, std::move(input)); };
}

}  // namespace

std::vector<Verb> session_verbs() {
  return {
      {"new",
       {"run", "new-session"},
       "[NAME] [OPTIONS] [-- PROGRAM ARG...]",
       "start a session and attach to it",
       "Starts PROGRAM, or your login shell, in a session that goes on when this terminal is gone, and attaches to it\n"
       "unless -d is given. The program gets this command's environment.",
       kProgramCodes,
       "ptyctl new build -d --label team=web -- make -j8",
       define_new,
       Verb::Tail::program,
       Verb::Completes::nothing},
      {"attach",
       {"a", "attach-session"},
       "SESSION [OPTIONS] [-- PROGRAM ARG...]",
       "connect this terminal to a session",
       "Shows the session's screen and types into it until you detach with Ctrl-\\ or the program ends. Pressed twice\n"
       "quickly, the detach key goes to the program once. Losing the terminal detaches, too.",
       kProgramCodes,
       "ptyctl attach build --read-only",
       define_attach,
       Verb::Tail::program},
      {"list",
       {"ls", "ps", "list-sessions"},
       "[OPTIONS]",
       "show the sessions",
       "Shows the sessions that run, or all that are remembered.",
       "0 done, also when there are none, 2 usage, 69 no daemon, 124 timed out.",
       "ptyctl list -a -o json",
       define_list,
       Verb::Tail::arguments,
       Verb::Completes::nothing},
      {"inspect",
       {},
       "[SESSION]",
       "show everything about a session",
       "Shows the size and its policy, the directory, the processes, who is attached and how far behind, and "
       "counters.\n"
       "Inside a session SESSION may be left out.",
       kReadCodes,
       "ptyctl inspect build --json",
       define_inspect},
      {"logs",
       {"history", "tail"},
       "[SESSION] [OPTIONS]",
       "show past output",
       "Prints the output that is kept, as plain text: escape sequences and controls are left out. Inside a session\n"
       "SESSION may be left out. A shell that tells of its commands (`ptyctl new --shell-integration`) makes it possible to\n"
       "see them, and the output of each.",
       kReadCodes,
       "ptyctl logs build -f -n 100",
       define_logs},
  };
}

}  // namespace ptyd
