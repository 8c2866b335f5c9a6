"""ptyd.exe, ptyd-host.exe and ptyctl.exe together, under Wine, for tests that do what a user does.

The tests' arguments: PREFIX BIN_FOLDER CHILD [unittest's options]

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
CTL = str(pathlib.Path(BIN) / "ptyctl.exe")
HELPER = str(pathlib.Path(CHILD).with_name("console_helper.exe"))
DEADLINE = float(os.environ.get("PTYD_TEST_DEADLINE", "30"))


def windows_path(path):
    return "Z:" + str(pathlib.Path(path).resolve()).replace("/", "\\")


class ProgramTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ptyd-wine-"))
        self.addCleanup(subprocess.run, ["rm", "-rf", str(self.folder)], check=False)
        self.config = self.folder / "ptyd.toml"
        self.config.write_text("")
        self.socket = self.new_socket("")
        self.env = {**os.environ, "PTYD_SOCKET": self.socket, "PTYD_CONFIG": windows_path(self.config),
                    "PTYD_TEST_CONSOLE_HELPER": windows_path(HELPER)}

    def new_socket(self, which):
        """A pipe's name whose daemon is stopped at the end."""
        socket = rf"\\.\pipe\ptyd-test-{os.getpid()}-{self.id().rsplit('.', 1)[-1][5:35]}{which}"
        self.addCleanup(self.ctl, "--socket", socket, "daemon", "stop", "--sessions=kill", "--no-autostart", check=False)
        return socket

    def run_program(self, program, *args, timeout=DEADLINE, stdin=subprocess.DEVNULL):
        with open(self.folder / "out", "wb+") as out, open(self.folder / "err", "wb+") as err:
            status = subprocess.run([RUN, PREFIX, program, *args], env=self.env,
                                    stdin=stdin, stdout=out, stderr=err, timeout=timeout).returncode
            out.seek(0)
            err.seek(0)
            return status, out.read().decode(errors="replace"), err.read().decode(errors="replace")

    def ctl(self, *args, check=True, timeout=DEADLINE):
        status, out, err = self.run_program(CTL, *args, timeout=timeout)
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
            self.assertLess(time.monotonic(), end, why() if callable(why) else why)

    def new(self, name, *program):
        self.ctl("new", "-d", "-q", name, "--", windows_path(CHILD), *program)

    def wait_for_output(self, name, text):
        self.eventually(lambda: text in self.ctl("logs", name),
                        lambda: f"{text!r} is not in {self.ctl('logs', name)!r}")


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]], verbosity=2)
