// Verbs that act on a running session.
#include <algorithm>

#include "client/cli/lease_options.hpp"
#include "client/cli/verb.hpp"
#include "client/cli/wait_options.hpp"

namespace ptyd {

namespace {

constexpr std::string_view kTypingCodes =
    "0 done, 2 usage, 65 ambiguous, 66 no such session, 67 denied, 68 busy, 69 no daemon, 71 the session has ended,\n"
    "72 a guard did not hold and nothing was typed, 124 timed out, 125 something else failed.";
constexpr std::string_view kActCodes =
    "0 done, 2 usage, 65 ambiguous, 66 no such session, 67 denied, 68 busy, 69 no daemon, 71 the session has ended,\n"
    "124 timed out, 125 something else failed.";

// Whoever waits after typing mostly waits for an answer: it is not quiet before one came.
constexpr std::uint64_t kAnswer = 1;

void add_guards(OptionSet& set, ScreenGuards& guards) {
  const auto keep = [](std::string& target) {
    return [&target](const std::string& text) -> Result<void> {
      if (text.empty()) return usage_error("is empty");
      target = text;
      return {};
    };
  };
  set.custom("--if-screen", "HASH", "only if the screen has this hash", keep(guards.if_screen));
  set.custom("--if-match", "RE", "only if a line of the screen matches", keep(guards.if_match));
}

struct SendState {
  SendOptions options;
  LeaseOption lease;
  WaitFlags wait;
  SessionSelector selector;
};

Result<Command> finish_send(SendState& state, VerbInput input) {
  auto& options = state.options;
  auto session = take_session(input, state.selector, InsideSession::refused);
  if (!session) return session.error();
  options.session = *session;
  auto lease = take_lease(state.lease, input);
  if (!lease) return lease.error();
  options.lease = *lease;
  options.text = std::move(input.args);
  const int sources = (options.text.empty() ? 0 : 1) + (options.from_stdin ? 1 : 0) + (options.file ? 1 : 0);
  if (sources > 1) return usage_error("TEXT, --stdin and --file can't be used together");
  if (sources == 0 && !options.enter)
    return usage_error("there is nothing to send", "give TEXT, --stdin, --file or --enter");
  auto spec = finish_wait_options(state.wait, kAnswer);
  if (!spec) return spec.error();
  options.wait = std::move(*spec);
  if (state.wait.exit && options.wait.conditions.empty()) options.wait.conditions.emplace_back().set_kind(v1::WAIT_EXIT);
  return Command(std::move(options));
}

FinishVerb define_send(OptionSet& set) {
  auto state = std::make_shared<SendState>();
  auto& options = state->options;
  set.flag("--enter", options.enter, "press Enter behind it");
  set.flag("--paste", options.paste, "as a paste, bracketed when the program asked for that");
  set.flag("--stdin", options.from_stdin, "send what stdin holds");
  set.text("--file", "FILE", options.file, "send what FILE holds");
  add_guards(set, options.guards);
  add_lease(set, state->lease);
  add_wait_options(set, state->wait);
  add_selector(set, state->selector);
  return [state](VerbInput input) { return finish_send(*state, std::move(input)); };
}

struct KeysState {
  KeysOptions options;
  LeaseOption lease;
  WaitFlags wait;
  SessionSelector selector;
};

FinishVerb define_keys(OptionSet& set) {
  auto state = std::make_shared<KeysState>();
  set.flag("-l,--literal", state->options.literal, "the words are text, not names of keys");
  add_guards(set, state->options.guards);
  add_lease(set, state->lease);
  add_wait_options(set, state->wait);
  add_selector(set, state->selector, false);
  return [state](VerbInput input) -> Result<Command> {
    auto session = take_session(input, state->selector, InsideSession::refused);
    if (!session) return session.error();
    if (input.args.empty()) return usage_error("no key is named", "write keys like C-c, Enter, M-x, F5 or Up");
    auto spec = finish_wait_options(state->wait, kAnswer);
    if (!spec) return spec.error();
    auto lease = take_lease(state->lease, input);
    if (!lease) return lease.error();
    auto& options = state->options;
    options.lease = *lease;
    options.wait = std::move(*spec);
    if (state->wait.exit && options.wait.conditions.empty()) options.wait.conditions.emplace_back().set_kind(v1::WAIT_EXIT);
    options.session = *session;
    options.keys = std::move(input.args);
    return Command(options);
  };
}

struct ExecState {
  ExecOptions options;
  LeaseOption lease;
  SessionSelector selector;
};

FinishVerb define_exec(OptionSet& set) {
  auto state = std::make_shared<ExecState>();
  set.flag("--raw", state->options.raw, "the command's own bytes, escape sequences and all");
  const std::vector<std::pair<std::string, ShellSyntax>> shells{
      {"sh", ShellSyntax::sh}, {"fish", ShellSyntax::fish}, {"powershell", ShellSyntax::powershell}};
  set.choice("--shell", "SHELL", shells, state->options.shell,
             "sh, fish or powershell; default: as the program's name says");
  add_lease(set, state->lease);
  add_selector(set, state->selector);
  return [state](VerbInput input) -> Result<Command> {
    auto session = take_session(input, state->selector, InsideSession::refused);
    if (!session) return session.error();
    if (!input.args.empty())
      return usage_error("'" + input.args.front() + "' is one argument too many", "the command stands behind --");
    if (input.tail.empty()) return usage_error("no command is given", "write it behind --");
    auto lease = take_lease(state->lease, input);
    if (!lease) return lease.error();
    state->options.lease = *lease;
    state->options.session = *session;
    state->options.command = std::move(input.tail);
    return Command(state->options);
  };
}

struct ResizeState {
  ResizeOptions options;
  LeaseOption lease;
  SessionSelector selector;
};

FinishVerb define_resize(OptionSet& set) {
  auto state = std::make_shared<ResizeState>();
  add_policy(set, state->options.policy, "which terminal decides the size from now on; default: manual");
  set.geometry("--pixels", "WxH", state->options.pixels, "size of the window in pixels");
  add_lease(set, state->lease);
  add_selector(set, state->selector);
  return [state](VerbInput input) -> Result<Command> {
    auto session = take_session(input, state->selector, InsideSession::refused);
    if (!session) return session.error();
    if (input.args.empty()) return usage_error("no size is given", "write columns x rows like 120x40");
    auto size = parse_geometry(input.args.front());
    if (!size) return size.error();
    input.args.erase(input.args.begin());
    if (auto fine = expect_no_more(input); !fine) return fine.error();
    auto lease = take_lease(state->lease, input);
    if (!lease) return lease.error();
    state->options.lease = *lease;
    state->options.session = *session;
    state->options.size = *size;
    return Command(state->options);
  };
}

struct DetachState {
  DetachOptions options;
  SessionSelector selector;
};

FinishVerb define_detach(OptionSet& set) {
  auto state = std::make_shared<DetachState>();
  set.offset("--client", "ID", state->options.client, "only this client; `ptyctl inspect` shows them");
  set.flag("--all", state->options.all, "all attachments");
  set.flag("--others", state->options.others, "all but those of this connection");
  add_selector(set, state->selector);
  return [state](VerbInput input) -> Result<Command> {
    auto& options = state->options;
    auto session = take_session(input, state->selector, InsideSession::refused);
    if (!session) return session.error();
    if (auto fine = expect_no_more(input); !fine) return fine.error();
    if ((options.client ? 1 : 0) + (options.all ? 1 : 0) + (options.others ? 1 : 0) > 1)
      return usage_error("--client, --all and --others can't be used together");
    options.session = *session;
    return Command(options);
  };
}

struct RenameState {
  RenameOptions options;
  SessionSelector selector;
};

FinishVerb define_rename(OptionSet& set) {
  auto state = std::make_shared<RenameState>();
  add_selector(set, state->selector);
  return [state](VerbInput input) -> Result<Command> {
    auto session = take_session(input, state->selector, InsideSession::refused);
    if (!session) return session.error();
    if (input.args.empty() || input.args.front().empty()) return usage_error("no new name is given");
    state->options.session = *session;
    state->options.new_name = input.args.front();
    input.args.erase(input.args.begin());
    if (auto fine = expect_no_more(input); !fine) return fine.error();
    return Command(state->options);
  };
}

Result<void> add_label_change(LabelOptions& options, const std::string& text) {
  if (text.find('=') == std::string::npos && text.ends_with('-')) {
    const std::string key = text.substr(0, text.size() - 1);
    if (auto fine = check_label_key(key); !fine) return fine.error();
    options.remove.push_back(key);
    return {};
  }
  auto label = parse_label(text);
  if (!label) return usage_error(label.error().message, "write key=value to set a label, key- to remove it");
  options.set.push_back(*label);
  return {};
}

struct LabelState {
  LabelOptions options;
  SessionSelector selector;
};

FinishVerb define_label(OptionSet& set) {
  auto state = std::make_shared<LabelState>();
  add_selector(set, state->selector);
  return [state](VerbInput input) -> Result<Command> {
    auto session = take_session(input, state->selector, InsideSession::refused);
    if (!session) return session.error();
    if (input.args.empty())
      return usage_error("no label is given", "write key=value to set a label, key- to remove it");
    for (const auto& text : input.args)
      if (auto added = add_label_change(state->options, text); !added) return added.error();
    state->options.session = *session;
    return Command(state->options);
  };
}

}  // namespace

std::vector<Verb> typing_verbs() {
  return {
      {"send",
       {},
       "SESSION TEXT... [OPTIONS]",
       "type text without attaching",
       "Types the words, joined by a space, into the session. What begins with - stands behind --. Guards are looked at\n"
       "by the daemon when it types. With an option to wait for something, only what the program writes after that counts.",
       kTypingCodes,
       "ptyctl send build 'make test' --enter",
       define_send},
      {"keys",
       {"send-keys"},
       "SESSION KEY... [OPTIONS]",
       "press keys without attaching",
       "Presses keys by tmux's names: C-c, Enter, M-x, F5, Up. A word that names no key is typed.",
       kTypingCodes,
       "ptyctl keys build C-c Up Enter",
       define_keys},
      {"exec",
       {},
       "SESSION [OPTIONS] -- COMMAND [ARGUMENT...]",
       "run a command in a session's shell",
       "Types the command at the prompt of the session's shell, prints its output only, and ends with its status when it\n"
       "ends. Several words are a program and its arguments; one word is a line for the shell. The shell must tell of its\n"
       "prompts (`ptyctl new --shell-integration`) and be at one. Until the command ends nobody else may type, but for a\n"
       "person at an attached terminal. Ctrl-C goes to the command; twice, it ends ptyctl and the command goes on, as it\n"
       "does when --timeout is over.",
       "the command's own, 2 usage, 124 timed out, 125 something else failed; when the session ends with the command, the\n"
       "status of its program. With --exit-codes=wide also 66 no such session, 68 the shell is busy, or somebody else\n"
       "holds the input, 71 the session has ended.",
       "ptyctl exec build -- make test",
       define_exec,
       Verb::Tail::program},
      {"resize",
       {},
       "SESSION COLSxROWS [OPTIONS]",
       "set a session's size",
       "Sets the window size of the session. Terminals that attach do not change it until another policy is chosen.",
       kActCodes,
       "ptyctl resize build 120x40",
       define_resize},
      {"detach",
       {},
       "SESSION [OPTIONS]",
       "end attachments",
       "Ends the attachments of a session; the session lives on. Without an option there must be just one.",
       kActCodes,
       "ptyctl detach build --all",
       define_detach},
      {"rename",
       {"rename-session"},
       "SESSION NAME",
       "give a session another name",
       "Names have 1 to 64 letters, digits or ._- and do not begin with a dash.",
       "0 done, 2 usage, 65 ambiguous, 66 no such session, 69 no daemon, 73 the name is taken, 124 timed out.",
       "ptyctl rename build nightly",
       define_rename},
      {"label",
       {},
       "SESSION KEY=VALUE... KEY-...",
       "set and remove labels",
       "Labels choose sessions: where SESSION stands, -l key=value can stand as well.",
       kActCodes,
       "ptyctl label build team=web old-",
       define_label},
  };
}

}  // namespace ptyd
