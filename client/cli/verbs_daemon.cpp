// Verbs about the daemon and about ptyctl itself.
#include "client/cli/verb.hpp"

namespace ptyd {

namespace {

constexpr std::string_view kPlainCodes = "0 done, 2 usage, 69 no daemon, 124 timed out, 125 something else failed.";

template <class Options>
FinishVerb define_plain(OptionSet&) {
  return [](VerbInput input) -> Result<Command> {
    if (auto fine = expect_no_more(input); !fine) return fine.error();
    return Command(Options());
  };
}

// The value of `words` that the first argument is; takes it.
template <class Value>
Result<Value> take_word(VerbInput& input, const std::vector<std::pair<std::string_view, Value>>& words,
                        const std::string& what) {
  std::string list;
  for (const auto& [word, value] : words) {
    if (!input.args.empty() && input.args.front() == word) {
      input.args.erase(input.args.begin());
      return value;
    }
    list += (list.empty() ? "" : ", ") + std::string(word);
  }
  if (input.args.empty()) return usage_error(what + " is missing", "it is one of " + list);
  return usage_error("'" + input.args.front() + "' is none of " + list);
}

Result<Command> finish_daemon(DaemonOptions& options, bool sessions_given, VerbInput input) {
  using Action = DaemonOptions::Action;
  const std::vector<std::pair<std::string_view, Action>> actions{{"run", Action::run},
                                                                 {"start", Action::start},
                                                                 {"stop", Action::stop},
                                                                 {"status", Action::status},
                                                                 {"logs", Action::logs},
                                                                 {"upgrade", Action::upgrade}};
  auto action = take_word(input, actions, "what to do with the daemon");
  if (!action) return action.error();
  if (auto fine = expect_no_more(input); !fine) return fine.error();
  options.action = *action;
  if (sessions_given && *action != Action::stop) return usage_error("--sessions belongs to `daemon stop`");
  if ((options.follow || options.lines) && *action != Action::logs)
    return usage_error("-f and -n belong to `daemon logs`");
  if ((options.binary || options.cold) && *action != Action::upgrade)
    return usage_error("--binary and --cold belong to `daemon upgrade`");
  if (input.has_tail && *action != Action::run) return usage_error("only `daemon run` takes options behind --");
  options.daemon_options = std::move(input.tail);
  return Command(options);
}

FinishVerb define_daemon(OptionSet& set) {
  struct State {
    DaemonOptions options;
    std::optional<bool> kill;
  };
  auto state = std::make_shared<State>();
  set.choice("--sessions", "WHAT", std::vector<std::pair<std::string, bool>>{{"keep", false}, {"kill", true}},
             state->kill, "stop: keep the sessions running, or kill them; default: keep");
  set.flag("-f,--follow", state->options.follow, "logs: go on with new lines");
  set.number("-n,--lines", "N", state->options.lines, "logs: only the last N lines");
  set.text("--binary", "PATH", state->options.binary, "upgrade: the new ptyd; default: the file that the old one runs");
  set.flag("--cold", state->options.cold, "upgrade: stop and start, so that clients have to connect again");
  return [state](VerbInput input) {
    state->options.kill_sessions = state->kill.value_or(false);
    return finish_daemon(state->options, state->kill.has_value(), std::move(input));
  };
}

FinishVerb define_service(OptionSet& set) {
  auto options = std::make_shared<ServiceOptions>();
  set.flag("--dry-run", options->dry_run, "print what would be done");
  return [options](VerbInput input) -> Result<Command> {
    using Action = ServiceOptions::Action;
    const std::vector<std::pair<std::string_view, Action>> actions{
        {"install", Action::install}, {"uninstall", Action::uninstall}, {"status", Action::status}};
    auto action = take_word(input, actions, "what to do with the service");
    if (!action) return action.error();
    if (auto fine = expect_no_more(input); !fine) return fine.error();
    options->action = *action;
    return Command(*options);
  };
}

FinishVerb define_completions(OptionSet&) {
  return [](VerbInput input) -> Result<Command> {
    using Shell = CompletionsOptions::Shell;
    const std::vector<std::pair<std::string_view, Shell>> shells{
        {"bash", Shell::bash}, {"zsh", Shell::zsh}, {"fish", Shell::fish}};
    auto shell = take_word(input, shells, "the shell");
    if (!shell) return shell.error();
    if (auto fine = expect_no_more(input); !fine) return fine.error();
    return Command(CompletionsOptions{*shell});
  };
}

// parse_command_line() answers `help` itself.
FinishVerb define_help(OptionSet&) {
  return [](VerbInput) -> Result<Command> { return usage_error("help takes the name of one verb"); };
}

}  // namespace

std::vector<Verb> daemon_verbs() {
  constexpr auto kArguments = Verb::Tail::arguments;
  constexpr auto kProgram = Verb::Tail::program;
  constexpr auto kNothing = Verb::Completes::nothing;
  return {
      {"stdio",
       {},
       "",
       "connect stdin and stdout to the daemon",
       "Passes the protocol through, for programs that speak it over SSH: ssh HOST ptyctl stdio.",
       kPlainCodes,
       "ssh build.example.org ptyctl stdio",
       define_plain<StdioOptions>,
       kArguments,
       kNothing},
      {"daemon",
       {},
       "run|start|stop|status|logs|upgrade [OPTIONS]",
       "the daemon itself",
       "run stays in the foreground and passes options behind -- on to ptyd; start returns when the daemon answers. "
       "stop\n"
       "leaves the sessions running unless --sessions=kill is given: the next daemon finds them again. upgrade puts an\n"
       "installed new version in the place of the running one; nobody loses a connection, and when the new one can't\n"
       "take over, the old one goes on.",
       kPlainCodes,
       "ptyctl daemon stop --sessions=kill",
       define_daemon,
       kProgram,
       kNothing,
       {"run", "start", "stop", "status", "logs", "upgrade"}},
      {"service",
       {},
       "install|uninstall|status [OPTIONS]",
       "start the daemon with your login",
       "Installs a systemd user unit or a launchd agent, whichever this system has.",
       kPlainCodes,
       "ptyctl service install --dry-run",
       define_service,
       kArguments,
       kNothing,
       {"install", "uninstall", "status"}},
      {"doctor",
       {},
       "",
       "find out what is wrong",
       "Checks the runtime folder, the socket, the daemon, the terminal and the session you are in.",
       "0 all is well, 2 usage, 125 something is wrong.",
       "ptyctl doctor",
       define_plain<DoctorOptions>,
       kArguments,
       kNothing},
      {"ping",
       {},
       "",
       "ask whether the daemon answers",
       "Says how long an answer took. Starts no daemon, and gives up after two seconds.",
       "0 it answers, 2 usage, 69 no daemon, 76 another protocol version, 124 timed out.",
       "ptyctl ping",
       define_plain<PingOptions>,
       kArguments,
       kNothing},
      {"version",
       {},
       "",
       "show the versions",
       "Shows the version of ptyctl, and of the daemon when one runs.",
       "0 done, 2 usage.",
       "ptyctl version --json",
       define_plain<VersionOptions>,
       kArguments,
       kNothing},
      {"completions",
       {},
       "bash|zsh|fish",
       "print a completion script",
       "Prints a script that completes verbs, options and the names of sessions. It never starts a daemon.",
       "0 done, 2 usage.",
       "source <(ptyctl completions bash)",
       define_completions,
       kArguments,
       kNothing,
       {"bash", "zsh", "fish"}},
      {"help",
       {},
       "[VERB]",
       "explain ptyctl or one of its verbs",
       "The same as --help.",
       "0 done, 2 usage.",
       "ptyctl help attach",
       define_help,
       kArguments,
       kNothing},
  };
}

}  // namespace ptyd
