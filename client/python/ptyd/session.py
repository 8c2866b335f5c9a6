"""One session: everything that can be done to it."""
from __future__ import annotations

import os
import signal as signals
from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple, Union

from . import _shell
from ._attachment import Attachment, Limits
from ._codec_json import to_json
from ._connection import DEFAULT_DEADLINE_S
from ._shell import Executed
from .chunks import Chunk
from .dialog import Dialog
from .errors import Error, ErrorCode
from .lease import Lease
from .requests import (AttachRequest, ClaimRequest, DetachRequest, HistoryReply, HistoryRequest, InspectReply, InspectRequest,
                       KillRequest, LabelRequest, RemoveRequest, RenameRequest, ResizeRequest, RestartRequest,
                       ScreenReply, ScreenRequest, SearchReply, SearchRequest, SendReply, SendRequest, SignalRequest,
                       WaitCondition, WaitOutcome, WaitReply, WaitRequest)
from .screen import ScreenFormat
from .terminal import Start, Terminal
from .values import (Command, ExitStatus, FlowPolicy, Label, LeaseInfo, LeaseKind, Role, SessionInfo, SessionState,
                     SizePolicy, WindowSize)

if TYPE_CHECKING:
    from .client import Client

# One request's worth; leaves room for the other fields.
_PIECE = 32 * 1024
_FORMATS = {"text": ScreenFormat.TEXT, "ansi": ScreenFormat.ANSI, "html": ScreenFormat.HTML, "svg": ScreenFormat.SVG}


def _text_screen(wanted: bool) -> Optional[ScreenRequest]:
    return ScreenRequest(format=ScreenFormat.TEXT) if wanted else None


