"""What comes from an attachment, in order."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from .errors import Error
from .values import EndReason, ExitStatus, WindowSize


@dataclass(frozen=True)
class Chunk:
    """Base of all. `data` is for the terminal, and empty for those that have none."""
    offset: int = 0
    data: bytes = b""


@dataclass(frozen=True)
class Output(Chunk):
    """The program's bytes from `offset` on."""


@dataclass(frozen=True)
class Snapshot(Chunk):
    """A part of what rebuilds the screen as of `offset`. It is no output: save and count Output only."""
    first: bool = False  # clear the screen before it
    last: bool = False  # now it is complete
    size: Optional[WindowSize] = None
    approximate: bool = False


@dataclass(frozen=True)
class Gap(Chunk):
    """Output in [offset, end) will not come; a snapshot follows."""
    end: int = 0


@dataclass(frozen=True)
class Lost(Chunk):
    """The connection is lost and is being made again."""
    error: Optional[Error] = None


@dataclass(frozen=True)
class Resumed(Chunk):
    """It is there again."""


@dataclass(frozen=True)
class InputLost(Chunk):
    """So many bytes of input may or may not have been typed before the connection was lost. They are not sent again."""
    count: int = 0


@dataclass(frozen=True)
class InputRefused(Chunk):
    """Some input was not typed, and is not sent again: `error` says who holds the lease. Another refusal before this was
    read has no chunk of its own."""
    error: Optional[Error] = None


@dataclass(frozen=True)
class Ended(Chunk):
    """Nothing follows. `offset` is one past the last byte of output."""
    reason: EndReason = EndReason.END_REASON_UNSPECIFIED
    exit: Optional[ExitStatus] = None  # for ENDED_BY_EXIT, and HOST_LOST when something is known
