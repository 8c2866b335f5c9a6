// Checks of request fields that several handlers share.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "daemon/server/daemon_state.hpp"
#include "daemon/session/session.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

// The session that `spec` (name, id or unique id prefix) means. Errors: invalid_argument, not_found, ambiguous.
Result<std::shared_ptr<Session>> find_session(DaemonState& state, const std::string& spec);

// A failed_precondition: the daemon was told not to keep screens.
Error no_screen(const Session& session);

using Labels = std::vector<std::pair<std::string, std::string>>;
inline constexpr std::size_t kMaxLabels = 32;

// `labels` with `set` added and `remove` taken out, sorted by key. Errors: invalid_argument, resource_exhausted.
Result<Labels> change_labels(Labels labels, const google::protobuf::RepeatedPtrField<v1::Label>& set,
                             const google::protobuf::RepeatedPtrField<std::string>& remove);

// Value of `name` in a request's environment; empty when it is not there.
std::string env_value(const google::protobuf::RepeatedPtrField<v1::EnvVar>& env, std::string_view name);

}  // namespace ptyd
