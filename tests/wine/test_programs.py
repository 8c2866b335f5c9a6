#!/usr/bin/env python3
"""ptyd.exe, ptyd-host.exe and ptyctl.exe together, under Wine: what a user does, by ptyctl's own output.

usage: test_programs.py PREFIX BIN_FOLDER CHILD [unittest's options]

Programs under Wine keep what they got as stdout open in the programs that they start, so all output goes to files, and
the end of ptyctl is waited for, not the end of its output.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

PREFIX, BIN, CHILD = sys.argv[1:4]
RUN = str(pathlib.Path(__file__).with_name("run.sh"))
DEADLINE = float(os.environ.get("PTYD_TEST_DEADLINE", "30"))


def windows_path(path):
    return "Z:" + str(pathlib.Path(path).resolve()).replace("/", "\\")


class Programs(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ptyd-wine-"))
        self.addCleanup(subprocess.run, ["rm", "-rf", str(self.folder)], check=False)
        self.config = self.folder / "ptyd.toml"
        self.config.write_text("")
        self.socket = rf"\\.\pipe\ptyd-test-{os.getpid()}-{self.id().rsplit('.', 1)[-1][5:35]}"
        self.env = {**os.environ, "PTYD_SOCKET": self.socket, "PTYD_CONFIG": windows_path(self.config)}
        self.addCleanup(self.ctl, "daemon", "stop", "--sessions=kill", "--no-autostart", check=False)

    def run_program(self, program, *args, timeout=DEADLINE):
        with open(self.folder / "out", "wb+") as out, open(self.folder / "err", "wb+") as err:
            status = subprocess.run([RUN, PREFIX, program, *args], env=self.env,
                                    stdin=subprocess.DEVNULL, stdout=out, stderr=err, timeout=timeout).returncode
            out.seek(0)
            err.seek(0)
            return status, out.read().decode(errors="replace"), err.read().decode(errors="replace")

    def ctl(self, *args, check=True, timeout=DEADLINE):
        status, out, err = self.run_program(str(pathlib.Path(BIN) / "ptyctl.exe"), *args, timeout=timeout)
        if check and status != 0:
            self.fail(f"ptyctl {args} ended with {status}\n{out}\n{err}")
        return out if check else status

    def json(self, *args):
        return json.loads(self.ctl(*args, "--json"))

    def sessions(self, *args):
        return {one["name"]: one for one in self.json("list", *args)["sessions"]}

    def eventually(self, what, why):
        end = time.monotonic() + DEADLINE
        while True:
            value = what()
            if value:
                return value
            self.assertLess(time.monotonic(), end, why)

    def new(self, name, *program):
        self.ctl("new", "-d", "-q", name, "--", windows_path(CHILD), *program)

    def test_a_session_is_made_listed_typed_into_and_read(self):
        self.new("echo", "echo")
        self.assertEqual(self.sessions()["echo"]["state"], "running")
        self.ctl("send", "echo", "some words", "--enter")
        self.eventually(lambda: "[some words]" in self.ctl("logs", "echo"), "the answer")
        self.assertIn("[some words]", self.ctl("snapshot", "echo"))
        self.ctl("send", "echo", "end", "--enter")
        self.assertEqual(self.ctl("wait", "echo", "--timeout", "30s", check=False), 0)

    def test_exit_codes_arrive_exactly(self):
        for code in (0, 1, 259, 0xC0000005):
            self.new(f"exit{code}", "exit", str(code))
            self.ctl("wait", f"exit{code}", "--timeout", "30s", check=False)
            self.assertEqual(self.sessions("-a")[f"exit{code}"]["exit"]["code"], code)

    def test_sessions_outlive_a_daemon_that_was_killed(self):
        self.new("keeps", "echo")
        self.ctl("send", "keeps", "before", "--enter")
        self.eventually(lambda: "[before]" in self.ctl("logs", "keeps"), "the first answer")
        pid = self.json("daemon", "status")["pid"]
        self.assertEqual(self.run_program("taskkill.exe", "/F", "/PID", str(pid))[0], 0)
        self.eventually(lambda: self.ctl("list", "--no-autostart", check=False) != 0, "the end of the daemon")
        self.ctl("send", "keeps", "after", "--enter")
        self.eventually(lambda: "[after]" in self.ctl("logs", "keeps"), "the second answer")
        self.assertIn("[before]", self.ctl("logs", "keeps"))
        self.assertNotEqual(self.json("daemon", "status")["pid"], pid)

    def test_nothing_is_left_after_50_sessions(self):
        for number in range(50):
            self.new(f"s{number}", "exit", "0")
        self.ctl("wait", *(f"s{number}" for number in range(50)), "--timeout", "30s")
        self.assertEqual(self.sessions(), {})
        self.ctl("daemon", "stop", "--sessions=kill")
        self.eventually(lambda: not self.left_over(), "the end of hosts and console hosts")

    def left_over(self):
        """Hosts of sessions, and of their consoles, that this test has started: others run beside it."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and f"PTYD_SOCKET={self.socket}".encode() in (entry / "environ").read_bytes() and \
                        any(name in (entry / "cmdline").read_bytes() for name in (b"ptyd-host", b"conhost")):
                    found.append(entry.name)
            except OSError:
                pass
        return found


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]], verbosity=2)
