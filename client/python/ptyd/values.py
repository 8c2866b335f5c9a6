"""Values of the protocol, as in ptyd.proto."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

from ._fields import Message, s32, u32, u64
from .errors import ProtoEnum


@dataclass(frozen=True)
class OffsetRange(Message):
    from_: u64 = 0  # oldest offset that can be read
    to: u64 = 0  # one past the newest


@dataclass(frozen=True)
class VersionRange(Message):
    min: u32 = 0
    max: u32 = 0


@dataclass(frozen=True)
class WindowSize(Message):
    cols: u32 = 0  # 1..10000
    rows: u32 = 0  # 1..10000
    x_pixels: u32 = 0  # whole window, 0 when unknown; at most 65535
    y_pixels: u32 = 0


class SizePolicy(ProtoEnum):
    """Which attached terminal decides the size of the session."""
    SIZE_POLICY_UNSPECIFIED = 0  # in a create request: the daemon's configured default
    LATEST = 1  # the one that attached, typed or resized last
    SMALLEST = 2  # the smallest columns and rows of all
    LARGEST = 3
    MANUAL = 4  # only `resize`


@dataclass(frozen=True)
class EnvVar(Message):
    """bytes, because a Unix environment need not be UTF-8."""
    name: bytes = b""
    value: bytes = b""


@dataclass(frozen=True)
class Label(Message):
    key: str = ""  # [A-Za-z0-9._/-]{1,64}
    value: str = ""  # at most 256 bytes


class SessionState(ProtoEnum):
    SESSION_STATE_UNSPECIFIED = 0
    STARTING = 1
    RUNNING = 2
    EXITED = 3  # the program is gone; output may still be read
    LOST = 4  # the session's host died; `exit.reason` says what is known


@dataclass(frozen=True)
class ExitStatus(Message):
    known: bool = False  # false: the status could not be had; it is never made up
    code: u32 = 0  # exit code, when signal is 0
    signal: u32 = 0  # signal number that ended the program, else 0
    core_dumped: bool = False
    reason: str = ""  # why it is not known
    at_ms: u64 = 0  # Unix time in milliseconds


@dataclass(frozen=True)
class ResourceUsage(Message):
    """What the program and all its descendants that were waited for have used."""
    user_us: u64 = 0  # microseconds of processor time
    system_us: u64 = 0
    max_rss_bytes: u64 = 0  # the largest one's


@dataclass(frozen=True)
class SessionInfo(Message):
    id: str = ""  # 32 hexadecimal digits, never used again
    name: str = ""
    state: SessionState = SessionState.SESSION_STATE_UNSPECIFIED
    argv: Sequence[bytes] = ()  # at most its first 64 and 4 KiB in all
    cwd: bytes = b""  # where it was started
    size: Optional[WindowSize] = None
    policy: SizePolicy = SizePolicy.SIZE_POLICY_UNSPECIFIED
    created_ms: u64 = 0  # Unix time in milliseconds
    pid: u64 = 0  # the program, 0 after it is gone
    host_pid: u64 = 0
    labels: Sequence[Label] = ()
    exit: Optional[ExitStatus] = None  # set when state is EXITED or LOST
    output: Optional[OffsetRange] = None  # what can be read now
    input: u64 = 0  # bytes typed since the session began
    attachments: u32 = 0
    term: str = ""
    remove_on_exit: bool = False
    history_bytes: u64 = 0  # capacity of the replay buffer
    stream_ended: bool = False  # no more output will come
    last_output_ms: u64 = 0  # Unix time in milliseconds, 0 when unknown
    usage: Optional[ResourceUsage] = None  # of an ended session; None when the system does not tell
    rehosted: u32 = 0  # how often another host took over for one that had died
    rehostable: bool = False  # it would outlive its host, as long as the daemon lives


class Role(ProtoEnum):
    ROLE_UNSPECIFIED = 0  # CONTROLLER
    CONTROLLER = 1  # may type and size
    OBSERVER = 2  # may only look


class FlowPolicy(ProtoEnum):
    """What happens to an attachment that does not keep up."""
    FLOW_POLICY_UNSPECIFIED = 0  # RESYNC
    RESYNC = 1  # it skips: gap, then a snapshot at a newer offset
    LOSSLESS = 2  # the session is held back until it has caught up
    DISCONNECT = 3  # the attachment ends with FELL_BEHIND


@dataclass(frozen=True)
class AttachmentInfo(Message):
    client: u64 = 0  # connection number, unique for this daemon process
    attachment: u32 = 0  # number on that connection
    client_name: str = ""
    client_pid: u64 = 0
    role: Role = Role.ROLE_UNSPECIFIED
    flow: FlowPolicy = FlowPolicy.FLOW_POLICY_UNSPECIFIED
    size: Optional[WindowSize] = None  # absent when it does not size
    since_ms: u64 = 0
    offset: u64 = 0  # next byte it will be sent
    lag: u64 = 0  # bytes it is behind
    resyncs: u64 = 0  # how often it skipped
    credit: u64 = 0  # bytes it may be sent now
    direct: bool = False  # its client reads the host's memory itself: what is above is as far as it has told


@dataclass(frozen=True)
class Counters(Message):
    output_bytes: u64 = 0
    input_bytes: u64 = 0
    resizes: u64 = 0
    resyncs: u64 = 0
    long_lines: u64 = 0  # lines the kernel cut at 4,095 bytes in canonical mode


@dataclass(frozen=True)
class TtyState(Message):
    canonical: bool = False
    echo: bool = False
    paused: bool = False  # output stopped by XOFF
    foreground_pgid: u64 = 0


class EventType(ProtoEnum):
    EVENT_TYPE_UNSPECIFIED = 0
    CREATED = 1
    SESSION_EXITED = 2
    STREAM_ENDED = 3
    REMOVED = 4
    RENAMED = 5
    LABELED = 6
    RESIZED = 7
    ATTACHED = 8
    ATTACHMENT_ENDED = 9
    OVERFLOW = 10  # this subscriber was too slow: events `seq` and before are gone
    LINE_TOO_LONG = 11  # a line of input was cut by the terminal in canonical mode
    # Only for those who name them in SubscribeRequest.types.
    TITLE_CHANGED = 12  # `text`; OSC 0 and 2
    CWD_CHANGED = 13  # `text`, a URI; OSC 7
    BELL = 14  # `count` times
    COMMAND_STARTED = 15  # OSC 133 ; C
    COMMAND_ENDED = 16  # OSC 133 ; D, with `exit_code` when the shell told
    IDLE = 17  # no output for `count` milliseconds
    SCREEN_CHANGED = 18  # not kept, and without a number of its own: `seq` is 0
    RECORDING = 19  # a recording began or ended
    INPUT = 20  # `client` typed `count` bytes
    LEASE_CHANGED = 21  # `lease` began, or ended when there is a `lease_end`
    HOST_REPLACED = 22  # another host took over; `count` bytes of input are uncertain; with a `text` output is missing


class ResizeCause(ProtoEnum):
    RESIZE_CAUSE_UNSPECIFIED = 0
    RESIZED_BY_REQUEST = 1  # `resize`
    RESIZED_BY_POLICY = 2  # a terminal came, went, typed or changed its own size


@dataclass(frozen=True)
class ClientIdentity(Message):
    """Process and name as the client, and the system, told."""
    client: u64 = 0  # connection number, unique for this daemon process
    name: str = ""
    pid: u64 = 0


class LeaseKind(ProtoEnum):
    LEASE_KIND_UNSPECIFIED = 0  # INPUT_LEASE
    INPUT_LEASE = 1
    SIZE_LEASE = 2


@dataclass(frozen=True)
class LeaseInfo(Message):
    kind: LeaseKind = LeaseKind.LEASE_KIND_UNSPECIFIED
    holder: Optional[ClientIdentity] = None
    since_ms: u64 = 0
    expires_ms: u64 = 0  # 0: with the holder's connection
    person: bool = False  # somebody at an attached terminal, who took over by typing


class LeaseEnd(ProtoEnum):
    LEASE_END_UNSPECIFIED = 0
    LEASE_RELEASED = 1
    LEASE_EXPIRED = 2
    LEASE_STOLEN = 3
    LEASE_TAKEN_OVER = 4  # a person has typed
    LEASE_DISCONNECTED = 5  # the connection that it was bound to was lost


@dataclass(frozen=True)
class RecordSpec(Message):
    path: bytes = b""  # absolute; nothing of that name may be there
    version: u32 = 0  # of asciicast: 2 or 3; 0: 2
    input: bool = False  # also what is typed
    max_bytes: u64 = 0  # the recording ends when the file would be larger; 0: 1 GiB


@dataclass(frozen=True)
class RecordingInfo(Message):
    spec: Optional[RecordSpec] = None
    active: bool = False
    since_ms: u64 = 0
    bytes: u64 = 0  # of the file
    lost: u64 = 0  # bytes of output that the disk was too slow for; a marker is in their place
    ended: str = ""  # why, when it is not active


@dataclass(frozen=True)
class OutputTime(Message):
    offset: u64 = 0  # output before it had come
    at_ms: u64 = 0  # by this time


@dataclass(frozen=True)
class SizeChange(Message):
    offset: u64 = 0  # from the output at this offset on
    size: Optional[WindowSize] = None


@dataclass(frozen=True)
class Command(Message):
    number: u64 = 0  # counts the commands of the session from 1
    text: str = ""  # the command line, as far as the shell told or the screen showed; at most 4 KiB
    output: Optional[OffsetRange] = None  # what it wrote; `to` is where the output is now while it runs
    running: bool = False
    exit_code: Optional[s32] = None  # when the shell told
    started_ms: u64 = 0  # Unix time in milliseconds; 0 when unknown
    ended_ms: u64 = 0
    cwd: str = ""  # the URI that the shell told, OSC 7


class EndReason(ProtoEnum):
    END_REASON_UNSPECIFIED = 0
    DETACHED = 1  # asked for by this client or with `detach`
    ENDED_BY_EXIT = 2  # the session ended; all its output was sent before
    DISPLACED = 3  # another client attached with steal
    FELL_BEHIND = 4  # flow policy DISCONNECT
    SESSION_REMOVED = 5
    DAEMON_STOPPING = 6  # the session lives on: connect again
    HOST_LOST = 7
