"""Requests and their answers, as in ptyd.proto."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Optional, Type, TypeVar, cast

from ._fields import Message, named, s32, u32, u64
from .errors import ProtoEnum
from .screen import Screen, ScreenFormat, SearchMatch
from .values import (AttachmentInfo, Command, Counters, EnvVar, EventType, ExitStatus, FlowPolicy, Label, LeaseInfo,
                     LeaseKind, OffsetRange, OutputTime, RecordingInfo, RecordSpec, Role, SessionInfo, SizeChange,
                     SizePolicy, TtyState,
                     WindowSize)

R = TypeVar("R", bound=Message)


class Request(Message, Generic[R]):
    """A method of the protocol; R is what answers it."""


@dataclass(frozen=True)
class StatusRequest(Request["StatusReply"]):
    pass


@dataclass(frozen=True)
class StatusReply(Message):
    server_version: str = ""
    server_pid: u64 = 0
    started_ms: u64 = 0
    socket: str = ""
    sessions: u32 = 0
    running: u32 = 0
    connections: u32 = 0
    log_file: str = ""  # empty when it logs elsewhere
    config_file: str = ""  # empty when there is none
    warnings: Sequence[str] = ()
    last_create_us: u64 = 0  # microseconds the daemon spent on the newest create request
    upgrades: u64 = 0  # how often another program took this process over


@dataclass(frozen=True)
class CreateRequest(Request["CreateReply"]):
    id: bytes = b""  # 16 bytes chosen by the client, or empty; the same id twice is the same session
    name: str = ""  # [A-Za-z0-9._-]{1,64}, not starting with '-'; empty: the daemon chooses
    argv: Sequence[bytes] = ()  # empty: the user's login shell
    env: Sequence[EnvVar] = ()  # the whole environment of the program
    cwd: bytes = b""  # absolute; empty: the user's home
    size: Optional[WindowSize] = None  # absent: 80x24
    policy: SizePolicy = SizePolicy.SIZE_POLICY_UNSPECIFIED
    labels: Sequence[Label] = ()
    history_bytes: u64 = 0  # 0: the configured default; rounded up to a power of two, 64 KiB..1 GiB
    remove_on_exit: bool = False
    ttl_ms: u64 = 0  # hang up after this long; 0: never
    term: str = ""  # empty: xterm-256color
    login: bool = False  # start as a login shell: argv[0] begins with '-'
    record: Optional[RecordSpec] = None  # from the first byte on; when its file can't be made, nothing is started


@dataclass(frozen=True)
class CreateReply(Message):
    session: Optional[SessionInfo] = None
    existed: bool = False  # a session with this id was there already


@dataclass(frozen=True)
class AttachRequest(Request["AttachReply"]):
    session: str = ""  # name, id or unique id prefix
    role: Role = Role.ROLE_UNSPECIFIED
    size: Optional[WindowSize] = None  # absent: this attachment does not size the session
    flow: FlowPolicy = FlowPolicy.FLOW_POLICY_UNSPECIFIED
    steal: bool = False  # end all other attachments of the session
    credit: u64 = 0  # first grant, in bytes
    # 16 random bytes that name what this client types. With the same value after a lost connection,
    # input is taken up where the session's host left off. Empty: nothing to resume.
    input_stream: bytes = b""
    # At most one of these. Neither: a snapshot, then live output.
    resume_offset: Optional[u64] = None  # go on here; when that is too old: gap, snapshot, live output
    from_offset: Optional[u64] = None  # exactly here, or OUT_OF_RANGE
    replay_bytes: u64 = 0  # how much recent output a snapshot may replay; 0: the daemon's default
    no_replay: bool = False  # no snapshot: live output only
    env: Sequence[EnvVar] = ()  # those that EnvironmentReply tells; others are ignored
    ancestry: Sequence[bytes] = ()  # session ids around the client, against attaching to oneself
    until_stream_end: bool = False  # after the program's exit, stay while others in the session may still write
    scrollback_rows: u32 = 0  # how many rows of scrollback come first in a snapshot, at most
    # The snapshot is for a new, virtual terminal, which takes over everything. Otherwise it is for somebody's window:
    # no palette, no stack of titles, and nothing of the window's own is cleared but its screen.
    fresh_terminal: bool = False
    env_complete: bool = False  # of the variables that EnvironmentReply tells, the client has no others than these
    lease: bytes = b""  # the token of a lease that this attachment types or sizes under
    person: bool = False  # a person types here: typing takes the input over from whoever holds its lease


@dataclass(frozen=True)
class AttachReply(Message):
    attachment: u32 = 0  # number for input, credit, output; chosen by the daemon
    session: Optional[SessionInfo] = None
    offset: u64 = 0  # the first Output frame begins here
    resumed: bool = False  # no snapshot is sent: Output goes on at the offset that was asked for
    input_offset: u64 = 0  # first byte of input_stream that was not taken yet
    input_limit: u64 = 0  # input may be sent up to this offset
    input_unknown: bool = False  # the host may have forgotten how much of the stream it took: do not send it again


@dataclass(frozen=True)
class DetachRequest(Request["DetachReply"]):
    """Ends attachments. Exactly one of: attachment (own connection), client, all, others."""
    session: str = ""  # needed but for `attachment`
    attachment: u32 = 0
    client: u64 = 0
    all: bool = False
    others: bool = False  # all but those of this connection


@dataclass(frozen=True)
class DetachReply(Message):
    ended: u32 = 0


@dataclass(frozen=True)
class ListRequest(Request["ListReply"]):
    all: bool = False  # also exited sessions
    labels: Sequence[Label] = ()  # only sessions with all of these
    after: str = ""  # only sessions that sort behind this id; see ListReply.truncated


@dataclass(frozen=True)
class ListReply(Message):
    """Sorted by id."""
    sessions: Sequence[SessionInfo] = ()
    truncated: bool = False  # more than fit a frame: ask again with `after` set to the last id


@dataclass(frozen=True)
class InspectRequest(Request["InspectReply"]):
    session: str = ""


@dataclass(frozen=True)
class InspectReply(Message):
    session: Optional[SessionInfo] = None
    attachments: Sequence[AttachmentInfo] = ()  # at most 128; session.attachments counts all
    counters: Optional[Counters] = None
    host_socket: bytes = b""
    tty: Optional[TtyState] = None  # absent when the host does not say
    recording: Optional[RecordingInfo] = None  # the newest one; absent when there was none
    leases: Sequence[LeaseInfo] = ()


@dataclass(frozen=True)
class ResizeRequest(Request["ResizeReply"]):
    """Sets the size of the session. The policy becomes MANUAL unless given."""
    session: str = ""
    size: Optional[WindowSize] = None
    policy: SizePolicy = SizePolicy.SIZE_POLICY_UNSPECIFIED
    lease: bytes = b""  # the token of the size lease


@dataclass(frozen=True)
class ResizeReply(Message):
    size: Optional[WindowSize] = None  # what the session has now


@dataclass(frozen=True)
class SetSizeRequest(Request["SetSizeReply"]):
    """Reports the size of an attached terminal; the policy decides what becomes of it."""
    attachment: u32 = 0
    size: Optional[WindowSize] = None
    host_turn: u32 = 0  # not 0: the session's host has it from the client already, and gave this number


@dataclass(frozen=True)
class SetSizeReply(Message):
    size: Optional[WindowSize] = None


@dataclass(frozen=True)
class SendRequest(Request["SendReply"]):
    """Types without attaching. Exactly one of data and keys."""
    session: str = ""
    input_stream: bytes = b""  # with input_offset: sending twice types once
    input_offset: u64 = 0
    paste: bool = False  # bracket the data when the program asked for it
    keys: Sequence[str] = ()  # tmux's key names
    # Guards. What they ask of the screen must hold at the moment of typing, or FAILED_PRECONDITION with the subject
    # "guard", and nothing was typed.
    if_screen: str = ""  # the screen has this hash
    if_match: str = ""  # a line of the screen matches; RE2's syntax, at most 1 KiB
    lease: bytes = b""  # the token of the input lease
    data: bytes = b""


@dataclass(frozen=True)
class SendReply(Message):
    accepted: u64 = 0  # bytes typed by this request
    input_offset: u64 = 0  # next offset of input_stream
    line_limit: u32 = 0  # > 0: a line longer than this was cut by the terminal in canonical mode


@dataclass(frozen=True)
class HistoryRequest(Request["HistoryReply"]):
    """Past output."""
    session: str = ""
    from_offset: Optional[u64] = None  # OUT_OF_RANGE when it is not there; absent: the oldest
    tail_lines: u32 = 0  # instead: the last N lines
    max_bytes: u64 = 0  # at most this much, 1..65536; 0: the max_data of the hello
    times: bool = False  # tell when output came and the window changed; then at most 32 KiB


@dataclass(frozen=True)
class HistoryReply(Message):
    offset: u64 = 0  # of data[0]
    available: Optional[OffsetRange] = None
    end: bool = False  # there is no more now
    text: str = ""  # JSON mode with json_text
    # Of the data, in order; the last one may be of what follows it. Output behind the last one came since.
    times: Sequence[OutputTime] = ()
    sizes: Sequence[SizeChange] = ()  # the first one: what the window had at `offset`
    times_from: u64 = 0  # when output before this offset came is not known
    data: bytes = b""


class WaitKind(ProtoEnum):
    WAIT_KIND_UNSPECIFIED = 0
    WAIT_EXIT = 1  # the program has ended, and its output is complete
    WAIT_TEXT = 2  # a line has this text
    WAIT_MATCH = 3  # a line matches this pattern; RE2's syntax
    WAIT_QUIET = 4  # no output for so long
    WAIT_SETTLED = 5  # the screen looks the same for so long
    WAIT_CHANGED = 6  # the screen has another hash than this
    WAIT_COMMAND = 7  # a shell told the end of a command, OSC 133
    WAIT_ATTACHED = 8  # somebody is attached


class WaitOutcome(ProtoEnum):
    WAIT_OUTCOME_UNSPECIFIED = 0
    WAIT_HELD = 1
    WAIT_ENDED = 2  # sessions ended before it held, so that it never will


@dataclass(frozen=True)
class WaitCondition(Message):
    kind: WaitKind = WaitKind.WAIT_KIND_UNSPECIFIED
    text: str = ""  # TEXT, MATCH: what to find, at most 1 KiB; CHANGED: the hash of a screen
    for_ms: u64 = 0  # QUIET, SETTLED: 1 ms to a day
    min_bytes: u64 = 0  # QUIET, SETTLED: not before so much output has come


@dataclass(frozen=True)
class WaitResult(Message):
    session: u32 = 0  # index in the request's sessions
    condition: u32 = 0  # index in the request's conditions; 0 without any
    offset: u64 = 0  # it held when the output before this was on the screen
    text: str = ""  # TEXT, MATCH: what was found; at most 4 KiB
    line: str = ""  # TEXT, MATCH: the line that has it; at most 4 KiB, from the match on if it is longer
    exit_code: Optional[s32] = None  # COMMAND, when the shell told
    incomplete: bool = False  # some output since `from_offset` was gone before it could be looked at


@dataclass(frozen=True)
class WaitRequest(Request["WaitReply"]):
    """Answered when the conditions hold. Without any, when the programs have ended and their output is complete."""
    sessions: Sequence[str] = ()
    any: bool = False  # one condition of one session is enough; otherwise each of each session, once
    conditions: Sequence[WaitCondition] = ()  # at most 16
    # One session only. Text, matches, commands and bytes count from this offset of the output on. Absent: from before
    # `send`; without that text that is on the screen already counts, and the rest from now on.
    from_offset: Optional[u64] = None
    send: Optional[SendRequest] = None  # one session only: typed first; its own `session` stays empty
    screen: Optional[ScreenRequest] = None  # one session only: the reply has the screen; its own `session` stays empty


@dataclass(frozen=True)
class WaitReply(Message):
    sessions: Sequence[SessionInfo] = ()  # those that have ended, in the order asked for
    outcome: WaitOutcome = WaitOutcome.WAIT_OUTCOME_UNSPECIFIED
    results: Sequence[WaitResult] = ()  # conditions that held, in the order in which they did
    send: Optional[SendReply] = None
    screen: Optional[ScreenReply] = None  # when the reply was made; its `offset` says of what output


@dataclass(frozen=True)
class SignalRequest(Request["SignalReply"]):
    session: str = ""
    signal: u32 = 0  # number on the daemon's system
    foreground: bool = False  # the terminal's foreground process group instead of the program
    tree: bool = False  # everything that was started in the session


@dataclass(frozen=True)
class SignalReply(Message):
    pass


@dataclass(frozen=True)
class KillRequest(Request["KillReply"]):
    """Hangs up, waits, then forces. Answers when the program is really gone."""
    session: str = ""
    signal: u32 = 0  # first signal; 0: SIGHUP
    grace_ms: Optional[u64] = None  # absent: 5,000
    force: bool = False  # at once
    tree: bool = False  # everything that was started in the session


@dataclass(frozen=True)
class KillReply(Message):
    exit: Optional[ExitStatus] = None


@dataclass(frozen=True)
class RemoveRequest(Request["RemoveReply"]):
    """Forgets an ended session."""
    session: str = ""
    force: bool = False  # kill it first
    exited: bool = False  # all ended sessions; `session` is empty


@dataclass(frozen=True)
class RemoveReply(Message):
    removed: u32 = 0


@dataclass(frozen=True)
class RenameRequest(Request["RenameReply"]):
    session: str = ""
    name: str = ""


@dataclass(frozen=True)
class RenameReply(Message):
    session: Optional[SessionInfo] = None


@dataclass(frozen=True)
class LabelRequest(Request["LabelReply"]):
    session: str = ""
    set: Sequence[Label] = ()
    remove: Sequence[str] = ()


@dataclass(frozen=True)
class LabelReply(Message):
    session: Optional[SessionInfo] = None


@dataclass(frozen=True)
class RestartRequest(Request["RestartReply"]):
    """Runs the same command again, with the same name, labels, environment and directory."""
    session: str = ""
    force: bool = False  # kill it first when it runs


@dataclass(frozen=True)
class RestartReply(Message):
    session: Optional[SessionInfo] = None


@dataclass(frozen=True)
class SubscribeRequest(Request["SubscribeReply"]):
    session: str = ""  # empty: all
    since: Optional[u64] = None  # first sequence number wanted; absent: from now on
    types: Sequence[EventType] = ()  # only these; empty: CREATED to LINE_TOO_LONG. OVERFLOW always comes
    instance: bytes = b""  # the daemon process that `since` was counted by


@dataclass(frozen=True)
class SubscribeReply(Message):
    next: u64 = 0  # sequence number of the next event
    missed: u64 = 0  # events since `since` that are gone, at most
    instance: bytes = b""  # the daemon process that counts: Welcome.server_instance
    restarted: bool = False  # `since` was counted by another one
    newest: u64 = 0  # number of the newest event from `since` on that fits and is there now; 0: none


@dataclass(frozen=True)
class UnsubscribeRequest(Request["UnsubscribeReply"]):
    pass


@dataclass(frozen=True)
class UnsubscribeReply(Message):
    pass


@dataclass(frozen=True)
class ShutdownRequest(Request["ShutdownReply"]):
    """Ends the daemon; sessions live on unless asked otherwise."""
    kill_sessions: bool = False


@dataclass(frozen=True)
class ShutdownReply(Message):
    sessions_left: u32 = 0


@dataclass(frozen=True)
class ScreenRequest(Request["ScreenReply"]):
    """What the screen shows now."""
    session: str = ""
    format: ScreenFormat = ScreenFormat.SCREEN_FORMAT_UNSPECIFIED
    scrollback_rows: u32 = 0  # so many rows above the screen, too; none while the alternate screen is shown
    since_generation: Optional[u64] = None  # STRUCTURED: of the screen only rows that changed since that reply
    since_hash: str = ""  # answer just `unchanged` when the screen still has this hash
    hash_only: bool = False  # neither screen nor data
    join_wrapped: bool = False  # TEXT: rows of one line that was wrapped are one line


@dataclass(frozen=True)
class ScreenReply(Message):
    """Under 1 MiB. Rows that do not fit are left out, the oldest first."""
    hash: str = ""  # 16 hexadecimal digits; the same when the same is seen
    generation: u64 = 0  # counts changes, for `since_generation`
    offset: u64 = 0  # of the output up to which this is the screen
    approximate: bool = False  # rebuilt from recent output, not from all of it
    unchanged: bool = False  # it still has `since_hash`: neither screen nor data
    truncated: bool = False  # rows, or links, were left out
    size: Optional[WindowSize] = None
    screen: Optional[Screen] = None  # STRUCTURED
    text: str = ""  # JSON mode with json_text
    data: bytes = b""  # the other formats; UTF-8


@dataclass(frozen=True)
class SearchRequest(Request["SearchReply"]):
    """Searches scrollback and screen, line by line, the newest first; rows of a line that was wrapped are joined."""
    session: str = ""
    pattern: str = ""  # RE2's syntax; at most 1 KiB
    fixed: bool = False  # the pattern is plain text
    ignore_case: bool = False
    max_matches: u32 = 0  # 1..1000; 0: 100
    context: u32 = 0  # lines before and after each match, at most 50
    before_line: Optional[u64] = None  # only lines above this one; see SearchReply.truncated


@dataclass(frozen=True)
class SearchReply(Message):
    matches: Sequence[SearchMatch] = ()  # lines from the newest to the oldest, within a line from the left
    truncated: bool = False  # older lines were not looked at: ask again with `before_line` set to `next_line`
    next_line: u64 = 0
    generation: u64 = 0  # as in ScreenReply
    offset: u64 = 0
    approximate: bool = False


@dataclass(frozen=True)
class ClaimRequest(Request["ClaimReply"]):
    """Takes the sole right to type into a session, or to size it, for a time. Others are refused with BUSY meanwhile, but
    for a person at an attached terminal, who takes over by typing."""
    session: str = ""
    kind: LeaseKind = LeaseKind.LEASE_KIND_UNSPECIFIED
    ttl_ms: u64 = 0  # it ends after this long; 0: it ends with this connection
    steal: bool = False  # also when somebody else holds it
    lease: bytes = b""  # the token of a lease to hold on to for `ttl_ms` more
    size: Optional[WindowSize] = None  # SIZE: what the session's window becomes; absent: it stays


@dataclass(frozen=True)
class ClaimReply(Message):
    lease: bytes = b""  # its token, 16 bytes: who knows it may do what the holder may
    info: Optional[LeaseInfo] = None


@dataclass(frozen=True)
class ReleaseRequest(Request["ReleaseReply"]):
    """Ends a lease. Who does not hold it needs `force`."""
    session: str = ""
    kind: LeaseKind = LeaseKind.LEASE_KIND_UNSPECIFIED
    lease: bytes = b""  # its token; empty: that of this connection
    force: bool = False


@dataclass(frozen=True)
class ReleaseReply(Message):
    released: bool = False  # false: nobody held it


@dataclass(frozen=True)
class CommandsRequest(Request["CommandsReply"]):
    """What was run in a session, as its shell told, OSC 133. Those of which something is known, the oldest first."""
    session: str = ""
    after: Optional[u64] = None  # only those with a greater number
    tail: u32 = 0  # instead: the last N


@dataclass(frozen=True)
class CommandsReply(Message):
    commands: Sequence[Command] = ()
    truncated: bool = False  # there are more: ask again with `after` set to the last number
    forgotten: u64 = 0  # how many older ones are no longer known


@dataclass(frozen=True)
class RecordRequest(Request["RecordReply"]):
    """A session's output in a file, asciicast, which the daemon writes. A session has one recording at a time."""
    session: str = ""
    spec: Optional[RecordSpec] = None
    from_start: bool = False  # begin with the output that is still kept


