"""The connected socket: bytes in by callback, bytes out through a queue."""
from __future__ import annotations

import asyncio
import socket
from typing import Callable, Optional

from ._signal import Signal

# Of one turn of the loop, so that others have theirs.
READ_SIZE = 256 * 1024


class Stream:
    """What a connection needs of its transport. `room` is notified when less waits to be sent."""

    def __init__(self) -> None:
        self.room = Signal()

    def start(self, received: Callable[[bytes], None], lost: Callable[[], None]) -> None:
        """`received` gets all that came before the end; `lost` is called once, unless close() was."""
        raise NotImplementedError

    def write(self, data: bytes) -> None:
        raise NotImplementedError

    def queued(self) -> int:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


class SocketStream(Stream):
    """A Unix socket of its own instead of asyncio's transport, which closes at the first failed write: what a daemon
    sent before it died would be lost with it."""

    def __init__(self, connected: socket.socket) -> None:
        super().__init__()
        self._socket = connected
        self._loop = asyncio.get_running_loop()
        self._queue = bytearray()
        self._write_failed = False
        self._closed = False
        self._received: Optional[Callable[[bytes], None]] = None
        self._lost: Optional[Callable[[], None]] = None

    def start(self, received: Callable[[bytes], None], lost: Callable[[], None]) -> None:
        self._received, self._lost = received, lost
        self._loop.add_reader(self._socket, self._readable)

    def _readable(self) -> None:
        try:
            data = self._socket.recv(READ_SIZE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data and self._received:
            self._received(data)
        elif not data:
            lost = self._lost
            self.close()
            if lost:
                lost()

    def write(self, data: bytes) -> None:
        if self._closed or self._write_failed:
            return
        waiting = bool(self._queue)
        self._queue += data
        if not waiting:
            self._send()
            if self._queue and not self._write_failed:
                self._loop.add_writer(self._socket, self._writable)

    def _send(self) -> None:
        try:
            sent = self._socket.send(self._queue)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            # The reader finds out, too, and first takes in what was sent to us before.
            self._write_failed = True
            self._queue.clear()
            return
        del self._queue[:sent]

    def _writable(self) -> None:
        self._send()
        if not self._queue:
            self._loop.remove_writer(self._socket)
        self.room.notify()

    def queued(self) -> int:
        return len(self._queue)

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        self._socket.close()
        self._queue.clear()
        self._received = self._lost = None
        self.room.notify()
