"""Text out of a terminal's output, piece by piece."""
from __future__ import annotations

import codecs
import re

_CSI = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]")
_CSI_PART = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*\Z")
_STRING = re.compile(r"\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f]")
_STRING_END = re.compile(r"\x1b\\|[\x07\x18\x1a\x9c]")
_SHORT = re.compile(r"\x1b[ -/]*[0-~]")
_SHORT_PART = re.compile(r"\x1b[ -/]*\Z")
_ESCAPE = re.compile("[\x1b\x90\x98\x9b\x9d-\x9f]")
_CONTROLS = re.compile("[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]")
_LINE_END = re.compile(r"\r+\n")
# A sequence that is longer is not one: what follows its introducer is text then.
_MAX_SEQUENCE = 256


class PlainText:
    """Takes bytes, gives text: UTF-8 decoded, escape sequences and other controls than tab, newline, return and
    backspace removed, CR LF as LF. What is cut at the end of a piece comes with the next one."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._rest = ""
        self._in_string = False

    def feed(self, data: bytes) -> str:
        text = self._rest + self._decoder.decode(data)
        self._rest = ""
        found = []
        at = 0
        while at < len(text):
            if self._in_string:
                at = self._skip_string(text, at)
                continue
            escape = _ESCAPE.search(text, at)
            end = escape.start() if escape else len(text)
            found.append(text[at:end])
            at = self._skip_sequence(text, end) if escape else end
        return self._clean("".join(found))

    def _clean(self, text: str) -> str:
        if text.endswith("\r") and not self._rest:
            # Half of a CR LF, perhaps.
            text, self._rest = text.rstrip("\r"), "\r"
        return _LINE_END.sub("\n", _CONTROLS.sub("", text))

    def _skip_sequence(self, text: str, at: int) -> int:
        """`text[at]` introduces a sequence: where it ends. An unfinished one is kept."""
        if _STRING.match(text, at):
            self._in_string = True
            return at + (2 if text[at] == "\x1b" else 1)
        whole = _CSI.match(text, at) or (None if text.startswith("\x1b[", at) else _SHORT.match(text, at))
        if whole:
            return whole.end()
        if len(text) - at < _MAX_SEQUENCE and (_CSI_PART.match(text, at) or _SHORT_PART.match(text, at)):
            self._rest = text[at:]
            return len(text)
        return at + 1

    def _skip_string(self, text: str, at: int) -> int:
        end = _STRING_END.search(text, at)
        if end:
            self._in_string = False
            return end.end()
        if text.endswith("\x1b"):
            self._rest = "\x1b"
        return len(text)
