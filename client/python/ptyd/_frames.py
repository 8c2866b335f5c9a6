"""Frames, as in ptyd.proto."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional, Union

from ._fields import Message, named, s32, u32, u64
from .errors import Error, ErrorCode
from .requests import METHODS, Request
from .values import (AttachmentInfo, ClientIdentity, EndReason, EventType, ExitStatus, LeaseEnd, LeaseInfo, OffsetRange,
                     RecordingInfo, ResizeCause, SessionInfo, VersionRange, WindowSize)


@dataclass(frozen=True)
class Hello(Message):
    """First frame of every connection, at most 4 KiB, within 5 s of connecting."""
    protocol_min: u32 = 0  # lowest and highest protocol version the client speaks; 1..1 today
    protocol_max: u32 = 0
    client_name: str = ""  # for people: "ptyctl", "ptyd.nvim"; at most 64 bytes
    client_version: str = ""
    features: Sequence[str] = ()  # feature names the client understands
    max_data: u32 = 0  # largest `data` the client wants in one frame, 1024..65536; 0 means 16384
    json_text: bool = False  # JSON mode only: Output/Snapshot/History also carry `text`, UTF-8 with U+FFFD


@dataclass(frozen=True)
class Welcome(Message):
    protocol: u32 = 0  # the version both will use
    server_version: str = ""
    server_instance: bytes = b""  # 16 random bytes, new for every daemon process
    features: Sequence[str] = ()  # feature names the daemon understands; test for these, not for versions
    limits: Optional[Limits] = None
    server_pid: u64 = 0


@dataclass(frozen=True)
class Limits(Message):
    """The hard bounds of this daemon. All in bytes unless said otherwise."""
    max_frame: u32 = 0  # largest frame the daemon accepts
    max_data: u32 = 0  # largest `data` of input it accepts and of output it will send
    max_attachments: u32 = 0  # per connection
    max_requests: u32 = 0  # open requests per connection
    input_window: u32 = 0  # input that an attachment may have in flight


@dataclass(frozen=True)
class Event(Message):
    seq: u64 = 0  # one sequence for the daemon process
    at_ms: u64 = 0
    type: EventType = EventType.EVENT_TYPE_UNSPECIFIED
    session: Optional[SessionInfo] = None
    offset: u64 = 0  # output offset at which it happened
    attachment: Optional[AttachmentInfo] = None
    text: str = ""  # what a program wrote; for RENAMED the name before; for HOST_REPLACED see there
    exit_code: Optional[s32] = None  # COMMAND_ENDED
    count: u64 = 0
    skipped: u64 = 0  # events of this type and session before it that were left out to keep to the rate
    client: Optional[ClientIdentity] = None  # who did it: INPUT, and RESIZED unless it was by the policy alone
    cause: ResizeCause = ResizeCause.RESIZE_CAUSE_UNSPECIFIED  # RESIZED
    reason: EndReason = EndReason.END_REASON_UNSPECIFIED  # ATTACHMENT_ENDED
    generation: u64 = 0  # SCREEN_CHANGED: as in ScreenReply
    recording: Optional[RecordingInfo] = None  # RECORDING
    lease: Optional[LeaseInfo] = None  # LEASE_CHANGED
    lease_end: LeaseEnd = LeaseEnd.LEASE_END_UNSPECIFIED
    input_offset: u64 = 0  # HOST_REPLACED: where the uncertain input begins, counted as SessionInfo.input


@dataclass(frozen=True)
class Output(Message):
    """`offset` is that of data[0]. Offsets are gap-free but for a Gap frame."""
    attachment: u32 = 0
    offset: u64 = 0
    text: str = ""  # JSON mode with json_text
    data: bytes = b""


@dataclass(frozen=True)
class Snapshot(Message):
    """Write all parts in order to a terminal to get the screen at `offset`; live output goes on from there."""
    attachment: u32 = 0
    offset: u64 = 0
    size: Optional[WindowSize] = None
    last: bool = False
    approximate: bool = False  # rebuilt from recent output, not from the exact screen
    text: str = ""
    data: bytes = b""


@dataclass(frozen=True)
class Gap(Message):
    """Output in [from, to) will not come; a Snapshot at `to` follows."""
    attachment: u32 = 0
    from_: u64 = 0
    to: u64 = 0


@dataclass(frozen=True)
class Input(Message):
    """`offset` counts the bytes of this attachment's input stream."""
    attachment: u32 = 0
    offset: u64 = 0
    text: str = ""  # JSON mode: instead of data
    data: bytes = b""


@dataclass(frozen=True)
class InputAck(Message):
    attachment: u32 = 0
    accepted: u64 = 0  # everything below was taken by the session's host: never send it again
    limit: u64 = 0  # input may be sent up to this offset


@dataclass(frozen=True)
class Credit(Message):
    attachment: u32 = 0
    bytes: u64 = 0  # added to what was granted before; saturates


@dataclass(frozen=True)
class Progress(Message):
    attachment: u32 = 0
    offset: u64 = 0  # all output before it is there
    direct: bool = False  # and the client goes on by itself; else Output goes on here


@dataclass(frozen=True)
class Ended(Message):
    attachment: u32 = 0
    reason: EndReason = EndReason.END_REASON_UNSPECIFIED
    offset: u64 = 0  # one past the last output byte
    exit: Optional[ExitStatus] = None  # ENDED_BY_EXIT


@dataclass(frozen=True)
class Cancel(Message):
    pass


@dataclass(frozen=True)
class ErrorInfo(Message):
    code: ErrorCode = ErrorCode.ERROR_CODE_UNSPECIFIED
    message: str = ""  # for people: what failed, on what, why
    hint: str = ""  # what to do about it; may be empty
    subject: str = ""  # the field or object at fault; may be empty
    os_error: u32 = 0  # errno or GetLastError() where the system said no; else 0
    step: str = ""  # SPAWN_FAILED: "exec", "chdir", "pty", ...
    offsets: Optional[OffsetRange] = None  # OUT_OF_RANGE
    versions: Optional[VersionRange] = None  # UNSUPPORTED_VERSION

    def exception(self) -> Error:
        offsets = (self.offsets.from_, self.offsets.to) if self.offsets else None
        versions = (self.versions.min, self.versions.max) if self.versions else None
        return Error(self.code, self.message, hint=self.hint, subject=self.subject, step=self.step,
                     os_error=self.os_error, offsets=offsets, versions=versions)


@dataclass(frozen=True)
class Call:
    """The body of a request."""
    deadline_ms: int
    request: Request  # type: ignore[type-arg]

    @property
    def method(self) -> str:
        return METHODS[type(self.request)]


@dataclass(frozen=True)
class Response:
    """The body of an answer: either of these, or none when it is of a later version."""
    error: Optional[ErrorInfo] = None
    reply: Optional[Message] = None


Body = Union[Message, Call, Response]
BODIES = named([Hello, Welcome, Event, Output, Snapshot, Gap, Input, InputAck, Credit, Ended, Cancel, Progress], "")
KINDS = {item: name for name, item in BODIES.items()}
