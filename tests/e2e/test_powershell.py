"""The shell integration in a PowerShell, where there is one. Exit status 77: there is none."""
import json
import pathlib
import shutil
import subprocess
import sys

import harness
from waiting import DEADLINE

POWERSHELL = shutil.which("pwsh")


class PowerShell(harness.DaemonTest):
    def setUp(self):
        super().setUp()
        home = pathlib.Path(self.daemon.folder) / "home"
        home.mkdir()
        self.daemon.ptyctl("new", "-d", "s", "--shell-integration", "-C", str(home), "--", POWERSHELL, "-NoLogo",
                           env={"HOME": str(home), "POWERSHELL_TELEMETRY_OPTOUT": "1", "LC_ALL": "C.UTF-8"})

    def exec(self, *command):
        done = subprocess.run([harness.PTYCTL, "exec", "s", "--", *command], env=self.daemon.env, capture_output=True,
                              timeout=DEADLINE)
        return done.returncode, done.stdout.decode().strip(), done.stderr.decode()

    def test_output_and_status(self):
        self.assertEqual((0, "hello", ""), self.exec("Write-Output", "hello"))
        self.assertEqual((0, "it's $a", ""), self.exec("Write-Output", "it's $a"))
        self.assertEqual(3, self.exec("sh", "-c", "exit 3")[0])
        self.assertEqual(1, self.exec("Get-Item ./none -ErrorAction SilentlyContinue")[0])
        self.assertEqual((0, "3", ""), self.exec("1 + 2"))
        told = json.loads(self.daemon.ptyctl("logs", "s", "--commands", "--json").stdout)["commands"]
        self.assertEqual(("1 + 2", 0), (told[-1]["command"], told[-1]["exit_code"]))
        self.assertTrue(told[-1]["cwd"].endswith("/home"), told[-1]["cwd"])


if __name__ == "__main__":
    if not POWERSHELL:
        print("there is no pwsh")
        sys.exit(77)
    harness.main()
