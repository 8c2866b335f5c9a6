"""What the end-to-end tests share: a private daemon, ptyctl, terminals.

Nothing here sleeps: every wait is for output, an event or the end of a process, with a deadline.
"""
import contextlib
import errno
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

from ptyd.v1 import ptyd_pb2 as pb  # noqa: F401 - the tests take it from here

from client import Client, ProtocolError, base_env  # noqa: F401
from waiting import DEADLINE, Timeout, eventually, remaining  # noqa: F401

BIN = pathlib.Path(os.environ["PTYD_BIN_DIR"])
SOURCE = pathlib.Path(os.environ["PTYD_SOURCE_DIR"])
CHILD = str(BIN / "pty_child")
PTYCTL = str(BIN / "ptyctl")
PTYD = str(BIN / "ptyd")
MASK = (1 << 64) - 1


def pattern(seed, begin, end):
    """Bytes [begin, end) of the stream that `pty_child pattern SEED` writes."""
    first = begin // 8
    words = []
    for index in range(first, (end + 7) // 8):
        z = ((seed ^ 0x5851F42D4C957F2D) + (index + 1) * 0x9E3779B97F4A7C15) & MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        words.append(z ^ (z >> 31))
    data = struct.pack(f"<{len(words)}Q", *words)
    return data[begin - first * 8:end - first * 8]


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


class Daemon:
    """A daemon of its own, in a folder of its own."""

    def __init__(self, config="", env=None, prefix=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ptyd-", dir="/tmp"))
        self.socket = self.folder / "run" / "ptyd.sock"
        self.config = self.folder / "ptyd.toml"
        self.log = self.folder / "ptyd.log"
        self.config.write_text(config)
        self.env = {**os.environ, "PTYD_SOCKET": str(self.socket), "PTYD_CONFIG": str(self.config),
                    "HOME": str(self.folder), "XDG_STATE_HOME": str(self.folder / "state"),
                    "XDG_RUNTIME_DIR": str(self.folder), "SHELL": "/bin/sh", "PS1": "$ ", "LANG": "C.UTF-8",
                    "TERM": "xterm-256color", "PTYD_AUTOSTART": "0"}
        for name in ("PTYD_SESSION", "PTYD_SESSION_ID", "PTYD_ANCESTRY", "TMUX", "NO_COLOR", "PTYD_DETACH_KEYS"):
            self.env.pop(name, None)
        self.env.update(env or {})
        self.prefix = list(prefix)
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.clean_up()

    def start(self, *args, env=None, wait=True):
        read, write = os.pipe()
        log = open(self.log, "ab")
        self.process = subprocess.Popen(
            [*self.prefix, PTYD, "--socket", str(self.socket), "--log-target", "stderr", "--ready-fd", str(write), *args],
            pass_fds=[write], env={**self.env, **(env or {})}, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True)
        os.close(write)
        log.close()
        try:
            if wait:
                ready, _, _ = select.select([read], [], [], DEADLINE)
                if not ready or os.read(read, 2) != b"1\n":
                    raise AssertionError(f"the daemon did not start:\n{self.log_text()}")
        finally:
            os.close(read)
        return self

    def log_text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    @property
    def pid(self):
        return self.process.pid

    def kill(self):
        self.process.kill()
        self.process.wait(DEADLINE)

    def terminate(self):
        self.process.terminate()
        return self.process.wait(DEADLINE)

    def restart(self):
        self.kill()
        self.start()

    def start_no_hosts(self):
        """Restarts it so that no host can be started, nor take over for another one."""
        self.kill()
        self.start("--host-program", "/bin/false")

    def client(self, **kwargs):
        return Client(self.socket, **kwargs)

    def ptyctl(self, *args, check=True, stdin=None, timeout=DEADLINE, env=None):
        result = subprocess.run([PTYCTL, *args], env={**self.env, **(env or {})}, input=stdin, capture_output=True,
                                timeout=timeout)
        if check and result.returncode != 0:
            raise AssertionError(f"ptyctl {args} ended with {result.returncode}\n{result.stdout!r}\n{result.stderr!r}")
        return result

    def terminal(self, *args, **kwargs):
        return Terminal([PTYCTL, *args], env={**self.env, **kwargs.pop("env", {})}, **kwargs)

    def hosts(self):
        """Process ids of the hosts of this daemon's sessions."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if (entry / "comm").read_text().strip() != "ptyd-host":
                    continue
                links = [os.readlink(entry / "fd" / fd) for fd in os.listdir(entry / "fd")]
            except OSError:
                continue
            inodes = {re.match(r"socket:\[(\d+)\]", link).group(1) for link in links if link.startswith("socket:")}
            if inodes & self.host_inodes():
                found.append(int(entry.name))
        return found

    def host_inodes(self):
        folder = str(self.socket.parent / "hosts") + "/"
        lines = pathlib.Path("/proc/net/unix").read_text().splitlines()
        return {line.split()[6] for line in lines if len(line.split()) == 8 and line.split()[7].startswith(folder)}

    def clean_up(self):
        if self.process and self.process.poll() is None:
            told = False
            with contextlib.suppress(Exception):
                os.kill(self.pid, signal.SIGCONT)
                with self.client() as client:
                    client.request("shutdown", kill_sessions=True, deadline=5)
                    told = True
                self.process.wait(DEADLINE)
            if self.process.poll() is None:
                self.kill()
                assert not told, "the daemon said that it stops, and did not end"
        for host in self.hosts():
            with contextlib.suppress(OSError):
                os.kill(host, signal.SIGKILL)
        eventually(lambda: not self.hosts(), "the end of all hosts")
        shutil.rmtree(self.folder, ignore_errors=True)


class Terminal:
    """A program on a terminal of its own, as a person's window runs it."""

    def __init__(self, argv, env, cols=80, rows=24):
        self.master, slave = pty.openpty()
        self.resize(cols, rows)
        self.before = termios.tcgetattr(self.master)
        self.slave = slave

        def become_leader():
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, env=env, close_fds=True,
                                        preexec_fn=become_leader)
        self.output = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def resize(self, cols, rows, x_pixels=0, y_pixels=0):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, x_pixels, y_pixels))

    def send(self, data):
        if isinstance(data, str):
            data = data.encode()
        while data:
            select.select([], [self.master], [], DEADLINE)
            data = data[os.write(self.master, data[:512]):]

    def read(self, timeout):
        ready, _, _ = select.select([self.master], [], [], timeout)
        if not ready:
            return b""
        try:
            data = os.read(self.master, 65536)
        except OSError as error:
            if error.errno == errno.EIO:
                return b""
            raise
        self.output += data
        return data

    def expect(self, wanted, deadline=DEADLINE):
        """Waits for a regular expression; returns the match, and forgets the output up to its end."""
        if isinstance(wanted, str):
            wanted = wanted.encode()
        until = time.monotonic() + deadline
        while True:
            match = re.search(wanted, self.output, re.DOTALL)
            if match:
                self.output = self.output[match.end():]
                return match
            try:
                self.read(remaining(until, f"{wanted!r}; have {self.output[-1500:]!r}"))
            except Timeout:
                raise

    def wait(self, deadline=DEADLINE):
        """The exit status; output is read meanwhile, so that the program never waits for us."""
        until = time.monotonic() + deadline
        while self.process.poll() is None:
            self.read(min(0.02, remaining(until, f"the program's end; have {self.output[-1500:]!r}")))
        while self.read(0):
            pass
        return self.process.returncode

    def settings(self):
        return termios.tcgetattr(self.slave)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for descriptor in (self.master, self.slave):
            with contextlib.suppress(OSError):
                os.close(descriptor)
        self.master = self.slave = -1


