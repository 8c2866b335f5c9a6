#include "client/cli/verb.hpp"

#include <algorithm>
#include <iterator>
#include <memory>

namespace ptyd {

namespace {

constexpr std::size_t kMaxLabelKey = 64;
constexpr std::size_t kMaxLabelValue = 256;

std::vector<Verb> make_all_verbs() {
  std::vector<Verb> verbs;
  for (auto* const group : {session_verbs, screen_verbs, event_verbs, recording_verbs, typing_verbs, lease_verbs,
                            ending_verbs, daemon_verbs}) {
    auto some = group();
    std::move(some.begin(), some.end(), std::back_inserter(verbs));
  }
  return verbs;
}

}  // namespace

const std::vector<Verb>& all_verbs() {
  static const std::vector<Verb> verbs = make_all_verbs();
  return verbs;
}

const Verb* find_verb(std::string_view name) {
  for (const auto& verb : all_verbs()) {
    const bool alias = std::find(verb.aliases.begin(), verb.aliases.end(), name) != verb.aliases.end();
    if (verb.name == name || alias) return &verb;
  }
  return nullptr;
}

void add_selector(OptionSet& options, SessionSelector& selector, bool short_label) {
  add_labels(options, short_label ? "-l,--label" : "--label", selector.labels,
             "the session that has this label, instead of SESSION; can be repeated");
  options.text("-t", "SESSION", selector.target, "");
  options.hide_last();
}

Result<SessionRef> take_session(VerbInput& input, const SessionSelector& selector, InsideSession inside) {
  SessionRef session;
  session.labels = selector.labels;
  if (!selector.labels.empty()) return session;
  if (selector.target) {
    session.name = *selector.target;
  } else if (!input.args.empty()) {
    session.name = input.args.front();
    input.args.erase(input.args.begin());
  } else if (inside == InsideSession::allowed) {
    const auto id = (*input.env)("PTYD_SESSION_ID");
    session.name = id ? *id : (*input.env)("PTYD_SESSION").value_or("");
  }
  if (session.name.empty()) return usage_error("no session is named", "`ptyctl list` shows the sessions");
  return session;
}

Result<SessionRefs> take_sessions(VerbInput& input, const SessionSelector& selector) {
  SessionRefs sessions;
  sessions.labels = selector.labels;
  sessions.names = std::exchange(input.args, {});
  if (selector.target) sessions.names.insert(sessions.names.begin(), *selector.target);
  if (std::find(sessions.names.begin(), sessions.names.end(), "") != sessions.names.end())
    return usage_error("a session's name is empty", "`ptyctl list` shows the sessions");
  if (!sessions.names.empty() && !sessions.labels.empty())
    return usage_error("sessions are named and chosen by label", "give names or labels, not both");
  return sessions;
}

Result<void> expect_no_more(const VerbInput& input) {
  if (input.args.empty()) return {};
  return usage_error("'" + input.args.front() + "' is one argument too many");
}

Result<void> check_label_key(const std::string& key) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '/' || c == '-';
  };
  if (!key.empty() && key.size() <= kMaxLabelKey && std::all_of(key.begin(), key.end(), fits)) return {};
  return usage_error("'" + key + "' is no label", "a label's key has 1 to 64 letters, digits or ._/-");
}

Result<LabelSetting> parse_label(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos) return usage_error("'" + text + "' is no label", "write it like key=value");
  LabelSetting label{text.substr(0, equals), text.substr(equals + 1)};
  if (auto fine = check_label_key(label.first); !fine) return fine.error();
  if (label.second.size() > kMaxLabelValue)
    return usage_error("the value of label " + label.first + " is too long", "at most 256 bytes fit");
  return label;
}

void add_labels(OptionSet& options, const std::string& names, std::vector<LabelSetting>& target,
                const std::string& help) {
  const auto add = [&target](const std::string& text) -> Result<void> {
    auto label = parse_label(text);
    if (!label) return label.error();
    target.push_back(*label);
    return {};
  };
  options.custom(names, "KEY=VALUE", help, add, true);
}

void add_policy(OptionSet& options, std::optional<v1::SizePolicy>& target, const std::string& help) {
  const std::vector<std::pair<std::string, v1::SizePolicy>> policies{
      {"latest", v1::LATEST}, {"smallest", v1::SMALLEST}, {"largest", v1::LARGEST}, {"manual", v1::MANUAL}};
  options.choice("--policy", "POLICY", policies, target, help);
}

void add_global_options(OptionSet& options, GlobalOptions& global) {
  options.begin_global();
  options.text("--socket", "PATH", global.socket, "the daemon's socket");
  options.text("-H,--host", "HOST", global.host, "the daemon of another machine: ssh://[user@]host");
  options.duration("--timeout", global.timeout, "give up after this time: 250ms, 5s, 2m, 1h");
  const std::vector<std::pair<std::string, OutputFormat>> formats{{"text", OutputFormat::text},
                                                                  {"json", OutputFormat::json},
                                                                  {"jsonl", OutputFormat::jsonl},
                                                                  {"name", OutputFormat::name}};
  options.choice("-o,--output", "FORMAT", formats, global.output, "text, json, jsonl or name");
  // A flag has no order among the others: `--json -o name` is the name, as `-o` says more.
  const auto set_json = [&global](const std::string&) -> Result<void> {
    if (global.output == OutputFormat::text) global.output = OutputFormat::json;
    return {};
  };
  options.custom_flag("--json", "the same as -o json", set_json);
  // For verbs that wait, --quiet is something to wait for.
  options.flag(options.has("--quiet") ? "-q" : "-q,--quiet", global.quiet, "no messages but errors");
  options.flag("-v,--verbose", global.verbose, "say which daemon answers");
  const auto no_autostart = [&global](const std::string&) -> Result<void> {
    global.autostart = false;
    return {};
  };
  options.custom_flag("--no-autostart", "do not start a daemon when none runs", no_autostart);
  const std::vector<std::pair<std::string, ColorMode>> modes{
      {"auto", ColorMode::automatic}, {"always", ColorMode::always}, {"never", ColorMode::never}};
  options.choice("--color", "WHEN", modes, global.color, "auto, always or never");
  options.choice("--exit-codes", "KIND", std::vector<std::pair<std::string, bool>>{{"narrow", false}, {"wide", true}},
                 global.wide_exit_codes, "wide: tell errors apart also where a program's status is passed on");
}

void apply_environment(GlobalOptions& global, const EnvLookup& env) {
  if (env("PTYD_AUTOSTART").value_or("") == "0") global.autostart = false;
}

}  // namespace ptyd
