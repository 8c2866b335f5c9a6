"""Commands in a session's shell, which tells of them by OSC 133."""
from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

from . import until
from ._plain_text import PlainText
from ._typed_command import is_line_typed, shell_of, typed_command
from .errors import Error, ErrorCode
from .lease import Lease
from .requests import (ClaimRequest, CommandsRequest, InspectRequest, ScreenRequest, SendRequest, WaitOutcome, WaitReply,
                       WaitRequest)
from .screen import ScreenFormat, ShellPhase
from .values import Command, LeaseInfo, LeaseKind, OffsetRange, SessionInfo, SessionState

if TYPE_CHECKING:
    from .session import Session

# From a command's end to the prompt, and from the start of a session to the first one.
_PROMPT_S = 10.0
# From the end of somebody else's command to the begin of ours.
_OUR_TURN_S = 3.0
_NO_ROWS = (1 << 64) - 1


@dataclass(frozen=True)
class Executed:
    """What a command wrote, as text and as bytes, and its status: None when the shell did not tell. `lost` bytes of its
    output were no longer kept when they were read."""
    output: str
    status: Optional[int]
    data: bytes
    lost: int
    command: Command


async def commands(session: Session, tail: int, after: Optional[int]) -> list[Command]:
    await session.client.needs("commands")
    found: list[Command] = []
    request = CommandsRequest(session=session.id, tail=tail, after=after)
    while True:
        reply = await session.client.request(request, repeat=True)
        found += reply.commands
        if not reply.truncated or not reply.commands:
            return found
        request = CommandsRequest(session=session.id, after=found[-1].number)


async def output_of(session: Session, command: Command) -> tuple[bytes, int]:
    """What it wrote as far as it is kept, and how many bytes are not."""
    place = command.output or OffsetRange()
    found, at, lost = bytearray(), place.from_, 0
    while at < place.to:
        try:
            page = await session.history(at, max_bytes=min(place.to - at, 65536))
        except Error as error:
            if error.code is not ErrorCode.OUT_OF_RANGE or not error.offsets or error.offsets[0] <= at:
                raise
            lost += min(error.offsets[0], place.to) - at
            at = error.offsets[0]
            continue
        if not page.data:
            break
        found += page.data
        at = page.offset + len(page.data)
    return bytes(found), lost


async def execute(session: Session, words: Sequence[str], shell: Optional[str], timeout: Optional[float],
                  lease: bytes) -> Executed:
    await session.client.needs("commands", "guards", "wait", *(["lease"] if lease else []))
    end = None if timeout is None else time.monotonic() + timeout
    info = (await session.client.request(InspectRequest(session=session.id), repeat=True)).session or SessionInfo()
    if info.state is not SessionState.RUNNING:
        raise Error(ErrorCode.SESSION_ENDED, f"session {session.name} has ended", subject=session.name)
    typed = typed_command(words, shell or shell_of(info.argv[0].decode(errors="replace") if info.argv else ""))
    async with _held(session, lease) as token:
        reply, last = await _type(session, info, typed, token, end)
        ours = await _ours(session, reply, last, typed, end)
    output, lost = await output_of(session, ours)
    return Executed(PlainText().feed(output), ours.exit_code, output, lost, ours)


@asynccontextmanager
async def _held(session: Session, named: bytes) -> AsyncGenerator[bytes, None]:
    """Nobody else types meanwhile. The token to type under; none, when the daemon is too old for leases."""
    client = session.client
    claimed = client._claimed.get(session.id)
    if named or claimed or "lease" not in client.welcome.features:
        yield named or (claimed.token if claimed else b"")
        return
    # Both would be of one connection, and the first to end would end the other's.
    if session.id in client._executing:
        raise Error(ErrorCode.BUSY, f"this client runs a command in session {session.name}", subject=session.name)
    client._executing.add(session.id)
    try:
        lease = Lease(session, LeaseKind.INPUT_LEASE,
                      (await client.request(ClaimRequest(session=session.id, kind=LeaseKind.INPUT_LEASE))).lease, LeaseInfo())
        async with lease:
            yield lease.token
    finally:
        client._executing.discard(session.id)


