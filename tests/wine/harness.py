"""What tests of the programs under Wine share: a daemon of their own, and ptyctl run to its end.

Programs under Wine keep what they got as stdout open in the programs that they start, so all output goes to files, and
the end of ptyctl is waited for, not the end of its output.
"""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

DEADLINE = float(os.environ.get("PTYD_TEST_DEADLINE", "30"))
HERE = pathlib.Path(__file__).resolve().parent
RUN = str(HERE / "run.sh")


def windows_path(path):
    return "Z:" + str(pathlib.Path(path).resolve()).replace("/", "\\")


class ProgramsTest(unittest.TestCase):
    """prefix and bin are set by the test's main program. A folder and a daemon's name for each test."""
    prefix = ""
    bin = ""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ptyd-wine-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        config = self.folder / "ptyd.toml"
        config.write_text("")
        name = self.id().rsplit(".", 1)[-1][5:35]
        self.env = {**os.environ, "PTYD_SOCKET": rf"\\.\pipe\ptyd-test-{os.getpid()}-{name}",
                    "PTYD_CONFIG": windows_path(config)}
        self.addCleanup(self.stop)

    def stop(self):
        self.run_program(self.program("ptyctl"), "daemon", "stop", "--sessions=kill", "--no-autostart")

    def program(self, name):
        return pathlib.Path(self.bin) / f"{name}.exe"

    def run_program(self, program, *args, env=None, cwd=None, timeout=DEADLINE, stdin=subprocess.DEVNULL):
        """Status, and the bytes of stdout and stderr."""
        out, err = self.folder / "out", self.folder / "err"
        with open(out, "wb") as to_out, open(err, "wb") as to_err:
            ended = subprocess.run([RUN, self.prefix, str(program), *args], env={**self.env, **(env or {})}, cwd=cwd,
                                   stdin=stdin, stdout=to_out, stderr=to_err, timeout=timeout)
        return ended.returncode, out.read_bytes(), err.read_bytes()

    def ctl(self, *args, check=True, **options):
        """What ptyctl printed; without `check` its status, whatever that is."""
        status, out, err = ProgramsTest.run_program(self, self.program("ptyctl"), *args, **options)
        if check and status != 0:
            self.fail(f"ptyctl {args} ended with {status}\n{out}\n{err}")
        return out.decode(errors="replace") if check else status

    def json(self, *args, **options):
        return json.loads(self.ctl(*args, "--json", **options))

    def eventually(self, what, why):
        end = time.monotonic() + DEADLINE
        while True:
            value = what()
            if value:
                return value
            self.assertLess(time.monotonic(), end, why() if callable(why) else why)
