"""One attachment that survives its connection: output and input go on at the offsets where they were."""
from __future__ import annotations

import asyncio
import collections
import os
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Deque, Optional

from . import _frames, chunks
from ._backlog import InputBacklog
from ._connection import DEFAULT_DEADLINE_S, Connection
from ._cursor import OutputCursor
from ._signal import Signal
from .errors import Error, ErrorCode, broken
from .requests import AttachReply, AttachRequest, DetachRequest, SetSizeRequest, StatusRequest
from .values import EndReason, Role, SessionInfo, WindowSize

# How long refused input waits before it is sent again.
_RESEND_S = 0.05
_FIRST_WAIT_S = 0.01
_LONGEST_WAIT_S = 0.5
# Errors that another try may mend.
_PASSING = (ErrorCode.UNAVAILABLE, ErrorCode.DEADLINE_EXCEEDED, ErrorCode.CANCELLED, ErrorCode.RESOURCE_EXHAUSTED,
            ErrorCode.BUSY)

Connect = Callable[[bool], Awaitable[Connection]]  # whether a daemon may be started


@dataclass(frozen=True)
class Limits:
    window_bytes: int = 256 * 1024  # output that may be on its way and unread
    input_bytes: int = 1024 * 1024  # input that may wait for its acknowledgement
    reconnect_s: float = 30.0  # for one loss of the connection


