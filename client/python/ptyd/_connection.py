"""One connection: many requests at once, answers in any order, pushes to whom they belong."""
from __future__ import annotations

import asyncio
from typing import Any, Callable, Dict, Optional, Protocol, Set, Tuple, Type

from ._codec import Codec
from ._fields import Message
from ._frames import Body, Call, Cancel, Credit, Ended, Event, Hello, Input, Limits, Response, Welcome
from ._stream import Stream
from .errors import Error, ErrorCode, broken, lost_connection, not_a_daemon
from .requests import REPLIES, AttachReply, DetachRequest, R, Request

# Refused input is answered with the id of its frame, which tells the attachment.
_INPUT_IDS = 1 << 62
# How much longer than the daemon we wait for its own "deadline exceeded".
_ANSWER_SLACK_S = 0.5
# Unsent bytes at which new requests wait.
_MAX_QUEUED = 256 * 1024
DEFAULT_DEADLINE_S = 30.0
MAX_DATA = 65536


class Sink(Protocol):
    """Who gets the frames of an attachment. Nothing is called behind `connection_lost` or an `Ended`."""

    def attached(self, connection: Connection, reply: AttachReply) -> None: ...
    def take(self, body: Body) -> None: ...
    def input_refused(self, error: Error) -> None: ...
    def connection_lost(self, connection: Connection, error: Error) -> None: ...


class _Pending:
    def __init__(self, sink: Optional[Sink], reply: Type[Message]) -> None:
        self.future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self.sink = sink
        self.reply = reply

    def fail(self, error: Error) -> None:
        if not self.future.done():
            self.future.set_exception(error.again())
            self.future.exception()  # whoever asked may be gone


