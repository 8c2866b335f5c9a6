"""Processes die at the worst moments: sessions, bytes and statuses are not lost."""
import os
import random
import signal
import time
import unittest

import harness
from harness import CHILD, pb

MiB = 1 << 20
CREATE_POINTS = ("create_before_spawn", "create_after_spawn", "create_connected")
SESSION_POINTS = ("attach_made", "attach_adopted", "lease_claimed", "input_received", "input_handed_on", "resize_sent",
                  "detach_begun", "exit_heard", "exit_told", "forget_begun", "forget_done")


class DaemonDies(harness.DaemonTest):
    def resume(self, attached, stream=b""):
        # What the daemon had sent is still there to be read.
        attached.drain()
        client = self.client()
        again = client.attach("s", resume_offset=attached.offset, input_stream=stream, flow=pb.LOSSLESS)
        self.assertTrue(again.reply.resumed)
        again.data = attached.data
        return again

    def attach_to_pattern(self, client, seed, size, credit=1 << 40, name="s", **fields):
        """The program begins when the attachment is there: before, nobody holds it back."""
        gate = self.daemon.folder / f"gate{seed}"
        os.mkfifo(gate)
        session = client.create("/bin/sh", "-c", f"read x < {gate}; exec {CHILD} pattern {seed} {size}", name=name, **fields)
        attached = client.attach(name, from_offset=0, flow=pb.LOSSLESS, credit=credit)
        gate.write_text("\n")
        return session, attached

    def test_a_lossless_client_is_waited_for_while_another_comes_back(self):
        size = 4 * MiB
        session, attached = self.attach_to_pattern(self.client(), 12, size, credit=1000, history_bytes=64 * 1024)
        control = self.client()
        stalled = harness.eventually(lambda: (to := control.request("inspect", session="s").session.output.to) >= 65536 and to,
                                     "a full buffer")
        # This one is too far behind to hold the program back.
        other = self.client().attach("s", from_offset=1000, credit=1000, flow=pb.RESYNC)
        self.daemon.restart()
        other = self.client().attach("s", resume_offset=other.offset, flow=pb.RESYNC)
        other.until(lambda: other.offset >= stalled, "what there is")
        self.client().request("wait", sessions=["s"], conditions=[pb.WaitCondition(kind=pb.WAIT_QUIET, for_ms=100)])
        again = self.resume(attached)
        again.until_ended()
        self.assertEqual(harness.pattern(12, 0, size), bytes(again.data))
        self.assertEqual([], again.gaps)

    def test_a_frame_that_did_not_get_out_whole_comes_again(self):
        size = 4 * MiB
        for seed, json in ((14, False), (15, True)):
            with self.subTest(json=json):
                name = f"half{seed}"
                _, attached = self.attach_to_pattern(self.client(json=json), seed, size, name=name, history_bytes=64 * 1024)
                # It reads nothing: the system has taken what it can, and the rest of a frame is the daemon's.
                self.client().request("wait", sessions=[name], conditions=[pb.WaitCondition(kind=pb.WAIT_QUIET, for_ms=300)])
                self.daemon.restart()
                attached.drain()
                self.assertGreater(attached.offset, 0)
                self.client().request("wait", sessions=[name], conditions=[pb.WaitCondition(kind=pb.WAIT_QUIET, for_ms=100)])
                again = self.client(json=json).attach(name, resume_offset=attached.offset, flow=pb.LOSSLESS)
                again.data = attached.data
                again.until_ended()
                self.assertEqual([], again.gaps)
                self.assertEqual(harness.pattern(seed, 0, size), bytes(again.data))

    def test_a_client_that_comes_back_twice_counts_once(self):
        size = 4 * MiB
        session, attached = self.attach_to_pattern(self.client(), 13, size, credit=1000, history_bytes=64 * 1024)
        control = self.client()
        stalled = harness.eventually(lambda: (to := control.request("inspect", session="s").session.output.to) >= 65536 and to,
                                     "a full buffer")
        stream = os.urandom(16)
        other = self.client().attach("s", from_offset=1000, credit=1000, flow=pb.LOSSLESS, input_stream=stream)
        self.daemon.restart()
        other.drain()
        for _ in range(2):
            client = self.client()
            other = client.attach("s", resume_offset=other.offset, input_stream=stream, flow=pb.LOSSLESS)
            other.until(lambda: other.offset >= stalled, "what there is")
            client.close()
        self.client().request("wait", sessions=["s"], conditions=[pb.WaitCondition(kind=pb.WAIT_QUIET, for_ms=100)])
        again = self.resume(attached)
        again.until_ended()
        self.assertEqual(harness.pattern(13, 0, size), bytes(again.data))
        self.assertEqual([], again.gaps)

    def test_output_is_whole_over_many_kills(self):
        size = 24 * MiB
        client = self.client()
        session, attached = self.attach_to_pattern(client, 11, size)
        rounds = random.Random(4)
        while not attached.ended:
            want = attached.offset + rounds.randrange(1, 2 * MiB)
            attached.until(lambda: attached.offset >= want or attached.ended, "output")
            if attached.ended:
                break
            self.daemon.restart()
            attached = self.resume(attached)
        self.assertEqual(harness.pattern(11, 0, size), bytes(attached.data))
        self.assertEqual(0, attached.ended.exit.code)
        self.assertEqual(session.id, self.client().request("inspect", session="s").session.id)

    def test_input_is_typed_once_over_many_kills(self):
        size = 2 * MiB
        data = harness.pattern(12, 0, size)
        stream = os.urandom(16)
        client = self.client()
        client.create(CHILD, "sink", str(size), name="s")
        attached = client.attach("s", from_offset=0, input_stream=stream, flow=pb.LOSSLESS)
        attached.expect("ready")
        rounds = random.Random(5)
        while attached.input_offset < size:
            try:
                attached.type(data[attached.input_offset:attached.input_offset + rounds.randrange(1, 200_000)])
                if rounds.random() < 0.6:
                    self.daemon.kill()
                    raise ConnectionError
            except (ConnectionError, BrokenPipeError):
                if self.daemon.process.poll() is None:
                    self.daemon.kill()
                self.daemon.start()
                attached = self.resume(attached, stream)
                self.assertFalse(attached.reply.input_unknown and attached.reply.input_offset)
        attached.expect(f"{harness.fnv1a(data):016x}")

    def test_an_exit_while_no_daemon_runs_is_delivered(self):
        client = self.client()
        fifo = self.daemon.folder / "go"
        os.mkfifo(fifo)
        session = client.create("/bin/sh", "-c", f"read x < {fifo}; echo last words; exit 42", name="s")
        self.daemon.kill()
        fifo.write_text("\n")
        harness.eventually(lambda: not os.path.exists(f"/proc/{session.pid}"), "the program's end")
        for _ in range(3):
            self.daemon.start()
            client = self.client()
            ended = client.request("wait", sessions=["s"]).sessions[0]
            self.assertEqual((True, 42), (ended.exit.known, ended.exit.code))
            self.assertIn(b"last words", client.request("history", session="s").data)
            self.daemon.kill()
        self.daemon.start()

    def test_each_crash_point_leaves_one_session_or_none(self):
        for point in CREATE_POINTS:
            with self.subTest(point=point):
                self.daemon.kill()
                self.daemon.start(env={"PTYD_CRASH_AT": f"{point}:1"})
                number = os.urandom(16)
                with self.assertRaises((ConnectionError, BrokenPipeError)):
                    self.client().request("create", id=number, argv=[b"/bin/cat"], name="once")
                self.daemon.process.wait(harness.DEADLINE)
                self.daemon.start()
                reply = self.client().request("create", id=number, argv=[b"/bin/cat"], name="once")
                self.assertEqual(number.hex(), reply.session.id)
                self.assertEqual(point != "create_before_spawn", reply.existed)
                sessions = self.client().request("list", all=True).sessions
                self.assertEqual([number.hex()], [s.id for s in sessions])
                self.assertEqual(1, len(self.daemon.hosts()))
                self.client().request("remove", session="once", force=True)
                harness.eventually(lambda: not self.daemon.hosts(), "the end of the host")

    def test_each_crash_point_of_a_session_loses_nothing(self):
        for point in SESSION_POINTS:
            for passes in (1, 2, 3):
                with self.subTest(point=point, passes=passes):
                    self.daemon.kill()
                    self.daemon.start(env={"PTYD_CRASH_AT": f"{point}:{passes}"})
                    crashes = sum(Life(self.daemon, self).run() for _ in range(3))
                    self.assertEqual(1, crashes)

    def test_a_held_back_program_goes_on_after_the_daemon_comes_back(self):
        client = self.client()
        _, attached = self.attach_to_pattern(client, 13, 2 * MiB, credit=1000, history_bytes=64 * 1024)
        attached.until(lambda: attached.offset == 1000, "the first bytes")
        for _ in range(3):
            self.daemon.restart()
            attached = self.resume(attached)
            self.assertTrue(attached.reply.resumed)
            want = attached.offset + 200_000
            attached.until(lambda: attached.offset >= want, "more")
        attached.until_ended()
        self.assertEqual(harness.pattern(13, 0, 2 * MiB), bytes(attached.data))

    def test_a_checkpoint_that_only_the_host_knows_of_holds_nobody_back(self):
        """The daemon dies between keeping the screen and raising the floor; the ring is full then."""
        for passes in range(1, 6):
            with self.subTest(passes=passes):
                self.daemon.kill()
                self.daemon.start(env={"PTYD_CRASH_AT": f"checkpoint_put:{passes}"})
                client = self.client()
                _, attached = self.attach_to_pattern(client, 40 + passes, 2 * MiB, history_bytes=64 * 1024)
                with self.assertRaises(ConnectionError):
                    attached.until_ended()
                self.daemon.process.wait(harness.DEADLINE)
                self.daemon.start()
                attached = self.resume(attached)
                attached.until_ended()
                self.assertEqual(harness.pattern(40 + passes, 0, 2 * MiB), bytes(attached.data))
                self.client().request("remove", session="s", force=True)

    def test_a_storm_of_signals_harms_nobody(self):
        client = self.client()
        client.create(CHILD, "pattern", "14", str(4 * MiB), name="s")
        attached = client.attach("s", from_offset=0, flow=pb.LOSSLESS)
        host = self.daemon.hosts()[0]
        for _ in range(200):
            for number in (signal.SIGHUP, signal.SIGPIPE, signal.SIGCHLD):
                os.kill(self.daemon.pid, number)
                os.kill(host, number)
            os.kill(host, signal.SIGTERM)
        attached.until_ended()
        self.assertEqual(harness.pattern(14, 0, 4 * MiB), bytes(attached.data))
        self.assertEqual(0, self.daemon.terminate(), self.daemon.log_text())

    def test_a_stopped_daemon_loses_nothing(self):
        client = self.client()
        client.create(CHILD, "pattern-wait", "15", str(MiB), name="s")
        attached = client.attach("s", from_offset=0, flow=pb.LOSSLESS)
        attached.type("\n")
        os.kill(self.daemon.pid, signal.SIGSTOP)
        with self.assertRaises(harness.Timeout):
            client.request("status", deadline=0.3)
        os.kill(self.daemon.pid, signal.SIGCONT)
        attached.until_ended()
        self.assertTrue(bytes(attached.data).endswith(harness.pattern(15, 0, MiB)))


