"""The two encodings of the protocol: frames to bytes, and bytes to frames."""
from __future__ import annotations

import abc
from collections.abc import Iterator
from typing import Optional, Tuple

from ._frames import Body
from .errors import Error, ErrorCode

Frame = Tuple[int, Body]  # id and body


class Codec(abc.ABC):
    """One connection's encoding. Not to be used for another one: it keeps the beginning of a frame."""
    name: str

    @abc.abstractmethod
    def encode(self, number: int, body: Body) -> bytes:
        """A whole frame. Errors: INVALID_ARGUMENT."""

    @abc.abstractmethod
    def decode(self, data: bytes) -> Iterator[Frame]:
        """The frames that `data` completes. Those of a later version are left out. Errors: MALFORMED."""

    @abc.abstractmethod
    def max_size(self, max_frame: int) -> int:
        """Bytes that an encoded frame may have for a daemon that accepts `max_frame`."""


def make_codec(encoding: Optional[str]) -> Codec:
    """`encoding`: "protobuf", "json", or None: protobuf where it is installed and the package was built with it."""
    if encoding not in (None, "protobuf", "json"):
        raise Error(ErrorCode.INVALID_ARGUMENT, f"there is no encoding {encoding!r}", hint="say protobuf or json",
                    subject="encoding")
    if encoding != "json":
        try:
            from ._codec_protobuf import ProtobufCodec
            return ProtobufCodec()
        except Exception as error:  # protobuf is not there, or of a version that does not load the module
            if encoding:
                raise Error(ErrorCode.UNIMPLEMENTED, f"protobuf can't be used: {error}",
                            hint="install it, or connect with encoding='json'") from error
    from ._codec_json import JsonCodec
    return JsonCodec()
