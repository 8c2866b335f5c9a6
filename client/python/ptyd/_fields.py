"""What the fields of a message are: read from its dataclass, used by both encodings."""
from __future__ import annotations

import dataclasses
import enum
import functools
import re
import sys
import typing
from collections.abc import Sequence
from typing import Annotated, Any, Optional, Type, TypeVar, Union

from .errors import Error, ErrorCode, ProtoEnum

u32 = Annotated[int, 32]
u64 = Annotated[int, 64]
s32 = Annotated[int, -32]
s64 = Annotated[int, -64]


class Message:
    """Base of what is sent: a dataclass with the fields of the message of the same name in ptyd.proto."""


M = TypeVar("M", bound=Message)


@dataclasses.dataclass(frozen=True)
class Field:
    attribute: str
    wire: str  # in ptyd.proto
    json: str
    type: Any  # int, bool, str, bytes, or a class of ProtoEnum or Message
    bits: int  # of an int, below 0 for a signed one
    repeated: bool
    optional: bool  # absent is another thing than the default

    def is_message(self) -> bool:
        return issubclass(self.type, Message)

    def is_default(self, value: Any) -> bool:
        return value is None or (not self.optional and not self.repeated and not self.is_message() and not value)

    def check(self, value: Any) -> Any:
        """`value`, which can be encoded. The daemon closes the connection of one that sends what is not a frame."""
        if self.type is int or issubclass(self.type, ProtoEnum):
            low = -1 << (-self.bits - 1) if self.bits < 0 else 0
            high = 1 << (-self.bits - 1) if self.bits < 0 else 1 << self.bits
            if isinstance(value, int) and low <= value < high:
                return value
        elif self.type is str:
            if isinstance(value, str) and not _has_surrogate(value):
                return value
        elif self.type is bytes:
            if isinstance(value, (bytes, bytearray, memoryview)):
                return bytes(value)
        elif isinstance(value, self.type):
            return value
        raise Error(ErrorCode.INVALID_ARGUMENT, f"{self.wire} may not be {value!r}", subject=self.wire)


def _has_surrogate(text: str) -> bool:
    return not text.isascii() and re.search("[\ud800-\udfff]", text) is not None


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda found: found.group(1).upper(), name)


def _field(name: str, hint: Any) -> Field:
    repeated = optional = False
    bits = 0
    if typing.get_origin(hint) is Union:
        hint, optional = next(part for part in typing.get_args(hint) if part is not type(None)), True
    if typing.get_origin(hint) is Sequence:
        hint, repeated = typing.get_args(hint)[0], True
    if typing.get_origin(hint) is Annotated:
        hint, bits = typing.get_args(hint)
    if issubclass(hint, enum.Enum):
        bits = 31
    wire = name.rstrip("_")  # `from_`: a keyword of Python
    return Field(name, wire, camel(wire), hint, bits, repeated, optional)


@functools.lru_cache(maxsize=None)
def fields_of(message: Type[Message]) -> Sequence[Field]:
    hints = typing.get_type_hints(message, vars(sys.modules[message.__module__]), include_extras=True)
    return tuple(_field(field.name, hints[field.name]) for field in dataclasses.fields(typing.cast(Any, message)))


def named(items: Optional[Sequence[Type[Message]]], suffix: str) -> dict[str, Type[Message]]:
    """Message classes by the names of their fields: SetSizeRequest is set_size."""
    return {re.sub(r"(?<!^)(?=[A-Z])", "_", item.__name__[:len(item.__name__) - len(suffix)]).lower(): item
            for item in items or ()}