@unittest.skipUnless((harness.BIN / "libjump_clock.so").exists(), "sanitizers have calls of their own")
class Clock(unittest.TestCase):
    DAY_MS = 24 * 60 * 60 * 1000

    def test_a_jumping_clock_disturbs_nobody(self):
        daemon = harness.Daemon('[session]\nkeep_exited = "1000h"\n')
        self.addCleanup(daemon.clean_up)
        jumping = {"LD_PRELOAD": str(harness.BIN / "libjump_clock.so")}
        daemon.start(env=jumping)
        with daemon.client() as client:
            client.create(CHILD, "pattern-wait", "16", str(MiB), name="s")
            attached = client.attach("s", from_offset=0, flow=pb.LOSSLESS)
            attached.type("\n")
            attached.until_ended()
            self.assertTrue(bytes(attached.data).endswith(harness.pattern(16, 0, MiB)))
            client.create("/bin/cat", name="c")
            typed = client.attach("c")
            for word in ("one", "two", "three", "four"):
                typed.type(word + "\n")
                typed.expect(word)
            began = time.monotonic()
            with self.assertRaises(harness.ProtocolError) as caught:
                client.request("wait", sessions=["c"], deadline_ms=300)
            self.assertEqual(pb.DEADLINE_EXCEEDED, caught.exception.code)
            self.assertGreater(time.monotonic() - began, 0.2)
            sessions = client.request("list", all=True).sessions
        self.assertEqual({"s", "c"}, {one.name for one in sessions})
        now = time.time() * 1000
        times = [time_ms for one in sessions for time_ms in (one.created_ms, one.exit.at_ms, one.last_output_ms) if time_ms]
        self.assertTrue(any(abs(time_ms - now) > self.DAY_MS / 2 for time_ms in times), "the clock must have jumped")
        daemon.kill()
        daemon.start(env=jumping)
        with daemon.client() as client:
            self.assertEqual({"s", "c"}, {one.name for one in client.request("list", all=True).sessions})
            self.assertIn(b"four", client.request("history", session="c").data)
            client.request("kill", session="c")


