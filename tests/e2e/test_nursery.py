"""Hosts are forked from one that waits, which is nobody's session, and which nothing depends on."""
import os
import pathlib
import re
import shutil
import signal

import harness
from harness import pb


def read(pid, name):
    return (pathlib.Path("/proc") / str(pid) / name).read_bytes()


def parent(pid):
    return int(read(pid, "stat").rpartition(b") ")[2].split()[1])


def files(pid):
    """What a process has open, without numbers that differ."""
    folder = pathlib.Path("/proc") / str(pid) / "fd"
    return sorted((entry.name, re.sub(r"[0-9]+", "", os.readlink(entry))) for entry in folder.iterdir())


class NurseryTest(harness.DaemonTest):
    def nurseries(self):
        children = pathlib.Path(f"/proc/{self.daemon.pid}/task/{self.daemon.pid}/children").read_text().split()
        return [int(pid) for pid in children if read(pid, "comm") == b"ptyd-nursery\n" and files(pid)]

    def waiting(self, other_than=None):
        """The one that waits, once it can be asked: it says so before it sleeps."""
        found = []

        def ready():
            found[:] = [pid for pid in self.nurseries() if pid != other_than and b") S " in read(pid, "stat")]
            return found
        harness.eventually(ready, "a host that waits")
        return found[0]

    def host_of(self, client, name):
        client.create("/bin/cat", name=name)
        return client.request("inspect", session=name).session.host_pid

    def forked(self, host):
        """A host that was executed has its name as its arguments, and no more."""
        return read(host, "cmdline").rstrip(b"\0") == b"ptyd-host" and len(read(host, "cmdline")) > len("ptyd-host") + 1

    def test_a_forked_host_is_as_one_that_was_executed(self):
        client = self.client()
        self.assertEqual([], self.nurseries())  # an idle daemon has none
        first = self.host_of(client, "first")
        nursery = self.waiting()
        second = self.host_of(client, "second")
        self.assertEqual([False, True], [self.forked(first), self.forked(second)])
        self.assertEqual([self.daemon.pid] * 3, [parent(pid) for pid in (first, second, nursery)])
        self.assertEqual(files(first), files(second))
        self.assertEqual(["0", "1", "2", "3"], [number for number, _ in files(nursery)])
        for name in ("comm", "oom_score_adj"):
            self.assertEqual(read(first, name), read(second, name))
        for host in (first, second):
            self.assertEqual([host, host], [os.getsid(host), os.getpgid(host)])
        self.assertEqual({"first", "second"}, {each.name for each in client.request("list").sessions})
        self.assertEqual({first, second}, set(self.daemon.hosts()))
        attached = client.attach("second", from_offset=0)
        attached.type("hello\n")
        attached.expect("hello\r\nhello\r\n")

    def test_it_ends_with_the_daemon_and_hosts_do_not(self):
        client = self.client()
        self.host_of(client, "first")
        nursery = self.waiting()
        host = self.host_of(client, "second")
        self.assertTrue(self.forked(host))
        self.daemon.kill()
        harness.eventually(lambda: not pathlib.Path(f"/proc/{nursery}").exists(), "the end of the one that waits")
        self.daemon.start()
        client = self.client()
        self.assertEqual(host, client.request("inspect", session="second").session.host_pid)
        self.assertEqual(2, len(client.request("list").sessions))

    def test_another_one_takes_its_place(self):
        client = self.client()
        self.host_of(client, "first")
        nursery = self.waiting()
        os.kill(nursery, signal.SIGKILL)
        harness.eventually(lambda: not pathlib.Path(f"/proc/{nursery}").exists(), "its end")
        self.assertFalse(self.forked(self.host_of(client, "second")))
        self.waiting(nursery)
        self.assertTrue(self.forked(self.host_of(client, "third")))

    def test_one_that_dies_when_it_is_asked_takes_one_request_along(self):
        self.daemon.kill()
        self.daemon.start(env={"PTYD_CRASH_AT": "nursery_asked:1"})
        client = self.client()
        self.host_of(client, "first")
        self.waiting()
        with self.assertRaises(harness.ProtocolError) as caught:
            client.create("/bin/cat", name="second")
        self.assertEqual(pb.SPAWN_FAILED, caught.exception.code)
        self.host_of(client, "third")
        self.assertEqual({"first", "third"}, {each.name for each in client.request("list").sessions})

    def test_a_program_that_was_replaced_is_used_at_once(self):
        program = self.daemon.folder / "ptyd-host"
        shutil.copy(harness.BIN / "ptyd-host", program)
        self.daemon.kill()
        self.daemon.start("--host-program", str(program))
        client = self.client()
        self.host_of(client, "first")
        old = self.waiting()
        shutil.copy(harness.BIN / "ptyd-host", self.daemon.folder / "newer")
        (self.daemon.folder / "newer").rename(program)
        host = self.host_of(client, "second")
        self.assertEqual(program.stat().st_ino, os.stat(f"/proc/{host}/exe").st_ino)
        harness.eventually(lambda: not pathlib.Path(f"/proc/{old}").exists(), "the end of the old one")
        self.waiting(old)
        program.unlink()
        with self.assertRaises(harness.ProtocolError) as caught:
            client.create("/bin/cat", name="third")
        self.assertEqual(pb.SPAWN_FAILED, caught.exception.code)


if __name__ == "__main__":
    harness.main()