async def _type(session: Session, info: SessionInfo, typed: str, token: bytes,
                end: Optional[float]) -> tuple[WaitReply, int]:
    """At the prompt, and waits for the end of a command; and the number of the last one before."""
    while True:
        hash, last = await _prompt(session, info, end)
        send = SendRequest(data=(typed + "\r").encode(), if_screen=hash, lease=token)
        try:
            return await _wait(session, WaitRequest(sessions=[session.id], conditions=[until.command()], send=send),
                               end), last
        except Error as error:
            # Somebody else has typed, or the prompt shows the time: look again.
            if error.code is not ErrorCode.FAILED_PRECONDITION or error.subject != "guard":
                raise


async def _ours(session: Session, reply: WaitReply, last: int, typed: str, end: Optional[float]) -> Command:
    """Somebody else may have typed just before us: their command ends first."""
    while True:
        if reply.outcome is WaitOutcome.WAIT_ENDED or not reply.results:
            raise Error(ErrorCode.SESSION_ENDED, f"session {session.name} has ended with the command",
                        subject=session.name)
        told = await commands(session, 0, last)
        fit = [command for command in told if not command.text or is_line_typed(command.text, typed)]
        if fit and not fit[0].running:
            return fit[0]
        result = reply.results[0]
        if result.condition == 1 and not (told and told[-1].running):
            raise Error(ErrorCode.FAILED_PRECONDITION,
                        f"the shell of session {session.name} ran something else than what was typed", subject="shell")
        conditions = [until.command(), until.quiet(_OUR_TURN_S)]
        reply = await _wait(session, WaitRequest(sessions=[session.id], conditions=conditions, any=True,
                                                 from_offset=result.offset), end)


def _left(end: Optional[float], most: Optional[float]) -> Optional[float]:
    if end is None:
        return most
    left = max(end - time.monotonic(), 0.001)
    return left if most is None else min(left, most)


async def _wait(session: Session, request: WaitRequest, end: Optional[float]) -> WaitReply:
    return await session.client.request(request, deadline=_left(end, None))


async def _prompt(session: Session, info: SessionInfo, end: Optional[float]) -> tuple[str, int]:
    """The hash of the screen while the shell is at its prompt, and the number of the last command before."""
    young = time.monotonic() + max(0.0, _PROMPT_S - max(0.0, time.time() - info.created_ms / 1000))
    until_prompt = time.monotonic() + _PROMPT_S
    look = ScreenRequest(session=session.id, format=ScreenFormat.STRUCTURED, since_generation=_NO_ROWS)
    while True:
        reply = await session.client.request(look, deadline=_left(end, 30.0), repeat=True)
        phase = reply.screen.shell.phase if reply.screen and reply.screen.shell else None
        now = time.monotonic()
        if phase is ShellPhase.SHELL_INPUT:
            known = await commands(session, 1, None)
            return reply.hash, known[-1].number if known else 0
        if phase is ShellPhase.SHELL_RUNNING or (phase and now >= until_prompt):
            raise Error(ErrorCode.BUSY, f"the shell of session {session.name} runs a command", subject=session.name)
        if not phase and now >= young:
            raise Error(ErrorCode.FAILED_PRECONDITION,
                        f"the shell of session {session.name} does not tell when it is at its prompt", subject="shell",
                        hint="start it with the shell integration of ptyd")
        if end is not None and now >= end:
            raise Error(ErrorCode.DEADLINE_EXCEEDED, "the shell did not come to its prompt in time")
        conditions = [until.changed(reply.hash), until.quiet(0.02, min_bytes=1)]
        try:
            later = await session.client.request(WaitRequest(sessions=[session.id], conditions=conditions, any=True),
                                                 deadline=_left(end, 0.25), repeat=True)
            if later.outcome is WaitOutcome.WAIT_ENDED:
                raise Error(ErrorCode.SESSION_ENDED, f"session {session.name} has ended", subject=session.name)
        except Error as error:
            if error.code is not ErrorCode.DEADLINE_EXCEEDED:
                raise
