"""Time slices: short ones for what a key passes, the usual ones for all else. Exit status 77: not on Linux 6.12 or later."""
import ctypes
import os
import struct
import sys
import unittest

import harness
from waiting import eventually

ATTRIBUTES = "IIQiIQQQ"  # struct sched_attr: size, policy, flags, nice, priority, runtime, deadline, period
SYS_SCHED_SETATTR, SYS_SCHED_GETATTR = {"x86_64": (314, 315)}.get(os.uname().machine, (274, 275))
BRIEF_NS = 100_000
BATCH = 3

libc = ctypes.CDLL(None, use_errno=True)


def attributes(pid):
    """(policy, nice, time slice in nanoseconds) of a process's first thread."""
    size = struct.calcsize(ATTRIBUTES)
    found = ctypes.create_string_buffer(size)
    if libc.syscall(SYS_SCHED_GETATTR, pid, found, size, 0) != 0:
        raise OSError(ctypes.get_errno(), "sched_getattr")
    _, policy, _, nice, _, runtime, _, _ = struct.unpack(ATTRIBUTES, found.raw)
    return policy, nice, runtime


def slice_of(pid):
    return attributes(pid)[2]


def has_slices():
    """Tries it in a process of its own."""
    child = os.fork()
    if child == 0:
        wanted = struct.pack(ATTRIBUTES, struct.calcsize(ATTRIBUTES), 0, 0, 0, 0, BRIEF_NS, 0, 0)
        os._exit(0 if libc.syscall(SYS_SCHED_SETATTR, 0, wanted, 0) == 0 and slice_of(0) == BRIEF_NS else 1)
    return os.waitpid(child, 0)[1] == 0


class TimeSlices(harness.DaemonTest):
    def usual(self):
        return slice_of(os.getpid())

    def test_what_a_key_passes_has_short_ones_and_the_program_has_not(self):
        with self.daemon.client() as client:
            session = client.create("/bin/sh", "-c", "printf ready; exec cat", name="s")
            with self.daemon.terminal("attach", "s") as terminal:
                terminal.expect("ready")
                for name, pid in (("daemon", self.daemon.pid), ("host", session.host_pid),
                                  ("ptyctl", terminal.process.pid)):
                    eventually(lambda: slice_of(pid) == BRIEF_NS, f"a short slice of the {name}")
                self.assertEqual(self.usual(), slice_of(session.pid))
            threads = {slice_of(int(thread)) for thread in os.listdir(f"/proc/{self.daemon.pid}/task")}
            self.assertIn(self.usual(), threads)  # those that look at screens

    def test_a_host_in_a_flood_has_the_usual_ones(self):
        # Without a screen nothing holds the flood up.
        with harness.Daemon(config="[session]\nscreen = false\n") as daemon, daemon.client() as client:
            session = client.create("/bin/sh", "-c", "read x; yes & read y; kill $!; exec cat", name="s")
            eventually(lambda: slice_of(session.host_pid) == BRIEF_NS, "a short slice before")
            client.request("send", session="s", data=b"\n")
            eventually(lambda: slice_of(session.host_pid) == self.usual(), "the usual slice in a flood")
            client.request("send", session="s", data=b"\n")

            def brief():
                client.request("send", session="s", data=b"x")
                return slice_of(session.host_pid) == BRIEF_NS

            eventually(brief, "a short slice behind it")


class Chosen(unittest.TestCase):
    def test_what_somebody_chose_stays(self):
        prefix = ("chrt", "--batch", "0", "nice", "-n", "3")
        with harness.Daemon(prefix=prefix) as daemon, daemon.client() as client:
            session = client.create("/bin/cat", name="s")
            for pid in (daemon.pid, session.host_pid):
                self.assertEqual((BATCH, 3), attributes(pid)[:2])


if __name__ == "__main__":
    if not sys.platform.startswith("linux") or not has_slices():
        sys.exit(77)
    harness.main()
