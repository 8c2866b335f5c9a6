"""What goes wrong: one exception, told apart by its code."""
from __future__ import annotations

import asyncio
import enum
from typing import Optional, Tuple

from .escape import escape_text


class ProtoEnum(enum.IntEnum):
    """Names and numbers as in ptyd.proto. A number from a later version is the unspecified one."""

    @classmethod
    def _missing_(cls, value: object) -> Optional[ProtoEnum]:
        return cls(0) if isinstance(value, int) and value != 0 else None


class ErrorCode(ProtoEnum):
    ERROR_CODE_UNSPECIFIED = 0
    INVALID_ARGUMENT = 1
    NOT_FOUND = 2
    AMBIGUOUS = 3
    ALREADY_EXISTS = 4
    PERMISSION_DENIED = 5
    BUSY = 6
    RESOURCE_EXHAUSTED = 7
    FAILED_PRECONDITION = 8
    OUT_OF_RANGE = 9
    UNIMPLEMENTED = 10
    UNAVAILABLE = 11
    DEADLINE_EXCEEDED = 12
    UNSUPPORTED_VERSION = 13
    SPAWN_FAILED = 14
    SESSION_ENDED = 15
    FRAME_TOO_LARGE = 16
    MALFORMED = 17
    CANCELLED = 18
    INTERNAL = 19


class Error(Exception):
    """Branch on `code`; `message` and `hint` are for people and may hold what other programs wrote: str() of the
    error escapes it. Errors of the daemon and of this package are of the same kind.

    `lost`: the connection went while the request was open, so nobody knows whether it was carried out.
    """

    def __init__(self, code: ErrorCode, message: str, *, hint: str = "", subject: str = "", step: str = "",
                 os_error: int = 0, offsets: Optional[Tuple[int, int]] = None,
                 versions: Optional[Tuple[int, int]] = None, lost: bool = False) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.hint = hint
        self.subject = subject
        self.step = step
        self.os_error = os_error
        self.offsets = offsets  # OUT_OF_RANGE: oldest byte that can be read, and one past the newest
        self.versions = versions  # UNSUPPORTED_VERSION: the daemon's range
        self.lost = lost

    def __str__(self) -> str:
        text = f"{self.code.name.lower()}: {escape_text(self.message)}"
        return f"{text} ({escape_text(self.hint)})" if self.hint else text

    def again(self) -> Error:
        """The same for one more who is told: an exception that is raised twice would collect both tracebacks."""
        return Error(self.code, self.message, hint=self.hint, subject=self.subject, step=self.step,
                     os_error=self.os_error, offsets=self.offsets, versions=self.versions, lost=self.lost)


class ExpectError(Error):
    """What was expected did not come. `before` is the text that came instead, `screen` what the screen showed."""

    def __init__(self, code: ErrorCode, message: str, before: str, screen: str) -> None:
        super().__init__(code, message)
        self.before = before
        self.screen = screen

    def __str__(self) -> str:
        lines = [line for line in self.screen.split("\n") if line.strip()]
        shown = "".join(f"\n  | {escape_text(line.rstrip())}" for line in lines[-10:])
        return f"{super().__str__()}; the last lines of the screen:{shown or ' (empty)'}"


class ExpectTimeout(ExpectError, asyncio.TimeoutError):
    """Not in time. The terminal goes on: expect again."""


class ExpectEnded(ExpectError):
    """The attachment ended before it came."""


def broken(what: str) -> Error:
    return Error(ErrorCode.MALFORMED, f"the daemon broke the protocol: {what}",
                 hint="make sure that ptyd and this package are of the same version")


def not_a_daemon(why: str) -> Error:
    return Error(ErrorCode.MALFORMED, f"what listens there does not speak ptyd's protocol: {why}",
                 hint="check the socket's path and PTYD_SOCKET")


def lost_connection() -> Error:
    return Error(ErrorCode.UNAVAILABLE, "the connection to the daemon is lost",
                 hint="its sessions live on; 'ptyctl daemon status' shows whether it runs", lost=True)
