"""Terminals to compare: ours, and one that others wrote. Each is a process of its own that serves many terminals.

    with Xterm() as xterm:
        terminal = xterm.new(80, 24)
        terminal.feed(b"hello")
        terminal.state()

A state is a dictionary, the same for all (a terminal leaves out what it does not know):

    columns, rows
    scrollback, primary, alternate   lists of rows; alternate is None unless it is shown
    cursor                           row, column (0-based), pending_wrap
    saved                            primary, alternate: row, column, look, charset of DECSC
    margins, side_margins            [first, last]
    tabs, modes, mouse, mouse_encoding, cursor_shape (DECSCUSR), charset, pen, title, icon, titles, ...

A row is a dictionary: `text` has the cells' text without default blanks at the end (TAIL for the right half of a wide
character, MANY around several code points in one cell), `looks` are runs [cells, look], `continues` says that the row
goes on with the line of the row before. A look is words: "fg=1 bg=#00ff00 bold underline=3 ul=5 link=http://host/",
always in the same order; the default look is "".
"""
import base64
import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
TAIL = "\x7f"
MANY = "\x01", "\x02"
LIMIT = float(os.environ.get("PTYD_TEST_DEADLINE", "30"))  # seconds for one answer
MISSING = 77  # exit status of a test that misses a program it needs


class Missing(Exception):
    """A program that a test needs is not installed."""


class Pipe:
    """A process that answers a line of words with a line of JSON. Killed when an answer takes too long."""

    def __init__(self, argv):
        self.argv = argv
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.count = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        with contextlib.suppress(BrokenPipeError):  # it has ended already
            self.process.stdin.close()
        try:
            self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def call(self, *words):
        timer = threading.Timer(LIMIT, self.process.kill)
        timer.start()
        try:
            self.process.stdin.write((" ".join(map(str, words)) + "\n").encode())
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = b""
        finally:
            timer.cancel()
        if not line:
            raise AssertionError(f"{self.argv[0]} ended or hung at {' '.join(map(str, words))[:200]}")
        answer = json.loads(line)
        if "error" in answer:
            raise AssertionError(f"{self.argv[0]}: {answer['error']}")
        return answer

    def new(self, columns=80, rows=24, scrollback=1000):
        self.count += 1
        self.call("new", self.count, columns, rows, scrollback)
        return Terminal(self, self.count)


class Terminal:
    def __init__(self, pipe, number):
        self.pipe, self.number = pipe, number

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.pipe.call("close", self.number)

    def feed(self, data):
        self.pipe.call("feed", self.number, base64.b64encode(data).decode())
        return self

    def resize(self, columns, rows):
        self.pipe.call("resize", self.number, columns, rows)

    def state(self):
        return self.pipe.call("state", self.number)

    def replies(self):
        """What the terminal has answered to the program since the last call."""
        return base64.b64decode(self.pipe.call("replies", self.number)["data"])

    def text(self):
        """The visible rows, blanks at their ends left out."""
        return text_of(self.state())

    def snapshot(self, profile="fresh", scrollback=0, rows=0, columns=0):
        """serialize() of ours."""
        return base64.b64decode(self.pipe.call("snapshot", self.number, profile, scrollback, rows, columns)["data"])


class Xterm(Pipe):
    """@xterm/headless in node. Raises Missing when it can't be had here."""

    def __init__(self):
        super().__init__(["node", str(HERE / "xterm" / "xterm_oracle.mjs"), self.folder()])

    @staticmethod
    def folder():
        result = subprocess.run([HERE.parent / "npm_modules.sh", HERE / "xterm"], capture_output=True, text=True)
        if result.returncode == MISSING:
            raise Missing(result.stderr.strip())
        if result.returncode:
            raise AssertionError(f"npm_modules.sh failed: {result.stderr}")
        return result.stdout.strip()


class Engine(Pipe):
    """Our engine, in the program screen_dump."""

    def __init__(self):
        super().__init__([str(pathlib.Path(os.environ["PTYD_ORACLE_DIR"]) / "screen_dump")])


