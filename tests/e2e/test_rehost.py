"""A session outlives its host: another one takes over, and nobody who is attached notices."""
import contextlib
import os
import random
import signal

import harness
from harness import CHILD, pb

MiB = 1 << 20


class RehostTest(harness.DaemonTest):
    def inspect(self, client, session="s"):
        return client.request("inspect", session=session).session

    def kill_host(self, client, session="s"):
        host = self.inspect(client, session).host_pid
        with contextlib.suppress(ProcessLookupError):  # killed before, and not waited for yet
            os.kill(host, signal.SIGKILL)
        return host

    def replaced(self, client, times, session="s"):
        harness.eventually(lambda: self.inspect(client, session).rehosted >= times, f"host number {times + 1}")
        info = self.inspect(client, session)
        self.assertEqual((pb.RUNNING, True), (info.state, info.rehostable))
        return info

    def gated(self, client, *argv, **fields):
        """A program that begins when the gate is opened, and an attachment that misses nothing of it."""
        gate = self.daemon.folder / "gate"
        with contextlib.suppress(FileNotFoundError):
            gate.unlink()
        os.mkfifo(gate)
        client.create("/bin/sh", "-c", f"read x < {gate}; exec \"$@\"", "sh", *argv, name="s", **fields)
        attached = client.attach("s", from_offset=0, flow=pb.LOSSLESS, until_stream_end=True)
        return attached, lambda: gate.write_text("\n")


