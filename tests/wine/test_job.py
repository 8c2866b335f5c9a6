#!/usr/bin/env python3
"""Started in a job that lets nobody out, under Wine: the programs take the next way, and say what it means.

Wine's management service runs in the process that calls it, so what it starts is in the job all the same. That it was
asked shows in how a host was started.

usage: test_job.py PREFIX BIN_FOLDER CONSOLE_CHILD IN_JOB [unittest's options]
"""
import pathlib
import subprocess
import sys
import unittest

from harness import DEADLINE, RUN, ProgramsTest, windows_path

CHILD = ""
IN_JOB = ""
NO_SERVICE = "wbemprox=d"  # which is the management service
ENDS = "end with that job"


class Job(ProgramsTest):
    def setUp(self):
        super().setUp()
        self.log = self.folder / "ptyd.log"
        (self.folder / "ptyd.toml").write_text(
            f"[daemon]\nlog_target = \"file\"\nlog_file = '{windows_path(self.log)}'\n")

    def start_daemon(self, kind):
        """In the job, which lives as long as it."""
        line = f'"{windows_path(self.program("ptyd"))}" --log-target file'
        with open(self.folder / "daemon", "wb") as out:
            started = subprocess.Popen([RUN, self.prefix, IN_JOB, kind, line], env=self.env, stdin=subprocess.DEVNULL,
                                       stdout=out, stderr=out)
        self.addCleanup(started.wait, DEADLINE)
        self.addCleanup(self.stop)
        status = ("daemon", "status", "--no-autostart")
        self.eventually(lambda: self.run_program(self.program("ptyctl"), *status)[0] == 0, "the daemon")

    def run_a_session(self):
        self.ctl("new", "-d", "-q", "one", "--", windows_path(CHILD), "echo")
        self.ctl("send", "one", "some words", "--enter")
        self.eventually(lambda: "[some words]" in self.ctl("logs", "one"), "the answer")

    def host_arguments(self):
        """Those of the one host that runs here."""
        marker = f"PTYD_SOCKET={self.env['PTYD_SOCKET']}".encode()
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and marker in (entry / "environ").read_bytes() and \
                        (line := (entry / "cmdline").read_bytes()).lower().split(b"\0")[0].endswith(b"ptyd-host.exe"):
                    found.append(line.decode().rstrip("\0").split("\0")[1:])
            except OSError:
                pass
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_without_a_job_a_host_inherits(self):
        self.run_a_session()
        self.assertEqual(len(self.host_arguments()), 3)
        self.assertNotIn(ENDS, self.log.read_text())

    def test_a_host_comes_by_the_service(self):
        self.start_daemon("kept")
        self.run_a_session()
        self.assertRegex(self.host_arguments()[0], r"^\\\\\.\\pipe\\ptyd-start-[0-9a-f]{32}$")
        self.assertNotIn(ENDS, self.log.read_text())

    def test_a_host_stays_in_the_job_where_there_is_no_service(self):
        self.env["PTYD_TEST_DLLS"] = NO_SERVICE
        self.start_daemon("kept")
        self.run_a_session()
        self.assertEqual(len(self.host_arguments()), 3)
        self.assertIn("the session ends with that job", self.log.read_text())

    def test_a_program_that_cannot_be_started_is_told_the_same_way(self):
        self.start_daemon("kept")
        status, _, err = self.run_program(self.program("ptyctl"), "new", "-d", "x", "--", "no-such-program")
        self.assertEqual(status, 127, err)

    def test_the_status_warns_of_a_job_that_ends_the_daemon(self):
        if self.run_program(IN_JOB, "limits")[0] != 0:
            self.skipTest("Wine lacks: a process's view of its job's limits")
        self.start_daemon("ended")
        warnings = self.json("daemon", "status")["warnings"]
        self.assertTrue(any(ENDS in one for one in warnings), warnings)
        self.assertIn(ENDS, self.log.read_text())

    def test_ptyctl_starts_the_daemon_from_such_a_job(self):
        for name, overrides in (("service", None), ("within", NO_SERVICE)):
            with self.subTest(name):
                if overrides:
                    self.env["PTYD_TEST_DLLS"] = overrides
                line = f'"{windows_path(self.program("ptyctl"))}" daemon start'
                status, out, err = self.run_program(IN_JOB, "kept", line)
                self.assertEqual(status, 0, out + err)
                self.ctl("daemon", "status", "--no-autostart")
                self.stop()


if __name__ == "__main__":
    ProgramsTest.prefix, ProgramsTest.bin, CHILD, IN_JOB = sys.argv[1:5]
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]], verbosity=2)
