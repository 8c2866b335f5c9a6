// What the command line of ptyctl says, as plain values: one struct for the global options, one for each verb.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "client/format/output_format.hpp"
#include "client/format/shell_text.hpp"
#include "client/terminal/detach_keys.hpp"
#include "common/quantity.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

struct GlobalOptions {
  std::optional<std::string> socket;                 // --socket; else compute_paths() decides
  std::optional<std::string> host;                   // --host, "ssh://[user@]host"
  std::optional<std::chrono::milliseconds> timeout;  // --timeout; absent: each verb's own
  OutputFormat output = OutputFormat::text;
  bool quiet = false;
  bool verbose = false;
  bool autostart = true;  // --no-autostart, PTYD_AUTOSTART=0
  ColorMode color = ColorMode::automatic;
  bool wide_exit_codes = false;  // --exit-codes=wide
};

// key and value, checked against the protocol's rules.
using LabelSetting = std::pair<std::string, std::string>;

// One session: `name` (a name, an id or a unique id prefix) or, when that is empty, the labels it must have.
struct SessionRef {
  std::string name;
  std::vector<LabelSetting> labels;
};

// Sessions: `names`, or all that have the labels. With neither, the verb's --all or --exited is set.
struct SessionRefs {
  std::vector<std::string> names;
  std::vector<LabelSetting> labels;
};

// -e NAME=VALUE, or -e NAME: taken from ptyctl's own environment.
struct EnvSetting {
  std::string name;
  std::optional<std::string> value;
};

struct NewOptions {
  std::string name;                  // empty: the daemon chooses
  std::vector<std::string> program;  // empty: the login shell
  bool detached = false;             // -d
  bool attach_existing = false;      // -A
  std::optional<std::string> directory;
  std::vector<EnvSetting> env;
  std::vector<std::string> env_files;
  bool login = false;
  std::optional<Geometry> size;
  std::optional<v1::SizePolicy> policy;
  std::vector<LabelSetting> labels;
  std::optional<std::uint64_t> history_bytes;
  bool remove_on_exit = false;  // --rm
  std::optional<std::chrono::milliseconds> ttl;
  std::optional<std::string> term;
  bool wait = false;                  // --wait: with -d, wait for the program's end and pass on its status
  std::optional<std::string> record;  // file
  bool record_input = false;
  bool shell_integration = false;
  std::optional<DetachKeys> detach_keys = DetachKeys::standard();  // absent: no detach key
};

struct AttachOptions {
  SessionRef session;
  bool create = false;               // -A
  std::vector<std::string> program;  // with create
  bool read_only = false;
  bool steal = false;  // -f, -d
  bool no_size = false;
  std::optional<DetachKeys> detach_keys = DetachKeys::standard();  // absent: no detach key
  std::optional<std::uint64_t> from_offset;
  std::optional<std::uint32_t> history_rows;
  bool lossless = false;
  bool no_direct = false;
  std::string lease;  // 16 bytes, or empty
};

struct ListOptions {
  bool all = false;
  std::vector<LabelSetting> labels;
  bool watch = false;
  bool or_help = false;  // `ptyctl` alone: overview_help() instead of an empty list, and no daemon is started
};

struct InspectOptions {
  SessionRef session;
};

struct ResizeOptions {
  SessionRef session;
  Geometry size;
  std::optional<v1::SizePolicy> policy;
  std::optional<Geometry> pixels;
  std::string lease;
};

// Exactly one of client, all and others, or none: then all, if there is one only.
struct DetachOptions {
  SessionRef session;
  std::optional<std::uint64_t> client;
  bool all = false;
  bool others = false;
};

// What to wait for in sessions. Without conditions: the end of the programs.
struct WaitSpec {
  std::vector<v1::WaitCondition> conditions;
  bool any = false;
  std::optional<std::uint64_t> from_offset;
};

// What must hold for the screen when something is typed.
struct ScreenGuards {
  std::string if_screen;  // the hash of a screen
  std::string if_match;
  bool any() const noexcept { return !if_screen.empty() || !if_match.empty(); }
};

struct SendOptions {
  SessionRef session;
  std::vector<std::string> text;  // joined by one space
  bool enter = false;
  bool paste = false;
  bool from_stdin = false;
  std::optional<std::string> file;
  ScreenGuards guards;
  WaitSpec wait;  // with conditions: wait for them afterwards
  std::string lease;
};

struct KeysOptions {
  SessionRef session;
  std::vector<std::string> keys;
  bool literal = false;
  ScreenGuards guards;
  WaitSpec wait;
  std::string lease;
};

struct ClaimOptions {
  SessionRef session;
  bool input = false;  // at least one of these
  bool size = false;
  std::optional<Geometry> geometry;  // absent: this terminal's
  std::chrono::milliseconds ttl{};
  bool steal = false;
  std::string lease;  // to hold on to
};

