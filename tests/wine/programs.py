"""For tests that do with ptyd.exe, ptyd-host.exe and ptyctl.exe what a user does.

The tests' arguments: PREFIX BIN_FOLDER CHILD [unittest's options]
"""
import pathlib
import sys
import unittest

from harness import DEADLINE, RUN, ProgramsTest, windows_path  # noqa: F401 - the tests take them from here

PREFIX, BIN, CHILD = sys.argv[1:4]
CTL = str(pathlib.Path(BIN) / "ptyctl.exe")
HELPER = str(pathlib.Path(CHILD).with_name("console_helper.exe"))


class ProgramTest(ProgramsTest):
    prefix = PREFIX
    bin = BIN

    def setUp(self):
        super().setUp()
        self.socket = self.env["PTYD_SOCKET"]
        self.env["PTYD_TEST_CONSOLE_HELPER"] = windows_path(HELPER)

    def new_socket(self, which):
        """The name of one more pipe, whose daemon is stopped at the end."""
        socket = self.socket + which
        self.addCleanup(self.ctl, "--socket", socket, "daemon", "stop", "--sessions=kill", "--no-autostart", check=False)
        return socket

    def run_program(self, program, *args, **options):
        """Status, and stdout and stderr as texts."""
        status, out, err = super().run_program(program, *args, **options)
        return status, out.decode(errors="replace"), err.decode(errors="replace")

    def sessions(self, *args):
        return {one["name"]: one for one in self.json("list", *args)["sessions"]}

    def new(self, name, *program):
        self.ctl("new", "-d", "-q", name, "--", windows_path(CHILD), *program)

    def wait_for_output(self, name, text):
        self.eventually(lambda: text in self.ctl("logs", name),
                        lambda: f"{text!r} is not in {self.ctl('logs', name)!r}")


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]], verbosity=2)
