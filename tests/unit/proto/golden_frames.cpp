#include "tests/unit/proto/golden_frames.hpp"

#include <google/protobuf/text_format.h>

#include <stdexcept>

namespace ptyd {

namespace {

struct Text {
  const char* name;
  const char* frame;  // in protobuf's text format
};

constexpr Text kFrames[] =
    {
        {"hello",
         R"(id: 1 hello { protocol_min: 1 protocol_max: 1 client_name: "ptyctl" client_version: "0.1.0" features: "resume" features: "json" max_data: 65536 })"},
        {"hello_json_text", R"(id: 1 hello { protocol_min: 1 protocol_max: 1 client_name: "editor" json_text: true })"},
        {"welcome",
         R"(id: 1 welcome { protocol: 1 server_version: "0.1.0" server_instance: "\000\001\002\003\004\005\006\007\010\011\012\013\014\015\016\377" features: "resume" limits { max_frame: 66560 max_data: 65536 max_attachments: 64 max_requests: 1024 input_window: 65536 } server_pid: 4242 })"},
        {"cancel", R"(id: 9 cancel {})"},
        {"status", R"(id: 2 request { status {} })"},
        {"status_reply",
         R"(id: 2 response { status { server_version: "0.1.0" server_pid: 4242 started_ms: 1795249227123 socket: "/run/user/1000/ptyd/ptyd.sock" sessions: 3 running: 2 connections: 1 warnings: "the log is full" last_create_us: 1800 } })"},
        {"create",
         R"(id: 3 request { deadline_ms: 5000 create { id: "0123456789abcdef" name: "build" argv: "make" argv: "-j8" env { name: "PATH" value: "/bin" } env { name: "RAW" value: "\377\376" } cwd: "/home/user" size { cols: 120 rows: 40 } policy: LATEST labels { key: "team" value: "core" } history_bytes: 4194304 remove_on_exit: true ttl_ms: 60000 term: "xterm-256color" login: true } })"},
        {"create_reply",
         R"(id: 3 response { create { session { id: "30313233343536373839616263646566" name: "build" state: RUNNING argv: "make" argv: "-j8" cwd: "/home/user" size { cols: 120 rows: 40 } policy: LATEST created_ms: 1795249227123 pid: 4300 host_pid: 4299 labels { key: "team" value: "core" } output { from: 0 to: 0 } term: "xterm-256color" history_bytes: 4194304 } existed: true } })"},
        {"list", R"(id: 4 request { list { all: true labels { key: "team" value: "core" } after: "30" } })"},
        {"list_reply",
         R"(id: 4 response { list { sessions { id: "30" name: "a" state: RUNNING } sessions { id: "31" name: "b" state: EXITED exit { known: true code: 2 at_ms: 1795249227999 } stream_ended: true } truncated: true } })"},
        {"inspect", R"(id: 5 request { inspect { session: "build" } })"},
        {"inspect_reply",
         R"(id: 5 response { inspect { session { id: "30" state: LOST exit { reason: "the host is gone" } } attachments { client: 7 attachment: 1 client_name: "ptyctl" client_pid: 99 role: OBSERVER flow: LOSSLESS since_ms: 5 offset: 10 lag: 20 resyncs: 1 credit: 30 } counters { output_bytes: 1 input_bytes: 2 resizes: 3 resyncs: 4 long_lines: 5 } host_socket: "/run/user/1000/ptyd/hosts/30" tty { canonical: true echo: true foreground_pgid: 4300 } } })"},
        {"attach",
         R"(id: 6 request { attach { session: "build" role: CONTROLLER size { cols: 80 rows: 24 x_pixels: 640 y_pixels: 384 } flow: RESYNC steal: true credit: 1048576 input_stream: "fedcba9876543210" resume_offset: 0 replay_bytes: 65536 env { name: "SSH_AUTH_SOCK" value: "/tmp/agent" } ancestry: "0123456789abcdef" until_stream_end: true } })"},
        {"attach_reply",
         R"(id: 6 response { attach { attachment: 1 session { id: "30" name: "build" state: RUNNING } offset: 18446744073709551615 resumed: true input_offset: 7 input_limit: 65543 } })"},
        {"detach", R"(id: 7 request { detach { session: "build" attachment: 1 client: 7 all: true } })"},
        {"detach_reply", R"(id: 7 response { detach { ended: 2 } })"},
        {"resize", R"(id: 8 request { resize { session: "build" size { cols: 100 rows: 30 } policy: MANUAL } })"},
        {"set_size", R"(id: 10 request { set_size { attachment: 1 size { cols: 100 rows: 30 } } })"},
        {"set_size_direct",
         R"(id: 10 request { set_size { attachment: 1 size { cols: 100 rows: 30 } host_turn: 4294967295 } })"},
        {"direct", R"(id: 10 request { direct { attachment: 1 token: "8899aabbccddeeff" } })"},
        {"direct_reply",
         R"(id: 10 response { direct { host_socket: "/run/user/1000/ptyd/hosts/30" token: "8899aabbccddeeff" } })"},
        {"progress", R"(progress { attachment: 1 offset: 4294967296 direct: true })"},
        {"send",
         R"(id: 11 request { send { session: "build" input_stream: "fedcba9876543210" input_offset: 5 paste: true data: "ls\n" } })"},
        {"send_keys", R"(id: 11 request { send { session: "build" keys: "C-c" keys: "Enter" } })"},
        {"send_reply", R"(id: 11 response { send { accepted: 3 input_offset: 8 line_limit: 4095 } })"},
        {"history", R"(id: 12 request { history { session: "build" from_offset: 0 max_bytes: 65536 } })"},
        {"history_reply",
         R"(id: 12 response { history { offset: 4096 available { from: 4096 to: 8192 } end: true data: "\033[1mbold\r\n" } })"},
        {"wait", R"(id: 13 request { wait { sessions: "a" sessions: "b" any: true } })"},
        {"wait_reply",
         R"(id: 13 response { wait { sessions { id: "31" state: EXITED exit { known: true signal: 9 core_dumped: true } } } })"},
        {"wait_conditions",
         R"(id: 13 request { wait { sessions: "build" any: true conditions { kind: WAIT_MATCH text: "error|passed" }
            conditions { kind: WAIT_QUIET for_ms: 500 min_bytes: 1 } from_offset: 0
            send { if_screen: "8899aabbccddeeff" if_match: "[$] $" data: "make\n" }
            screen { format: TEXT } } })"},
        {"wait_conditions_reply",
         R"(id: 13 response { wait { outcome: WAIT_HELD
            results { session: 0 condition: 1 offset: 4294967296 text: "passed" line: "12 passed" exit_code: 0 incomplete: true }
            send { accepted: 5 input_offset: 5 }
            screen { hash: "8899aabbccddeeff" generation: 77 offset: 4294967300 size { cols: 80 rows: 24 } data: "12 passed\n" } } })"},
        {"wait_ended_reply",
         R"(id: 13 response { wait { sessions { id: "31" state: EXITED exit { known: true } } outcome: WAIT_ENDED } })"},
        {"signal", R"(id: 14 request { signal { session: "build" signal: 2 foreground: true } })"},
        {"kill", R"(id: 15 request { kill { session: "build" signal: 15 grace_ms: 0 tree: true } })"},
        {"kill_reply", R"(id: 15 response { kill { exit { known: true signal: 15 at_ms: 1 } } })"},
        {"remove", R"(id: 16 request { remove { exited: true } })"},
        {"remove_reply", R"(id: 16 response { remove { removed: 4 } })"},
        {"rename", R"(id: 17 request { rename { session: "build" name: "release" } })"},
        {"label", R"(id: 18 request { label { session: "build" set { key: "a" value: "\303\251" } remove: "team" } })"},
        {"restart", R"(id: 19 request { restart { session: "build" force: true } })"},
        {"subscribe", R"(id: 20 request { subscribe { session: "build" since: 0 } })"},
        {"subscribe_reply", R"(id: 20 response { subscribe { next: 12 missed: 3 } })"},
        {"unsubscribe", R"(id: 21 request { unsubscribe {} })"},
        {"shutdown", R"(id: 22 request { shutdown { kill_sessions: true } })"},
        {"shutdown_reply", R"(id: 22 response { shutdown { sessions_left: 2 } })"},
        {"screen",
         R"(id: 26 request { screen { session: "build" format: STRUCTURED scrollback_rows: 100 since_generation: 0 since_hash: "00112233445566ff" } })"},
        {"screen_text",
         R"(id: 26 request { screen { session: "build" format: TEXT hash_only: true join_wrapped: true } })"},
        {"screen_reply",
         R"(id: 26 response { screen { hash: "8899aabbccddeeff" generation: 77 offset: 4294967296 truncated: true size { cols: 80 rows: 24 } screen { rows { index: -1 wrapped: true runs { text: "make " columns: 5 } runs { text: "\346\274\242" columns: 2 style: 1 link: 1 } } rows { mark: MARK_PROMPT generation: 76 runs { text: "$" columns: 1 style: 2 } } styles { foreground: "#ff8000" background: "4" underline_color: "208" underline: 3 bold: true italic: true } styles { dim: true blink: true inverse: true conceal: true strike: true overline: true } links { uri: "https://example.org/" id: "a" } cursor { column: 2 visible: true shape: 5 pending_wrap: true } modes { autowrap: true bracketed_paste: true mouse: 1002 mouse_encoding: 1006 keyboard: 5 modify_other_keys: 2 } title: "make" icon: "m" cwd: "file:///src" alternate: true shell { phase: SHELL_DONE exit_code: -1 commands: 3 } } } })"},
        {"screen_reply_text",
         R"(id: 26 response { screen { hash: "8899aabbccddeeff" generation: 77 offset: 5 approximate: true size { cols: 80 rows: 24 } data: "$ make\n" } })"},
        {"screen_reply_unchanged",
         R"(id: 26 response { screen { hash: "8899aabbccddeeff" generation: 77 offset: 5 unchanged: true size { cols: 80 rows: 24 } } })"},
        {"search",
         R"(id: 27 request { search { session: "build" pattern: "error|warning" ignore_case: true max_matches: 10 context: 1 before_line: 0 } })"},
        {"search_fixed", R"(id: 27 request { search { session: "build" pattern: "a.b" fixed: true } })"},
        {"commands", R"(id: 26 request { commands { session: "build" after: 0 } })"},
        {"commands_tail", R"(id: 26 request { commands { session: "build" tail: 20 } })"},
        {"commands_reply",
         R"(id: 26 response { commands { commands { number: 42 text: "make \303\251" output { from: 4096 to: 4294967296 } exit_code: -1 started_ms: 1795249227123 ended_ms: 1795249229000 cwd: "file:///src" } commands { number: 43 output { from: 4294967300 to: 4294967301 } running: true } truncated: true forgotten: 41 } })"},
        {"upgrade", R"(id: 12 request { upgrade { program: "/usr/bin/ptyd" } })"},
        {"upgrade_reply",
         R"(id: 12 response { upgrade { server_version: "0.2.0" previous_version: "0.1.0" pause_us: 12500 connections: 3 sessions: 2 upgrades: 1 } })"},
        {"search_reply", R"(id: 27 response { search { matches { line: 4242 begin: 3 end: 8 text: "an error" before: "a" after: "b" } matches { line: 7 begin: 2000 end: 2007 text: "warning" text_begin: 2000 } truncated: true next_line: 7 generation: 77 offset: 5 approximate: true } })"},
        {"error",
         R"(id: 23 response { error { code: NOT_FOUND message: "no session is named 'x'" hint: "see 'ptyctl list'" subject: "session" } })"},
        {"error_offsets",
         R"(id: 24 response { error { code: OUT_OF_RANGE message: "too old" offsets { from: 100 to: 200 } } })"},
        {"error_versions",
         R"(id: 1 response { error { code: UNSUPPORTED_VERSION message: "no version in common" versions { min: 1 max: 1 } } })"},
        {"error_spawn",
         R"(id: 25 response { error { code: SPAWN_FAILED message: "run nosuch: No such file or directory" os_error: 2 step: "exec" } })"},
        {"event_created",
         R"(event { seq: 1 at_ms: 1795249227123 type: CREATED session { id: "30" name: "build" state: RUNNING } })"},
        {"event_attached",
         R"(event { seq: 2 at_ms: 1795249227124 type: ATTACHED session { id: "30" } offset: 77 attachment { client: 7 attachment: 1 role: CONTROLLER } })"},
        {"subscribe_types",
         R"(id: 20 request { subscribe { since: 120 types: SESSION_EXITED types: INPUT instance: "0123456789abcdef" } })"},
        {"subscribe_reply_restarted",
         R"(id: 20 response { subscribe { next: 4 missed: 1 instance: "fedcba9876543210" restarted: true newest: 3 } })"},
        {"event_resized",
         R"(event { seq: 3 at_ms: 1795249227125 type: RESIZED session { id: "30" size { cols: 100 rows: 30 } } offset: 78 client { client: 7 name: "ptyctl" pid: 99 } cause: RESIZED_BY_REQUEST })"},
        {"event_detached",
         R"(event { seq: 4 type: ATTACHMENT_ENDED session { id: "30" } attachment { client: 7 attachment: 1 } reason: DISPLACED })"},
        {"event_command",
         R"(event { seq: 5 type: COMMAND_ENDED session { id: "30" } offset: 90 exit_code: -1 skipped: 2 })"},
        {"event_title", R"(event { seq: 6 type: TITLE_CHANGED session { id: "30" } text: "vi \303\251" })"},
        {"event_input",
         R"(event { seq: 7 type: INPUT session { id: "30" } count: 12 client { client: 7 name: "ptyctl" pid: 99 } })"},
        {"event_screen", R"(event { type: SCREEN_CHANGED session { id: "30" } offset: 99 generation: 77 })"},
        {"event_recording",
         R"(event { seq: 8 type: RECORDING session { id: "30" } recording { spec { path: "/tmp/a.cast" version: 2 input: true max_bytes: 1073741824 } since_ms: 5 bytes: 4096 lost: 3 ended: "No space left on device" } })"},
        {"create_record",
         R"(id: 3 request { create { argv: "make" record { path: "/tmp/\377.cast" version: 3 input: true max_bytes: 65536 } } })"},
        {"record", R"(id: 28 request { record { session: "build" spec { path: "/tmp/a.cast" } from_start: true } })"},
        {"record_reply",
         R"(id: 28 response { record { recording { spec { path: "/tmp/a.cast" version: 2 max_bytes: 1073741824 } active: true since_ms: 5 } } })"},
        {"record_stop", R"(id: 29 request { record_change { session: "build" stop: true } })"},
        {"record_mark", R"(id: 29 request { record_change { session: "build" marker: "here" } })"},
        {"record_change_reply",
         R"(id: 29 response { record_change { recording { spec { path: "/tmp/a.cast" version: 2 } bytes: 77 ended: "a client stopped it" } } })"},
        {"environment", R"(id: 31 request { environment { session: "build" } })"},
        {"environment_reply",
         R"(id: 31 response { environment { env { name: "DISPLAY" value: ":0" } unset: "SSH_TTY" } })"},
        {"attach_env",
         R"(id: 6 request { attach { session: "build" env { name: "DISPLAY" value: ":0" } env_complete: true } })"},
        {"history_times", R"(id: 12 request { history { session: "build" from_offset: 0 times: true } })"},
        {"history_reply_times",
         R"(id: 12 response { history { offset: 10 available { from: 10 to: 12 } end: true times { offset: 12 at_ms: 1795249227123 } sizes { offset: 10 size { cols: 80 rows: 24 } } times_from: 11 data: "ab" } })"},
        {"inspect_reply_recording",
         R"(id: 5 response { inspect { session { id: "30" } recording { spec { path: "/tmp/a.cast" version: 2 } active: true bytes: 77 } } })"},
        {"claim",
         R"(id: 24 request { claim { session: "build" kind: INPUT_LEASE ttl_ms: 300000 steal: true lease: "0123456789abcdef" } })"},
        {"claim_size", R"(id: 24 request { claim { session: "build" kind: SIZE_LEASE size { cols: 120 rows: 40 } } })"},
        {"claim_reply",
         R"(id: 24 response { claim { lease: "fedcba9876543210" info { kind: INPUT_LEASE holder { client: 7 name: "agent" pid: 99 } since_ms: 1795249227123 expires_ms: 1795249527123 } } })"},
        {"release",
         R"(id: 25 request { release { session: "build" kind: SIZE_LEASE lease: "fedcba9876543210" force: true } })"},
        {"release_reply", R"(id: 25 response { release { released: true } })"},
        {"send_lease", R"(id: 10 request { send { session: "build" lease: "fedcba9876543210" data: "x" } })"},
        {"resize_lease",
         R"(id: 8 request { resize { session: "build" size { cols: 100 rows: 30 } lease: "fedcba9876543210" } })"},
        {"attach_person",
         R"(id: 6 request { attach { session: "build" credit: 65536 lease: "fedcba9876543210" person: true } })"},
        {"inspect_reply_leases",
         R"(id: 5 response { inspect { session { id: "30" } leases { kind: INPUT_LEASE holder { client: 7 name: "ptyctl" pid: 99 } since_ms: 5 expires_ms: 30005 person: true } } })"},
        {"event_lease",
         R"(event { seq: 10 type: LEASE_CHANGED session { id: "30" } client { client: 8 name: "ptyctl" pid: 98 } lease { kind: INPUT_LEASE holder { client: 7 name: "agent" pid: 99 } since_ms: 5 } lease_end: LEASE_TAKEN_OVER })"},
        {"event_overflow", R"(event { seq: 9 type: OVERFLOW })"},
        {"output", R"(output { attachment: 1 offset: 4294967296 data: "\033[31mred\000\377" })"},
        {"output_text", R"(output { attachment: 1 offset: 1 text: "\357\277\275" data: "\377" })"},
        {"snapshot",
         R"(snapshot { attachment: 1 offset: 300 size { cols: 80 rows: 24 } last: true approximate: true data: "\033[2J" })"},
        {"gap", R"(gap { attachment: 1 from: 100 to: 300 })"},
        {"input", R"(input { attachment: 1 offset: 7 data: "q" })"},
        {"input_text", R"(input { attachment: 1 offset: 7 text: "\303\251" })"},
        {"input_ack", R"(input_ack { attachment: 1 accepted: 8 limit: 65544 })"},
        {"credit", R"(credit { attachment: 1 bytes: 262144 })"},
        {"ended",
         R"(ended { attachment: 1 reason: ENDED_BY_EXIT offset: 999 exit { known: true code: 1 at_ms: 1795249227123 } })"},
        {"ended_detached", R"(ended { attachment: 1 reason: DETACHED offset: 5 })"},
};

}  // namespace

std::vector<GoldenFrame> golden_frames() {
  std::vector<GoldenFrame> frames;
  for (const auto& text : kFrames) {
    GoldenFrame golden{text.name, {}};
    if (!google::protobuf::TextFormat::ParseFromString(text.frame, &golden.frame))
      throw std::logic_error(std::string("not a frame: ") + text.name);
    frames.push_back(std::move(golden));
  }
  return frames;
}

}  // namespace ptyd