class Connection:
    """Owned by a client. When it is lost, every open and later request fails with UNAVAILABLE."""

    def __init__(self, stream: Stream, codec: Codec) -> None:
        self._stream = stream
        self._codec = codec
        self._next_id = 1
        self._pending: Dict[int, _Pending] = {}
        self._sinks: Dict[int, Sink] = {}
        self._unwanted: Set[int] = set()  # attachments that nobody waits for, until the daemon says they ended
        self._greeting: asyncio.Future[Tuple[int, Body]] = asyncio.get_running_loop().create_future()
        self._slots = asyncio.Semaphore(1)
        self.failed: Optional[Error] = None
        self.welcome = Welcome()
        self.on_event: Optional[Callable[[Event], None]] = None
        self.on_failed: Optional[Callable[[], None]] = None

    @property
    def encoding(self) -> str:
        return self._codec.name

    def max_data(self) -> int:
        return min(self._limits().max_data or 1024, MAX_DATA)

    def _limits(self) -> Limits:
        return self.welcome.limits or Limits()

    async def greet(self, hello: Hello, timeout: float) -> None:
        """Errors: UNSUPPORTED_VERSION, MALFORMED, DEADLINE_EXCEEDED, UNAVAILABLE."""
        self._stream.start(self._received, self._lost)
        try:
            self._send(self._take_id(), hello)
            done, _ = await asyncio.wait({self._greeting}, timeout=max(timeout, 0))
            if not done:
                raise Error(ErrorCode.DEADLINE_EXCEEDED, "the daemon did not answer in time",
                            hint="it may be stuck or stopped; 'ptyctl doctor' looks closer")
            _, body = self._greeting.result()
            if isinstance(body, Response) and body.error:
                raise _refused(body.error.exception(), hello)
            if not isinstance(body, Welcome) or not hello.protocol_min <= body.protocol <= hello.protocol_max:
                raise not_a_daemon("it did not answer hello with a version that was offered")
        except BaseException:
            self.close()
            raise
        self.welcome = body
        self._slots = asyncio.Semaphore(self._limits().max_requests or 64)

    def close(self) -> None:
        self.fail(Error(ErrorCode.UNAVAILABLE, "the connection was closed"))

    def fail(self, error: Error) -> None:
        if self.failed:
            return
        self.failed = error
        self._stream.close()
        if not self._greeting.done():
            self._greeting.set_exception(error)
            self._greeting.exception()
        pending, self._pending = self._pending, {}
        for one in pending.values():
            one.fail(error)
        sinks, self._sinks = self._sinks, {}
        for sink in sinks.values():
            sink.connection_lost(self, error)
        if self.on_failed:
            self.on_failed()

    def _lost(self) -> None:
        self.fail(lost_connection())

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def _send(self, number: int, body: Body) -> None:
        if not self.failed:
            self._stream.write(self._codec.encode(number, body))

    def tell(self, request: Request[Any]) -> None:
        """Sends a request whose answer does not matter."""
        self._send(self._take_id(), Call(0, request))

    def send_input(self, attachment: int, offset: int, data: bytes) -> None:
        self._send(_INPUT_IDS + attachment, Input(attachment=attachment, offset=offset, data=data))

    def send_credit(self, attachment: int, size: int) -> None:
        self._send(0, Credit(attachment=attachment, bytes=size))

    async def request(self, request: Request[R], deadline: Optional[float], sink: Optional[Sink] = None) -> R:
        """The answer to `request`. `deadline` in seconds; None: as long as the daemon takes, which for all but `wait`
        is 30 s. When the caller is cancelled, so is the request; the others are left alone."""
        async with self._slots:
            while self._stream.queued() > _MAX_QUEUED and not self.failed:
                await self._stream.room.wait()
            if self.failed:
                raise self.failed.again()
            number = self._take_id()
            data = self._encode(number, request, deadline)
            pending = self._pending[number] = _Pending(sink, REPLIES[Call(0, request).method])
            timer = None
            if deadline is not None:
                wait = max(deadline, 0) + _ANSWER_SLACK_S
                timer = asyncio.get_running_loop().call_later(wait, pending.fail, _late())
            self._stream.write(data)
            try:
                return await pending.future  # type: ignore[return-value]
            finally:
                if timer:
                    timer.cancel()
                if self._pending.pop(number, None):
                    self._send(number, Cancel())

    def _encode(self, number: int, request: Request[Any], deadline: Optional[float]) -> bytes:
        milliseconds = 0 if deadline is None else min(max(int(deadline * 1000), 1), (1 << 64) - 1)
        data = self._codec.encode(number, Call(milliseconds, request))
        limit = self._limits().max_frame
        if limit and len(data) > self._codec.max_size(limit):
            most = self._codec.max_size(limit)
            raise Error(ErrorCode.FRAME_TOO_LARGE, f"the request has {len(data)} bytes; the daemon takes {most}",
                        hint="for a new session: shorten its arguments or environment")
        return data

    def _received(self, data: bytes) -> None:
        try:
            for number, body in self._codec.decode(data):
                self._handle(number, body)
                if self.failed:
                    return
        except Error as error:
            self.fail(error)
        except Exception as error:
            self.fail(Error(ErrorCode.INTERNAL, f"the connection stopped by an unexpected error: {error!r}"))
            raise

    def _handle(self, number: int, body: Body) -> None:
        if not self._greeting.done():
            self._greeting.set_result((number, body))
        elif isinstance(body, Response):
            self._handle_response(number, body)
        elif isinstance(body, Event):
            if self.on_event:
                self.on_event(body)
        elif isinstance(getattr(body, "attachment", None), int):
            attachment: int = getattr(body, "attachment")
            sink = self._sinks.get(attachment)
            if isinstance(body, Ended):
                self._sinks.pop(attachment, None)
                self._unwanted.discard(attachment)
            if sink:
                sink.take(body)
            elif not isinstance(body, Ended) and attachment not in self._unwanted:
                # An attach that was cancelled at the last moment may have been made all the same.
                self._unwanted.add(attachment)
                self.tell(DetachRequest(attachment=attachment))

    def _handle_response(self, number: int, response: Response) -> None:
        error = response.error.exception() if response.error else None
        if number >= _INPUT_IDS:
            sink = self._sinks.get(number - _INPUT_IDS)
            if sink and error:
                sink.input_refused(error)
            return
        if number == 0 and error:
            return self.fail(error)
        pending = self._pending.pop(number, None)
        if isinstance(response.reply, AttachReply):
            if not pending or not pending.sink or pending.future.done():
                # Whoever asked has given up meanwhile.
                self._unwanted.add(response.reply.attachment)
                return self.tell(DetachRequest(attachment=response.reply.attachment))
            self._sinks[response.reply.attachment] = pending.sink
            pending.sink.attached(self, response.reply)
        if not pending or pending.future.done():
            return
        if error:
            pending.fail(error)
        elif isinstance(response.reply, pending.reply):
            pending.future.set_result(response.reply)
        else:
            pending.fail(broken("it gave the answer to another request"))


def _late() -> Error:
    return Error(ErrorCode.DEADLINE_EXCEEDED, "the daemon did not answer in time",
                 hint="it may be stuck; 'ptyctl doctor' looks closer")


def _refused(error: Error, hello: Hello) -> Error:
    if error.code is ErrorCode.UNSUPPORTED_VERSION and error.versions:
        error.message = ("no common protocol version: this client speaks "
                         f"{hello.protocol_min} to {hello.protocol_max}, "
                         f"the daemon {error.versions[0]} to {error.versions[1]}")
        error.hint = "update the older of the two; sessions live on while the daemon is restarted"
    return error


__all__ = ["Connection", "Sink", "DEFAULT_DEADLINE_S", "MAX_DATA"]
