// Completion scripts for shells, made from the table of verbs.
#include "client/cli/verb.hpp"

namespace ptyd {

namespace {

constexpr std::string_view kSessionNames = "ptyctl list -a -o name --no-autostart 2>/dev/null";

struct VerbOptions {
  std::vector<OptionDescription> own;
  std::vector<OptionDescription> global;
};

VerbOptions options_of(const Verb& verb) {
  OptionSet options;
  GlobalOptions global;
  const auto finish = verb.define(options);  // holds what the options are bound to
  add_global_options(options, global);
  return {options.descriptions(), options.global_descriptions()};
}

std::vector<std::string> split_names(const std::string& names) { return CLI::detail::split(names, ','); }

template <class Words>
std::string joined(const Words& words, std::string_view separator) {
  std::string text;
  for (const auto& word : words) {
    if (!text.empty()) text += separator;
    text += word;
  }
  return text;
}

// Of a verb that takes sessions, too: with a blank behind each.
std::string fixed_words(const Verb& verb) {
  const auto words = joined(verb.words, " ");
  return words.empty() ? words : words + " ";
}

std::string single_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

std::vector<std::string> names_of(const Verb& verb) {
  std::vector<std::string> names{std::string(verb.name)};
  names.insert(names.end(), verb.aliases.begin(), verb.aliases.end());
  return names;
}

std::string option_words(const VerbOptions& options) {
  std::vector<std::string> words;
  for (const auto* const group : {&options.own, &options.global})
    for (const auto& option : *group)
      for (const auto& name : split_names(option.names)) words.push_back(name);
  return joined(words, " ");
}

// Lines of `case "$verb:$previous"`: an option's values, or nothing to offer for a value that is free.
std::string bash_values(const Verb& verb, const VerbOptions& options) {
  std::string text;
  for (const auto* const group : {&options.own, &options.global}) {
    for (const auto& option : *group) {
      if (option.value.empty()) continue;
      std::vector<std::string> patterns;
      for (const auto& name : split_names(option.names)) patterns.push_back(std::string(verb.name) + ":" + name);
      const bool is_path = option.value == "FILE" || option.value == "PATH" || option.value == "DIR";
      text += "    " + joined(patterns, "|") + ") ";
      text += is_path ? "COMPREPLY=($(compgen -f -- \"$word\"))"
                      : "COMPREPLY=($(compgen -W \"" + joined(option.choices, " ") + "\" -- \"$word\"))";
      text += "; return ;;\n";
    }
  }
  return text;
}

std::string bash_script() {
  std::string verbs;
  std::string values;
  std::string words;
  for (const auto& verb : all_verbs()) {
    const auto options = options_of(verb);
    verbs += (verbs.empty() ? "" : " ") + std::string(verb.name);
    values += bash_values(verb, options);
    words += "    " + std::string(verb.name) + ") options=\"" + option_words(options) + "\"; ";
    words += verb.completes == Verb::Completes::sessions ? "words=\"" + fixed_words(verb) + "$(" + std::string(kSessionNames) + ")\""
             : verb.name == "help"                       ? "words=\"$verbs\""
                                                         : "words=\"" + joined(verb.words, " ") + "\"";
    words += " ;;\n";
  }
  std::string aliases;
  for (const auto& verb : all_verbs())
    if (!verb.aliases.empty())
      aliases += "    " + joined(verb.aliases, "|") + ") verb=" + std::string(verb.name) + " ;;\n";
  return "# bash completion for ptyctl\n"
         "_ptyctl() {\n"
         "  local word=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
         "  local verbs=\"" +
         verbs +
         "\" verb=\"\" options=\"\" words=\"\" i\n"
         "  COMPREPLY=()\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    case \"${COMP_WORDS[i]}\" in\n"
         "    --) [[ -n $verb ]] && return ;;\n"
         "    --socket | --host | -H | --timeout | --output | -o | --color | --exit-codes) ((i++)) ;;\n"
         "    -*) ;;\n"
         "    *) verb=\"${COMP_WORDS[i]}\"; break ;;\n"
         "    esac\n"
         "  done\n"
         "  case \"$verb\" in\n" +
         aliases +
         "  esac\n"
         "  case \"${verb:-list}:$previous\" in\n" +
         values +
         "  esac\n"
         "  case \"$verb\" in\n"
         "    \"\") options=\"" +
         option_words({{}, options_of(all_verbs().front()).global}) + " --help --version\"; words=\"$verbs\" ;;\n" +
         words +
         "  esac\n"
         "  if [[ $word == -* ]]; then words=\"$options\"; fi\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "}\n"
         "complete -F _ptyctl ptyctl\n";
}

// "name:help" for _describe, where a colon in the name would end it.
std::string zsh_described(std::string_view name, std::string_view help) {
  return single_quoted(std::string(name) + ":" + std::string(help));
}

std::string zsh_script() {
  std::string verbs;
  std::string cases;
  for (const auto& verb : all_verbs()) {
    const auto options = options_of(verb);
    verbs += "    " + zsh_described(verb.name, verb.summary) + "\n";
    cases += "  " + joined(names_of(verb), "|") + ")\n    options=(\n";
    for (const auto* const group : {&options.own, &options.global})
      for (const auto& option : *group)
        for (const auto& name : split_names(option.names)) cases += "      " + zsh_described(name, option.help) + "\n";
    cases += "    )\n";
    if (verb.completes == Verb::Completes::sessions)
      cases += "    words_here=(" + fixed_words(verb) + "${(f)\"$(" + std::string(kSessionNames) + ")\"})\n";
    else if (verb.name == "help")
      cases += "    words_here=(${verbs%%:*})\n";
    else
      cases += "    words_here=(" + joined(verb.words, " ") + ")\n";
    cases += "    ;;\n";
  }
  return "#compdef ptyctl\n"
         "_ptyctl() {\n"
         "  local -a verbs options words_here\n"
         "  local verb='' i\n"
         "  verbs=(\n" +
         verbs +
         "  )\n"
         "  for ((i = 2; i < CURRENT; i++)); do\n"
         "    case ${words[i]} in\n"
         "    --socket|--host|-H|--timeout|--output|-o|--color|--exit-codes) ((i++)) ;;\n"
         "    -*) ;;\n"
         "    *) verb=${words[i]}; break ;;\n"
         "    esac\n"
         "  done\n"
         "  if [[ -z $verb ]]; then\n"
         "    _describe verb verbs\n"
         "    return\n"
         "  fi\n"
         "  case $verb in\n" +
         cases +
         "  esac\n"
         "  if [[ ${words[CURRENT]} == -* ]]; then\n"
         "    _describe -o option options\n"
         "  else\n"
         "    compadd -a words_here\n"
         "  fi\n"
         "}\n"
         "compdef _ptyctl ptyctl\n";
}

std::string fish_option(const std::string& condition, const OptionDescription& option) {
  std::string line = "complete -c ptyctl";
  if (!condition.empty()) line += " -n " + single_quoted(condition);
  for (const auto& name : split_names(option.names))
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (!option.value.empty()) line += " -r";
  if (!option.choices.empty()) line += " -f -a " + single_quoted(joined(option.choices, " "));
  return line + " -d " + single_quoted(option.help) + "\n";
}

std::string fish_script() {
  std::string text = "# fish completion for ptyctl\ncomplete -c ptyctl -f\n";
  std::vector<std::string> all_names;
  for (const auto& verb : all_verbs())
    for (const auto& name : names_of(verb)) all_names.push_back(name);
  const std::string no_verb = "not __fish_seen_subcommand_from " + joined(all_names, " ");
  for (const auto& verb : all_verbs())
    text += "complete -c ptyctl -n " + single_quoted(no_verb) + " -a " + std::string(verb.name) + " -d " +
            single_quoted(verb.summary) + "\n";
  for (const auto& option : options_of(all_verbs().front()).global) text += fish_option("", option);
  for (const auto& verb : all_verbs()) {
    const std::string condition = "__fish_seen_subcommand_from " + joined(names_of(verb), " ");
    for (const auto& option : options_of(verb).own) text += fish_option(condition, option);
    if (verb.completes == Verb::Completes::sessions)
      text += "complete -c ptyctl -n " + single_quoted(condition) + " -a " +
              single_quoted("(" + std::string(kSessionNames) + ")") + "\n";
    if (!verb.words.empty())
      text +=
          "complete -c ptyctl -n " + single_quoted(condition) + " -a " + single_quoted(joined(verb.words, " ")) + "\n";
  }
  return text;
}

}  // namespace

std::string completion_script(CompletionsOptions::Shell shell) {
  switch (shell) {
    case CompletionsOptions::Shell::bash: return bash_script();
    case CompletionsOptions::Shell::zsh: return zsh_script();
    case CompletionsOptions::Shell::fish: break;
  }
  return fish_script();
}

}  // namespace ptyd
