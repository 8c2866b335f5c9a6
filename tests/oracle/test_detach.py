"""What is left of `ptyctl attach` in the window where it ran, whatever the program inside had set.

The window is a terminal that others wrote and our own engine, which knows more: both are fed with all that ptyctl
writes. Not compared are the cells, of which the manual says what becomes of them, and the saved cursor (DECSC), which
any program overwrites.
"""
import fcntl
import os
import re
import select
import termios
import tty

import harness
import oracle
from harness import pb

COLUMNS, ROWS = 80, 24
KEYS = ["--detach-keys", "ctrl-a,ctrl-b"]  # of several keys the last one detaches at once
DETACH = b"\x01\x02"
ON_SCREEN = ("scrollback", "primary", "cursor", "saved")
# A shell's window: history, a title and one on the stack.
SHELL = (b"\x1b]0;before\x07\x1b[22;0t\x1b]0;window\x07" + b"".join(b"old %d\r\n" % n for n in range(40)) +
         b"\x1b[1;32m$\x1b[m make\r\nbuilt\r\n$ ptyctl attach s\r\n")
# Modes that the window may have on by itself: only XTSAVE and XTRESTORE bring them back, which xterm.js has not.
OWN = b"\x1b[?12;45;1007;2027h"


class Window(harness.Terminal):
    """ptyctl on a terminal that is seen by oracles: {name: (terminal, its state before)}."""

    def __init__(self, daemon, oracles, *args, answers=True, hold=None):
        """`answers`: the terminal answers when it is asked; with `hold` only when ptyctl has written this."""
        self.oracles, self.answers, self.hold = oracles, answers, hold
        self.seen = self.replies = self.held = b""
        self.fed = 0
        super().__init__([harness.PTYCTL, *args], env=daemon.env, cols=COLUMNS, rows=ROWS)
        self.flags = fcntl.fcntl(self.slave, fcntl.F_GETFL)

    def read(self, timeout):
        data = super().read(timeout)
        self.seen += data
        if data and self.answers:
            self.feed()
            self.answer()
        return data

    def feed(self):
        """Shows the oracles what has come; the first one answers."""
        data, self.fed = self.seen[self.fed:], len(self.seen)
        for terminal, _ in self.oracles.values():
            terminal.feed(data)
        if self.answers:
            answer = next(iter(self.oracles.values()))[0].replies()
            self.replies += answer
            self.held += answer

    def answer(self):
        if self.hold and self.hold not in self.seen and self.process.poll() is None:
            return
        self.send(self.held)
        self.held = b""

    def late_input(self):
        """What would be typed into the shell that comes next."""
        self.answer()
        tty.setraw(self.slave, termios.TCSANOW)
        ready, _, _ = select.select([self.slave], [], [], 0)
        return os.read(self.slave, 4096) if ready else b""

    def wrong(self, text=True):
        """What ptyctl has left other than it was, as sentences. `text`: also where the cursor is."""
        found = []
        if self.fed < len(self.seen):
            self.feed()
        for name, (terminal, before) in self.oracles.items():
            after = terminal.state()
            found += [f"{name}: {key} is {after[key]} and not {before[key]}" for key in before.keys() - set(ON_SCREEN)
                      if after[key] != before[key]]
            found += [f"{name}: {where}" for where in wrong_text(before, after) if text]
        if self.settings() != self.before:
            found.append("the settings of the terminal")
        if fcntl.fcntl(self.slave, fcntl.F_GETFL) != self.flags:
            found.append("the flags of stdin")
        if late := self.late_input():
            found.append(f"{late!r} is typed into the shell")
        return found


def as_written(script):
    """As a regular expression; behind a title that is popped ptyctl may save the next one."""
    return re.escape(script).replace(b"t", rb"t(?:\x1b\[22;0t)?")


def wrong_text(before, after):
    """The window's own text has to be above, and below the cursor nothing."""
    old = [oracle.plain(row) for row in before["scrollback"] + before["primary"]]
    while old and not old[-1]:
        old.pop()
    rows = [oracle.plain(row) for row in after["scrollback"] + oracle.screen_of(after)]
    if rows[:len(old)] != old:
        yield f"the window's own text is gone: {rows[:len(old)]}"
    shown = oracle.text_of(after)
    cursor = after["cursor"]
    if cursor["column"] or any(shown[cursor["row"]:]):
        yield f"the cursor is at {cursor} of {shown}"


