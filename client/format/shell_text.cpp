#include "client/format/shell_text.hpp"

#include <algorithm>

namespace ptyd {

namespace {

bool is_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

// PowerShell takes typographic quotes for plain ones: U+2018 to U+201B.
std::size_t quote_at(std::string_view text) {
  if (text.front() == '\'') return 1;
  if (text.size() < 3 || !text.starts_with("\xE2\x80")) return 0;
  const auto last = static_cast<unsigned char>(text[2]);
  return last >= 0x98 && last <= 0x9B ? 3 : 0;
}

std::string powershell_quoted(std::string_view text) {
  std::string out = "'";
  while (!text.empty()) {
    const auto quote = quote_at(text);
    const auto size = std::max<std::size_t>(quote, 1);
    out += text.substr(0, size);
    if (quote > 0) out += text.substr(0, size);
    text.remove_prefix(size);
  }
  return out + "'";
}

}  // namespace

std::string shell_quoted(std::string_view text, ShellSyntax syntax) {
  if (syntax == ShellSyntax::powershell) return powershell_quoted(text);
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += syntax == ShellSyntax::sh ? "'\\''" : "\\'";
    else if (c == '\\' && syntax == ShellSyntax::fish)
      out += "\\\\";
    else
      out += c;
  }
  return out + "'";
}

std::string environment_text(const v1::EnvironmentReply& reply, ShellSyntax syntax) {
  std::string text;
  for (const auto& variable : reply.env()) {
    if (!is_name(variable.name()) || variable.value().find('\0') != std::string::npos) continue;
    const auto value = shell_quoted(variable.value(), syntax);
    switch (syntax) {
      case ShellSyntax::sh: text += "export " + variable.name() + "=" + value + ";\n"; break;
      case ShellSyntax::fish: text += "set -gx " + variable.name() + " " + value + ";\n"; break;
      case ShellSyntax::powershell: text += "$env:" + variable.name() + " = " + value + ";\n"; break;
    }
  }
  for (const auto& name : reply.unset()) {
    if (!is_name(name)) continue;
    switch (syntax) {
      case ShellSyntax::sh: text += "unset " + name + ";\n"; break;
      case ShellSyntax::fish: text += "set -e " + name + ";\n"; break;
      case ShellSyntax::powershell: text += "Remove-Item -ErrorAction SilentlyContinue Env:" + name + ";\n"; break;
    }
  }
  return text;
}

}  // namespace ptyd
