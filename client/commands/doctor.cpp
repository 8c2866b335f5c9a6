#include <algorithm>
#include <filesystem>

#include "client/commands/commands.hpp"
#include "client/commands/quick_connect.hpp"
#include "client/ptyd/daemon_socket.hpp"
#include "common/file_path.hpp"
#include "common/runtime_paths.hpp"
#include "ptyd/version.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

using Outcome = DoctorCheck::Outcome;
using Checks = std::vector<DoctorCheck>;

void add(Checks& checks, const char* name, Outcome outcome, std::string message, std::string hint = {}) {
  DoctorCheck check;
  check.name = name;
  check.outcome = outcome;
  check.message = std::move(message);
  check.hint = std::move(hint);
  checks.push_back(std::move(check));
}

void check_folder(Checks& checks, const RuntimePaths& paths) {
  std::error_code ignored;
  if (!std::filesystem::exists(file_path(paths.runtime_dir), ignored)) {
    add(checks, "folder", Outcome::ok, paths.runtime_dir + " does not exist yet; the daemon makes it");
    return;
  }
  const auto folder = open_private_dir(paths.runtime_dir, false);
  if (folder)
    add(checks, "folder", Outcome::ok, paths.runtime_dir + " is private");
  else
    add(checks, "folder", Outcome::failed, folder.error().message, folder.error().hint);
}

void check_hosts(Checks& checks, const RuntimePaths& paths) {
  std::error_code error;
  std::size_t count = 0;
  const auto folder = file_path(paths.hosts_dir);
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) ++count;
  add(checks, "sessions", Outcome::ok, std::to_string(count) + " session sockets in " + paths.hosts_dir);
}

void check_program(Checks& checks) {
  const auto program = find_daemon_program();
  if (program)
    add(checks, "program", Outcome::ok, *program);
  else
    add(checks, "program", Outcome::warning, program.error().message, program.error().hint);
}

void check_terminal(Checks& checks, const CommandContext& context) {
  const auto term = context.env("TERM");
  if (term.empty())
    add(checks, "terminal", Outcome::warning, "TERM is not set", "set it, or give --term to `ptyctl new`");
  else
    add(checks, "terminal", Outcome::ok, "TERM is " + term);
  if (!context.env("PTYD_SESSION").empty())
    add(checks, "nesting", Outcome::ok, "this is inside of session " + context.env("PTYD_SESSION"));
}

asio::awaitable<void> check_daemon(CommandContext* context, Checks* checks) {
  const auto client = co_await quick_connect(context);
  if (!client) {
    const bool absent = client.error().code == errc::unavailable;
    add(*checks, "daemon", absent ? Outcome::warning : Outcome::failed, client.error().message, client.error().hint);
    co_return;
  }
  const auto& welcome = (*client)->welcome();
  add(*checks, "daemon", Outcome::ok,
      "ptyd " + welcome.server_version() + ", process " + std::to_string(welcome.server_pid()) + ", protocol " +
          std::to_string(welcome.protocol()));
  if (welcome.server_version() != kVersion)
    add(*checks, "version", Outcome::warning, "ptyctl is " + std::string(kVersion),
        "restart the daemon after an update: `ptyctl daemon stop`, then `ptyctl daemon start`; sessions live on");
  v1::StatusRequest request;
  const auto status = co_await (*client)->call(request, kQuickDeadline / 3);
  if (!status) {
    add(*checks, "answers", Outcome::failed, status.error().message, "the daemon is stuck; its log may say why");
    co_return;
  }
  add(*checks, "answers", Outcome::ok, std::to_string(status->running()) + " sessions run");
  for (const auto& warning : status->warnings()) add(*checks, "warning", Outcome::warning, warning);
}

}  // namespace

CommandResult run_doctor(CommandContext* context, DoctorOptions) {
  Checks checks;
  if (!context->remote()) {
    const auto paths = daemon_paths(context->client_options(Autostart::no));
    if (paths) {
      add(checks, "socket", Outcome::ok, paths->socket);
      check_folder(checks, *paths);
      check_hosts(checks, *paths);
    } else {
      add(checks, "socket", Outcome::failed, paths.error().message, paths.error().hint);
    }
    check_program(checks);
  }
  check_terminal(checks, *context);
  co_await check_daemon(context, &checks);
  if (context->json())
    context->print_json(doctor_json(checks));
  else
    context->print(doctor_text(checks, context->style()));
  const bool bad =
      std::any_of(checks.begin(), checks.end(), [](const auto& c) { return c.outcome == Outcome::failed; });
  co_return to_int(bad ? ExitCode::failed : ExitCode::done);
}

}  // namespace ptyd