# name: what the program writes
SCRIPTS = {
    "nothing": b"",
    "mouse": b"\x1b[?1000h\x1b[?1006h",
    "old mouse": b"\x1b[?9h\x1b[?1005h",
    "mouse buttons": b"\x1b[?1002h\x1b[?1015h",
    "any mouse": b"\x1b[?1003;1016h",
    "focus, paste": b"\x1b[?1004h\x1b[?2004h",
    "application keys": b"\x1b[?1h\x1b=",
    "reverse video": b"\x1b[?5h",
    "origin": b"\x1b[5;10r\x1b[?6h",
    "no automatic wrap": b"\x1b[?7l",
    "insert, newline": b"\x1b[4;20h",
    "side margins": b"\x1b[?69h\x1b[10;20s\x1b[3;5r",
    "scroll region": b"\x1b[3;5r\x1b[20H",
    "hidden cursor": b"\x1b[?25l",
    "cursor shape": b"\x1b[5 q",
    "cursor that blinks": b"\x1b[?12h",
    "cursor that blinks not": b"\x1b[?12l\x1b[2 q",
    "reverse wrap": b"\x1b[?45h\x1b[?1045h",
    "alternate screen": b"\x1b[?1049h\x1b[5;5Hfull",
    "alternate screen of 1047": b"\x1b[?1047h\x1b[5;5Hfull",
    "alternate screen of 47": b"\x1b[?47h\x1b[5;5Hfull",
    "alternate screen twice": b"\x1b[?1049h\x1b[?47hfull",
    "origin when the alternate screen came": b"\x1b[?6h\x1b[?1049h\x1b[?6lfull",
    "line drawing when the alternate screen came": b"\x1b(0\x1b[1m\x1b[?1049h\x1b(B\x1b[mfull",
    "synchronized output": b"\x1b[?2026hhalf of a picture",
    "clusters": b"\x1b[?2027h",
    "no clusters": b"\x1b[?2027l",
    "colour scheme": b"\x1b[?2031h",
    "size reports": b"\x1b[?2048h",
    "no alternate scroll": b"\x1b[?1007l",
    "kitty keyboard": b"\x1b[=1u\x1b[>3u\x1b[>7u\x1b[=15;2u",
    "kitty keyboard on both screens": b"\x1b[>1u\x1b[>3u\x1b[?1049h\x1b[>5u\x1b[>7u\x1b[=8;1u",
    "kitty keyboard left on the alternate screen": b"\x1b[?1049h\x1b[>5u\x1b[=7u\x1b[?1049l",
    "kitty keyboard popped too often": b"\x1b[>5u\x1b[<4u\x1b[=9u",
    "other keys": b"\x1b[>4;2m\x1b[>4;1f",
    "other keys off": b"\x1b[>4n",
    "line drawing": b"\x1b(0qqq",
    "shifted out": b"\x1b)0\x0eqqq",
    "shifted to G2": b"\x1b*A\x1bn###",
    "shifted to G3": b"\x1b+0\x1boqqq",
    "shifted once": b"\x1b*0\x1bN",
    "saved line drawing": b"\x1b(0\x1b7\x1b(B\x1b[m\x1b8",
    "saved origin": b"\x1b[?6h\x1b7\x1b[?6l\x1b8",
    "saved by another sequence": b"\x1b(0\x1b[7m\x1b[s\x1b(B\x1b[m\x1b[u",
    "no tabs": b"\x1b[3g",
    "other tabs": b"\x1b[3g\x1b[5G\x1bH\x1b[50G\x1bH",
    "look": b"\x1b[1;3;4:3;31;48;2;1;2;3mlook",
    "protected": b"\x1b[1\"qkept",
    "modes that were saved": b"\x1b[?1000h\x1b[?1000;7;1007s\x1b[?1000l",
    "modes that came back": b"\x1b[?1002h\x1b[?7l\x1b[?1002;7s\x1b[?1002l\x1b[?7h\x1b[?1002;7r",
    "soft reset": b"\x1b[?1h\x1b[4h\x1b[5;6r\x1b[1m\x1b[?25l\x1b[!p",
    "text in the middle of the screen": b"\x1b[2J" + b"line\r\n" * 20 + b"\x1b[7;30Hhere",
}


class DetachTest(harness.DaemonTest):
    kinds = {"xterm": oracle.Xterm, "ours": oracle.Engine}

    @classmethod
    def setUpClass(cls):
        cls.pipes = {name: oracle.start(cls, kind) for name, kind in cls.kinds.items()}
        cls.before = {}
        for name in cls.pipes:
            with cls.shell(name) as terminal:
                cls.before[name] = terminal.state()

    @classmethod
    def shell(cls, name):
        return cls.pipes[name].new(COLUMNS, ROWS).feed(SHELL + OWN if name == "ours" else SHELL)

    def window(self, *args, **kwargs):
        oracles = {name: (self.shell(name), before) for name, before in self.before.items()}
        for terminal, _ in oracles.values():
            self.addCleanup(terminal.close)
        window = Window(self.daemon, oracles, *args, **kwargs)
        self.addCleanup(window.close)
        return window

    def start(self, then="exec cat"):
        """A session whose program writes what is typed, or does something else when it is ready."""
        client = self.client()
        client.create("/bin/sh", "-c", f"stty raw -echo; printf '\\r\\nready\\r\\n'; {then}", name="s",
                      size=pb.WindowSize(cols=COLUMNS, rows=ROWS))
        harness.eventually(lambda: b"ready" in client.request("screen", session="s", format=pb.TEXT).data, "cat")
        return client

    def snapshot(self, session):
        """What an attached window is shown first."""
        with self.daemon.client() as client:
            attached = client.attach(session, size=pb.WindowSize(cols=COLUMNS, rows=ROWS))
            attached.until(lambda: attached.snapshot, "the snapshot")
            return bytes(attached.snapshot)

    def check(self, scripts):
        """Each of them, written while a window is attached, and before."""
        for name, script in scripts.items():
            client = self.start()
            with self.subTest(name, seen="live"):
                # What it is shown first may have the script's own sequences in it.
                shown = self.snapshot("s")
                window = self.window("attach", "s", *KEYS, answers=False)
                window.expect(re.escape(shown))
                client.request("send", session="s", data=script)
                window.expect(as_written(script))
                self.leave(window)
            with self.subTest(name, seen="on attaching"):
                shown = self.snapshot("s")
                window = self.window("attach", "s", *KEYS, answers=False)
                window.expect(re.escape(shown))
                self.leave(window)
            client.request("remove", session="s", force=True)

    def assertLeftAsItWas(self, window, status=0, message=b"detached", text=True):
        self.assertEqual(status, window.wait(), window.output)
        self.assertIn(message, window.output)
        self.assertEqual([], window.wrong(text), f"after {window.output!r}")

    def leave(self, window):
        window.send(DETACH)
        self.assertLeftAsItWas(window)


class Scripts(DetachTest):
    def test_what_a_program_sets_is_undone(self):
        self.check(SCRIPTS)


if __name__ == "__main__":
    oracle.main()
