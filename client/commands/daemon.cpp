// The daemon itself.
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <filesystem>
#include <fstream>

#include "client/commands/commands.hpp"
#include "client/commands/system.hpp"
#include "client/ptyd/daemon_socket.hpp"
#include "common/escape.hpp"
#include "common/file_path.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kStatusDeadline{1500};
constexpr std::chrono::milliseconds kStopDeadline{15'000};
constexpr std::chrono::milliseconds kUpgradeDeadline{30'000};
constexpr std::chrono::milliseconds kFollowInterval{250};
constexpr std::uint32_t kLogLines = 50;

int run_in_foreground(const CommandContext& context, const std::vector<std::string>& daemon_options) {
  const auto program = find_daemon_program();
  if (!program) return context.fail(program.error());
  std::vector<std::string> arguments{*program};
  if (context.global().socket) arguments.insert(arguments.end(), {"--socket", *context.global().socket});
  arguments.insert(arguments.end(), daemon_options.begin(), daemon_options.end());
  return context.fail(replace_program(arguments));
}

CommandResult start(CommandContext* context) {
  auto options = context->client_options(Autostart::yes);
  // Asked for in so many words: --no-autostart is about daemons that nobody asked for.
  options.autostart = Autostart::yes;
  const auto client = co_await Client::connect(context->executor(), options);
  if (!client) co_return context->fail(client.error());
  if (context->json())
    context->print_json(done_json());
  else
    context->note("ptyd runs (process " + std::to_string((*client)->welcome().server_pid()) + ")\n");
  co_return to_int(ExitCode::done);
}

CommandResult stop(CommandContext* context, bool kill_sessions) {
  const auto stopped = co_await stop_daemon(context, kill_sessions);
  if (!stopped) co_return context->fail(stopped.error());
  const auto left = stopped->value_or(0);
  if (context->json())
    context->print_json(stopped_json(left));
  else if (!stopped->has_value())
    context->note("ptyd does not run\n");
  else
    context->note("ptyd was stopped; " + std::to_string(left) + " sessions live on\n");
  co_return to_int(ExitCode::done);
}

// Another daemon for the same sessions. Clients notice: their connections end.
CommandResult upgrade_cold(CommandContext* context, std::string binary) {
  const auto stopped = co_await stop_daemon(context, false);
  if (!stopped) co_return context->fail(stopped.error());
  auto options = context->client_options(Autostart::yes);
  options.autostart = Autostart::yes;
  if (!binary.empty()) options.daemon_program = binary;
  const auto client = co_await Client::connect(context->executor(), options);
  if (!client) co_return context->fail(client.error());
  const auto& welcome = (*client)->welcome();
  if (context->json())
    context->print_json(upgraded_json(welcome.server_version(), std::nullopt));
  else
    context->note("ptyd " + escape_text(welcome.server_version()) + " was started (process " +
                  std::to_string(welcome.server_pid()) + ")\n");
  co_return to_int(ExitCode::done);
}

CommandResult upgrade(CommandContext* context, DaemonOptions options) {
  std::error_code ignored;
  std::string binary;
  if (options.binary) binary = std::filesystem::absolute(*options.binary, ignored).string();
  if (options.cold) co_return co_await upgrade_cold(context, std::move(binary));
  const auto client = co_await context->connect(Autostart::no);
  if (!client) co_return context->fail(client.error());
  const auto& features = (*client)->welcome().features();
  if (std::find(features.begin(), features.end(), "upgrade") == features.end()) {
    Error error{errc::unimplemented, "the daemon that runs can't be replaced in place"};
    error.hint = "ptyctl daemon upgrade --cold stops it and starts the new one: sessions live on";
    co_return context->fail(error);
  }
  v1::UpgradeRequest request;
  request.set_program(binary);
  const auto reply = co_await (*client)->call(request, context->deadline(kUpgradeDeadline));
  if (!reply) co_return context->fail(reply.error());
  if (context->json())
    context->print_json(upgraded_json(reply->server_version(), *reply));
  else
    context->note("ptyd " + escape_text(reply->previous_version()) + " became " + escape_text(reply->server_version()) +
                  " in " + std::to_string(reply->pause_us() / 1000) + " ms; " + std::to_string(reply->sessions()) +
                  " sessions and " + std::to_string(reply->connections()) + " connections went on\n");
  co_return to_int(ExitCode::done);
}

CommandResult status(CommandContext* context) {
  auto options = context->client_options(Autostart::no);
  options.deadline =
      std::min(options.deadline, context->deadline(context->remote() ? options.deadline : kStatusDeadline));
  const auto connect =
      context->remote() ? context->connector(Autostart::no) : client_factory(context->executor(), options);
  const auto client = co_await connect(Autostart::no);
  if (!client) co_return context->fail(client.error());
  v1::StatusRequest request;
  const auto reply = co_await (*client)->call(request, context->deadline(kStatusDeadline));
  if (!reply) co_return context->fail(reply.error());
  if (context->json())
    context->print_json(status_json(*reply));
  else
    context->print(status_text(*reply, context->style()));
  co_return to_int(ExitCode::done);
}

// The last `lines` lines of what `file` holds from its current position on.
std::string last_lines(std::istream& file, std::uint32_t lines) {
  std::vector<std::string> kept;
  std::string line;
  while (std::getline(file, line)) {
    kept.push_back(escape_text(line) + "\n");
    if (kept.size() > 2 * std::size_t{lines} + 16) kept.erase(kept.begin(), kept.end() - lines);
  }
  std::string text;
  const auto from = kept.size() > lines ? kept.size() - lines : 0;
  for (std::size_t i = from; i < kept.size(); ++i) text += kept[i];
  return text;
}

// Where the daemon logs: what it says itself, else where one would.
asio::awaitable<Result<std::string>> log_file(CommandContext* context) {
  auto options = context->client_options(Autostart::no);
  options.deadline = kStatusDeadline;
  const auto paths = daemon_paths(options);
  if (!paths) co_return paths.error();
  const auto client = co_await Client::connect(context->executor(), options);
  if (!client) co_return paths->log_file;
  v1::StatusRequest request;
  const auto reply = co_await (*client)->call(request, kStatusDeadline);
  if (!reply) co_return paths->log_file;
  if (!reply->log_file().empty()) co_return reply->log_file();
  Error error{errc::failed_precondition, "the daemon does not log to a file"};
  error.hint = "under systemd: journalctl --user -u ptyd";
  co_return error;
}

CommandResult logs(CommandContext* context, DaemonOptions options) {
  const auto path = co_await log_file(context);
  if (!path) co_return context->fail(path.error());
  std::ifstream file(file_path(*path), std::ios::binary);
  if (!file) {
    Error error{errc::failed_precondition, "there is no log at " + *path};
    error.hint = "under systemd: journalctl --user -u ptyd";
    co_return context->fail(error);
  }
  context->print(last_lines(file, options.lines.value_or(kLogLines)));
  asio::steady_timer timer(context->executor());
  while (options.follow) {
    timer.expires_after(kFollowInterval);
    static_cast<void>(co_await timer.async_wait(kTuple));
    file.clear();
    context->print(last_lines(file, UINT32_MAX / 4));
  }
  co_return to_int(ExitCode::done);
}

}  // namespace

asio::awaitable<Result<std::optional<std::uint32_t>>> stop_daemon(CommandContext* context, bool kill_sessions) {
  std::optional<std::uint32_t> left;
  const auto client = co_await context->connect(Autostart::no);
  if (!client) {
    if (client.error().code != errc::unavailable) co_return client.error();
    co_return left;
  }
  v1::ShutdownRequest request;
  request.set_kill_sessions(kill_sessions);
  const auto reply = co_await (*client)->call(request, context->deadline(kStopDeadline));
  if (!reply) co_return reply.error();
  const auto closed = co_await (*client)->wait_closed(context->deadline(kStopDeadline));
  if (!closed) co_return closed.error();
  left = reply->sessions_left();
  co_return left;
}

CommandResult run_daemon_verb(CommandContext* context, DaemonOptions options) {
  using Action = DaemonOptions::Action;
  const bool here_only = options.action != Action::status && options.action != Action::stop;
  if (context->remote() && here_only)
    co_return context->fail(
        Error{errc::invalid_argument, "this can't be done with --host: run ptyctl on that machine"});
  switch (options.action) {
    case Action::run: co_return run_in_foreground(*context, options.daemon_options);
    case Action::start: co_return co_await start(context);
    case Action::stop: co_return co_await stop(context, options.kill_sessions);
    case Action::status: co_return co_await status(context);
    case Action::upgrade: co_return co_await upgrade(context, std::move(options));
    case Action::logs: co_return co_await logs(context, std::move(options));
  }
  co_return to_int(ExitCode::internal);
}

}  // namespace ptyd
