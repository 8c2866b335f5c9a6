#include "daemon/core/environment.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace ptyd {

namespace {

// They describe the terminal or the service that the creator ran in; a program in a session would believe
// to be there.
constexpr std::array<std::string_view, 7> kNeverInherited{
    "STY", "INSIDE_EMACS", "NVIM", "WT_SESSION", "NOTIFY_SOCKET", "INVOCATION_ID", "JOURNAL_STREAM"};
constexpr std::array<std::string_view, 6> kNeverInheritedPrefixes{"TMUX",   "ZELLIJ",   "VSCODE_",
                                                                  "KITTY_", "WEZTERM_", "LISTEN_"};
constexpr std::array<std::string_view, 5> kOurs{"PTYD_SOCKET", "PTYD_SESSION", "PTYD_SESSION_ID", "PTYD_ANCESTRY",
                                                "TERM"};
// Sessions nested deeper than anybody does; keeps the variable short when it was made up.
constexpr std::size_t kMaxAncestors = 32;
constexpr std::size_t kIdDigits = 32;

template <class List>
bool contains(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool is_inherited(std::string_view name) {
  const auto begins_name = [name](std::string_view prefix) { return name.starts_with(prefix); };
  return !contains(kOurs, name) && !contains(kNeverInherited, name) &&
         std::none_of(kNeverInheritedPrefixes.begin(), kNeverInheritedPrefixes.end(), begins_name);
}

bool is_id(std::string_view text) {
  return text.size() == kIdDigits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// The ids in `outer`, the newest of them when there are many, and `id`: outermost first, with commas.
std::string extend_ancestry(std::string_view outer, const std::string& id) {
  std::vector<std::string_view> ids;
  while (!outer.empty()) {
    const auto end = std::min(outer.find(','), outer.size());
    if (const auto one = outer.substr(0, end); is_id(one)) ids.push_back(one);
    outer.remove_prefix(std::min(end + 1, outer.size()));
  }
  const auto skip = ids.size() - std::min(ids.size(), kMaxAncestors - 1);
  std::string out;
  for (std::size_t i = skip; i < ids.size(); ++i) (out += ids[i]) += ',';
  return out + id;
}

}  // namespace

std::vector<std::string> session_environment(const PackedStrings& client_env, const SessionEnv& session) {
  std::vector<std::string> out;
  out.reserve(client_env.size() + 7);
  std::set<std::string_view> seen;
  for (const auto entry : client_env) {
    const auto end = entry.find('=');
    if (end == std::string::npos || end == 0) continue;
    const auto name = entry.substr(0, end);
    if (!is_inherited(name) || (name == "SSH_AUTH_SOCK" && !session.ssh_auth_sock.empty())) continue;
    if (seen.insert(name).second) out.emplace_back(entry);
  }
  out.push_back("PTYD_SOCKET=" + session.socket);
  out.push_back("PTYD_SESSION=" + session.name);
  out.push_back("PTYD_SESSION_ID=" + session.id);
  out.push_back("PTYD_ANCESTRY=" + extend_ancestry(session.ancestry, session.id));
  out.push_back("TERM=" + session.term);
  if (!seen.contains("COLORTERM")) out.push_back("COLORTERM=truecolor");
  if (!session.ssh_auth_sock.empty()) out.push_back("SSH_AUTH_SOCK=" + session.ssh_auth_sock);
  return out;
}

}  // namespace ptyd
