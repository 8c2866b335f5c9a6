"""A named pipe of Windows, by asyncio's proactor loop."""
from __future__ import annotations

import asyncio
from typing import Any, Callable, Optional, cast

from ._stream import Stream


class PipeStream(Stream, asyncio.Protocol):
    def __init__(self) -> None:
        super().__init__()
        self._transport: Optional[asyncio.Transport] = None
        self._early = bytearray()  # what came before start()
        self._ended = False
        self._received: Optional[Callable[[bytes], None]] = None
        self._lost: Optional[Callable[[], None]] = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def start(self, received: Callable[[bytes], None], lost: Callable[[], None]) -> None:
        self._received, self._lost = received, lost
        early, self._early = bytes(self._early), bytearray()
        if early:
            received(early)
        if self._ended:
            self.connection_lost(None)

    def data_received(self, data: bytes) -> None:
        if self._received:
            self._received(data)
        else:
            self._early += data

    def connection_lost(self, exc: Optional[Exception]) -> None:
        self._ended = True
        lost, self._lost = self._lost, None
        self.room.notify()
        if lost:
            lost()

    def write(self, data: bytes) -> None:
        if self._transport and not self._ended:
            self._transport.write(data)

    def resume_writing(self) -> None:
        self.room.notify()

    def queued(self) -> int:
        return self._transport.get_write_buffer_size() if self._transport and not self._ended else 0

    def close(self) -> None:
        self._received = self._lost = None
        if self._transport:
            self._transport.close()
        self.room.notify()


async def open_pipe(path: str) -> Stream:
    """Errors: OSError."""
    loop: Any = asyncio.get_running_loop()
    _, stream = await loop.create_pipe_connection(PipeStream, path)
    return cast(Stream, stream)
