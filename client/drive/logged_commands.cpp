#include "client/drive/logged_commands.hpp"

#include <algorithm>

#include "common/escape.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

Result<void> check_daemon(const Client& client) {
  const auto& features = client.welcome().features();
  if (std::find(features.begin(), features.end(), "commands") != features.end()) return {};
  Error error{errc::unimplemented, "the daemon is too old for that"};
  error.hint = "restart it: `ptyctl daemon stop`, sessions live on";
  return error;
}

}  // namespace

asio::awaitable<Result<CommandList>> list_commands(std::shared_ptr<Client> client, std::string session,
                                                   std::optional<std::uint32_t> tail,
                                                   std::chrono::milliseconds deadline) {
  if (auto known = check_daemon(*client); !known) co_return known.error();
  v1::CommandsRequest request;
  request.set_session(session);
  if (tail) request.set_tail(*tail);
  CommandList list;
  for (;;) {
    auto reply = co_await client->call(request, deadline);
    if (!reply) co_return reply.error();
    list.forgotten = reply->forgotten();
    for (auto& command : *reply->mutable_commands()) list.commands.push_back(std::move(command));
    if (!reply->truncated() || list.commands.empty()) co_return list;
    request.clear_tail();
    request.set_after(list.commands.back().number());
  }
}

asio::awaitable<Result<v1::Command>> find_command(std::shared_ptr<Client> client, std::string session,
                                                  std::uint64_t number, std::chrono::milliseconds deadline) {
  if (auto known = check_daemon(*client); !known) co_return known.error();
  v1::CommandsRequest request;
  request.set_session(session);
  request.set_after(number - std::min<std::uint64_t>(number, 1));
  const auto reply = co_await client->call(request, deadline);
  if (!reply) co_return reply.error();
  if (reply->commands_size() > 0 && reply->commands(0).number() == number) co_return reply->commands(0);
  Error error{errc::not_found,
              "command " + std::to_string(number) + " of session " + escape_text(session) + " is not known"};
  error.hint = "`ptyctl logs " + escape_text(session) + " --commands` shows those that are";
  co_return error;
}

}  // namespace ptyd
