#include "daemon/options.hpp"

#include <CLI/CLI.hpp>
#include <sstream>
#include <utility>

#include "ptyd/version.hpp"

namespace ptyd {

namespace {

constexpr const char* kAbout =
    "ptyd keeps terminal sessions that outlive their windows. It runs in the foreground, for a service manager or for\n"
    "ptyctl, which starts it when needed; sessions live on when it stops.";
constexpr const char* kFooter =
    "Signals: SIGTERM and SIGINT stop it (sessions live on), SIGHUP reads the configuration again and opens the log\n"
    "file anew. Socket activation (LISTEN_FDS) and readiness (NOTIFY_SOCKET) follow sd_listen_fds(3) and "
    "sd_notify(3).\n"
    "\nExample:\n  ptyd --check-config";

}  // namespace

std::vector<std::string> arguments_of(const DaemonOptions& options) {
  std::vector<std::string> arguments;
  const auto add = [&arguments](const char* name, const std::optional<std::string>& value) {
    if (value) arguments.insert(arguments.end(), {name, *value});
  };
  add("--config", options.config);
  add("--socket", options.socket);
  add("--log-level", options.log_level);
  add("--log-target", options.log_target);
  add("--host-program", options.host_program);
  return arguments;
}

std::variant<DaemonOptions, PrintAndExit> parse_options(int argc, const char* const* argv) {
  DaemonOptions options;
  CLI::App app{kAbout, "ptyd"};
  app.footer(kFooter);
  app.add_option("--config", options.config, "Configuration file (default: $XDG_CONFIG_HOME/ptyd/ptyd.toml)")
      ->type_name("FILE");
  app.add_flag("--check-config", options.check_config, "Check the configuration file, say what is wrong, and end");
  app.add_option("--socket", options.socket, "Where to listen (default: $XDG_RUNTIME_DIR/ptyd/ptyd.sock)")
      ->type_name("PATH");
  app.add_option("--log-level", options.log_level, "Least important lines to log")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}));
  app.add_option("--log-target", options.log_target, "Where to log")
      ->check(CLI::IsMember({"auto", "journal", "stderr", "file"}));
  app.add_option("--ready-fd", options.ready_fd,
                 "Write a line to this descriptor when clients can connect, and close it")
      ->type_name("N")
      ->check(CLI::Range(3, 1 << 20));
  app.add_option("--host-program", options.host_program,
                 "The ptyd-host to start (default: the one installed with ptyd)")
      ->type_name("FILE");
  // For a running ptyd only, which starts another one by them: not in the help.
  for (const auto& [name, descriptor] :
       {std::pair("--check-state", &options.check_state), std::pair("--resume-state", &options.resume_state)})
    app.add_option(name, *descriptor)->group("")->check(CLI::Range(3, 1 << 20));
  app.set_version_flag("--version", std::string("ptyd ") + kVersion);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int status = app.exit(error, out, err);
    return PrintAndExit{status == 0 ? out.str() : err.str(), status == 0 ? 0 : 2};
  }
  return options;
}

}  // namespace ptyd
