// What a shell in a session should refresh.
#include "daemon/core/client_variables.hpp"
#include "daemon/server/convert.hpp"
#include "daemon/server/create_session.hpp"
#include "daemon/server/handlers.hpp"
#include "daemon/server/request_fields.hpp"

namespace ptyd {

namespace {

void add(v1::EnvironmentReply& reply, const std::string& name, const std::string& value) {
  auto* variable = reply.add_env();
  variable->set_name(name);
  variable->set_value(value);
}

}  // namespace

Reply handle_environment(Connection& connection, const v1::EnvironmentRequest& request) {
  const auto found = find_session(connection.state(), request.session());
  if (!found) return found.error();
  const auto& session = **found;
  const bool has_link = !session.record().agent_socket.empty();
  v1::Response response;
  auto* reply = response.mutable_environment();
  for (const auto& [name, value] : session.client_variables().set())
    if (name != "SSH_AUTH_SOCK" || !has_link) add(*reply, name, value);
  if (has_link) add(*reply, "SSH_AUTH_SOCK", agent_link_of(connection.state(), session.id()));
  for (const auto& name : session.client_variables().unset())
    if (name != "SSH_AUTH_SOCK" || !has_link) reply->add_unset(name);
  return response;
}

}  // namespace ptyd
