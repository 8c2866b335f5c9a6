// The request for what was run in a session.
#include <algorithm>

#include "common/escape.hpp"
#include "daemon/server/handlers.hpp"
#include "daemon/server/request_fields.hpp"
#include "proto/limits.hpp"

namespace ptyd {

namespace {

// Bytes of commands in one reply: leaves room for JSON's escapes and names within a frame.
constexpr std::size_t kMaxBytes = 40 * 1024;
constexpr std::size_t kFieldsOfOne = 12;
constexpr int kMostInReply = static_cast<int>(kMaxFields * 3 / 4 / kFieldsOfOne);

// What is no UTF-8 has been made by nobody who reads output.
std::string text_of(const std::string& text) { return is_utf8(text) ? text : std::string(); }

v1::Command describe(const LoggedCommand& command, const Session& session) {
  v1::Command out;
  out.set_number(command.number);
  out.set_text(text_of(command.text));
  out.mutable_output()->set_from(command.from);
  out.mutable_output()->set_to(command.running ? session.ring().head() : command.to);
  // Who has ended runs nothing, told or not.
  out.set_running(command.running && session.running());
  if (command.exit_code) out.set_exit_code(*command.exit_code);
  out.set_started_ms(command.started_ms);
  const auto exit = session.exit_info();
  out.set_ended_ms(command.running && exit ? exit->at_ms : command.ended_ms);
  if (command.cwd) out.set_cwd(text_of(*command.cwd));
  return out;
}

}  // namespace

LaterReply handle_commands(ConnectionPtr connection, OpenRequestPtr, v1::CommandsRequest request) {
  auto found = find_session(connection->state(), request.session());
  if (!found) co_return found.error();
  if (request.has_after() && request.tail() > 0) {
    Error error{errc::invalid_argument, "after and tail can't be used together"};
    error.subject = "tail";
    co_return error;
  }
  const auto session = *found;
  if (!session->keeps_screen()) co_return no_screen(*session);
  // All output that there is now has been looked at then.
  ScreenFollower::Look nothing = [](const screen::Terminal&, bool) {};
  const bool seen = co_await session->look(std::move(nothing));
  if (!seen) co_return no_screen(*session);
  const auto& log = session->commands();
  const auto& commands = log.commands();
  const auto known = commands.size();
  auto first = request.tail() > 0 ? known - std::min<std::size_t>(known, request.tail()) : std::size_t{0};
  while (request.has_after() && first < known && commands[first].number <= request.after()) ++first;
  v1::Response response;
  auto& reply = *response.mutable_commands();
  reply.set_forgotten(log.forgotten());
  std::size_t bytes = 0;
  for (; first < known; ++first) {
    auto one = describe(commands[first], *session);
    bytes += one.ByteSizeLong();
    if (reply.commands_size() > 0 && (bytes > kMaxBytes || reply.commands_size() >= kMostInReply)) {
      reply.set_truncated(true);
      break;
    }
    *reply.add_commands() = std::move(one);
  }
  co_return response;
}

}  // namespace ptyd