@dataclass(frozen=True)
class RecordReply(Message):
    recording: Optional[RecordingInfo] = None


@dataclass(frozen=True)
class RecordChangeRequest(Request["RecordChangeReply"]):
    """Ends the recording of a session, or marks a place in it."""
    session: str = ""
    stop: bool = False  # answered when the file is complete
    marker: str = ""  # at most 1 KiB; not with stop


@dataclass(frozen=True)
class RecordChangeReply(Message):
    recording: Optional[RecordingInfo] = None


@dataclass(frozen=True)
class EnvironmentRequest(Request["EnvironmentReply"]):
    """What a shell in the session should refresh: where the terminal is that attached last."""
    session: str = ""


@dataclass(frozen=True)
class EnvironmentReply(Message):
    env: Sequence[EnvVar] = ()  # SSH_AUTH_SOCK, which is a link that stays, DISPLAY and others
    unset: Sequence[bytes] = ()  # names that the terminal has no value for


@dataclass(frozen=True)
class DirectRequest(Request["DirectReply"]):
    """Lets an attachment's client, on the daemon's machine, connect to the session's host."""
    attachment: u32 = 0
    token: bytes = b""  # with which the client has joined, as a daemon before this one has let it; else empty


@dataclass(frozen=True)
class DirectReply(Message):
    host_socket: bytes = b""
    token: bytes = b""


@dataclass(frozen=True)
class UpgradeRequest(Request["UpgradeReply"]):
    """Lets the daemon become another program, with all its clients and sessions. Not on Windows."""
    program: bytes = b""  # absolute path; empty: the file that the daemon was started from, as it is now


@dataclass(frozen=True)
class UpgradeReply(Message):
    server_version: str = ""  # of the new program
    previous_version: str = ""
    pause_us: u64 = 0  # microseconds in which nobody was served
    connections: u32 = 0  # that went on
    sessions: u32 = 0
    upgrades: u64 = 0  # of this process, with this one


REQUESTS = named(cast("list[Type[Message]]", Request.__subclasses__()), "Request")
REPLIES = named([item for item in Message.__subclasses__() if item.__name__.endswith("Reply")], "Reply")
METHODS = {item: name for name, item in REQUESTS.items()}
