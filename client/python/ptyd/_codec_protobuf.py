"""Binary mode: frames of protobuf behind their length. Importing it needs protobuf and the generated module."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Optional, Type

from google.protobuf.message import DecodeError
from ptyd.v1 import ptyd_pb2 as pb

from ._codec import Codec, Frame
from ._fields import Field, M, Message, fields_of
from ._frames import BODIES, KINDS, Body, Call, ErrorInfo, Response
from .errors import ProtoEnum, not_a_daemon
from .requests import REPLIES

# Replies with a screen have up to 1 MiB.
MAX_FRAME = 2 << 20


class ProtobufCodec(Codec):
    name = "protobuf"

    def __init__(self) -> None:
        self._rest = bytearray()

    def max_size(self, max_frame: int) -> int:
        return max_frame + 4

    def encode(self, number: int, body: Body) -> bytes:
        frame = pb.Frame(id=number)
        if isinstance(body, Call):
            frame.request.deadline_ms = body.deadline_ms
            fill(getattr(frame.request, body.method), body.request)
        elif isinstance(body, Message):
            fill(getattr(frame, KINDS[type(body)]), body)
        data: bytes = frame.SerializeToString()
        return len(data).to_bytes(4, "big") + data

    def decode(self, data: bytes) -> Iterator[Frame]:
        self._rest += data
        at = 0
        while len(self._rest) - at >= 4:
            size = int.from_bytes(self._rest[at:at + 4], "big")
            if not 0 < size <= MAX_FRAME:
                raise not_a_daemon(f"{bytes(self._rest[at:at + 60])!r} is not a frame")
            if len(self._rest) - at < 4 + size:
                break
            frame = _parse(bytes(memoryview(self._rest)[at + 4:at + 4 + size]))
            at += 4 + size
            if frame:
                yield frame
        del self._rest[:at]


def _parse(data: bytes) -> Optional[Frame]:
    try:
        frame = pb.Frame.FromString(data)
    except DecodeError as error:
        raise not_a_daemon(f"{data[:60]!r} is not a frame: {error}") from error
    kind = frame.WhichOneof("body")
    if kind == "response":
        return frame.id, _response(frame.response)
    if kind in BODIES:
        return frame.id, from_protobuf(BODIES[kind], getattr(frame, kind))
    return None


def _response(response: Any) -> Response:
    if response.HasField("error"):
        return Response(error=from_protobuf(ErrorInfo, response.error))
    name = response.WhichOneof("result")
    return Response(reply=from_protobuf(REPLIES[name], getattr(response, name))) if name in REPLIES else Response()


def fill(target: Any, message: Message) -> None:
    """Sets `target`, a message of protobuf, also when all of its fields have their defaults."""
    target.SetInParent()
    for field in fields_of(type(message)):
        value = getattr(message, field.attribute)
        if field.repeated:
            _fill_repeated(getattr(target, field.wire), field, value)
        elif field.is_default(value):
            continue
        elif field.is_message():
            fill(getattr(target, field.wire), field.check(value))
        else:
            setattr(target, field.wire, field.check(value))


def _fill_repeated(target: Any, field: Field, values: Any) -> None:
    for value in values:
        if field.is_message():
            fill(target.add(), field.check(value))
        else:
            target.append(field.check(value))


def from_protobuf(message: Type[M], source: Any) -> M:
    found = {}
    for field in fields_of(message):
        if field.repeated:
            found[field.attribute] = tuple(_value(field, item) for item in getattr(source, field.wire))
        elif not field.optional or source.HasField(field.wire):
            found[field.attribute] = _value(field, getattr(source, field.wire))
    return message(**found)


def _value(field: Field, value: Any) -> Any:
    if issubclass(field.type, Message):
        return from_protobuf(field.type, value)
    return field.type(value) if issubclass(field.type, ProtoEnum) else value
