#include "daemon/server/request_fields.hpp"

#include <algorithm>

#include "daemon/core/session_name.hpp"
#include "daemon/server/convert.hpp"

namespace ptyd {

Result<std::shared_ptr<Session>> find_session(DaemonState& state, const std::string& spec) {
  if (spec.empty()) return bad_field("session", "is missing");
  auto found = state.sessions.find(spec);
  if (found || found.error().code != errc::not_found || !state.awaited.may_have(spec)) return found;
  Error error{errc::unavailable, "session " + spec + " is not there yet, if there is one: a host has not answered"};
  error.hint = "try again; a host that is stopped answers when it goes on";
  error.subject = spec;
  return error;
}

Error no_screen(const Session& session) {
  Error error{errc::failed_precondition, "the screen of session " + session.name() + " is not kept"};
  error.subject = session.name();
  error.hint = "set screen = true in the [session] table of ptyd.toml, and restart the daemon";
  return error;
}

Result<Labels> change_labels(Labels labels, const google::protobuf::RepeatedPtrField<v1::Label>& set,
                             const google::protobuf::RepeatedPtrField<std::string>& remove) {
  const auto drop = [&labels](const std::string& key) {
    std::erase_if(labels, [&key](const auto& label) { return label.first == key; });
  };
  for (const auto& key : remove) drop(key);
  for (const auto& label : set) {
    if (auto valid = validate_label(label.key(), label.value()); !valid) return valid.error();
    drop(label.key());
    labels.emplace_back(label.key(), label.value());
  }
  if (labels.size() > kMaxLabels)
    return Error{errc::resource_exhausted, "a session may have at most " + std::to_string(kMaxLabels) + " labels"};
  std::sort(labels.begin(), labels.end());
  return labels;
}

std::string env_value(const google::protobuf::RepeatedPtrField<v1::EnvVar>& env, std::string_view name) {
  for (const auto& entry : env)
    if (entry.name() == name) return entry.value();
  return {};
}

}  // namespace ptyd