class Life:
    """A session from start to end by a client that comes back after each crash. run() returns the number of crashes."""

    PROGRAM = "stty raw -echo; printf ready; typed=$(head -c 9); printf '<%s %s>' \"$typed\" \"$(stty size)\"; exit 7"

    def __init__(self, daemon, test):
        self.daemon = daemon
        self.test = test
        self.number = os.urandom(16)
        self.stream = os.urandom(16)
        self.data = bytearray()
        self.attached = None
        self.crashes = 0

    def run(self):
        self.insist(lambda client: client.create("/bin/sh", "-c", self.PROGRAM, id=self.number, name="life"))
        for cols in (100, 101, 102):
            self.insist(lambda client: client.request("resize", session="life", size=pb.WindowSize(cols=cols, rows=40)))
        self.lease = self.insist(lambda client: client.request("claim", session="life", ttl_ms=60_000, steal=True)).lease
        self.insist(self.attach)
        for end in (3, 6, 9):
            self.insist(lambda client: self.type(client, end))
        self.insist(self.see_the_end)
        self.test.assertEqual([], list(self.insist(lambda client: client.request("inspect", session="life")).leases))
        self.attached.client.close()
        self.attached = None
        self.test.assertEqual(1, self.data.count(b"<abcdefghi 40 102>"), self.data)
        ended = self.insist(lambda client: client.request("wait", sessions=["life"])).sessions[0]
        self.test.assertEqual((True, 7), (ended.exit.known, ended.exit.code))
        self.insist(self.remove)
        self.test.assertEqual([], list(self.insist(lambda client: client.request("list", all=True)).sessions))
        harness.eventually(lambda: not self.daemon.hosts(), "the end of the host")
        return self.crashes

    def insist(self, step):
        while True:
            client = None
            try:
                client = self.attached.client if self.live() else self.test.client()
                return step(client)
            except (ConnectionError, BrokenPipeError):
                self.test.assertEqual(-signal.SIGKILL, self.daemon.process.wait(harness.DEADLINE))
                self.crashes += 1
                if self.attached:
                    self.attached.drain()
                    self.attached.client.close()
                if client:
                    client.close()
                self.daemon.start()
                if self.live():
                    self.attach(self.test.client())

    def live(self):
        return self.attached is not None and not self.attached.ended

    def attach(self, client):
        where = {"resume_offset": self.attached.offset} if self.attached else {"from_offset": 0}
        # Only who holds the lease types.
        self.attached = client.attach("life", input_stream=self.stream, flow=pb.LOSSLESS, until_stream_end=True,
                                      lease=self.lease, **where)
        self.attached.data = self.data

    def type(self, client, end):
        if self.live():
            self.attached.expect("ready")
            self.attached.type(b"abcdefghi"[self.attached.input_offset:end])
        # One more request, so that a crash shows here and not in the next step.
        client.request("status")

    def see_the_end(self, client):
        self.attached.until_ended()

    def remove(self, client):
        try:
            client.request("remove", session=self.number.hex())
        except harness.ProtocolError as error:
            self.test.assertEqual(pb.NOT_FOUND, error.code)


