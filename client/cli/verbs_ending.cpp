// Verbs about the end of sessions.
#include "client/cli/verb.hpp"
#include "client/cli/wait_options.hpp"
#include "client/format/signal_name.hpp"

namespace ptyd {

namespace {

constexpr std::string_view kEndCodes =
    "0 done, 2 usage, 65 ambiguous, 66 no such session, 67 denied, 69 no daemon, 71 the session has ended already,\n"
    "124 timed out, 125 something else failed.";

OptionSet::Setter set_signal(std::uint32_t& target) {
  return [&target](const std::string& text) -> Result<void> {
    auto number = parse_signal(text);
    if (!number) return number.error();
    target = *number;
    return {};
  };
}

struct WaitState {
  WaitOptions options;
  WaitFlags flags;
  SessionSelector selector;
};

FinishVerb define_wait(OptionSet& set) {
  auto state = std::make_shared<WaitState>();
  add_wait_options(set, state->flags);
  add_selector(set, state->selector);
  return [state](VerbInput input) -> Result<Command> {
    auto spec = finish_wait_options(state->flags, 0);
    if (!spec) return spec.error();
    auto sessions = take_sessions(input, state->selector);
    if (!sessions) return sessions.error();
    if (sessions->names.empty() && sessions->labels.empty())
      return usage_error("no session is named", "`ptyctl list` shows the sessions");
    state->options.sessions = *sessions;
    state->options.wait = std::move(*spec);
    state->options.timeout = input.global->timeout;
    return Command(state->options);
  };
}

struct SignalState {
  SignalOptions options;
  SessionSelector selector;
};

FinishVerb define_signal(OptionSet& set) {
  auto state = std::make_shared<SignalState>();
  set.custom("-s,--signal", "SIG", "the signal, instead of the last argument", set_signal(state->options.signal));
  set.flag("--tree", state->options.tree, "to everything that was started in the session");
  set.flag("--foreground", state->options.foreground, "to what runs in the foreground, as a key of the terminal would");
  add_selector(set, state->selector);
  return [state](VerbInput input) -> Result<Command> {
    auto& options = state->options;
    auto session = take_session(input, state->selector, InsideSession::refused);
    if (!session) return session.error();
    options.session = *session;
    if (options.signal == 0) {
      if (input.args.empty()) return usage_error("no signal is given", "write it like TERM, SIGTERM or 15");
      if (auto set_it = set_signal(options.signal)(input.args.front()); !set_it) return set_it.error();
      input.args.erase(input.args.begin());
    }
    if (auto fine = expect_no_more(input); !fine) return fine.error();
    if (options.tree && options.foreground) return usage_error("--tree and --foreground can't be used together");
    return Command(options);
  };
}

// Sessions by name or label, or else all that `flag`, which was given or not, stands for.
Result<SessionRefs> take_sessions_or_all(VerbInput& input, const SessionSelector& selector, std::string_view flag,
                                         bool given, std::string_view hint) {
  auto sessions = take_sessions(input, selector);
  if (!sessions) return sessions;
  const bool chosen = !sessions->names.empty() || !sessions->labels.empty();
  if (!chosen && !given) return usage_error("no session is named", std::string(hint));
  if (chosen && given) return usage_error(std::string(flag) + " and named sessions can't be used together");
  return sessions;
}

struct KillState {
  KillOptions options;
  SessionSelector selector;
};

FinishVerb define_kill(OptionSet& set) {
  auto state = std::make_shared<KillState>();
  auto& kill = state->options;
  set.custom("-s,--signal", "SIG", "the first signal; default: HUP", set_signal(kill.signal));
  set.flag("--tree", kill.tree, "everything that was started in the session");
  set.duration("--grace", kill.grace, "how long the program may take to leave; default: the daemon's, 5s");
  set.flag("--force", kill.force, "at once, without a first signal");
  set.flag("--all", kill.all, "all sessions");
  add_selector(set, state->selector);
  return [state](VerbInput input) -> Result<Command> {
    auto& options = state->options;
    auto sessions =
        take_sessions_or_all(input, state->selector, "--all", options.all, "`ptyctl list` shows the sessions");
    if (!sessions) return sessions.error();
    if (options.force && options.grace) return usage_error("--force and --grace can't be used together");
    options.sessions = *sessions;
    return Command(options);
  };
}

struct RmState {
  RmOptions options;
  SessionSelector selector;
};

FinishVerb define_rm(OptionSet& set) {
  auto state = std::make_shared<RmState>();
  set.flag("-f,--force", state->options.force, "kill a session that still runs");
  set.flag("--exited", state->options.exited, "all sessions that have ended");
  add_selector(set, state->selector);
  return [state](VerbInput input) -> Result<Command> {
    auto& options = state->options;
    auto sessions =
        take_sessions_or_all(input, state->selector, "--exited", options.exited, "`ptyctl list -a` shows the sessions");
    if (!sessions) return sessions.error();
    options.sessions = *sessions;
    return Command(options);
  };
}

struct RestartState {
  RestartOptions options;
  SessionSelector selector;
};

FinishVerb define_restart(OptionSet& set) {
  auto state = std::make_shared<RestartState>();
  set.flag("-f,--force", state->options.force, "kill it first when it still runs");
  add_selector(set, state->selector);
  return [state](VerbInput input) -> Result<Command> {
    auto session = take_session(input, state->selector, InsideSession::refused);
    if (!session) return session.error();
    if (auto fine = expect_no_more(input); !fine) return fine.error();
    state->options.session = *session;
    return Command(state->options);
  };
}

}  // namespace

std::vector<Verb> ending_verbs() {
  return {
      {"wait",
       {},
       "SESSION... [OPTIONS]",
       "wait for what happens in sessions",
       "Returns when what the options ask for has happened, without polling. Text counts that is on the screen already,\n"
       "and what the program writes from now on. Without such options, or with --exit alone, returns when the programs\n"
       "have ended, and passes on the exit status of the first that is not 0, in the order named, with --any of the one\n"
       "that ended.",
       "0 it happened, 2 usage, 65 ambiguous, 66 no such session, 69 no daemon, 71 the session ended before, 124 timed\n"
       "out, 125 something else failed. For the end of programs: their own, 128+N when signal N ended it, 2, 124, 125;\n"
       "with --exit-codes=wide also 65, 66, 69.",
       "ptyctl wait build --match 'error|passed' --timeout 10m",
       define_wait},
      {"signal",
       {},
       "SESSION SIG [OPTIONS]",
       "send a signal to a session's program",
       "Signals go by name or by number.",
       kEndCodes,
       "ptyctl signal build USR1",
       define_signal},
      {"kill",
       {"kill-session"},
       "SESSION... [OPTIONS]",
       "end sessions",
       "Hangs up, gives the program time to leave, then forces it, and returns when it is really gone.",
       kEndCodes,
       "ptyctl kill build --grace 10s",
       define_kill},
      {"rm",
       {},
       "SESSION... [OPTIONS]",
       "forget sessions that have ended",
       "Forgets sessions with their output and exit status.",
       kEndCodes,
       "ptyctl rm --exited",
       define_rm},
      {"restart",
       {},
       "SESSION [OPTIONS]",
       "run a session's command again",
       "Runs the same command with the same name, labels, environment and directory.",
       "0 done, 2 usage, 65 ambiguous, 66 no such session, 69 no daemon, 124 timed out, 125 something else failed,\n"
       "126 the program can't be run, 127 there is no such program.",
       "ptyctl restart build -f",
       define_restart},
  };
}

}  // namespace ptyd
