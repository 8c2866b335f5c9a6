"""Expecting and sending in turn without an attachment: the daemon looks for what is expected."""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Pattern, Union

from . import until
from .requests import WaitReply

if TYPE_CHECKING:
    from .session import Session

Wanted = Union[str, Pattern[str]]


@dataclass(frozen=True)
class Found:
    """Which of what was wanted, counted from 0; what was found, and the line that has it; the offset behind it."""
    index: int
    text: str
    line: str
    offset: int


class Dialog:
    """Goes forward in a session's output: each expect() looks behind what the one before has found. `offset` is where
    the next one begins."""

    def __init__(self, session: Session, offset: int) -> None:
        self.session = session
        self.offset = offset

    async def expect(self, *wanted: Wanted, timeout: Optional[float] = 30.0) -> Found:
        """Until a line has one of these strings, or matches one of these patterns. Errors: DEADLINE_EXCEEDED;
        SESSION_ENDED when the session ended before."""
        return self._found(await self.session.wait_for(*_conditions(wanted), any=True, from_offset=self.offset,
                                                       timeout=timeout))

    async def send(self, data: Union[str, bytes], *wanted: Wanted, timeout: Optional[float] = 30.0) -> Optional[Found]:
        """Types, and then expects one of these, if any are given, behind what was output before."""
        if wanted:
            return self._found(await self.session.send_and_wait(data, *_conditions(wanted), any=True, timeout=timeout))
        await self.session.send(data)
        return None

    async def send_line(self, text: str = "", *wanted: Wanted, timeout: Optional[float] = 30.0) -> Optional[Found]:
        """As send(), with Enter behind it."""
        return await self.send(text + "\r", *wanted, timeout=timeout)

    def _found(self, reply: WaitReply) -> Found:
        result = reply.results[0]
        self.offset = result.offset
        return Found(result.condition, result.text, result.line, result.offset)


def _conditions(wanted: Sequence[Wanted]) -> list[until.WaitCondition]:
    return [until.match(one) if isinstance(one, re.Pattern) else until.text(one) for one in wanted]
