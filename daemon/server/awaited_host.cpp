#include "daemon/server/awaited_host.hpp"

#include <algorithm>

#include "daemon/core/session_name.hpp"

namespace ptyd {

bool AwaitedHosts::may_have(std::string_view spec) const {
  return std::any_of(hosts.begin(), hosts.end(), [spec](const auto& entry) {
    return !entry.second.failed || std::string_view(id_to_hex(entry.first)).starts_with(spec);
  });
}

}  // namespace ptyd
