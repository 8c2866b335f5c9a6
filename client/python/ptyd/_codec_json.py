"""JSON mode: one object a line, in proto3's canonical mapping."""
from __future__ import annotations

import binascii
import json
from collections.abc import Iterator
from typing import Any, Dict, Optional, Type

from ._codec import Codec, Frame
from ._fields import Field, M, Message, camel, fields_of
from ._frames import BODIES, KINDS, Body, Call, ErrorInfo, Response
from .errors import ProtoEnum, not_a_daemon
from .requests import REPLIES

# A reply of 1 MiB is some times longer as JSON.
MAX_LINE = 16 << 20
_NAMES = {camel(name): name for name in (*BODIES, *REPLIES)}


class JsonCodec(Codec):
    name = "json"

    def __init__(self) -> None:
        self._rest = bytearray()

    def max_size(self, max_frame: int) -> int:
        return max_frame * 4 // 3 + 4096

    def encode(self, number: int, body: Body) -> bytes:
        frame: Dict[str, Any] = {"id": str(number)} if number else {}
        if isinstance(body, Call):
            call: Dict[str, Any] = {"deadlineMs": str(body.deadline_ms)} if body.deadline_ms else {}
            frame["request"] = {**call, camel(body.method): to_json(body.request)}
        elif isinstance(body, Message):
            frame[camel(KINDS[type(body)])] = to_json(body)
        return json.dumps(frame, separators=(",", ":")).encode() + b"\n"

    def decode(self, data: bytes) -> Iterator[Frame]:
        searched = len(self._rest)
        self._rest += data
        begin = 0
        while (end := self._rest.find(b"\n", max(begin, searched))) >= 0:
            line = bytes(self._rest[begin:end])
            begin = end + 1
            frame = _parse(line) if line.strip() else None
            if frame:
                yield frame
        del self._rest[:begin]
        if len(self._rest) > MAX_LINE:
            raise not_a_daemon("a line is too long")


def _parse(line: bytes) -> Optional[Frame]:
    try:
        return _frame(json.loads(line))
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise not_a_daemon(f"{line[:60]!r} is not a frame: {error}") from error


def _frame(frame: Dict[str, Any]) -> Optional[Frame]:
    number = int(frame.get("id", 0))
    for name, value in frame.items():
        if name == "response":
            return number, _response(value)
        if _NAMES.get(name) in BODIES:
            return number, from_json(BODIES[_NAMES[name]], value)
    return None


def _response(value: Dict[str, Any]) -> Response:
    if "error" in value:
        return Response(error=from_json(ErrorInfo, value["error"]))
    for name, reply in value.items():
        if _NAMES.get(name) in REPLIES:
            return Response(reply=from_json(REPLIES[_NAMES[name]], reply))
    return Response()


def to_json(message: Message) -> Dict[str, Any]:
    """Without fields that have their default, as the mapping wants it."""
    found = {}
    for field in fields_of(type(message)):
        value = getattr(message, field.attribute)
        if field.repeated:
            if value:
                found[field.json] = [_to_value(field, item) for item in value]
        elif not field.is_default(value):
            found[field.json] = _to_value(field, value)
    return found


def _to_value(field: Field, value: Any) -> Any:
    value = field.check(value)
    if field.type is bytes:
        return binascii.b2a_base64(value, newline=False).decode()
    if isinstance(value, Message):
        return to_json(value)
    if issubclass(field.type, ProtoEnum):
        return int(value)
    return str(value) if field.type is int and abs(field.bits) == 64 else value


def from_json(message: Type[M], values: Dict[str, Any]) -> M:
    found = {}
    for field in fields_of(message):
        value = values.get(field.json)
        if value is None:
            continue
        found[field.attribute] = (tuple(_from_value(field, item) for item in value) if field.repeated
                                  else _from_value(field, value))
    return message(**found)


def _from_value(field: Field, value: Any) -> Any:
    if field.type is bytes:
        return binascii.a2b_base64(value)
    if issubclass(field.type, Message):
        return from_json(field.type, value)
    if issubclass(field.type, ProtoEnum):
        return field.type.__members__.get(value, field.type(0)) if isinstance(value, str) else field.type(value)
    if field.type is int:
        return int(value)
    if not isinstance(value, field.type):
        raise TypeError(f"{field.json} is {value!r}")
    return value
