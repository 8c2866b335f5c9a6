#include "daemon/core/client_variables.hpp"

#include <algorithm>

namespace ptyd {

const std::vector<std::string_view>& client_variable_names() {
  static const std::vector<std::string_view> names{
      "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "KRB5CCNAME", "SSH_AGENT_PID", "SSH_AUTH_SOCK", "SSH_CLIENT",
      "SSH_CONNECTION", "SSH_TTY", "WAYLAND_DISPLAY", "XAUTHORITY"};
  return names;
}

bool is_client_variable(std::string_view name) noexcept {
  const auto& names = client_variable_names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

ClientVariables::ClientVariables(const PackedStrings& entries) {
  for (const auto entry : entries) {
    const auto equals = entry.find('=');
    if (equals != std::string_view::npos && is_client_variable(entry.substr(0, equals)))
      set_.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
  }
  std::sort(set_.begin(), set_.end());
}

void ClientVariables::attached(const Variables& told, bool complete) {
  if (complete) set_.clear();
  for (const auto& [name, value] : told) {
    if (!is_client_variable(name)) continue;
    std::erase_if(set_, [&name = name](const auto& entry) { return entry.first == name; });
    set_.emplace_back(name, value);
  }
  std::sort(set_.begin(), set_.end());
}

std::vector<std::string> ClientVariables::unset() const {
  std::vector<std::string> names;
  for (const auto name : client_variable_names())
    if (std::none_of(set_.begin(), set_.end(), [name](const auto& entry) { return entry.first == name; }))
      names.emplace_back(name);
  return names;
}

}  // namespace ptyd
