// The verbs of ptyctl. Each returns the exit code; the context outlives the call.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>

#include "client/cli/options.hpp"
#include "client/commands/context.hpp"

namespace ptyd {

CommandResult run_new(CommandContext* context, NewOptions options);
CommandResult run_attach(CommandContext* context, AttachOptions options);
CommandResult run_list(CommandContext* context, ListOptions options);
CommandResult run_inspect(CommandContext* context, InspectOptions options);
CommandResult run_resize(CommandContext* context, ResizeOptions options);
CommandResult run_detach(CommandContext* context, DetachOptions options);
CommandResult run_send(CommandContext* context, SendOptions options);
CommandResult run_keys(CommandContext* context, KeysOptions options);
CommandResult run_claim(CommandContext* context, ClaimOptions options);
CommandResult run_release(CommandContext* context, ReleaseOptions options);
CommandResult run_exec(CommandContext* context, ExecOptions options);
CommandResult run_logs(CommandContext* context, LogsOptions options);
CommandResult run_snapshot(CommandContext* context, SnapshotOptions options);
CommandResult run_search(CommandContext* context, SearchOptions options);
CommandResult run_events(CommandContext* context, EventsOptions options);
CommandResult run_record(CommandContext* context, RecordOptions options);
CommandResult run_play(CommandContext* context, PlayOptions options);
CommandResult run_env(CommandContext* context, EnvOptions options);
CommandResult run_mcp(CommandContext* context, McpOptions options);
CommandResult run_wait(CommandContext* context, WaitOptions options);
CommandResult run_signal(CommandContext* context, SignalOptions options);
CommandResult run_kill(CommandContext* context, KillOptions options);
CommandResult run_rm(CommandContext* context, RmOptions options);
CommandResult run_rename(CommandContext* context, RenameOptions options);
CommandResult run_label(CommandContext* context, LabelOptions options);
CommandResult run_restart(CommandContext* context, RestartOptions options);
CommandResult run_stdio(CommandContext* context, StdioOptions options);
CommandResult run_daemon_verb(CommandContext* context, DaemonOptions options);
// Stops the daemon; its sessions live on unless `kill_sessions`. Returns how many do; nothing: none ran.
boost::asio::awaitable<Result<std::optional<std::uint32_t>>> stop_daemon(CommandContext* context, bool kill_sessions);
CommandResult run_service(CommandContext* context, ServiceOptions options);
CommandResult run_doctor(CommandContext* context, DoctorOptions options);
CommandResult run_ping(CommandContext* context, PingOptions options);
CommandResult run_version(CommandContext* context, VersionOptions options);
CommandResult run_completions(CommandContext* context, CompletionsOptions options);

// The verb that `command` stands for.
CommandResult run_command(CommandContext* context, Command command);

}  // namespace ptyd
