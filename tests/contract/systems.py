"""The two kinds of system that the contract is checked on, with the same face: a daemon that can be started, killed and
spoken to, and the program that runs in its sessions.

On this system the programs of the build run as they are. With the arguments PREFIX BIN_FOLDER CHILD those for Windows
run under Wine, and are reached through `ptyctl stdio`.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

from ptyd.v1 import ptyd_pb2 as pb

from client import Client
from waiting import DEADLINE, eventually

WINDOWS = len(sys.argv) > 3 and not sys.argv[1].startswith("-")


class Stdio:
    """The face of a socket: `ptyctl stdio` under Wine, and its two pipes."""

    def __init__(self, command, env, errors):
        self.process = subprocess.Popen([*command, "stdio"], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=errors)

    def fileno(self):
        return self.process.stdout.fileno()

    def sendall(self, data):
        try:
            self.process.stdin.write(data)
            self.process.stdin.flush()
        except BrokenPipeError as error:
            raise ConnectionError("the connection is gone") from error

    def recv(self, size):
        return os.read(self.fileno(), size)

    def close(self):
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                pipe.close()
            except BrokenPipeError:
                pass


class StdioClient(Client):
    def connect(self, path, receive_buffer):
        return path()


class Wine:
    greatest_code = 0xC0000005
    missing_folder = "C:\\no\\such\\folder"
    folder = "C:\\windows\\system32"

    def __init__(self, name):
        prefix, programs, child = sys.argv[1:4]
        here = pathlib.Path(__file__).resolve().parents[1] / "wine"
        self.wine = [str(here / "run.sh"), prefix]
        self.ptyctl = [*self.wine, str(pathlib.Path(programs) / "ptyctl.exe")]
        self.child = self.path(child)
        self.temporary = tempfile.TemporaryDirectory(prefix="ptyd-contract-")
        place = pathlib.Path(self.temporary.name)
        (place / "ptyd.toml").write_text("")
        self.errors = open(place / "errors", "wb")
        self.env = {**os.environ, "PTYD_SOCKET": rf"\\.\pipe\ptyd-contract-{os.getpid()}-{name}",
                    "PTYD_CONFIG": self.path(place / "ptyd.toml"),
                    "PTYD_TEST_CONSOLE_HELPER": self.path(pathlib.Path(child).with_name("console_helper.exe"))}
        self.environment = {"SystemRoot": "C:\\windows", "PATH": "C:\\windows\\system32"}

    @staticmethod
    def path(path):
        return "Z:" + str(pathlib.Path(path).resolve()).replace("/", "\\")

    def run(self, *command):
        return subprocess.run(command, env=self.env, stdin=subprocess.DEVNULL, stdout=self.errors, stderr=self.errors,
                              timeout=DEADLINE, check=False).returncode

    def start(self):
        assert self.run(*self.ptyctl, "daemon", "start") == 0

    def client(self):
        return StdioClient(lambda: Stdio([*self.ptyctl, "--no-autostart"], self.env, self.errors))

    def kill(self):
        with self.client() as client:
            pid = client.request("status").server_pid
        assert self.run(*self.wine, "taskkill.exe", "/F", "/PID", str(pid)) == 0
        self.wait_for_its_end()

    def wait_for_its_end(self):
        eventually(lambda: self.run(*self.ptyctl, "ping", "--no-autostart") != 0, "the end of the daemon")

    def clean_up(self):
        self.run(*self.ptyctl, "daemon", "stop", "--sessions=kill", "--no-autostart")
        self.errors.close()
        self.temporary.cleanup()


class Native:
    greatest_code = 255
    missing_folder = "/no/such/folder"
    folder = "/usr"

    def __init__(self, _):
        import harness  # it wants the folder of this system's programs
        self.daemon = harness.Daemon()
        self.child = harness.CHILD
        self.environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}

    def start(self):
        self.daemon.start()

    def client(self):
        return self.daemon.client()

    def kill(self):
        self.daemon.kill()

    def wait_for_its_end(self):
        self.daemon.process.wait(DEADLINE)

    def clean_up(self):
        self.daemon.clean_up()


System = Wine if WINDOWS else Native
