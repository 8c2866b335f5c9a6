"""The service files under a real systemd, in namespaces of its own: its sessions outlive the service."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import harness
from harness import PTYCTL, Client, pb

SYSTEMD = "/lib/systemd/systemd"
NAMESPACES = ["unshare", "--fork", "--pid", "--mount", "--mount-proc", "--cgroup", "--ipc", "--uts", "--kill-child"]
# Nothing outside of the test's folder can be changed from inside: the root is read-only there. Without the targets that
# start a machine, systemd runs our units and no other.
BOOT = """set -e
mount --make-rprivate /
mount --bind "$1" "$1"
mount -t tmpfs tmpfs /run
umount -l /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -o remount,bind,ro /
mkdir -p /run/systemd/system
cp -r "$1"/units/* /run/systemd/system/
for unit in sysinit basic multi-user graphical default; do ln -s /dev/null /run/systemd/system/$unit.target; done
exec env -i container=lab PATH="$PATH" "$2" --system --unit=lab.target --show-status=false
"""


def why_not():
    """What is missing here to run systemd; nothing when all is there."""
    if os.geteuid() != 0:
        return "namespaces for systemd need root"
    if not os.path.exists(SYSTEMD) or not shutil.which("systemctl"):
        return "systemd is not installed"
    mounts = "mount -t tmpfs tmpfs /run && umount -l /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup"
    tried = subprocess.run([*NAMESPACES, "sh", "-c", mounts], capture_output=True, text=True, check=False)
    return tried.stderr.strip() if tried.returncode else None


class Systemd:
    """Process 1 of namespaces of its own, with our units installed."""

    def __init__(self, folder):
        units = folder / "units"
        units.mkdir()
        printed = subprocess.run([PTYCTL, "service", "install", "--dry-run"], check=True, capture_output=True, text=True,
                                 env={**os.environ, "HOME": str(folder)}).stdout
        for path, text in re.findall(r"^# (/\S+)\n(.*?)(?=^# /|\Z)", printed, re.DOTALL | re.MULTILINE):
            (units / pathlib.Path(path).name).write_text(text)
        # The units are a user's; here the system's manager runs them.
        (units / "lab.target").write_text("[Unit]\nDescription=lab\nDefaultDependencies=no\n")
        for unit in ("ptyd.service", "ptyd.socket"):
            (units / f"{unit}.d").mkdir()
            (units / f"{unit}.d" / "lab.conf").write_text("[Unit]\nDefaultDependencies=no\n")
        (units / "ptyd.service.d" / "environment.conf").write_text(
            "[Service]\nEnvironment=XDG_RUNTIME_DIR=/run "
            f"HOME={folder} XDG_STATE_HOME={folder}/state SHELL=/bin/sh PTYD_CONFIG={folder}/ptyd.toml\n")
        (folder / "ptyd.toml").write_text("")
        self.log = open(folder / "systemd.log", "wb")
        self.process = subprocess.Popen(
            [*NAMESPACES, "sh", "-c", BOOT, "boot", str(folder), SYSTEMD],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True)
        self.pid = harness.eventually(self.child, "systemd's process")
        harness.eventually(lambda: self.systemctl("is-system-running").stdout.strip() in ("running", "degraded"),
                           "the start of systemd")

    def child(self):
        if self.process.poll() is not None:
            raise AssertionError(f"systemd ended: {pathlib.Path(self.log.name).read_text()}")
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if children else None

    def inside(self, *command):
        return subprocess.run(["nsenter", "-t", str(self.pid), "-m", "-p", "-C", "-i", "-u", *command], check=False,
                              capture_output=True, text=True, timeout=harness.DEADLINE)

    def systemctl(self, *arguments):
        return self.inside("systemctl", *arguments)

    def do(self, *arguments):
        result = self.systemctl(*arguments)
        assert result.returncode == 0, f"systemctl {arguments}: {result.stderr} {pathlib.Path(self.log.name).read_text()}"
        return result.stdout

    def main_pid(self):
        return int(self.do("show", "-P", "MainPID", "ptyd.service"))

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def client(self):
        return Client(f"/proc/{self.pid}/root/run/ptyd/ptyd.sock")


class Service(unittest.TestCase):
    def setUp(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="ptyd-systemd-"))
        self.addCleanup(shutil.rmtree, folder, True)
        self.systemd = Systemd(folder)
        self.addCleanup(self.systemd.stop)
        self.systemd.do("start", "ptyd.socket")

    def begin(self):
        """A session in which something was typed; the first client starts the service."""
        self.assertEqual(0, self.systemd.main_pid())
        with self.systemd.client() as client:
            session = client.create("/bin/cat", name="kept")
            attached = client.attach("kept", from_offset=0)
            attached.type("before\n")
            attached.expect("before\r\nbefore")
        self.assertNotEqual(0, self.systemd.main_pid())
        return session

    def check(self, session):
        with self.systemd.client() as client:
            again = client.request("inspect", session="kept").session
            self.assertEqual((session.id, session.pid, pb.RUNNING), (again.id, again.pid, again.state))
            attached = client.attach("kept", from_offset=0)
            attached.expect("before")
            attached.type("after\n")
            attached.expect("after\r\nafter")

    def test_the_first_client_starts_the_service(self):
        self.check(self.begin())

    def test_a_restart_of_the_service_keeps_the_sessions(self):
        session = self.begin()
        before = self.systemd.main_pid()
        self.systemd.do("restart", "ptyd.service")
        self.assertNotEqual(before, self.systemd.main_pid())
        self.check(session)

    def test_a_killed_daemon_is_started_again(self):
        session = self.begin()
        for _ in range(10):
            before = self.systemd.main_pid()
            self.systemd.do("kill", "--kill-who=main", "-s", "KILL", "ptyd.service")
            # The socket is systemd's: whoever connects in between waits and is served.
            with self.systemd.client() as client:
                self.assertTrue(client.welcome)
            harness.eventually(lambda last=before: self.systemd.main_pid() not in (0, last), "the next daemon")
        self.check(session)

    def test_stopping_the_service_leaves_the_sessions(self):
        session = self.begin()
        self.systemd.do("stop", "ptyd.socket", "ptyd.service")
        self.assertEqual("inactive\n", self.systemd.systemctl("is-active", "ptyd.service").stdout)
        self.assertEqual(0, self.systemd.inside("test", "-d", f"/proc/{session.pid}").returncode)
        self.systemd.do("start", "ptyd.socket")
        self.check(session)

    def test_a_daemon_that_can_not_run_is_not_tried_for_ever(self):
        self.systemd.inside("sh", "-c", "echo 'nonsense = [' > $1", "sh", self.config())
        self.assertNotEqual(0, self.systemd.systemctl("start", "ptyd.service").returncode)
        self.assertEqual("failed\n", self.systemd.systemctl("is-active", "ptyd.service").stdout)
        self.assertEqual("0\n", self.systemd.do("show", "-P", "NRestarts", "ptyd.service"))
        self.systemd.inside("sh", "-c", ": > $1", "sh", self.config())
        self.systemd.do("reset-failed", "ptyd.service", "ptyd.socket")
        self.systemd.do("restart", "ptyd.socket")
        self.check(self.begin())

    def config(self):
        environment = self.systemd.do("show", "-P", "Environment", "ptyd.service")
        return re.search(r"PTYD_CONFIG=(\S+)", environment).group(1)


if __name__ == "__main__":
    if reason := why_not():
        print(f"skipped: {reason}")
        sys.exit(77)
    harness.main()