class Attachment:
    """The sink of one attachment; see Sink. `request` is how it was first asked for."""

    def __init__(self, connect: Connect, request: AttachRequest, limits: Limits) -> None:
        self._connect = connect
        self._request = replace(request, input_stream=os.urandom(16))
        self._limits = limits
        self._cursor = OutputCursor(limits.window_bytes)
        self._backlog = InputBacklog(limits.input_bytes)
        self._connection: Optional[Connection] = None
        self._number = 0  # of the attachment; 0 while there is none
        self._begun = False
        self._inbox: Deque[chunks.Chunk] = collections.deque()
        self._in_hands = 0  # bytes of the chunk that read() returned last
        self._lost: Optional[Error] = None
        self._daemon_stopping = False  # it went on purpose: no other one is started in its place
        self._stopped = False
        self._resend: Optional[asyncio.TimerHandle] = None
        self._reconnecting: Optional[asyncio.Task[None]] = None
        self._snapshot_expected = False
        self._changed = Signal()
        self.session = SessionInfo()
        self.ended: Optional[chunks.Ended] = None
        self.failure: Optional[Error] = None

    # Connections.

    async def begin(self) -> None:
        connection = await self._connect(True)
        try:
            await self._attach_on(connection)
        except BaseException:
            self.stop()
            raise

    async def _attach_on(self, connection: Connection) -> None:
        request = self._request if not self._begun else self._resume_request()
        self._snapshot_expected = not request.no_replay and request.from_offset is None
        await connection.request(replace(request, credit=self._cursor.first_credit()), DEFAULT_DEADLINE_S, self)

    def _resume_request(self) -> AttachRequest:
        return replace(self._request, session=self.session.id, steal=False, no_replay=False, scrollback_rows=0,
                       from_offset=None, resume_offset=self._cursor.resume_offset())

    def attached(self, connection: Connection, reply: AttachReply) -> None:
        if self._stopped:
            return connection.tell(DetachRequest(attachment=reply.attachment))
        self._connection, self._number = connection, reply.attachment
        self.session = reply.session or self.session
        self._cursor.begin(reply.offset, self._snapshot_expected and not reply.resumed)
        uncertain = self._backlog.resume(reply.input_offset, reply.input_limit, reply.input_unknown)
        if self._begun:
            self._push(chunks.Resumed(offset=reply.offset))
        if uncertain:
            self._push(chunks.InputLost(count=uncertain))
        self._begun, self._lost, self._daemon_stopping = True, None, False
        self._cancel_resend()
        self._grant()  # for what was read since it was asked for
        self._pump_input()
        self._changed.notify()

    def connection_lost(self, connection: Connection, error: Error) -> None:
        if connection is self._connection and not self._over():
            self._lose(error)

    def _lose(self, error: Error) -> None:
        self._number, self._lost = 0, error
        self._cancel_resend()
        self._push(chunks.Lost(error=error))
        if self._reconnecting is None or self._reconnecting.done():
            self._reconnecting = asyncio.ensure_future(self._reconnect())

    async def _reconnect(self) -> None:
        wait, until = _FIRST_WAIT_S, time.monotonic() + self._limits.reconnect_s
        while self._lost and not self._over():
            if time.monotonic() >= until:
                return self._give_up(self._lost)
            # At random, so that those who lost the same daemon at the same moment do not come back at the same moment.
            await asyncio.sleep(min(wait * random.uniform(0.5, 1), max(until - time.monotonic(), 0)))
            wait = min(wait * 2, _LONGEST_WAIT_S)
            try:
                connection = await self._connect(not self._daemon_stopping)
                await self._attach_on(connection)
                wait, until = _FIRST_WAIT_S, time.monotonic() + self._limits.reconnect_s
            except Error as error:
                # The output went back behind what we have, as after a crash of the machine: have the screen anew.
                if error.code is ErrorCode.OUT_OF_RANGE and self._cursor.resume_offset() is not None:
                    self._cursor.restart()
                elif error.code not in _PASSING:
                    return self._give_up(error)
            except Exception as error:
                return self._give_up(Error(ErrorCode.INTERNAL, f"connecting again failed unexpectedly: {error!r}"))

    def _give_up(self, error: Error) -> None:
        if not self._over():
            self.failure = error
            self.stop()

    def _over(self) -> bool:
        return self._stopped or self.ended is not None or self.failure is not None

    def stop(self) -> None:
        """No more is taken or sent; does not wait."""
        if self._number and self._connection:
            self._connection.tell(DetachRequest(attachment=self._number))
        self._stopped, self._number = True, 0
        self._cancel_resend()
        if self._reconnecting:
            self._reconnecting.cancel()
        self._changed.notify()

    # Output.

    def _push(self, chunk: chunks.Chunk) -> None:
        self._inbox.append(chunk)
        self._changed.notify()

    def take(self, body: _frames.Body) -> None:
        if self._over():
            return
        if isinstance(body, _frames.Output):
            self._take_output(body)
        elif isinstance(body, _frames.Snapshot):
            first = self._cursor.snapshot(body.offset, len(body.data), body.last)
            self._push(chunks.Snapshot(body.offset, body.data, first, body.last, body.size, body.approximate))
        elif isinstance(body, _frames.Gap):
            self._cursor.gap(body.from_, body.to)
            self._push(chunks.Gap(offset=body.from_, end=body.to))
        elif isinstance(body, _frames.InputAck):
            if not self._backlog.acknowledge(body.accepted, body.limit):
                raise broken("it took input that was never sent")
            self._pump_input()
            self._changed.notify()
        elif isinstance(body, _frames.Ended):
            self._take_ended(body)

    def _take_output(self, body: _frames.Output) -> None:
        skip = self._cursor.output(body.offset, len(body.data))
        self._consumed(skip)
        if skip < len(body.data):
            self._push(chunks.Output(body.offset + skip, body.data[skip:] if skip else body.data))

    def _take_ended(self, body: _frames.Ended) -> None:
        self._number = 0
        if body.reason is EndReason.DAEMON_STOPPING:
            self._daemon_stopping = True
            self._lose(Error(ErrorCode.UNAVAILABLE, "the daemon was stopped; the session lives on", lost=True))
            return
        self.ended = chunks.Ended(offset=body.offset, reason=body.reason, exit=body.exit)
        self._cancel_resend()
        self._changed.notify()

    def _consumed(self, size: int) -> None:
        self._cursor.consumed(size)
        self._grant()

    def _grant(self) -> None:
        if not self._number or not self._connection:
            return
        grant = self._cursor.take_grant()
        if grant:
            self._connection.send_credit(self._number, grant)

    async def read(self) -> chunks.Chunk:
        """What comes next; gives back the credit of what came before. Behind the end it is `Ended` again and again.
        Errors: why it was given up."""
        self._consumed(self._in_hands)
        self._in_hands = 0
        while not self._inbox and not self._over():
            await self._changed.wait()
        if self._inbox:
            chunk = self._inbox.popleft()
            self._in_hands = len(chunk.data)
            return chunk
        if self.ended:
            return self.ended
        raise self.failure.again() if self.failure else Error(ErrorCode.CANCELLED, "this attachment was closed")

    # Input.

    def may_type(self) -> None:
        if self._request.role is Role.OBSERVER:
            raise Error(ErrorCode.PERMISSION_DENIED, "this attachment is read-only", hint="attach again as controller")
        if self.failure:
            raise self.failure.again()
        if self._over():
            raise Error(ErrorCode.SESSION_ENDED, "the attachment is over")

    def _pump_input(self) -> None:
        if not self._number or not self._connection or self._resend:
            return
        while True:
            offset, data = self._backlog.next(self._connection.max_data())
            if not data:
                return
            self._backlog.sent(len(data))
            self._connection.send_input(self._number, offset, data)

    def input_refused(self, error: Error) -> None:
        # What a lease keeps out counts as taken.
        if error.code is ErrorCode.BUSY and not self._over():
            if not self._inbox or not isinstance(self._inbox[-1], chunks.InputRefused):
                self._push(chunks.InputRefused(error=error))
            return
        # Behind a refused piece all others are refused, too: everything not taken is sent again after a while.
        if error.code in (ErrorCode.RESOURCE_EXHAUSTED, ErrorCode.OUT_OF_RANGE) and not self._over():
            self._backlog.rewind()
            if not self._resend:
                self._resend = asyncio.get_running_loop().call_later(_RESEND_S, self._send_again)

    def _send_again(self) -> None:
        self._resend = None
        self._pump_input()
        self._changed.notify()

    def _cancel_resend(self) -> None:
        if self._resend:
            self._resend.cancel()
            self._resend = None

    async def type(self, data: bytes) -> None:
        """Takes all of `data`, waiting for room."""
        rest = memoryview(data)
        while rest:
            self.may_type()
            rest = rest[self._backlog.append(rest):]
            self._pump_input()
            if rest:
                await self._changed.wait()

    async def drain(self, timeout: Optional[float]) -> bool:
        """Waits until the daemon has read all that was typed. False: not in time, or it ended before."""
        until = time.monotonic() + (timeout if timeout is not None else float("inf"))
        while self._backlog and time.monotonic() < until and not self._over():
            connection = self._connection
            left = None if timeout is None else until - time.monotonic()
            if not connection or not self._number or self._backlog.unsent():
                await self._changed.wait(left)
                continue
            # Acknowledgements come for every few KiB only; but the daemon reads what it is sent in order.
            try:
                await connection.request(StatusRequest(), left)
            except Error:
                continue
            if connection is self._connection and self._number and not self._backlog.unsent():
                return True
        return not self._backlog

    def set_size(self, size: WindowSize) -> None:
        self._request = replace(self._request, size=size)
        if self._number and self._connection:
            self._connection.tell(SetSizeRequest(attachment=self._number, size=size))

    async def detach(self, timeout: float) -> None:
        """Ends the attachment and waits until the daemon says so."""
        until = time.monotonic() + timeout
        if self._number and self._connection and not self._over():
            self._connection.tell(DetachRequest(attachment=self._number))
            while self._number and not self._over() and time.monotonic() < until:
                await self._changed.wait(until - time.monotonic())
            self._number = 0
        self.stop()
