"""A screen of a real tmux server, fed through a pipe."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

from oracle import LIMIT, Missing


class Tmux:
    """One server of its own. Knows text and cursor. Raises Missing when it is not installed."""

    def __init__(self):
        if not shutil.which("tmux"):
            raise Missing("needs tmux")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ptyd-tmux-"))
        self.count, self.last = 0, "first"
        (self.folder / "conf").write_text(
            "set -g status off\nset -g history-limit 1000\nset -g remain-on-exit on\n"
            "set -g default-terminal tmux-256color\nset -s exit-empty off\n")
        self.run("new-session", "-d", "-s", self.last, "-x", "80", "-y", "24", "cat")

    def run(self, *args):
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
        environment.pop("TMUX", None)
        result = subprocess.run(["tmux", "-S", self.folder / "socket", "-f", self.folder / "conf", *args],
                                env=environment, capture_output=True, stdin=subprocess.DEVNULL, timeout=LIMIT)
        if result.returncode:
            raise AssertionError(f"tmux {args}: {result.stderr.decode()}")
        return result.stdout.decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.run("kill-server")
        shutil.rmtree(self.folder, ignore_errors=True)

    def show(self, columns, rows, data):
        """What a new session of this size shows after `data`: (rows' text, (row, column)). Its title tells when tmux
        has read all."""
        self.count += 1
        done = f"shown{self.count}"
        file = self.folder / "data"
        file.write_bytes(data + f"\x1b\\\x1b]2;{done}\x1b\\".encode())
        self.run("new-session", "-d", "-s", done, "-x", str(columns), "-y", str(rows),
                 f"stty raw -echo; cat {file}; exec cat >/dev/null", ";", "kill-session", "-t", self.last)
        self.last = done
        until = time.monotonic() + LIMIT
        while time.monotonic() < until:
            about, *text = self.run("display-message", "-p", "-t", done, "#{pane_title} #{cursor_y} #{cursor_x}", ";",
                                    "capture-pane", "-p", "-N", "-t", done).split("\n")
            title, row, column = about.rsplit(" ", 2)
            if title == done:
                return [row.rstrip(" ") for row in text[:rows]], (int(row), min(int(column), columns - 1))
        raise AssertionError(f"tmux did not show {data!r}")
