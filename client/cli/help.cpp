// The help texts, made from the table of verbs.
#include <algorithm>

#include "client/cli/verb.hpp"

namespace ptyd {

namespace {

constexpr std::size_t kNameColumn = 28;

// "-d,--detached" as "-d, --detached", with a value as "--size COLSxROWS".
std::string spelled(const OptionDescription& option) {
  std::string text = option.names.starts_with("--") ? "    " : "";
  for (const char c : option.names) {
    text += c;
    if (c == ',') text += ' ';
  }
  return option.value.empty() ? text : text + " " + option.value;
}

std::string two_columns(const std::string& left, std::string_view right, std::size_t column) {
  std::string line = "  " + left;
  if (line.size() + 2 > column)
    line += "\n" + std::string(column, ' ');
  else
    line.append(column - line.size(), ' ');
  return line + std::string(right) + "\n";
}

std::string option_lines(const std::vector<OptionDescription>& options) {
  std::string text;
  for (const auto& option : options) text += two_columns(spelled(option), option.help, kNameColumn);
  return text;
}

std::string indented(std::string_view text) {
  std::string out = "  ";
  for (const char c : text) {
    out += c;
    if (c == '\n') out += "  ";
  }
  return out + "\n";
}

}  // namespace

std::string verb_help(const Verb& verb) {
  OptionSet options;
  GlobalOptions global;
  const auto finish = verb.define(options);  // holds what the options are bound to
  add_global_options(options, global);
  std::string text = "Usage: ptyctl " + std::string(verb.name);
  if (!verb.usage.empty()) text += " " + std::string(verb.usage);
  text += "\n\n" + std::string(verb.about) + "\n";
  if (!verb.aliases.empty()) {
    text += "\nAlso called:";
    for (const auto alias : verb.aliases) text += " " + std::string(alias);
    text += "\n";
  }
  if (const auto own = options.descriptions(); !own.empty()) text += "\nOptions:\n" + option_lines(own);
  text += "\nGlobal options:\n" + option_lines(options.global_descriptions());
  text += "\nExit codes:\n" + indented(verb.exit_codes);
  return text + "\nExample:\n" + indented(verb.example);
}

std::string overview_help() {
  std::string text =
      "Usage: ptyctl [GLOBAL OPTIONS] VERB [SESSION] [OPTIONS] [-- PROGRAM ARG...]\n\n"
      "Terminal sessions that outlive their windows. SESSION is a name, an id, the unique beginning of an id, or\n"
      "-l key=value.\n\nVerbs:\n";
  std::size_t column = 0;
  for (const auto& verb : all_verbs()) column = std::max(column, verb.name.size() + 4);
  for (const auto& verb : all_verbs()) text += two_columns(std::string(verb.name), verb.summary, column);
  OptionSet options;
  GlobalOptions global;
  add_global_options(options, global);
  return text + "\nGlobal options:\n" + option_lines(options.global_descriptions()) +
         "\n`ptyctl help VERB` explains a verb. `ptyctl` alone lists the sessions.\n";
}

}  // namespace ptyd
