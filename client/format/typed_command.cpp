#include "client/format/typed_command.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace ptyd {

namespace {

constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+:,./-";

// What means something else at the beginning of a command, in sh, bash, zsh or fish.
constexpr std::array<std::string_view, 29> kReserved{
    "and",  "begin", "break",  "builtin", "case",   "command", "coproc",  "do",       "done", "elif",
    "else", "end",   "esac",   "exec",    "fi",     "for",     "foreach", "function", "if",   "in",
    "not",  "or",    "repeat", "select",  "switch", "then",    "time",    "until",    "while"};

bool is_reserved(std::string_view word) {
  return std::find(kReserved.begin(), kReserved.end(), word) != kReserved.end();
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool has_control(std::string_view text) { return std::any_of(text.begin(), text.end(), is_control); }

std::string octal(char c) {
  const auto value = static_cast<unsigned char>(c);
  std::string out = "\\";
  for (const int shift : {6, 3, 0}) out += static_cast<char>('0' + (value >> shift & 7));
  return out;
}

// $'...' of bash and zsh. History is not looked up in it where no ! stands.
std::string escaped_for_sh(std::string_view text) {
  std::string out = "$'";
  for (const char c : text) {
    if (is_control(c) || c == '\'' || c == '!')
      out += octal(c);
    else if (c == '\\')
      out += "\\\\";
    else
      out += c;
  }
  return out + "'";
}

// Controls stand between quotes.
std::string escaped_for_fish(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto plain = static_cast<std::size_t>(std::find_if(text.begin(), text.end(), is_control) - text.begin());
    if (plain > 0) out += shell_quoted(text.substr(0, plain), ShellSyntax::fish);
    text.remove_prefix(plain);
    if (text.empty()) break;
    out += octal(text.front());
    text.remove_prefix(1);
  }
  return out;
}

std::string word(std::string_view text, ShellSyntax syntax) {
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) return std::string(text);
  if (!has_control(text) || syntax == ShellSyntax::powershell) return shell_quoted(text, syntax);
  return syntax == ShellSyntax::fish ? escaped_for_fish(text) : escaped_for_sh(text);
}

// Nothing in it can be open at its end, or wrong.
bool is_simple(std::string_view line) {
  if (line.find_first_not_of(std::string(kPlain) + " =") != std::string_view::npos) return false;
  while (!line.empty()) {
    const auto end = std::min(line.find(' '), line.size());
    if (is_reserved(line.substr(0, end))) return false;
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return true;
}

// A blank in front would keep it out of bash's history, and so from being told.
std::string line_for(std::string line, ShellSyntax syntax) {
  line.erase(0, line.find_first_not_of(' '));
  if (syntax == ShellSyntax::powershell || is_simple(line)) return line;
  return "eval " + word(line, syntax);
}

std::string program_line(const std::vector<std::string>& words, ShellSyntax syntax) {
  std::string text = syntax == ShellSyntax::powershell ? "& " : "";
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += ' ';
    text += i == 0 && is_reserved(words[i]) ? shell_quoted(words[i], syntax) : word(words[i], syntax);
  }
  return text;
}

Error wrong(std::string message, std::string hint = {}) {
  Error error{errc::invalid_argument, std::move(message)};
  error.hint = std::move(hint);
  return error;
}

}  // namespace

ShellSyntax shell_syntax_of(std::string_view program) {
  auto name = program.substr(program.find_last_of("/\\") + 1);
  if (name.starts_with('-')) name.remove_prefix(1);
  if (name.ends_with(".exe")) name.remove_suffix(4);
  if (name == "fish") return ShellSyntax::fish;
  return name == "pwsh" || name == "powershell" ? ShellSyntax::powershell : ShellSyntax::sh;
}

bool is_line_typed(std::string_view told, std::string_view typed) {
  constexpr std::size_t kCut = 4000;       // shells and the daemon cut a little above it
  constexpr std::size_t kCompared = 1000;  // characters may have been cut in the middle, and blanks left out
  const auto without_blanks = [](std::string_view text) {
    std::string out;
    std::copy_if(text.begin(), text.end(), std::back_inserter(out), [](char c) { return c != ' '; });
    return out;
  };
  const auto left = without_blanks(told);
  const auto right = without_blanks(typed);
  return told.size() < kCut ? left == right : left.substr(0, kCompared) == right.substr(0, kCompared);
}

Result<std::string> typed_command(const std::vector<std::string>& words, ShellSyntax syntax) {
  for (const auto& one : words)
    if (one.find('\0') != std::string::npos) return wrong("a command can't have a zero byte");
  if (words.empty() || words.front().find_first_not_of(" \t\n") == std::string::npos)
    return wrong("the command is empty");
  auto text = words.size() == 1 ? line_for(words.front(), syntax) : program_line(words, syntax);
  if (has_control(text)) return wrong("this shell can't be given control characters", "write them as the shell does");
  if (text.size() > kMaxTypedCommand)
    return wrong("the command is longer than " + std::to_string(kMaxTypedCommand) + " bytes", "put it into a file");
  return text;
}

}  // namespace ptyd
