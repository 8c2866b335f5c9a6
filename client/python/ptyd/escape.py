"""Makes what programs and peers wrote safe to print."""
from __future__ import annotations

import unicodedata

_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\x1b": "\\e", "\\": "\\\\"}


def escape_text(text: str) -> str:
    """`text` as one printable line: control and format characters, also those that change the direction of text,
    line separators and surrogates come out as \\n, \\e or \\xHH for each byte of their UTF-8."""
    return "".join(map(_escape, text)) if not text.isprintable() or "\\" in text else text


def _escape(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp"):
        return "".join(f"\\x{byte:02x}" for byte in character.encode(errors="surrogatepass"))
    return character