class Session:
    """A handle: the session lives on without it. `info` is as the daemon told it last."""

    def __init__(self, client: Client, info: SessionInfo) -> None:
        self.client = client
        self.info = info

    def __repr__(self) -> str:
        return f"<ptyd.Session {self.name!r} {self.id} {self.state.name}>"

    @property
    def id(self) -> str:
        return self.info.id

    @property
    def name(self) -> str:
        return self.info.name

    @property
    def state(self) -> SessionState:
        return self.info.state

    @property
    def exit(self) -> Optional[ExitStatus]:
        return self.info.exit

    @property
    def labels(self) -> Dict[str, str]:
        return {label.key: label.value for label in self.info.labels}

    def _told(self, info: Optional[SessionInfo]) -> SessionInfo:
        self.info = info or self.info
        return self.info

    async def inspect(self) -> InspectReply:
        """All about it: attachments, counters, terminal state. `info` is renewed."""
        reply = await self.client.request(InspectRequest(session=self.id), repeat=True)
        self._told(reply.session)
        return reply

    # Attaching.

    async def attach(self, *, start: Start = "snapshot", role: Role = Role.CONTROLLER,
                     flow: FlowPolicy = FlowPolicy.RESYNC, size: Optional[Tuple[int, int]] = None, steal: bool = False,
                     until_stream_end: bool = False, scrollback_rows: int = 0, fresh_terminal: bool = True,
                     window_bytes: int = 256 * 1024, input_bytes: int = 1024 * 1024,
                     reconnect: float = 30.0, lease: bytes = b"", person: bool = False) -> Terminal:
        """Sees its output and types into it, over lost connections and daemons.

        `start`: "snapshot", "now", "oldest" for all output that is kept, or the offset to begin at, which may be
        OUT_OF_RANGE. `size` (columns, rows) gives this attachment a say in the session's size. `window_bytes`: output
        that may be on its way and unread; `input_bytes`: input that may wait to be taken; `reconnect`: seconds to look
        for a daemon when the connection was lost. `lease`: the token of a Lease to type and size under. `person`: somebody
        types here, who takes the input over from whoever holds its lease. What a lease keeps out is told by
        `InputRefused`.
        """
        if lease:
            await self.client.needs("lease")
        window = WindowSize(cols=size[0], rows=size[1]) if size else None
        request = AttachRequest(session=self.id, role=role, size=window, flow=flow, steal=steal,
                                no_replay=start == "now", until_stream_end=until_stream_end,
                                scrollback_rows=scrollback_rows, fresh_terminal=fresh_terminal, lease=lease,
                                person=person)
        limits = Limits(window_bytes, input_bytes, reconnect)
        offset = 0 if start == "oldest" else start if isinstance(start, int) else None
        while True:
            attachment = Attachment(self.client.connection, replace(request, from_offset=offset), limits)
            try:
                await attachment.begin()
                return Terminal(self, attachment)
            except Error as error:
                # What is the oldest may be overwritten before we are there.
                if start != "oldest" or error.code is not ErrorCode.OUT_OF_RANGE or not error.offsets:
                    raise
                offset = error.offsets[0]

    async def output(self, *, start: Start = "oldest", role: Role = Role.OBSERVER,
                     **options: Any) -> AsyncGenerator[Chunk, None]:
        """`async for chunk in session.output()`: what attach() with these options gives, until `Ended`."""
        async with await self.attach(start=start, role=role, **options) as terminal:
            async for chunk in terminal.output():
                yield chunk

    async def detach_all(self) -> int:
        """Ends all attachments, those of others, too."""
        return (await self.client.request(DetachRequest(session=self.id, all=True))).ended

    # Typing without attaching.

    async def claim(self, kind: LeaseKind = LeaseKind.INPUT_LEASE, *, ttl: Optional[float] = None, steal: bool = False,
                    size: Optional[Tuple[int, int]] = None) -> Lease:
        """The sole right to type, or with SIZE_LEASE to set the size, which becomes `size`: `async with await
        session.claim() as lease`. For `ttl` seconds, at most a day, also when this client and the daemon go; without, as
        long as this connection is there. This client types without naming it, others give `lease=lease.token`. Errors:
        BUSY, unless `steal`."""
        await self.client.needs("lease")
        window = WindowSize(cols=size[0], rows=size[1]) if size else None
        reply = await self.client.request(ClaimRequest(session=self.id, kind=kind, ttl_ms=int((ttl or 0) * 1000),
                                                       steal=steal, size=window))
        lease = Lease(self, kind, reply.lease, reply.info or LeaseInfo())
        if kind is LeaseKind.INPUT_LEASE:
            self.client._claimed[self.id] = lease
        return lease

    async def send(self, data: Union[str, bytes], *, if_screen: str = "", if_match: str = "",
                   lease: bytes = b"") -> SendReply:
        """Types `data`; answered when all of it was taken. It is typed once, also when the connection is lost. With a
        guard, the hash of a screen or a pattern for one of its lines, at most 32 KiB, and only if it holds; otherwise
        FAILED_PRECONDITION with the subject "guard", and nothing was typed. `lease`: only while that Lease, by its token,
        is held. Errors: BUSY, when another one is."""
        return await self._send(data, False, if_screen, if_match, lease)

    async def paste(self, data: Union[str, bytes], *, if_screen: str = "", if_match: str = "",
                    lease: bytes = b"") -> SendReply:
        """Types `data` with the brackets of a paste around it when the program asked for them. The rest as for send()."""
        return await self._send(data, True, if_screen, if_match, lease)

    async def send_and_wait(self, data: Union[str, bytes], *conditions: WaitCondition, any: bool = False,
                            timeout: Optional[float] = None, if_screen: str = "", if_match: str = "",
                            screen: bool = False, lease: bytes = b"") -> WaitReply:
        """Types `data`, at most 32 KiB, and waits as wait_for() does; only output behind that counts. It is not repeated
        when the connection is lost."""
        request = self._typed(data.encode() if isinstance(data, str) else bytes(data), False, if_screen, if_match)
        if lease:
            await self.client.needs("lease")
            request = replace(request, lease=lease)
        return await self._wait(WaitRequest(sessions=[self.id], conditions=conditions, any=any, send=request,
                                            screen=_text_screen(screen)), timeout)

    def _typed(self, data: bytes, paste: bool, if_screen: str, if_match: str) -> SendRequest:
        if len(data) > _PIECE:
            raise Error(ErrorCode.INVALID_ARGUMENT, f"this may have {_PIECE} bytes, not {len(data)}", subject="data")
        return SendRequest(data=data, paste=paste, if_screen=if_screen, if_match=if_match)

    async def _send(self, data: Union[str, bytes], paste: bool, if_screen: str, if_match: str,
                    lease: bytes) -> SendReply:
        if lease:
            await self.client.needs("lease")
        rest = data.encode() if isinstance(data, str) else bytes(data)
        total = SendReply()
        if if_screen or if_match:
            await self.client.needs("guards")
            guarded = self._typed(rest, paste, if_screen, if_match)
            return await self.client.request(replace(guarded, session=self.id, lease=lease))
        request = SendRequest(session=self.id, input_stream=os.urandom(16), paste=paste, lease=lease)
        while rest:
            # A piece is not cut within a character: each gets brackets of its own.
            size = _PIECE
            while size < len(rest) and rest[size] & 0xC0 == 0x80 and size > _PIECE - 4:
                size -= 1
            reply = await self.client.request(replace(request, input_offset=total.input_offset, data=rest[:size]),
                                               repeat=True)
            total = SendReply(total.accepted + reply.accepted, reply.input_offset,
                              max(total.line_limit, reply.line_limit))
            rest = rest[size:]
        return total

    async def keys(self, *names: str, lease: bytes = b"") -> SendReply:
        """Presses keys by tmux's names: "C-c", "Enter", "Up". They are not repeated when the connection is lost."""
        if lease:
            await self.client.needs("lease")
        return await self.client.request(SendRequest(session=self.id, keys=names, lease=lease))

    # Changing it.

    async def resize(self, cols: int, rows: int,
                     policy: SizePolicy = SizePolicy.SIZE_POLICY_UNSPECIFIED, *, lease: bytes = b"") -> WindowSize:
        if lease:
            await self.client.needs("lease")
        request = ResizeRequest(session=self.id, size=WindowSize(cols=cols, rows=rows), policy=policy, lease=lease)
        return (await self.client.request(request, repeat=True)).size or WindowSize()

    async def rename(self, name: str) -> SessionInfo:
        return self._told((await self.client.request(RenameRequest(session=self.id, name=name), repeat=True)).session)

    async def label(self, set: Optional[Mapping[str, str]] = None, remove: Iterable[str] = ()) -> Dict[str, str]:
        """Sets and removes labels; returns all that it has now."""
        request = LabelRequest(session=self.id, set=[Label(key, value) for key, value in (set or {}).items()],
                               remove=tuple(remove))
        self._told((await self.client.request(request, repeat=True)).session)
        return self.labels

    async def signal(self, signal: Union[int, str], *, foreground: bool = False, tree: bool = False) -> None:
        """To the program, to the terminal's foreground group, or to all that was started in the session. Numbers are
        those of the daemon's system; names, like "INT" or "SIGINT", are looked up on this one."""
        if isinstance(signal, str):
            name = signal.upper() if signal.upper().startswith("SIG") else f"SIG{signal.upper()}"
            number = getattr(signals, name, None)
            if not isinstance(number, signals.Signals):
                raise Error(ErrorCode.INVALID_ARGUMENT, f"there is no signal {signal!r}", subject="signal")
            signal = int(number)
        await self.client.request(SignalRequest(session=self.id, signal=int(signal), foreground=foreground, tree=tree))

    async def kill(self, *, signal: int = 0, grace: Optional[float] = None, force: bool = False,
                   tree: bool = False) -> ExitStatus:
        """Hangs up, waits for `grace` seconds (5 unless given), forces. Answered when the program is really gone."""
        milliseconds = None if grace is None else int(grace * 1000)
        deadline = DEFAULT_DEADLINE_S + (grace or 0)
        request = KillRequest(session=self.id, signal=signal, grace_ms=milliseconds, force=force, tree=tree)
        return (await self.client.request(request, deadline=deadline)).exit or ExitStatus()

    async def wait(self, timeout: Optional[float] = None) -> ExitStatus:
        """Until the program has ended and its output is complete. Errors: DEADLINE_EXCEEDED."""
        reply = await self.client.request(WaitRequest(sessions=[self.id]), deadline=timeout, repeat=True)
        return self._told(reply.sessions[0] if reply.sessions else None).exit or ExitStatus()

    async def wait_for(self, *conditions: WaitCondition, any: bool = False, from_offset: Optional[int] = None,
                       timeout: Optional[float] = None, screen: bool = False) -> WaitReply:
        """Until all `conditions`, or with `any` one of them, have held; they are made by ptyd.until. Text that is on the
        screen already counts, unless `from_offset` says from where in the output on. `screen`: the reply has it, as
        text. Errors: DEADLINE_EXCEEDED; SESSION_ENDED when the session ended before."""
        return await self._wait(WaitRequest(sessions=[self.id], conditions=conditions, any=any, from_offset=from_offset,
                                            screen=_text_screen(screen)), timeout)

    async def _wait(self, request: WaitRequest, timeout: Optional[float]) -> WaitReply:
        await self.client.needs("wait", *(["guards"] if request.send else []))
        reply = await self.client.request(request, deadline=timeout, repeat=request.send is None)
        if reply.sessions:
            self._told(reply.sessions[0])
        if reply.outcome is WaitOutcome.WAIT_ENDED:
            raise Error(ErrorCode.SESSION_ENDED, f"session {self.name} ended before what was waited for happened",
                        subject=self.name)
        return reply

    async def dialog(self) -> Dialog:
        """Expecting and sending in turn, from the output that there is now on."""
        output = (await self.inspect()).session
        return Dialog(self, output.output.to if output and output.output else 0)

    # Commands in its shell, which has to tell of them (OSC 133).

    async def commands(self, *, tail: int = 0, after: Optional[int] = None) -> List[Command]:
        """What was run, as far as the daemon knows, the oldest first: the last `tail`, or those with greater numbers than
        `after`."""
        return await _shell.commands(self, tail, after)

    async def output_of(self, command: Command) -> bytes:
        """What it wrote, as far as that is kept."""
        return (await _shell.output_of(self, command))[0]

    async def exec(self, *command: str, shell: Optional[str] = None, timeout: Optional[float] = None,
                   lease: bytes = b"") -> Executed:
        """Types a command at the prompt of its shell and waits for its end: several words are a program and its
        arguments, one is a line for the shell. `shell`: "sh", "fish" or "powershell", if the session's program does not
        say so. Meanwhile no other client types, but for a person at a terminal: under `lease`, the token of a Lease, or
        what this client has claimed, or else a lease of its own. Errors: BUSY when the shell runs a command, or somebody
        else holds the input; FAILED_PRECONDITION when it does not tell of its prompts; SESSION_ENDED when the session ends
        before or with the command; DEADLINE_EXCEEDED, and the command goes on."""
        return await _shell.execute(self, command, shell, timeout, lease)

    async def remove(self, *, force: bool = False) -> None:
        """Forgets it, when it has ended; `force` ends it first."""
        await self.client.request(RemoveRequest(session=self.id, force=force))

    async def restart(self, *, force: bool = False) -> Session:
        """Runs the same command again, as a new session with the same name."""
        reply = await self.client.request(RestartRequest(session=self.id, force=force))
        return Session(self.client, reply.session or SessionInfo())

    # Looking.

    async def history(self, from_offset: Optional[int] = None, *, tail_lines: int = 0,
                      max_bytes: int = 65536) -> HistoryReply:
        """One page of past output; go on at `offset` + length of `data` until `end`."""
        request = HistoryRequest(session=self.id, from_offset=from_offset, tail_lines=tail_lines, max_bytes=max_bytes)
        return await self.client.request(request, repeat=True)

    async def logs(self, tail_lines: int = 0) -> bytes:
        """All output that is kept, or its last lines, as it is now. What is overwritten meanwhile is left out."""
        found = bytearray()
        page = await self.history(tail_lines=tail_lines)
        while True:
            found += page.data
            if page.end or not page.data:
                return bytes(found)
            try:
                page = await self.history(page.offset + len(page.data))
            except Error as error:
                if error.code is not ErrorCode.OUT_OF_RANGE or not error.offsets:
                    raise
                page = await self.history()

    async def screen(self, format: ScreenFormat = ScreenFormat.STRUCTURED, *, scrollback_rows: int = 0,
                     since_generation: Optional[int] = None, since_hash: str = "", hash_only: bool = False,
                     join_wrapped: bool = False) -> ScreenReply:
        """What it shows, with all that the protocol tells of it."""
        request = ScreenRequest(session=self.id, format=format, scrollback_rows=scrollback_rows,
                                since_generation=since_generation, since_hash=since_hash, hash_only=hash_only,
                                join_wrapped=join_wrapped)
        return await self.client.request(request, repeat=True)

    async def snapshot(self, format: str = "text", *, scrollback_rows: int = 0, join_wrapped: bool = False) -> str:
        """What it shows: "text", "ansi", "html" or "svg". Rows and styles are in screen()."""
        if format not in _FORMATS:
            raise Error(ErrorCode.INVALID_ARGUMENT, f"there is no format {format!r}", subject="format",
                        hint="say text, ansi, html, svg, or call screen()")
        reply = await self.screen(_FORMATS[format], scrollback_rows=scrollback_rows, join_wrapped=join_wrapped)
        return reply.data.decode(errors="replace")

    async def snapshot_json(self, *, scrollback_rows: int = 0) -> Dict[str, Any]:
        """screen() as values for json.dumps(), by the names of JSON mode."""
        return to_json(await self.screen(scrollback_rows=scrollback_rows))

    async def search(self, pattern: str, *, fixed: bool = False, ignore_case: bool = False, max_matches: int = 100,
                     context: int = 0, before_line: Optional[int] = None) -> SearchReply:
        """Lines of scrollback and screen that have a match, the newest first; `pattern` in RE2's syntax."""
        request = SearchRequest(session=self.id, pattern=pattern, fixed=fixed, ignore_case=ignore_case,
                                max_matches=max_matches, context=context, before_line=before_line)
        return await self.client.request(request, repeat=True)