class Rehosted(RehostTest):
    def test_a_shell_goes_on(self):
        client = self.client()
        client.create("/bin/sh", name="s", labels=[pb.Label(key="a", value="b")])
        attached = client.attach("s", from_offset=0, size=pb.WindowSize(cols=91, rows=41))
        attached.type("x=before; echo $((40+2))\n")
        attached.expect("42")
        self.assertTrue(self.inspect(client).rehostable, self.daemon.log_text())
        for times in (1, 2, 3):
            old = self.kill_host(client)
            attached.type(f"echo $x$(({times}+70))\n")
            attached.expect(f"before{times + 70}")
            self.assertNotEqual(old, self.replaced(client, times).host_pid)
            self.assertEqual(1, len(self.daemon.hosts()))
        attached.type("stty size; exit 7\n")
        attached.expect("41 91")
        ended = attached.until_ended()
        self.assertEqual((pb.ENDED_BY_EXIT, True, 7), (ended.reason, ended.exit.known, ended.exit.code))
        self.assertEqual("a", self.inspect(client).labels[0].key)

    def test_what_the_program_has_used_is_told(self):
        client = self.client()
        client.create("/bin/sh", "-c", "read go; (i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done); exit 3", name="s")
        self.kill_host(client)
        self.replaced(client, 1)
        client.request("send", session="s", data=b"\n")
        ended = client.request("wait", sessions=["s"]).sessions[0]
        self.assertEqual(3, ended.exit.code)
        self.assertGreater(ended.usage.user_us, 5_000)
        self.assertGreater(ended.usage.max_rss_bytes, 100_000)

    def test_it_is_told(self):
        client = self.client()
        client.request("subscribe", types=[pb.HOST_REPLACED])
        client.create("/bin/cat", name="s")
        old = self.kill_host(client)
        event = client.event(pb.HOST_REPLACED)
        self.assertEqual((0, 0), (event.count, event.input_offset))
        self.assertNotIn(event.session.host_pid, (0, old))
        self.assertEqual(1, event.session.rehosted)

    def test_output_is_whole_over_many_kills(self):
        size = 24 * MiB
        client = self.client()
        other = self.client()
        attached, go = self.gated(client, CHILD, "pattern", "31", str(size))
        go()
        rounds = random.Random(7)
        kills = 0
        while not attached.ended:
            want = attached.offset + rounds.randrange(1, 2 * MiB)
            attached.until(lambda: attached.offset >= want or attached.ended, "output")
            self.kill_host(other)
            kills += 1
        self.assertGreater(kills, 5)
        self.assertEqual(harness.pattern(31, 0, size), bytes(attached.data))
        self.assertEqual((True, 0), (attached.ended.exit.known, attached.ended.exit.code))

    def test_input_is_typed_once_over_many_kills(self):
        size = 2 * MiB
        data = harness.pattern(32, 0, size)
        client = self.client()
        other = self.client()
        other.request("subscribe", types=[pb.HOST_REPLACED])
        client.create(CHILD, "sink", str(size), name="s")
        attached = client.attach("s", from_offset=0, flow=pb.LOSSLESS)
        attached.expect("ready")
        rounds = random.Random(8)
        while attached.input_offset < size:
            attached.type(data[attached.input_offset:attached.input_offset + rounds.randrange(1, 200_000)])
            if rounds.random() < 0.6:
                self.kill_host(other)
        attached.expect(f"{harness.fnv1a(data):016x}")
        for push in other.pushes:
            self.assertEqual(0, push.event.count)

    def test_each_crash_point_of_a_host_loses_nothing(self):
        points = ["host_before_read", "host_output_read", "host_output_told", "host_before_write", "host_input_written",
                  "host_input_taken"]
        for point in points:
            for passes in (2, 3, 9):
                with self.subTest(point=point, passes=passes):
                    # Each host dies at this place, until none comes to so many passes.
                    self.daemon.kill()
                    self.daemon.start(env={"PTYD_CRASH_AT": f"{point}:{passes}"})
                    client = self.client()
                    data = harness.pattern(33, 0, 40_000)
                    client.create(CHILD, "sink", str(len(data)), name="s")
                    attached = client.attach("s", from_offset=0, flow=pb.LOSSLESS, until_stream_end=True)
                    if not attached.ended:
                        attached.expect("ready")
                    for at in range(0, len(data), 10_000):
                        attached.type(data[at:at + 10_000])
                    ended = attached.until_ended()
                    self.assertIn(f"{harness.fnv1a(data):016x}".encode(), attached.data)
                    self.assertEqual((True, 0), (ended.exit.known, ended.exit.code))
                    client.request("remove", session="s")

    def test_the_kernel_counts_what_a_host_says_that_it_reads_and_writes(self):
        self.daemon.kill()
        self.daemon.start(env={"PTYD_TEST_COUNTS": "1"})
        client = self.client()
        data = harness.pattern(34, 0, 100_000)
        attached, go = self.gated(
            client, "/bin/sh", "-c", f"{CHILD} sink {len(data)}; {CHILD} pattern 35 {8 * MiB}; sleep 0 & wait; (exec cat &)")
        go()
        attached.expect("ready")
        for at in range(0, len(data), 7000):
            attached.type(data[at:at + 7000])
            if at % 3 == 0:
                client.request("signal", session="s", signal=int(signal.SIGCONT), tree=True)
                client.request("resize", session="s", size=pb.WindowSize(cols=80 + at % 50, rows=24))
        attached.expect(f"{harness.fnv1a(data):016x}")
        ended = attached.until_ended()
        self.assertEqual((True, 0), (ended.exit.known, ended.exit.code))
        self.assertEqual(0, self.inspect(client).rehosted)
        self.assertIn(harness.pattern(35, 8 * MiB - 1000, 8 * MiB), attached.data)

    def test_hosts_that_die_one_after_the_other_end_the_session(self):
        self.daemon.kill()
        self.daemon.start(env={"PTYD_CRASH_AT": "host_entrusted:1"})
        client = self.client()
        with contextlib.suppress(harness.ProtocolError):
            client.create("/bin/cat", name="s")
        harness.eventually(lambda: not self.daemon.hosts(), "the end of all hosts")

    def test_a_session_that_is_ended_on_purpose_ends(self):
        client = self.client()
        ways = [lambda: client.request("kill", session="s", grace_ms=5000),
                lambda: client.request("signal", session="s", signal=int(signal.SIGTERM)),
                lambda: client.request("remove", session="s", force=True)]
        for way in ways:
            for before in (0, 1):
                with self.subTest(way=ways.index(way), before=before):
                    # Programs that do nothing; nobody waits for their ends.
                    session = client.create("/bin/sh", "-c", "sleep 1000 & exec sleep 1000", name="s")
                    for times in range(before):
                        self.kill_host(client)
                        self.replaced(client, times + 1)
                    way()
                    harness.eventually(lambda: not os.path.exists(f"/proc/{session.pid}"), "the program's end")
                    with contextlib.suppress(harness.ProtocolError):
                        client.request("wait", sessions=[session.id])
                        client.request("remove", session=session.id)
                    harness.eventually(lambda: not self.daemon.hosts(), "the end of the host")

    def test_the_end_of_host_and_daemon_hangs_up(self):
        client = self.client()
        session = client.create("/bin/sh", "-c", "exec cat", name="s")
        host = self.inspect(client).host_pid
        self.daemon.process.send_signal(signal.SIGSTOP)
        os.kill(host, signal.SIGKILL)
        self.daemon.kill()
        harness.eventually(lambda: not os.path.exists(f"/proc/{session.pid}"), "the program's end")
        self.daemon.start()
        self.assertEqual([], list(self.client().request("list", all=True).sessions))

    def test_a_stopped_host_is_not_replaced(self):
        client = self.client()
        client.create("/bin/cat", name="s")
        attached = client.attach("s", from_offset=0)
        host = self.inspect(client).host_pid
        os.kill(host, signal.SIGSTOP)
        attached.type("late\n")
        self.assertEqual((host, 0), (self.inspect(client).host_pid, self.inspect(client).rehosted))
        os.kill(host, signal.SIGCONT)
        attached.expect("late")
        self.assertEqual(host, self.inspect(client).host_pid)

    def test_a_status_is_not_made_up(self):
        client = self.client()
        for code in ("exit 42", "kill -9 $$"):
            for together in (False, True):
                with self.subTest(code=code, together=together):
                    attached, go = self.gated(client, "/bin/sh", "-c", code)
                    pid = self.inspect(client).pid
                    host = self.inspect(client).host_pid
                    if together:
                        os.kill(host, signal.SIGSTOP)
                        go()
                        harness.eventually(lambda: self.state_of(pid) == "Z", "the program's end")
                        os.kill(host, signal.SIGKILL)
                    else:
                        self.kill_host(client)
                        self.replaced(client, 1)
                        go()
                    ended = attached.until_ended()
                    self.assertEqual((True, 0, 9) if "kill" in code else (True, 42, 0),
                                     (ended.exit.known, ended.exit.code, ended.exit.signal))
                    client.request("remove", session="s")

    def state_of(self, pid):
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()[0]

    def test_a_daemon_that_dies_while_it_replaces_a_host(self):
        for point in ("rehost_begun", "rehost_started", "rehost_joined"):
            with self.subTest(point=point):
                self.daemon.kill()
                self.daemon.start(env={"PTYD_CRASH_AT": f"{point}:1"})
                client = self.client()
                session = client.create("/bin/cat", name="s")
                with contextlib.suppress(ConnectionError, BrokenPipeError):
                    self.kill_host(client)
                self.daemon.process.wait(harness.DEADLINE)
                self.daemon.start()
                client = self.client()
                if point == "rehost_begun":
                    harness.eventually(lambda: not client.request("list", all=True).sessions, "no session")
                    harness.eventually(lambda: not os.path.exists(f"/proc/{session.pid}"), "the program's end")
                    continue
                harness.eventually(lambda: client.request("list").sessions, "the session")
                attached = client.attach("s", from_offset=0)
                attached.type("still\n")
                attached.expect("still")
                self.assertEqual(1, len(self.daemon.hosts()))
                self.assertTrue(self.inspect(client).rehostable)
                client.request("remove", session="s", force=True)
                harness.eventually(lambda: not self.daemon.hosts(), "the end of the host")

    def test_an_upgraded_daemon_replaces_hosts_as_well(self):
        client = self.client()
        client.create("/bin/sh", name="s")
        attached = client.attach("s", from_offset=0)
        attached.type("x=kept\n")
        client.request("upgrade")
        self.assertTrue(self.inspect(client).rehostable)
        self.kill_host(client)
        attached.type("echo $x$((1+1)); exit 3\n")
        attached.expect("kept2")
        self.assertEqual((True, 3), (attached.until_ended().exit.known, attached.ended.exit.code))

    def test_another_daemon_replaces_it_too(self):
        client = self.client()
        client.create("/bin/sh", name="s")
        attached = client.attach("s", from_offset=0)
        attached.type("x=before; PS1='[rea''dy]'; echo $((40+2))\n")
        attached.expect("42\r\n[ready]")
        self.daemon.restart()  # which is not the parent of that host, nor will it be of that program
        client = self.client()
        client.request("subscribe", types=[pb.HOST_REPLACED])
        attached = client.attach("s", from_offset=0)
        for times in (1, 2):
            attached.type(f"echo $x$(({times}+70))\n")
            attached.expect(f"before{times + 70}\r\n[ready]")
            harness.eventually(lambda: self.idle(client), "an idle shell")
            self.kill_host(client)
            event = client.event(pb.HOST_REPLACED)
            self.assertEqual((0, ""), (event.count, event.text))
            self.replaced(client, times)
        attached.type("exit 7\n")
        ended = attached.until_ended()
        self.assertEqual(pb.ENDED_BY_EXIT, ended.reason)
        if ended.exit.known:  # Linux 6.15 and later tell it to others than the parent
            self.assertEqual(7, ended.exit.code)
        else:
            self.assertTrue(ended.exit.reason)

    def idle(self, client):
        """Whether its host sleeps, and so is not within a read or a write."""
        with open(f"/proc/{self.inspect(client).host_pid}/stat", encoding="utf-8") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "S"

    def test_what_another_daemon_can_not_know_is_told(self):
        size = 24 * MiB
        attached, go = self.gated(self.client(), CHILD, "pattern", "33", str(size))
        self.daemon.restart()
        client, other, listener = self.client(), self.client(), self.client()
        listener.request("subscribe", types=[pb.HOST_REPLACED])
        attached = client.attach("s", from_offset=0, flow=pb.LOSSLESS, until_stream_end=True)
        go()
        attached.until(lambda: attached.offset > MiB, "output")
        self.kill_host(other)
        told = listener.event(pb.HOST_REPLACED)
        attached.until_ended()
        missing = size - len(attached.data)
        whole = harness.pattern(33, 0, size)
        if told.text:
            self.assertEqual("output missing", told.text)
            self.assertLessEqual(missing, 1 << 20)
            self.assertEqual(whole[:told.offset], bytes(attached.data[:told.offset]))
            self.assertEqual(whole[told.offset + missing:], bytes(attached.data[told.offset:]))
        else:
            self.assertEqual(whole, bytes(attached.data))

    def test_where_no_other_one_can_be_started_it_ends(self):
        client = self.client()
        session = client.create("/bin/cat", name="s")
        self.daemon.start_no_hosts()
        client = self.client()
        attached = client.attach("s")
        self.kill_host(client)
        self.assertEqual(pb.HOST_LOST, attached.until_ended().reason)
        harness.eventually(lambda: not os.path.exists(f"/proc/{session.pid}"), "the program's end")


if __name__ == "__main__":
    harness.main()
