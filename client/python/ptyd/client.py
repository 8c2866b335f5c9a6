"""The client: a connection that is made again when it was lost, and what can be asked over it."""
from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Set, Tuple, Union

from ._codec import make_codec
from ._connection import DEFAULT_DEADLINE_S, MAX_DATA, Connection
from ._endpoint import check_socket, default_socket, open_stream
from ._frames import Event, Hello, Welcome
from ._signal import Signal
from ._version import __version__
from .errors import Error, ErrorCode
from .requests import (CreateRequest, InspectRequest, ListRequest, R, RemoveRequest, Request, ShutdownRequest,
                       StatusReply, StatusRequest, SubscribeRequest, UpgradeReply, UpgradeRequest, WaitRequest)
from .session import Session
from .terminal import Start, Terminal
from .values import EnvVar, EventType, Label, SessionInfo, SizePolicy, WindowSize

if TYPE_CHECKING:
    from .lease import Lease

Text = Union[str, bytes]
_PROTOCOL = 1
_MAX_EVENTS = 4096
# While requests that may be repeated look for a daemon again.
_RECONNECT_S = 30.0


@dataclass(frozen=True)
class _Options:
    socket: str
    autostart: bool
    ptyctl: Optional[str]
    encoding: Optional[str]
    name: str
    timeout: float
    protocol: Tuple[int, int]


def connect(socket: Optional[str] = None, *, autostart: bool = True, ptyctl: Optional[str] = None,
            encoding: Optional[str] = None, name: str = "python", timeout: float = 10.0,
            protocol: Tuple[int, int] = (_PROTOCOL, _PROTOCOL)) -> Connecting:
    """`client = await connect()`, or `async with connect() as client`.

    `socket`: absolute path, or None for PTYD_SOCKET or the user's own. `autostart`: when no daemon listens, run
    `ptyctl daemon start`, with the `ptyctl` of PATH unless one is given; PTYD_AUTOSTART=0 forbids it. `encoding`:
    "protobuf", "json", or None for what is there. `name` is shown to people. `timeout`: seconds for all of it.

    Errors: UNAVAILABLE (no daemon, or it could not be started), PERMISSION_DENIED (somebody else's),
    UNSUPPORTED_VERSION, DEADLINE_EXCEEDED, MALFORMED (it is no ptyd), INVALID_ARGUMENT.
    """
    return Connecting(_Options(socket or "", autostart, ptyctl, encoding, name, timeout, protocol))


class Connecting:
    """What connect() returns: to be awaited, or to be entered."""

    def __init__(self, options: _Options) -> None:
        self._options = options
        self._client: Optional[Client] = None

    def __await__(self) -> Generator[Any, None, Client]:
        return self._connect().__await__()

    async def _connect(self) -> Client:
        options = self._options
        path = check_socket(options.socket, "socket") if options.socket else default_socket()
        client = Client(replace(options, socket=path,
                                autostart=options.autostart and os.environ.get("PTYD_AUTOSTART") != "0"))
        await client.connection(True)
        return client

    async def __aenter__(self) -> Client:
        self._client = await self._connect()
        return self._client

    async def __aexit__(self, *_: object) -> None:
        if self._client:
            await self._client.close()


