"""What a session can be waited for: session.wait_for(until.text("done"), until.quiet(2), any=True)."""
from __future__ import annotations

import re
from typing import Pattern, Union

from .requests import WaitCondition, WaitKind


def exit() -> WaitCondition:
    """The program has ended, and its output is complete."""
    return WaitCondition(kind=WaitKind.WAIT_EXIT)


def text(wanted: str) -> WaitCondition:
    """A line has this text."""
    return WaitCondition(kind=WaitKind.WAIT_TEXT, text=wanted)


def match(pattern: Union[str, Pattern[str]]) -> WaitCondition:
    """A line matches. The pattern is in RE2's syntax: one of re is taken with its flags IGNORECASE and ASCII only."""
    if isinstance(pattern, re.Pattern):
        pattern = ("(?i)" if pattern.flags & re.IGNORECASE else "") + pattern.pattern
    return WaitCondition(kind=WaitKind.WAIT_MATCH, text=pattern)


def quiet(seconds: float, min_bytes: int = 0) -> WaitCondition:
    """There was no output for so long, and before that at least `min_bytes`."""
    return WaitCondition(kind=WaitKind.WAIT_QUIET, for_ms=max(1, round(seconds * 1000)), min_bytes=min_bytes)


def settled(seconds: float, min_bytes: int = 0) -> WaitCondition:
    """The screen looked the same for so long, and at least `min_bytes` of output came."""
    return WaitCondition(kind=WaitKind.WAIT_SETTLED, for_ms=max(1, round(seconds * 1000)), min_bytes=min_bytes)


def changed(hash: str) -> WaitCondition:
    """The screen has another hash than this, which ScreenReply.hash told."""
    return WaitCondition(kind=WaitKind.WAIT_CHANGED, text=hash)


def command() -> WaitCondition:
    """A shell told the end of a command, by OSC 133."""
    return WaitCondition(kind=WaitKind.WAIT_COMMAND)


def attached() -> WaitCondition:
    """Somebody is attached."""
    return WaitCondition(kind=WaitKind.WAIT_ATTACHED)
