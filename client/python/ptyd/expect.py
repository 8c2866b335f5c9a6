"""Waits for text in a terminal's output."""
from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, List, Optional, Pattern, Tuple, Type, Union

from . import chunks
from ._plain_text import PlainText
from .errors import Error, ErrorCode, ExpectEnded, ExpectError, ExpectTimeout
from .requests import ScreenRequest
from .values import EndReason, ExitStatus

if TYPE_CHECKING:
    from .terminal import Terminal

Wanted = Union[str, Pattern[str]]
# Characters of output in which nothing was found yet; older ones are dropped.
MAX_TEXT = 256 * 1024


@dataclass(frozen=True)
class Expected:
    """Which of the patterns, counted from 0; its match; and the text before it."""
    index: int
    match: re.Match[str]
    before: str

    @property
    def text(self) -> str:
        return self.match.group()


class Expecter:
    """The text of a terminal that was not matched yet."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._plain = PlainText()
        self.text = ""

    async def expect(self, wanted: Union[Wanted, Sequence[Wanted]], timeout: Optional[float]) -> Expected:
        single = isinstance(wanted, (str, re.Pattern))
        patterns = [_compile(one) for one in ([wanted] if single else wanted)]  # type: ignore[list-item]
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            found = self._search(patterns)
            if found:
                return found
            names = " or ".join(repr(pattern.pattern) for pattern in patterns)
            if isinstance(await self._read(until, names), chunks.Ended):
                raise await self._failure(ExpectEnded, ErrorCode.SESSION_ENDED, f"{_ending(self._terminal)} before "
                                          f"{names} came")

    async def expect_exit(self, timeout: Optional[float]) -> ExitStatus:
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            chunk = await self._read(until, "the program's end")
            if isinstance(chunk, chunks.Ended):
                if chunk.reason is EndReason.ENDED_BY_EXIT and chunk.exit:
                    return chunk.exit
                raise await self._failure(ExpectEnded, ErrorCode.SESSION_ENDED, _ending(self._terminal))

    def _search(self, patterns: List[Pattern[str]]) -> Optional[Expected]:
        matches: List[Tuple[int, int, re.Match[str]]] = []
        for index, pattern in enumerate(patterns):
            match = pattern.search(self.text)
            if match:
                matches.append((match.start(), index, match))
        if not matches:
            return None
        start, index, match = min(matches, key=lambda found: found[:2])
        expected = Expected(index, match, self.text[:start])
        self.text = self.text[match.end():]
        return expected

    async def _read(self, until: Optional[float], what: str) -> chunks.Chunk:
        left = None if until is None else until - time.monotonic()
        reading = asyncio.ensure_future(self._terminal.read())
        try:
            done, _ = await asyncio.wait({reading}, timeout=None if left is None else max(left, 0))
        except asyncio.CancelledError:
            reading.cancel()
            raise
        if not done:
            reading.cancel()
            await asyncio.wait({reading})
        if reading.cancelled():
            raise await self._failure(ExpectTimeout, ErrorCode.DEADLINE_EXCEEDED, f"waited too long for {what}")
        chunk = reading.result()
        self._take(chunk)
        return chunk

    def _take(self, chunk: chunks.Chunk) -> None:
        if isinstance(chunk, chunks.Snapshot) and chunk.first:
            # The screen is drawn anew: what was seen of it before would come twice.
            self._plain, self.text = PlainText(), ""
        self.text = (self.text + self._plain.feed(chunk.data))[-MAX_TEXT:]

    async def _failure(self, kind: Type[ExpectError], code: ErrorCode, message: str) -> ExpectError:
        screen = self.text[-4000:]
        try:
            client = self._terminal.session.client
            reply = await client.request(ScreenRequest(session=self._terminal.session.id), deadline=1.0)
            screen = reply.data.decode(errors="replace")
        except Error:
            pass  # the daemon keeps no screens, or is gone
        return kind(code, message, self.text, screen)


def _compile(wanted: Wanted) -> Pattern[str]:
    return re.compile(re.escape(wanted)) if isinstance(wanted, str) else wanted


def _ending(terminal: Terminal) -> str:
    ended = terminal.ended
    if not ended or ended.reason is not EndReason.ENDED_BY_EXIT or not ended.exit:
        return f"the attachment ended ({ended.reason.name if ended else 'closed'})"
    if not ended.exit.known:
        return f"the program ended, its status is not known: {ended.exit.reason}"
    if ended.exit.signal:
        return f"the program was ended by signal {ended.exit.signal}"
    return f"the program ended with {ended.exit.code}"
