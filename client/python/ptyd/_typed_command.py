"""Commands as they are typed at a shell's prompt: one line that the shell takes as one whole command."""
from __future__ import annotations

import re
from collections.abc import Sequence

from .errors import Error, ErrorCode

MAX_COMMAND = 32 * 1024
_PLAIN = re.compile(r"[A-Za-z0-9_@%+:,./-]+")
_SIMPLE = re.compile(r"[A-Za-z0-9_@%+:,./= -]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# What means something else at the beginning of a command, in sh, bash, zsh or fish.
_RESERVED = frozenset("and begin break builtin case command coproc do done elif else end esac exec fi for foreach "
                      "function if in not or repeat select switch then time until while".split())


def shell_of(program: str) -> str:
    """"sh", "fish" or "powershell", by a program's name as sessions tell it."""
    name = re.split(r"[/\\]", program)[-1]
    name = name[1:] if name.startswith("-") else name
    name = name[:-4] if name.endswith(".exe") else name
    return name if name == "fish" else "powershell" if name in ("pwsh", "powershell") else "sh"


def typed_command(words: Sequence[str], shell: str) -> str:
    """Several words are a program and its arguments; one is a line for the shell, which may be wrong."""
    if any("\0" in word for word in words):
        raise _wrong("a command can't have a zero byte")
    if not words or not words[0].strip(" \t\n"):
        raise _wrong("the command is empty")
    text = _line(words[0], shell) if len(words) == 1 else _program(words, shell)
    if _CONTROL.search(text):
        raise _wrong("this shell can't be given control characters")
    if len(text.encode()) > MAX_COMMAND:
        raise _wrong(f"the command is longer than {MAX_COMMAND} bytes")
    return text


def is_line_typed(told: str, typed: str) -> bool:
    """Whether a line that a shell told is `typed`: blanks don't count, and what is long was cut."""
    left, right = told.replace(" ", ""), typed.replace(" ", "")
    return left == right if len(told.encode()) < 4000 else left[:1000] == right[:1000]


def _wrong(message: str) -> Error:
    return Error(ErrorCode.INVALID_ARGUMENT, message, subject="command")


def _line(line: str, shell: str) -> str:
    # A blank in front would keep it out of bash's history, and so from being told.
    line = line.lstrip(" ")
    simple = _SIMPLE.fullmatch(line) and not _RESERVED.intersection(line.split(" "))
    return line if simple or shell == "powershell" else "eval " + _word(line, shell)


def _program(words: Sequence[str], shell: str) -> str:
    first = _quoted(words[0], shell) if words[0] in _RESERVED else _word(words[0], shell)
    return ("& " if shell == "powershell" else "") + " ".join([first, *(_word(word, shell) for word in words[1:])])


def _word(word: str, shell: str) -> str:
    if _PLAIN.fullmatch(word):
        return word
    if not _CONTROL.search(word) or shell == "powershell":
        return _quoted(word, shell)
    if shell == "fish":
        parts = re.findall(r"[\x00-\x1f\x7f]|[^\x00-\x1f\x7f]+", word)
        return "".join(f"\\{ord(part):03o}" if _CONTROL.match(part) else _quoted(part, shell) for part in parts)
    return "$'" + re.sub(r"[\x00-\x1f\x7f'!]", lambda found: f"\\{ord(found.group()):03o}", word.replace("\\", "\\\\")) + "'"


def _quoted(word: str, shell: str) -> str:
    if shell == "powershell":
        # Typographic quotes are taken for plain ones.
        return "'" + re.sub("['\u2018-\u201b]", lambda found: found.group() * 2, word) + "'"
    if shell == "fish":
        return "'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return "'" + word.replace("'", "'\\''") + "'"
