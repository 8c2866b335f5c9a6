#include "client/cli/command_line.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "client/cli/suggest.hpp"
#include "client/cli/verb.hpp"

namespace ptyd {

namespace {

struct SplitArguments {
  std::vector<std::string> head;
  std::vector<std::string> tail;
  bool has_tail = false;
};

SplitArguments split_arguments(int argc, const char* const* argv) {
  SplitArguments split;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (split.has_tail)
      split.tail.push_back(argument);
    else if (argument == "--")
      split.has_tail = true;
    else
      split.head.push_back(argument);
  }
  return split;
}

// True when `argument` is a global option whose value is the next argument.
bool takes_next(const std::string& argument) {
  if (argument.starts_with("--")) {
    constexpr std::string_view kWithValue[] = {"--socket", "--host",  "--timeout",
                                               "--output", "--color", "--exit-codes"};
    return std::find(std::begin(kWithValue), std::end(kWithValue), argument) != std::end(kWithValue);
  }
  // Of "-qH", only the last letter can take the next argument.
  const auto value = argument.find_first_of("Ho", 1);
  return value != std::string::npos && value + 1 == argument.size();
}

// Removes the verb: the first argument that is neither an option nor a global option's value.
std::optional<std::string> take_verb(std::vector<std::string>& head) {
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (head[i].size() > 1 && head[i][0] == '-') {
      if (takes_next(head[i])) ++i;
      continue;
    }
    const auto at = head.begin() + static_cast<std::ptrdiff_t>(i);
    std::string verb = *at;
    head.erase(at);
    return verb;
  }
  return std::nullopt;
}

Error unknown_verb(const std::string& name) {
  std::vector<std::string> known;
  for (const auto& verb : all_verbs()) {
    known.emplace_back(verb.name);
    known.insert(known.end(), verb.aliases.begin(), verb.aliases.end());
  }
  const auto close = closest_word(name, known);
  return usage_error("there is no verb '" + name + "'",
                     close ? "did you mean " + *close + "?" : "`ptyctl help` shows the verbs");
}

CommandLine fail(const GlobalOptions& global, Error error, const Verb* verb) {
  if (error.hint.empty())
    error.hint = verb == nullptr ? "see `ptyctl help`" : "see `ptyctl help " + std::string(verb->name) + "`";
  return UsageError{global, std::move(error)};
}

CommandLine help_on(const GlobalOptions& global, const std::vector<std::string>& words) {
  if (words.empty()) return HelpText{overview_help()};
  const Verb* const verb = find_verb(words.front());
  if (verb == nullptr) return fail(global, unknown_verb(words.front()), nullptr);
  return HelpText{verb_help(*verb)};
}

struct CommonFlags {
  bool help = false;
  bool version = false;
};

void add_common(OptionSet& options, GlobalOptions& global, CommonFlags& flags) {
  options.flag("-h,--help", flags.help, "explain the verb");
  options.hide_last();
  options.flag("--version", flags.version, "show the version");
  options.hide_last();
  add_global_options(options, global);
}

CommandLine parse_without_verb(SplitArguments split, const EnvLookup& env) {
  GlobalOptions global;
  CommonFlags flags;
  OptionSet options;
  add_common(options, global, flags);
  auto positionals = options.parse(split.head);
  apply_environment(global, env);
  if (!positionals) return fail(global, positionals.error(), nullptr);
  if (flags.help) return HelpText{overview_help()};
  if (flags.version) return ParsedCommand{global, VersionOptions()};
  if (split.has_tail) return fail(global, usage_error("no verb is given"), nullptr);
  ListOptions list;
  list.or_help = true;
  return ParsedCommand{global, list};
}

CommandLine parse_verb(const Verb& verb, SplitArguments split, const EnvLookup& env) {
  GlobalOptions global;
  CommonFlags flags;
  OptionSet options;
  const auto finish = verb.define(options);
  add_common(options, global, flags);
  auto positionals = options.parse(split.head);
  apply_environment(global, env);
  if (!positionals) {
    // Whoever asks for help gets it, whatever else is wrong.
    if (flags.help) return HelpText{verb_help(verb)};
    return fail(global, positionals.error(), &verb);
  }
  VerbInput input{*positionals, {}, split.has_tail, &global, &env};
  if (verb.tail == Verb::Tail::program)
    input.tail = std::move(split.tail);
  else
    std::move(split.tail.begin(), split.tail.end(), std::back_inserter(input.args));
  if (flags.help) return HelpText{verb_help(verb)};
  if (verb.name == "help") return help_on(global, input.args);
  if (flags.version) return ParsedCommand{global, VersionOptions()};
  auto command = finish(std::move(input));
  if (!command) return fail(global, command.error(), &verb);
  return ParsedCommand{global, std::move(*command)};
}

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv, const EnvLookup& env) {
  auto split = split_arguments(argc, argv);
  const auto name = take_verb(split.head);
  if (!name) return parse_without_verb(std::move(split), env);
  const Verb* const verb = find_verb(*name);
  if (verb != nullptr) return parse_verb(*verb, std::move(split), env);
  // The output format decides how the mistake is reported.
  GlobalOptions global;
  CommonFlags flags;
  OptionSet options;
  add_common(options, global, flags);
  static_cast<void>(options.parse(split.head));
  return fail(global, unknown_verb(*name), nullptr);
}

bool passes_on_status(const Command& command) {
  if (const auto* created = std::get_if<NewOptions>(&command)) return !created->detached || created->wait;
  if (const auto* wait = std::get_if<WaitOptions>(&command)) return wait->wait.conditions.empty();
  return std::holds_alternative<AttachOptions>(command) || std::holds_alternative<ExecOptions>(command);
}

}  // namespace ptyd
