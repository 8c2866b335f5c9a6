"""What was typed and is not acknowledged yet."""
from __future__ import annotations

from typing import Tuple


class InputBacklog:
    """Keeps the bytes of one input stream until the session's host has taken them, so that they can be sent again, by
    the same offsets, over another connection."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._bytes = bytearray()  # from _accepted on
        self._accepted = 0
        self._sent = 0  # offset of the first byte not sent on this connection
        self._ever_sent = 0  # highest offset sent on any connection
        self._limit = 0

    def __len__(self) -> int:
        return len(self._bytes)

    def room(self) -> int:
        return self._capacity - len(self._bytes)

    def append(self, data: memoryview) -> int:
        """Takes as much as there is room for."""
        taken = min(self.room(), len(data))
        self._bytes += data[:taken]
        return taken

    def next(self, largest: int) -> Tuple[int, bytes]:
        """Offset and bytes that may be sent next; empty bytes: nothing now."""
        begin = self._sent - self._accepted
        size = min(largest, max(self._limit - self._sent, 0))
        return self._sent, bytes(self._bytes[begin:begin + size])

    def sent(self, size: int) -> None:
        self._sent += size

    def unsent(self) -> bool:
        return self._sent < self._accepted + len(self._bytes)

    def rewind(self) -> None:
        """Everything that is not acknowledged is to be sent again."""
        self._ever_sent = max(self._ever_sent, self._sent)
        self._sent = self._accepted

    def acknowledge(self, accepted: int, limit: int) -> bool:
        """The host has taken everything below `accepted`; up to `limit` may be sent. False: the daemon acknowledges
        what was never sent."""
        if accepted > self._accepted + len(self._bytes):
            return False
        if accepted > self._accepted:
            self._drop(accepted - self._accepted)
        self._sent = max(self._sent, self._accepted)
        self._limit = max(self._limit, limit)
        return True

    def resume(self, accepted: int, limit: int, unknown: bool) -> int:
        """A new connection: the host has taken everything below `accepted`, or may have forgotten the stream. Returns
        how many bytes are dropped because they may have been typed before the host forgot them: input is never typed
        twice."""
        self._ever_sent = max(self._ever_sent, self._sent)
        self._limit = limit
        if not unknown and self._accepted <= accepted <= self._accepted + len(self._bytes):
            self._drop(accepted - self._accepted)
            self._sent = self._accepted
            return 0
        uncertain = min(max(self._ever_sent - self._accepted, 0), len(self._bytes))
        self._drop(uncertain)
        # The host counts from `accepted` on.
        self._accepted = self._sent = self._ever_sent = accepted
        return uncertain

    def _drop(self, size: int) -> None:
        self._accepted += size
        del self._bytes[:size]