class Client:
    """Any number of requests may be open. A request that was open when the connection was lost fails with UNAVAILABLE,
    unless asking again can do no harm; the next one makes a new connection. Of one event loop; close it."""

    def __init__(self, options: _Options) -> None:
        self._options = options
        self._connection: Optional[Connection] = None
        self._connecting = asyncio.Lock()
        self._closed = False
        self._claimed: Dict[str, Lease] = {}  # the input of sessions, by id
        self._executing: Set[str] = set()

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends all attachments of this client. Sessions live on."""
        self._closed = True
        if self._connection:
            self._connection.close()
        await asyncio.sleep(0)

    @property
    def welcome(self) -> Welcome:
        """What the daemon said at the newest connection: features, limits, version."""
        return self._connection.welcome if self._connection else Welcome()

    @property
    def encoding(self) -> str:
        return self._connection.encoding if self._connection else ""

    @property
    def socket(self) -> str:
        return self._options.socket

    async def connection(self, autostart: bool) -> Connection:
        """The connection, made anew when it was lost. For attachments."""
        if not self._connection or self._connection.failed:
            async with self._connecting:
                if not self._closed and (not self._connection or self._connection.failed):
                    self._connection = await _open(self._options, autostart)
        if self._closed or not self._connection:
            raise Error(ErrorCode.FAILED_PRECONDITION, "this client was closed")
        return self._connection

    async def request(self, request: Request[R], *, deadline: Optional[float] = DEFAULT_DEADLINE_S,
                      repeat: bool = False) -> R:
        """Any request of the protocol. `repeat`: it may be sent again when the connection is lost meanwhile, because
        carrying it out twice does the same as once."""
        until = None if deadline is None else time.monotonic() + deadline
        lost: Optional[float] = None
        wait = 0.01
        while True:
            left = None if until is None else until - time.monotonic()
            try:
                connection = await self.connection(True)
                lost = None
                return await connection.request(request, left)
            except Error as error:
                lost = lost or time.monotonic()
                end = min(until or lost + _RECONNECT_S, lost + _RECONNECT_S)
                passing = error.code is ErrorCode.UNAVAILABLE and not self._closed
                if not repeat or not passing or time.monotonic() + wait >= end:
                    raise
            await asyncio.sleep(wait)
            wait = min(wait * 2, 0.5)

    async def needs(self, *features: str) -> None:
        """UNIMPLEMENTED when the daemon does not know one of these features: it would pass over the fields of it."""
        known = (await self.connection(True)).welcome.features
        for feature in features:
            if feature not in known:
                raise Error(ErrorCode.UNIMPLEMENTED, f"the daemon is too old: it does not know {feature!r}",
                            hint="restart it: `ptyctl daemon stop`, sessions live on")

    async def status(self) -> StatusReply:
        return await self.request(StatusRequest(), repeat=True)

    async def create(self, *argv: Text, name: str = "", env: Optional[Mapping[Text, Text]] = None,
                     cwd: Union[Text, os.PathLike[str], None] = None, size: Optional[Tuple[int, int]] = None,
                     labels: Optional[Mapping[str, str]] = None, history_bytes: int = 0, remove_on_exit: bool = False,
                     ttl: Optional[float] = None, term: str = "", login: bool = False,
                     policy: SizePolicy = SizePolicy.SIZE_POLICY_UNSPECIFIED,
                     deadline: Optional[float] = DEFAULT_DEADLINE_S) -> Session:
        """Starts a program in a new session; without `argv` the login shell. `env` is the whole environment, this
        program's unless given; `cwd` this program's; `size` is columns, rows; `ttl` in seconds. When the connection is
        lost meanwhile, it is asked again and never starts a second program."""
        values: Mapping[Any, Any] = os.environ if env is None else env
        request = CreateRequest(
            id=os.urandom(16), name=name, argv=[os.fsencode(argument) for argument in argv],
            env=[EnvVar(os.fsencode(key), os.fsencode(value)) for key, value in values.items()],
            cwd=os.fsencode(os.getcwd() if cwd is None else cwd), size=window_size(size), policy=policy,
            labels=[Label(key, value) for key, value in (labels or {}).items()], history_bytes=history_bytes,
            remove_on_exit=remove_on_exit, ttl_ms=int((ttl or 0) * 1000), term=term, login=login)
        reply = await self.request(request, deadline=deadline, repeat=True)
        return Session(self, reply.session or SessionInfo())

    async def spawn(self, *argv: Text, **options: Any) -> Terminal:
        """create() with the same options, and an attachment that begins with the first byte of output."""
        session = await self.create(*argv, **options)
        return await session.attach(start=0)

    async def get(self, session: str) -> Session:
        """By name, id, or the beginning of an id."""
        reply = await self.request(InspectRequest(session=session), repeat=True)
        return Session(self, reply.session or SessionInfo())

    async def attach(self, session: str, *, start: Start = "snapshot", **options: Any) -> Terminal:
        return await (await self.get(session)).attach(start=start, **options)

    async def list(self, *, all: bool = False, labels: Optional[Mapping[str, str]] = None) -> List[Session]:
        """Running sessions, or all; only those that have all of `labels`."""
        found: List[Session] = []
        wanted = [Label(key, value) for key, value in (labels or {}).items()]
        while True:
            after = found[-1].id if found else ""
            reply = await self.request(ListRequest(all=all, labels=wanted, after=after), repeat=True)
            found += [Session(self, info) for info in reply.sessions]
            if not reply.truncated or not reply.sessions:
                return found

    async def wait(self, sessions: Iterable[Union[str, Session]], *, any: bool = False,
                   timeout: Optional[float] = None) -> Sequence[SessionInfo]:
        """Until all, or `any`, have ended and their output is complete. Errors: DEADLINE_EXCEEDED."""
        names = [session if isinstance(session, str) else session.id for session in sessions]
        return (await self.request(WaitRequest(sessions=names, any=any), deadline=timeout, repeat=True)).sessions

    async def remove_exited(self) -> int:
        return (await self.request(RemoveRequest(exited=True))).removed

    async def events(self, session: str = "", since: Optional[int] = None,
                     types: Sequence[EventType] = ()) -> AsyncGenerator[Event, None]:
        """What happens to one session or all, of `types` or else of CREATED to LINE_TOO_LONG, over a connection of its own. The first one is yielded before the loop
        waits for others, and an event OVERFLOW stands for those that were missed: list again then. Ends with
        UNAVAILABLE when the connection is lost."""
        connection = await _open(self._options, True)
        queue: List[Event] = []
        changed = Signal()

        def take(event: Event) -> None:
            if len(queue) >= _MAX_EVENTS:
                queue[:] = [Event(seq=event.seq, type=EventType.OVERFLOW)]
            else:
                queue.append(event)
            changed.notify()

        connection.on_event, connection.on_failed = take, changed.notify
        try:
            await connection.request(SubscribeRequest(session=session, since=since, types=types), DEFAULT_DEADLINE_S)
            while True:
                while not queue:
                    if connection.failed:
                        raise connection.failed.again()
                    await changed.wait()
                yield queue.pop(0)
        finally:
            connection.close()

    async def upgrade(self, program: Union[Text, os.PathLike[str]] = "", *,
                      deadline: Optional[float] = DEFAULT_DEADLINE_S) -> UpgradeReply:
        """Another program takes the daemon's place, with all its clients and sessions: `program`, or the file it was
        started from, as it is now. It comes back with an error when it goes on as it is."""
        return await self.request(UpgradeRequest(program=os.fsencode(program)), deadline=deadline)

    async def shutdown(self, *, kill_sessions: bool = False) -> int:
        """Ends the daemon. Returns how many sessions live on."""
        return (await self.request(ShutdownRequest(kill_sessions=kill_sessions))).sessions_left


def window_size(size: Optional[Tuple[int, int]]) -> Optional[WindowSize]:
    return WindowSize(cols=size[0], rows=size[1]) if size else None


async def _open(options: _Options, autostart: bool) -> Connection:
    until = time.monotonic() + options.timeout
    codec = make_codec(options.encoding)
    stream = await open_stream(options.socket, options.autostart and autostart, options.ptyctl, until)
    connection = Connection(stream, codec)
    low, high = options.protocol
    await connection.greet(Hello(protocol_min=low, protocol_max=high, client_name=options.name,
                                 client_version=__version__, features=("resume", "input-resume"), max_data=MAX_DATA),
                           until - time.monotonic())
    return connection
