#include "client/drive/shell_command.hpp"

#include <algorithm>

#include "client/drive/input_hold.hpp"
#include "client/drive/logged_commands.hpp"
#include "client/drive/shell_prompt.hpp"
#include "client/format/typed_command.hpp"
#include "common/escape.hpp"

namespace ptyd {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::uint64_t kOurTurnMs = 3000;

std::chrono::milliseconds left_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  return std::max(left, std::chrono::milliseconds(1));
}

asio::awaitable<Result<std::uint64_t>> last_number(std::shared_ptr<Client> client, std::string session) {
  const auto list = co_await list_commands(client, session, 1, Client::kDefaultDeadline);
  if (!list) co_return list.error();
  co_return list->commands.empty() ? std::uint64_t{0} : list->commands.back().number();
}

// The first command behind number `before` that may be ours; absent: there is none yet. `busy`: one is running.
struct Found {
  std::optional<v1::Command> ours;
  bool busy = false;
};

asio::awaitable<Result<Found>> find_ours(std::shared_ptr<Client> client, std::string session, std::uint64_t before,
                                         std::string typed) {
  v1::CommandsRequest request;
  request.set_session(session);
  request.set_after(before);
  const auto reply = co_await client->call(request, Client::kDefaultDeadline);
  if (!reply) co_return reply.error();
  Found found;
  for (const auto& command : reply->commands()) {
    found.busy = command.running();
    if (found.ours || (!command.text().empty() && !is_line_typed(command.text(), typed))) continue;
    found.ours = command;
  }
  co_return found;
}

// Until the next end of a command behind `from`; or until it is quiet there, so that none will come.
v1::WaitRequest wait_for_next(const std::string& session, std::uint64_t from) {
  v1::WaitRequest wait;
  wait.add_sessions(session);
  wait.set_any(true);
  wait.set_from_offset(from);
  wait.add_conditions()->set_kind(v1::WAIT_COMMAND);
  auto& quiet = *wait.add_conditions();
  quiet.set_kind(v1::WAIT_QUIET);
  quiet.set_for_ms(kOurTurnMs);
  return wait;
}

// Somebody else may have typed just before us: their command ends first.
asio::awaitable<Result<v1::Command>> wait_for_ours(std::shared_ptr<Client> client, v1::SessionInfo session,
                                                   v1::WaitReply reply, std::uint64_t before, std::string typed,
                                                   Clock::time_point deadline) {
  for (;;) {
    const auto name = escape_text(session.name());
    if (reply.outcome() == v1::WAIT_ENDED || reply.results_size() == 0)
      co_return Error{errc::session_ended, "session " + name + " has ended with the command"};
    const auto found = co_await find_ours(client, session.id(), before, typed);
    if (!found) co_return found.error();
    if (found->ours && !found->ours->running()) co_return *found->ours;
    const bool quiet = reply.results(0).condition() == 1;
    if (quiet && !found->busy)
      co_return Error{errc::failed_precondition,
                      "the shell of session " + name + " ran something else than what was typed"};
    auto next = co_await client->call(wait_for_next(session.id(), reply.results(0).offset()), left_until(deadline));
    if (!next) co_return next.error();
    reply = std::move(*next);
  }
}

asio::awaitable<Result<v1::Command>> type_and_wait(std::shared_ptr<Client> client, v1::SessionInfo info,
                                                   std::string text, std::string lease, Clock::time_point deadline) {
  v1::WaitRequest wait;
  wait.add_sessions(info.id());
  wait.add_conditions()->set_kind(v1::WAIT_COMMAND);
  wait.mutable_send()->set_lease(std::move(lease));
  wait.mutable_send()->set_data(text + "\r");
  for (;;) {
    const auto prompt = co_await find_prompt(client, info, deadline);
    if (!prompt) co_return prompt.error();
    const auto before = co_await last_number(client, info.id());
    if (!before) co_return before.error();
    wait.mutable_send()->set_if_screen(prompt->hash);
    auto reply = co_await client->call(wait, left_until(deadline));
    // Somebody else has typed, or the prompt shows the time: look again.
    if (!reply && reply.error().code == errc::failed_precondition && reply.error().subject == "guard") continue;
    if (!reply) co_return reply.error();
    co_return co_await wait_for_ours(client, info, std::move(*reply), *before, text, deadline);
  }
}

}  // namespace

asio::awaitable<Result<v1::Command>> run_in_shell(std::shared_ptr<Client> client, ShellCommand command,
                                                  Clock::time_point deadline) {
  v1::InspectRequest inspect;
  inspect.set_session(command.session);
  const auto found = co_await client->call(inspect, left_until(deadline));
  if (!found) co_return found.error();
  const auto& info = found->session();
  if (info.state() != v1::RUNNING)
    co_return Error{errc::session_ended, "session " + escape_text(info.name()) + " has ended"};
  auto text =
      typed_command(command.command, command.shell.value_or(shell_syntax_of(info.argv_size() > 0 ? info.argv(0) : "")));
  if (!text) co_return text.error();
  auto hold = co_await hold_input(client, info.id(), command.lease);
  if (!hold) co_return hold.error();
  auto ran = co_await type_and_wait(client, info, std::move(*text), hold->token, deadline);
  co_await let_go_of_input(client, info.id(), std::move(*hold));
  co_return ran;
}

}  // namespace ptyd