class Vterm(Pipe):
    """libvterm, in the program vterm_dump. Knows text and cursor only. Raises Missing when that was not built."""

    def __init__(self):
        program = pathlib.Path(os.environ["PTYD_ORACLE_DIR"]) / "vterm_dump"
        if not program.exists():
            raise Missing("needs libvterm-dev when the build is configured")
        super().__init__([str(program)])


def screen_of(state):
    return state["primary"] if state["alternate"] is None else state["alternate"]


def plain(row):
    """A row's text as a person sees it."""
    return re.sub(f"[{TAIL}{MANY[0]}{MANY[1]}]", "", row["text"]).rstrip(" ")


def text_of(state):
    return [plain(row) for row in screen_of(state)]


def cells_of(row, columns):
    """[(text, look)] of all columns."""
    texts = re.findall(f"{MANY[0]}([^{MANY[1]}]*){MANY[1]}|([^{MANY[0]}])", row["text"])
    texts = [many or one for many, one in texts]
    looks = [look for count, look in row["looks"] for _ in range(count)]
    cells = list(zip(texts, looks, strict=True))
    return cells + [(" ", "")] * (columns - len(cells))


def visible_look(text, look):
    """What a person can see of a look: of a blank its background, and what is drawn across it."""
    words = [word for word in look.split() if word != "protected" and not word.startswith("link=")]
    if text != " ":
        return " ".join(words)
    drawn = [word for word in words if word.split("=")[0] in ("underline", "ul", "strike", "overline", "inverse")]
    kept = [word for word in words if word.startswith("bg=") or word in drawn or (drawn and word.startswith("fg="))]
    return " ".join(kept)


def visible(state):
    """What a person sees: each cell's text and look, the cursor when it is shown."""
    columns = state["columns"]
    shown = {
        "cells": [[(text, visible_look(text, look)) for text, look in cells_of(row, columns)]
                  for row in screen_of(state)],
        "cursor": [state["cursor"]["row"], state["cursor"]["column"]] if state["modes"]["cursor_visible"] else None,
    }
    if "reverse_video" in state["modes"]:
        shown["reverse_video"] = state["modes"]["reverse_video"]
    return shown


def row_difference(ours, theirs):
    columns = max(sum(count for count, _ in row["looks"]) for row in (ours, theirs))
    for column, (a, b) in enumerate(zip(cells_of(ours, columns), cells_of(theirs, columns))):
        if a != b:
            return f"column {column}: {a} != {b}"
    return f"continues: {ours['continues']} != {theirs['continues']}"


def differences(ours, theirs, where="", limit=8):
    """The first differences of two states or parts of them, as sentences. Keys that only one has are passed over."""
    found = []
    if isinstance(ours, dict) and isinstance(theirs, dict):
        if "looks" in ours and "looks" in theirs:
            if ours != theirs:
                found.append(f"{where} {row_difference(ours, theirs)}")
        else:
            for key in ours.keys() & theirs.keys():
                found += differences(ours[key], theirs[key], f"{where}.{key}" if where else key, limit)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (a, b) in enumerate(zip(ours, theirs)):
            if a != b:
                found += differences(a, b, f"{where}[{index}]", limit)
            if len(found) >= limit:
                break
    elif isinstance(ours, list) and isinstance(theirs, list):
        found.append(f"{where}: {len(ours)} != {len(theirs)} entries")
    elif ours != theirs:
        found.append(f"{where}: {ours!r} != {theirs!r}")
    return sorted(found)[:limit]


def main():
    """As unittest.main(), but when something was skipped as a program is missing, it exits with MISSING."""
    result = unittest.main(verbosity=2, exit=False).result
    if result.skipped and result.wasSuccessful():
        print("skipped: " + result.skipped[0][1])
        sys.exit(MISSING)
    sys.exit(not result.wasSuccessful())


def start(case, kind):
    """A terminal process for a test case or class; the case is skipped when a program is missing."""
    try:
        pipe = kind()
    except Missing as missing:
        raise unittest.SkipTest(str(missing))
    add = case.addClassCleanup if isinstance(case, type) else case.addCleanup
    add(pipe.close)
    return pipe
