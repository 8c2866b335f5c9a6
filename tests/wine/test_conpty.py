#!/usr/bin/env python3
"""A conpty.dll with its OpenConsole.exe beside ptyd-host.exe, under Wine: which console a session gets, and what the
log says of it. Microsoft's own come from the npm package node-pty.

usage: test_conpty.py PREFIX BIN_FOLDER CONSOLE_CHILD FAKE_CONPTY [unittest's options]

Exit status 77: the package can't be had here.
"""
import pathlib
import shutil
import subprocess
import sys
import unittest

from harness import HERE, ProgramsTest, windows_path

CHILD = ""
FAKE = ""
MICROSOFTS = pathlib.Path()
PAIR = ("conpty.dll", "OpenConsole.exe")
WARNING = "uses the system's console host"


def microsofts():
    found = subprocess.run([HERE.parent / "npm_modules.sh", HERE / "conpty"], capture_output=True, text=True)
    if found.returncode:
        print(found.stderr)
        sys.exit(found.returncode)
    return pathlib.Path(found.stdout.strip()) / "node_modules/node-pty/prebuilds/win32-x64/conpty"


class Conpty(ProgramsTest):
    def setUp(self):
        super().setUp()
        self.log = self.folder / "ptyd.log"
        self.says = self.folder / "says"
        (self.folder / "ptyd.toml").write_text(
            f"[daemon]\nlog_target = \"file\"\nlog_file = '{windows_path(self.log)}'\n")
        self.env["PTYD_TEST_CONPTY_SAYS"] = windows_path(self.says)
        self.beside = self.folder / "programs"
        self.beside.mkdir()
        for name in ("ptyd", "ptyd-host", "ptyctl"):
            shutil.copy(self.program(name), self.beside)
        self.bin = str(self.beside)

    def run_a_session(self, **options):
        """From its start to its end; what the log says then."""
        self.ctl("new", "-d", "-q", "one", "--", windows_path(CHILD), "echo", **options)
        self.ctl("send", "one", "some words", "--enter")
        self.eventually(lambda: "[some words]" in self.ctl("logs", "one"), "the answer")
        self.ctl("send", "one", "end", "--enter")
        self.ctl("wait", "one", "--timeout", "30s")
        return self.log.read_text()

    def test_microsofts_is_used_or_passed_over_with_a_warning(self):
        for name in PAIR:
            shutil.copy(MICROSOFTS / name, self.beside)
        # Wine's driver for consoles speaks another protocol than OpenConsole.exe, so the library's create fails.
        # With Windows there must be no warning.
        self.assertIn(WARNING, self.run_a_session())

    def test_one_of_the_two_files_is_none(self):
        for name in PAIR:
            with self.subTest(name):
                shutil.copy(FAKE if name == PAIR[0] else MICROSOFTS / name, self.beside / name)
                self.assertIn(WARNING, self.run_a_session())
                self.assertFalse(self.says.exists())
                (self.beside / name).unlink()
                self.stop()
                self.log.unlink()

    def test_without_them_nothing_is_said(self):
        self.assertNotIn(WARNING, self.run_a_session())

    def test_one_that_works_is_used(self):
        shutil.copy(FAKE, self.beside / PAIR[0])
        (self.beside / PAIR[1]).write_bytes(b"")
        self.assertNotIn(WARNING, self.run_a_session())
        self.assertEqual(self.says.read_text("utf-16-le").lower(), windows_path(self.beside / PAIR[0]).lower())

    def test_one_that_is_broken_is_passed_over(self):
        for name in PAIR:
            (self.beside / name).write_bytes(b"MZ nothing more")
        self.assertIn(WARNING, self.run_a_session())

    def test_only_beside_the_host(self):
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir()
        shutil.copy(FAKE, elsewhere / PAIR[0])
        (elsewhere / PAIR[1]).write_bytes(b"")
        path = windows_path(elsewhere)
        log = self.run_a_session(cwd=elsewhere, env={"WINEPATH": path})
        self.assertNotIn(WARNING, log)
        self.assertFalse(self.says.exists())


if __name__ == "__main__":
    ProgramsTest.prefix, ProgramsTest.bin, CHILD, FAKE = sys.argv[1:5]
    MICROSOFTS = microsofts()
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]], verbosity=2)
