#include <variant>

#include "client/commands/commands.hpp"

namespace ptyd {

namespace {

struct Runner {
  CommandContext* context;

  CommandResult operator()(NewOptions& options) const { return run_new(context, std::move(options)); }
  CommandResult operator()(AttachOptions& options) const { return run_attach(context, std::move(options)); }
  CommandResult operator()(ListOptions& options) const { return run_list(context, std::move(options)); }
  CommandResult operator()(InspectOptions& options) const { return run_inspect(context, std::move(options)); }
  CommandResult operator()(ResizeOptions& options) const { return run_resize(context, std::move(options)); }
  CommandResult operator()(DetachOptions& options) const { return run_detach(context, std::move(options)); }
  CommandResult operator()(SendOptions& options) const { return run_send(context, std::move(options)); }
  CommandResult operator()(KeysOptions& options) const { return run_keys(context, std::move(options)); }
  CommandResult operator()(ClaimOptions& options) const { return run_claim(context, std::move(options)); }
  CommandResult operator()(ReleaseOptions& options) const { return run_release(context, std::move(options)); }
  CommandResult operator()(ExecOptions& options) const { return run_exec(context, std::move(options)); }
  CommandResult operator()(LogsOptions& options) const { return run_logs(context, std::move(options)); }
  CommandResult operator()(SnapshotOptions& options) const { return run_snapshot(context, std::move(options)); }
  CommandResult operator()(SearchOptions& options) const { return run_search(context, std::move(options)); }
  CommandResult operator()(EventsOptions& options) const { return run_events(context, std::move(options)); }
  CommandResult operator()(RecordOptions& options) const { return run_record(context, std::move(options)); }
  CommandResult operator()(PlayOptions& options) const { return run_play(context, std::move(options)); }
  CommandResult operator()(EnvOptions& options) const { return run_env(context, std::move(options)); }
  CommandResult operator()(McpOptions& options) const { return run_mcp(context, options); }
  CommandResult operator()(WaitOptions& options) const { return run_wait(context, std::move(options)); }
  CommandResult operator()(SignalOptions& options) const { return run_signal(context, std::move(options)); }
  CommandResult operator()(KillOptions& options) const { return run_kill(context, std::move(options)); }
  CommandResult operator()(RmOptions& options) const { return run_rm(context, std::move(options)); }
  CommandResult operator()(RenameOptions& options) const { return run_rename(context, std::move(options)); }
  CommandResult operator()(LabelOptions& options) const { return run_label(context, std::move(options)); }
  CommandResult operator()(RestartOptions& options) const { return run_restart(context, std::move(options)); }
  CommandResult operator()(StdioOptions& options) const { return run_stdio(context, options); }
  CommandResult operator()(DaemonOptions& options) const { return run_daemon_verb(context, std::move(options)); }
  CommandResult operator()(ServiceOptions& options) const { return run_service(context, options); }
  CommandResult operator()(DoctorOptions& options) const { return run_doctor(context, options); }
  CommandResult operator()(PingOptions& options) const { return run_ping(context, options); }
  CommandResult operator()(VersionOptions& options) const { return run_version(context, options); }
  CommandResult operator()(CompletionsOptions& options) const { return run_completions(context, options); }
};

}  // namespace

CommandResult run_command(CommandContext* context, Command command) { return std::visit(Runner{context}, command); }

}  // namespace ptyd
