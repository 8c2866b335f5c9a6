// Whether a daemon looks at leases: an older one passes over them.
#pragma once

#include <algorithm>

#include "client/ptyd/client.hpp"

namespace ptyd {

// Errors: unimplemented.
inline Result<void> knows_leases(const Client& client) {
  const auto& features = client.welcome().features();
  if (std::find(features.begin(), features.end(), "lease") != features.end()) return {};
  Error error{errc::unimplemented, "the daemon is too old for leases"};
  error.hint = "restart it: `ptyctl daemon stop`, sessions live on";
  return error;
}

}  // namespace ptyd
