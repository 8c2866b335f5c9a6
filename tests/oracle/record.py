#!/usr/bin/python3
"""Records what programs write to a terminal: recordings/NAME.COLUMNSxROWS.out.gz, with a .json beside it.

    record.py                record all
    record.py vim nvim       record these

Run it as root, as each program runs in namespaces of its own: its host is called "demo", it sees no processes but its
own, and its home is /home/demo, so that nothing in a recording tells of the machine. A recorded terminal answers as
xterm.js does. Nothing sleeps: after the keys of a step, the text that the step names has to appear on the screen.
"""
import errno
import fcntl
import gzip
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import struct
import sys
import tempfile
import termios
import time

import scenarios
from oracle import Xterm

RECORDINGS = pathlib.Path(__file__).resolve().parent / "recordings"
DEADLINE = 20
SIZES = (80, 24), (200, 60)
ENTER_NAMESPACE = """
hostname demo
mount -t tmpfs none /home && mkdir /home/demo && mount --bind "$1" /home/demo && cd /home/demo && shift && exec "$@"
"""
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8",
    "HOME": "/home/demo", "USER": "demo", "LOGNAME": "demo", "SHELL": "/bin/sh", "PS1": "$ ",
}


class Recorder:
    """A program on a terminal of its own; all of its output, and where in it the size changed."""

    def __init__(self, argv, columns, rows, terminal):
        self.columns, self.rows, self.terminal = columns, rows, terminal
        self.output = bytearray()
        self.events = []
        self.pages = []
        self.home = tempfile.mkdtemp()
        for name, text in scenarios.FILES.items():
            pathlib.Path(self.home, name).parent.mkdir(exist_ok=True)
            pathlib.Path(self.home, name).write_text(text)
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            self.set_size(0, columns, rows)
            os.execvpe("unshare", ["unshare", "--uts", "--pid", "--mount", "--fork", "--mount-proc", "sh", "-ec",
                                   ENTER_NAMESPACE, "sh", self.home, *argv], ENVIRONMENT)

    @staticmethod
    def set_size(terminal, columns, rows):
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, timeout):
        """False: the program has ended."""
        ready, _, _ = select.select([self.master], [], [], timeout)
        if not ready:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            data = b""
        self.output += data
        self.terminal.feed(data)
        self.write(self.terminal.replies())
        return bool(data)

    def write(self, data):
        while data:
            data = data[os.write(self.master, data):]

    def find(self, wanted, begin):
        if isinstance(wanted, bytes):
            return re.search(wanted, self.output[begin:])
        return wanted and re.search(wanted, "\n".join(self.terminal.text()))

    def expect(self, wanted):
        """Waits until the screen shows a regular expression. Bytes: until it is in the output from now on.
        None: until the program has ended."""
        until = time.monotonic() + DEADLINE
        begin = len(self.output)
        while not (match := self.find(wanted, begin)):
            if not self.read(max(0, until - time.monotonic())):
                if wanted is None:
                    return None
                raise AssertionError(f"the program ended, {wanted!r} was expected")
            if time.monotonic() > until:
                raise AssertionError(f"{wanted!r} did not appear:\n" + "\n".join(self.terminal.text()))
        return match[0]

    def step(self, keys, wanted):
        if keys is scenarios.PAGE:
            self.pages.append(len(self.output))
            return None
        if isinstance(keys, tuple):
            columns, rows = keys
            self.events.append({"offset": len(self.output), "columns": columns, "rows": rows})
            self.terminal.resize(columns, rows)
            self.set_size(self.master, columns, rows)
        else:
            self.write(keys.encode())
        return self.expect(wanted)

    def run(self, steps):
        found = None
        try:
            while True:
                found = self.step(*steps.send(found))
        except StopIteration:
            pass

    def close(self):
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.waitpid(self.pid, 0)
        os.close(self.master)
        shutil.rmtree(self.home)


def private_words():
    """What must not be in a recording."""
    words = [os.uname().nodename, os.uname().release, str(pathlib.Path(__file__).resolve().parents[2])]
    return [word.encode() for word in words if len(word) > 3]


def record(xterm, name, columns, rows):
    argv, steps = scenarios.SCENARIOS[name]
    recorder = Recorder(argv, columns, rows, xterm.new(columns, rows))
    try:
        recorder.run(steps(columns, rows))
    finally:
        recorder.close()
    for word in private_words():
        assert word not in recorder.output, f"{name} shows {word}"
    stem = RECORDINGS / f"{name}.{columns}x{rows}"
    packed = gzip.compress(bytes(recorder.output), 9, mtime=0)
    stem.with_name(stem.name + ".out.gz").write_bytes(packed)
    about = {"columns": columns, "rows": rows, "resizes": recorder.events, "pages": recorder.pages}
    stem.with_name(stem.name + ".json").write_text(json.dumps(about) + "\n")
    print(f"{stem.name}: {len(recorder.output)} bytes, {len(packed)} packed, {recorder.events}, "
          f"{len(recorder.pages)} pages")


def main():
    RECORDINGS.mkdir(exist_ok=True)
    with Xterm() as xterm:
        for name in sys.argv[1:] or scenarios.SCENARIOS:
            for columns, rows in SIZES[:1] if name == "vttest" else SIZES:
                record(xterm, name, columns, rows)


if __name__ == "__main__":
    main()
