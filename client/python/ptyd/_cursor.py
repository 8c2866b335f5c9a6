"""Checks that output is whole: each byte once and in order, by its offset; and counts the credit for it."""
from __future__ import annotations

from typing import Optional

from .errors import broken


class OutputCursor:
    """Errors are MALFORMED: the daemon broke the protocol. `window`: bytes that may be on their way and unread."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._next = 0
        self._begun = False
        self._awaits_snapshot = False
        self._in_snapshot = False
        self._credit = 0  # what the daemon may send
        self._unread = 0  # came, but was not read
        self._unreturned = 0  # was read, but not granted again

    def begin(self, offset: int, snapshot_follows: bool) -> None:
        """A new connection whose output begins at `offset`, or with a snapshot there."""
        self._begun, self._next = True, offset
        self._awaits_snapshot, self._in_snapshot = snapshot_follows, False

    def _spend(self, size: int) -> None:
        if size > self._credit:
            raise broken("it sent more than it was granted")
        self._credit -= size
        self._unread += size

    def output(self, offset: int, size: int) -> int:
        """`size` bytes at `offset` came. Returns how many of them came before: leave them out."""
        if self._in_snapshot or self._awaits_snapshot:
            raise broken("output came before the snapshot was complete")
        if offset > self._next:
            raise broken(f"output {self._next}..{offset} is missing")
        self._spend(size)
        skip = min(self._next - offset, size)
        self._next += size - skip
        return skip

    def snapshot(self, offset: int, size: int, last: bool) -> bool:
        """A part of a snapshot came; returns whether it is the first one."""
        first = not self._in_snapshot
        if not first and offset != self._next:
            raise broken("the parts of a snapshot have different offsets")
        self._spend(size)
        self._awaits_snapshot, self._in_snapshot = False, not last
        self._next = offset
        return first

    def gap(self, begin: int, end: int) -> None:
        if end < begin:
            raise broken("a gap ends before it begins")
        self._awaits_snapshot, self._in_snapshot = True, False
        self._next = end

    def resume_offset(self) -> Optional[int]:
        """The next byte; None while a snapshot is incomplete: then the screen must be had anew."""
        return None if not self._begun or self._in_snapshot or self._awaits_snapshot else self._next

    def restart(self) -> None:
        """Forgets the offset: the next attach asks for a snapshot."""
        self._begun = False

    def first_credit(self) -> int:
        """To grant with an attach request: what is not taken by bytes that are still unread."""
        self._credit = self._window - min(self._unread, self._window)
        self._unreturned = 0
        return self._credit

    def consumed(self, size: int) -> None:
        """`size` bytes were read."""
        size = min(size, self._unread)
        self._unread -= size
        self._unreturned += size

    def take_grant(self) -> int:
        """What to grant now; 0: nothing yet. It counts as granted, so only for an attachment that can be told."""
        # Half a window at a time: few frames, and the daemon never runs dry.
        if self._unreturned < max(self._window // 2, 1):
            return 0
        grant = min(self._unreturned, max(self._window - self._credit - self._unread, 0))
        self._unreturned = 0
        self._credit += grant
        return grant