class DaemonTest(unittest.TestCase):
    """A test with a daemon."""
    config = ""

    def setUp(self):
        self.daemon = Daemon(self.config)
        self.addCleanup(self.daemon.clean_up)
        self.daemon.start()

    def client(self, **kwargs):
        client = self.daemon.client(**kwargs)
        self.addCleanup(client.close)
        return client

    def assertCode(self, code, call, *args, **kwargs):
        with self.assertRaises(ProtocolError) as caught:
            call(*args, **kwargs)
        self.assertEqual(pb.ErrorCode.Name(code), pb.ErrorCode.Name(caught.exception.code), str(caught.exception))
        self.assertTrue(caught.exception.error.message)
        return caught.exception.error


class CommandTest(DaemonTest):
    """A test of ptyctl with a daemon."""

    def ok(self, *args, **kwargs):
        return self.daemon.ptyctl(*args, **kwargs).stdout.decode()

    def fails(self, status, *args, **kwargs):
        result = self.daemon.ptyctl(*args, check=False, **kwargs)
        self.assertEqual(status, result.returncode, result.stdout + result.stderr)
        return result.stderr.decode()

    def json(self, *args):
        return json.loads(self.ok("--json", *args))


def npm_modules(folder):
    """The folder with the modules that `folder` locks. Without npm, or them, the test ends as one that is skipped."""
    found = subprocess.run([SOURCE / "tests/npm_modules.sh", folder], capture_output=True, text=True)
    if found.returncode:
        print(found.stderr)
        sys.exit(found.returncode)
    return found.stdout.strip()


def main():
    unittest.main(verbosity=2)
