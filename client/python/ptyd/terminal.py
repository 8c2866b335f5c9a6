"""A terminal on a session: its output by offsets, its input exactly once, and what is expected of it."""
from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING, Literal, Optional, Union

from . import chunks
from ._attachment import Attachment
from .expect import Expected, Expecter, Wanted
from .values import ExitStatus, WindowSize

if TYPE_CHECKING:
    from .session import Session

Start = Union[int, Literal["snapshot", "now", "oldest"]]
_DETACH_S = 2.0


class Terminal:
    """An attachment, made by Session.attach(). When the connection is lost it goes on at the offsets where it was.

    Read it by output(), read() or expect(), one of them at a time; when nobody reads, it falls behind, which holds back
    nobody else. Close it, or enter it by `async with`.
    """

    def __init__(self, session: Session, attachment: Attachment) -> None:
        self.session = session
        self._attachment = attachment
        self._expecter = Expecter(self)

    async def __aenter__(self) -> Terminal:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Detaches. What was typed and not sent yet is lost: drain() before."""
        await self._attachment.detach(_DETACH_S)

    @property
    def ended(self) -> Optional[chunks.Ended]:
        """How the attachment ended; there may still be output to read."""
        return self._attachment.ended

    # Output.

    async def read(self) -> chunks.Chunk:
        """What comes next. The chunk before counts as used now: its room is given back to the daemon. Behind the end it
        is `Ended` again and again. Errors: UNAVAILABLE, when no daemon was found in time, and those of the daemon."""
        return await self._attachment.read()

    async def output(self) -> AsyncGenerator[chunks.Chunk, None]:
        """read() until `Ended`, which is the last one."""
        while True:
            chunk = await self.read()
            yield chunk
            if isinstance(chunk, chunks.Ended):
                return

    # Input.

    async def send(self, data: Union[str, bytes]) -> None:
        """Types `data`; returns when it is kept for sending. It is typed exactly once, over lost connections, unless an
        `InputLost` comes. When this is cancelled, a part may have been kept. Errors: PERMISSION_DENIED,
        SESSION_ENDED."""
        await self._attachment.type(data.encode() if isinstance(data, str) else bytes(data))

    async def send_line(self, text: str = "") -> None:
        """Types `text` and Enter."""
        await self.send(text + "\r")

    async def drain(self, timeout: Optional[float] = None) -> bool:
        """Waits until the daemon has read all that was typed. False: not in time, or it ended before."""
        return await self._attachment.drain(timeout)

    def set_size(self, cols: int, rows: int) -> None:
        """Tells how large this terminal is; also when the connection is made again."""
        self._attachment.set_size(WindowSize(cols=cols, rows=rows))

    # Expecting.

    @property
    def text(self) -> str:
        """What came and was not matched yet, at most the newest 262,144 characters."""
        return self._expecter.text

    async def expect(self, wanted: Union[Wanted, Sequence[Wanted]], timeout: Optional[float] = 30.0) -> Expected:
        """Waits for `wanted` in the output's text: a string as it is, a compiled pattern, or several of them, of which
        the one that begins first counts. Text is UTF-8 without escape sequences, with LF at the end of lines.

        Errors: ExpectTimeout, ExpectEnded; both show the screen's last lines.
        """
        return await self._expecter.expect(wanted, timeout)

    async def expect_exit(self, timeout: Optional[float] = 30.0) -> ExitStatus:
        """Waits for the program's end. Errors as above."""
        return await self._expecter.expect_exit(timeout)
