"""One behaviour of a control function: what is fed, and what its specification says that a terminal has then.

A file of this folder is a group. It has GROUP, its title, and FUNCTIONS:

    function("CUU", "ECMA-48 8.3.22", [
        case("stops at the top margin", "␛[2;4r␛[3;3H␛[9A", at=(2, 3)),
    ])

In what is fed and in replies a control picture stands for its control: ␛ for ESC, ␍ for CR, ␡ for DEL. `on` is what the
screen has at first: rows as below, each written from its first column; then the cursor is at home. Rows and columns
count from 1. What can be expected:

    rows        all rows, with "|" between them; blanks at the end of a row, and blank rows at the end, are left out
    at          (row, column) of the cursor
    pending     whether the next character wraps first
    looks       {(row, column): look of the cell}, in the words of oracle.py
    wrapped     the rows that go on with the line of the row before
    scrollback  as rows
    reply       all that the terminal answers; answers, the same as a regular expression
    ...         any other part of a state of oracle.py, and any of its modes by name
"""
import dataclasses
import re

CONTROLS = {0x2400 + code: code for code in range(0x20)} | {0x2421: 0x7f}


def controls(text):
    """`text` with the controls that its control pictures stand for, as bytes."""
    return text if isinstance(text, bytes) else text.translate(CONTROLS).encode()


def pictures(data):
    """The reverse of controls(), for messages. What is no UTF-8 is shown as \\xNN."""
    text = data.decode(errors="backslashreplace")
    return text.translate({code: picture for picture, code in CONTROLS.items()})


@dataclasses.dataclass(frozen=True)
class Case:
    shows: str
    data: bytes
    expected: dict
    size: tuple
    unfit: tuple  # terminals that this breaks (see known_errors.py), or that do not tell what it shows
    source: str = ""


@dataclasses.dataclass(frozen=True)
class Function:
    name: str
    source: str
    cases: list


def case(shows, feed, on=None, size=(10, 5), unfit=(), source="", **expected):
    if not expected:
        raise ValueError(f"{shows}: nothing is expected")
    drawn = "".join(f"␛[{number}H{row}" for number, row in enumerate(on.split("|"), 1)) + "␛[H" if on else ""
    for key in "rows", "scrollback":
        if key in expected:
            expected[key] = [row.rstrip(" ") for row in expected[key].split("|")]
    if "rows" in expected:
        expected["rows"] += [""] * (size[1] - len(expected["rows"]))
    if "reply" in expected:
        expected["reply"] = controls(expected["reply"])
    return Case(shows, controls(drawn) + controls(feed), expected, size, unfit, source)


def function(name, source, cases):
    return Function(name, source, [dataclasses.replace(one, source=one.source or source) for one in cases])


def judge(expected, seen):
    """None when `seen` does not tell all that is expected, else the differences as sentences."""
    differences = []
    for key, wanted in expected.items():
        source = {"answers": "reply", "looks": "cells"}.get(key, key)
        if source not in seen:
            return None
        got = seen[source]
        if key == "looks":
            got = {(row, column): got[row - 1][column - 1][1] for row, column in wanted}
        same = re.fullmatch(controls(wanted), got) if key == "answers" else got == wanted
        if not same:
            differences.append(f"{key}: {shown(wanted)} expected, {shown(got)} seen")
    return differences


def shown(value):
    if isinstance(value, bytes):
        return pictures(value)
    return "|".join(value) if isinstance(value, list) and value and isinstance(value[0], str) else repr(value)