struct ReleaseOptions {
  SessionRef session;
  bool input = false;  // at least one of these
  bool size = false;
  bool force = false;
  std::string lease;
};

struct LogsOptions {
  SessionRef session;
  bool follow = false;
  std::optional<std::uint32_t> lines;
  std::optional<std::uint64_t> since_offset;
  bool raw = false;
  std::optional<std::uint64_t> max_bytes;
  bool commands = false;                 // instead: what was run
  std::optional<std::uint64_t> command;  // only what this one wrote
};

struct ExecOptions {
  SessionRef session;
  std::vector<std::string> command;  // one word: a line for the shell
  bool raw = false;
  std::optional<ShellSyntax> shell;  // absent: as the session's program is called
  std::string lease;                 // 16 bytes; empty: one of its own
};

struct SnapshotOptions {
  SessionRef session;
  v1::ScreenFormat format = v1::TEXT;  // STRUCTURED: JSON
  bool hash_only = false;
  std::optional<std::string> since_hash;
  std::uint32_t scrollback_rows = 0;
  bool join = false;
};

struct SearchOptions {
  SessionRef session;
  std::string pattern;
  bool fixed = false;
  bool ignore_case = false;
  std::uint32_t max_matches = 1000;  // the newest
  std::uint32_t context = 0;
};

struct EventsOptions {
  std::optional<SessionRef> session;  // absent: all
  std::vector<std::string> types;     // words of event_type_words(); empty: all but screen_changed
  bool follow = false;
  std::optional<std::uint64_t> since;  // first sequence number wanted
  std::string epoch;                   // 16 bytes: the daemon process that counted; empty: not known
};

struct RecordOptions {
  enum class Action { start, stop, mark, export_history };
  Action action = Action::start;
  SessionRef session;
  std::optional<std::string> file;  // export: absent means stdout
  unsigned version = 2;             // of asciicast
  bool input = false;
  bool from_start = false;
  std::optional<std::uint64_t> max_bytes;
  std::string label;  // mark
};

struct PlayOptions {
  std::string file;
  double speed = 1;
  std::optional<std::chrono::milliseconds> longest_pause;
};

struct EnvOptions {
  enum class Syntax { sh, fish, powershell };
  SessionRef session;
  Syntax syntax = Syntax::sh;
};

struct McpOptions {};

struct WaitOptions {
  SessionRefs sessions;
  WaitSpec wait;
  std::optional<std::chrono::milliseconds> timeout;  // the same as GlobalOptions::timeout
};

struct SignalOptions {
  SessionRef session;
  std::uint32_t signal = 0;
  bool tree = false;
  bool foreground = false;
};

struct KillOptions {
  SessionRefs sessions;
  std::uint32_t signal = 0;  // 0: the daemon's default
  bool tree = false;
  std::optional<std::chrono::milliseconds> grace;
  bool force = false;
  bool all = false;
};

struct RmOptions {
  SessionRefs sessions;
  bool force = false;
  bool exited = false;
};

struct RenameOptions {
  SessionRef session;
  std::string new_name;
};

struct LabelOptions {
  SessionRef session;
  std::vector<LabelSetting> set;
  std::vector<std::string> remove;
};

struct RestartOptions {
  SessionRef session;
  bool force = false;
};

struct StdioOptions {};

struct DaemonOptions {
  enum class Action { run, start, stop, status, logs, upgrade };
  Action action = Action::status;
  bool kill_sessions = false;               // stop --sessions=kill
  std::optional<std::string> binary;        // upgrade --binary
  bool cold = false;                        // upgrade --cold
  bool follow = false;                      // logs -f
  std::optional<std::uint32_t> lines;       // logs -n
  std::vector<std::string> daemon_options;  // run -- OPTIONS: passed on to ptyd
};

struct ServiceOptions {
  enum class Action { install, uninstall, status };
  Action action = Action::status;
  bool dry_run = false;
};

struct DoctorOptions {};
struct PingOptions {};
struct VersionOptions {};

struct CompletionsOptions {
  enum class Shell { bash, zsh, fish };
  Shell shell = Shell::bash;
};

using Command =
    std::variant<NewOptions, AttachOptions, ListOptions, InspectOptions, ResizeOptions, DetachOptions, SendOptions,
                 KeysOptions, ClaimOptions, ReleaseOptions, LogsOptions, SnapshotOptions, SearchOptions, EventsOptions,
                 RecordOptions, PlayOptions, ExecOptions, EnvOptions, McpOptions, WaitOptions, SignalOptions,
                 KillOptions, RmOptions, RenameOptions, LabelOptions, RestartOptions, StdioOptions, DaemonOptions,
                 ServiceOptions, DoctorOptions, PingOptions, VersionOptions, CompletionsOptions>;

}  // namespace ptyd
