// What a shell in a session should refresh.
#include "client/commands/commands.hpp"
#include "client/commands/find_sessions.hpp"
#include "client/commands/terminal_variables.hpp"
#include "client/format/shell_text.hpp"

namespace ptyd {

std::vector<std::pair<std::string, std::string>> terminal_variables(const CommandContext& context) {
  std::vector<std::pair<std::string, std::string>> variables;
  for (const char* const name : {"DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "KRB5CCNAME", "SSH_AGENT_PID", "SSH_AUTH_SOCK",
                                 "SSH_CLIENT", "SSH_CONNECTION", "SSH_TTY", "WAYLAND_DISPLAY", "XAUTHORITY"})
    if (auto value = context.env(name); !value.empty()) variables.emplace_back(name, std::move(value));
  return variables;
}

namespace {

ShellSyntax syntax_of(EnvOptions::Syntax syntax) {
  switch (syntax) {
    case EnvOptions::Syntax::sh: return ShellSyntax::sh;
    case EnvOptions::Syntax::fish: return ShellSyntax::fish;
    case EnvOptions::Syntax::powershell: break;
  }
  return ShellSyntax::powershell;
}

}  // namespace

CommandResult run_env(CommandContext* context, EnvOptions options) {
  const auto client = co_await context->connect(Autostart::no);
  if (!client) co_return context->fail(client.error());
  const auto session = co_await find_one_session(*client, options.session, context->deadline());
  if (!session) co_return context->fail(session.error());
  v1::EnvironmentRequest request;
  request.set_session(*session);
  const auto reply = co_await (*client)->call(request, context->deadline());
  if (!reply) co_return context->fail(reply.error());
  if (context->json())
    context->print_json(environment_json(*reply));
  else
    context->print(environment_text(*reply, syntax_of(options.syntax)));
  co_return to_int(ExitCode::done);
}

}  // namespace ptyd