class HostDies(harness.DaemonTest):
    def test_a_killed_host_loses_only_its_session(self):
        client = self.client()
        client.create("/bin/sh", "-c", "echo before; exec cat", name="a")
        client.create("/bin/cat", name="b")
        self.daemon.start_no_hosts()
        client = self.client()
        client.request("subscribe")
        attached = client.attach("a", from_offset=0)
        attached.expect("before")
        os.kill(client.request("inspect", session="a").session.host_pid, signal.SIGKILL)
        ended = attached.until_ended()
        self.assertEqual(pb.HOST_LOST, ended.reason)
        self.assertFalse(ended.exit.known)
        self.assertTrue(ended.exit.reason)
        info = client.request("inspect", session="a").session
        self.assertEqual(pb.LOST, info.state)
        self.assertIn(b"before", client.request("history", session="a").data)
        self.assertCode(pb.SESSION_ENDED, client.request, "resize", session="a", size=pb.WindowSize(cols=9, rows=9))
        self.assertCode(pb.SESSION_ENDED, client.request, "send", session="a", data=b"x")
        other = client.attach("b")
        other.type("well\n")
        other.expect("well")
        client.request("remove", session="a")
        self.assertEqual(["b"], [s.name for s in client.request("list", all=True).sessions])

    def test_daemon_and_host_killed_at_once(self):
        client = self.client()
        client.create("/bin/cat", name="a")
        kept = client.create("/bin/cat", name="b")
        host = client.request("inspect", session="a").session.host_pid
        self.daemon.process.send_signal(signal.SIGSTOP)  # so that it replaces no host
        os.kill(host, signal.SIGKILL)
        self.daemon.kill()
        self.daemon.start()
        client = self.client()
        harness.eventually(lambda: [s.id for s in client.request("list", all=True).sessions] == [kept.id],
                           "only the other session")

    def test_a_stopped_host_stalls_nobody_else(self):
        client = self.client()
        stopped = client.create("/bin/cat", name="a")
        client.create("/bin/cat", name="b")
        host = stopped.host_pid
        os.kill(host, signal.SIGSTOP)
        try:
            slow = client.begin("inspect", session="a")
            attached = client.attach("b")
            attached.type("quick\n")
            attached.expect("quick")
            self.daemon.restart()
            self.assertIn("b", [s.name for s in self.client().request("list").sessions])
            # It is not said to be gone, so nobody who was attached gives up.
            self.assertCode(pb.UNAVAILABLE, self.client().request, "inspect", session=stopped.id)
        finally:
            os.kill(host, signal.SIGCONT)
        client = self.client()
        harness.eventually(lambda: len(client.request("list").sessions) == 2, "the stopped session's return")


    def test_a_window_waits_for_a_host_that_answers_late(self):
        client = self.client()
        session = client.create("/bin/cat", name="a")
        with harness.Terminal([harness.PTYCTL, "--socket", str(self.daemon.socket), "attach", "a"], self.daemon.env) as window:
            window.send(b"before\n")
            window.expect("before\r\nbefore")
            os.kill(session.host_pid, signal.SIGSTOP)
            try:
                self.daemon.restart()
                client = self.client()
                # It is asked again and again meanwhile.
                harness.eventually(lambda: client.request("status").connections >= 2, "the window's return")
                for _ in range(3):
                    self.assertCode(pb.UNAVAILABLE, client.request, "inspect", session=session.id)
            finally:
                os.kill(session.host_pid, signal.SIGCONT)
            harness.eventually(lambda: [s.attachments for s in client.request("list").sessions] == [1], "the attachment")
            window.send(b"after\n")
            window.expect("after\r\nafter")


class Starter(unittest.TestCase):
    def test_the_terminal_it_was_started_from_may_go(self):
        daemon = harness.Daemon()
        self.addCleanup(daemon.clean_up)
        with harness.Terminal([harness.PTYD, "--socket", str(daemon.socket)], daemon.env) as terminal:
            terminal.expect("listens at")
            with daemon.client() as client:
                client.create("/bin/cat", name="s")
            pid = terminal.process.pid
            os.close(terminal.master)
            os.close(terminal.slave)
            terminal.master = terminal.slave = os.open("/dev/null", os.O_RDWR)
            with daemon.client() as client:
                self.assertEqual(["s"], [s.name for s in client.request("list").sessions])
                self.assertEqual(1, client.request("shutdown").sessions_left)
            terminal.process.wait(harness.DEADLINE)
            self.assertGreater(pid, 0)
        daemon.start()
        with daemon.client() as client:
            self.assertEqual(["s"], [s.name for s in client.request("list").sessions])


if __name__ == "__main__":
    harness.main()
