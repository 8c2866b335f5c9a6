"""Another program takes the daemon's place: nobody notices."""
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import unittest

import harness
from harness import CHILD, PTYD, pb
from load import Load, Peer

UPGRADES = int(os.environ.get("PTYD_UPGRADES", "50"))
CLIENTS = int(os.environ.get("PTYD_UPGRADE_CLIENTS", "24"))
MiB = 1 << 20
CRASH_POINTS = ("upgrade_begun", "upgrade_checked", "upgrade_execute", "upgrade_read", "upgrade_resumed")


def quantile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class UpgradeTest(harness.DaemonTest):
    def descriptors(self):
        return len(os.listdir(f"/proc/{self.daemon.pid}/fd"))

    def upgrade(self, client, **fields):
        return client.request("upgrade", **fields)


class UnderLoad(UpgradeTest):
    def test_clients_lose_and_notice_nothing(self):
        control = self.client()
        sessions = [f"echo{number}" for number in range(CLIENTS)]
        for name in sessions:
            control.create(CHILD, "echo", name=name, history_bytes=256 * 1024)
        peers = [Peer(self.daemon.socket, name, number, "json" if number % 3 == 0 else "binary")
                 for number, name in enumerate(sessions)]
        load = Load(peers)
        self.addCleanup(load.close)
        harness.eventually(lambda: min(load.progress()) > 0, "first bytes")
        pauses = []
        descriptors = self.descriptors()
        for number in range(UPGRADES):
            before = load.progress()
            reply = self.upgrade(control)
            self.assertEqual(number + 1, reply.upgrades)
            self.assertEqual(CLIENTS + 1, reply.connections)
            self.assertEqual(CLIENTS, reply.sessions)
            pauses.append(reply.pause_us / 1000)
            harness.eventually(lambda: all(now > then for now, then in zip(load.progress(), before)),
                               f"bytes of every client after upgrade {number + 1}")
        status = control.request("status")
        self.assertEqual(self.daemon.pid, status.server_pid)
        self.assertEqual(UPGRADES, status.upgrades)
        # A screen that is being made anew has a few for a moment.
        # And for each session there may be one of what another host is to be given of its screen.
        harness.eventually(lambda: descriptors <= self.descriptors() <= descriptors + CLIENTS,
                           f"{descriptors} open descriptors again")
        load.check()
        total = sum(load.progress())
        print(json.dumps({"upgrades": UPGRADES, "clients": CLIENTS, "bytes_each_way": total,
                          "pause_ms": {"p50": quantile(pauses, 0.5), "p99": quantile(pauses, 0.99),
                                       "max": max(pauses)}}), flush=True)

    def test_requests_that_begin_something_meanwhile_are_done(self):
        control = self.client()
        for round_ in range(5):
            busy = [self.client() for _ in range(4)]
            begun = [(client, client.begin("create", argv=[b"/bin/cat"], name=f"r{round_}n{number}"))
                     for number, client in enumerate(busy)]
            upgrade = control.begin("upgrade")
            begun += [(client, client.begin("create", argv=[b"/bin/cat"], name=f"r{round_}m{number}"))
                      for number, client in enumerate(busy)]
            control.finish(upgrade, "upgrade")
            for client, number in begun:
                self.assertFalse(client.finish(number, "create").existed)
        self.assertEqual(40, len(control.request("list").sessions))
        self.assertEqual(40, len(self.daemon.hosts()))


class WhatIsUnderWay(UpgradeTest):
    def gate(self, name):
        path = self.daemon.folder / name
        os.mkfifo(path)
        return path

    def test_a_wait_is_answered(self):
        gate = self.gate("gate")
        client, control = self.client(), self.client()
        client.create("/bin/sh", "-c", f"read x < {gate}; exit 7", name="w")
        waiting = client.begin("wait", sessions=["w"])
        limited = client.begin("wait", sessions=["w"], deadline_ms=20)
        for _ in range(3):
            self.upgrade(control)
        with self.assertRaises(harness.ProtocolError) as late:
            client.finish(limited, "wait")
        self.assertEqual(pb.DEADLINE_EXCEEDED, late.exception.code)
        gate.write_text("\n")
        self.assertEqual(7, client.finish(waiting, "wait").sessions[0].exit.code)

    def test_a_cancelled_wait_stays_cancelled(self):
        client, control = self.client(), self.client()
        client.create("/bin/cat", name="w")
        waiting = client.begin("wait", sessions=["w"])
        self.upgrade(control)
        client.send(pb.Frame(id=waiting, cancel=pb.Cancel()))
        with self.assertRaises(harness.ProtocolError) as cancelled:
            client.finish(waiting, "wait")
        self.assertEqual(pb.CANCELLED, cancelled.exception.code)

    def test_events_go_on_without_a_hole(self):
        client, control = self.client(), self.client()
        instance = client.welcome.server_instance
        first = client.request("subscribe").next
        for number in range(3):
            control.create("/bin/cat", name=f"before{number}")
            self.upgrade(control)
        control.create("/bin/cat", name="last")
        seen = []
        while not seen or seen[-1].session.name != "last":
            frame = client.push()
            seen.append(frame.event)
        self.assertEqual(list(range(first, first + len(seen))), [event.seq for event in seen])
        again = self.client()
        self.assertEqual(instance, again.welcome.server_instance)
        self.assertEqual(0, again.request("subscribe", since=first).missed)
        self.assertEqual(first, again.event(pb.CREATED).seq)

    def test_a_stalled_lossless_client_gets_every_byte(self):
        gate = self.gate("gate")
        client, control = self.client(receive_buffer=4096), self.client()
        client.create("/bin/sh", "-c", f"read x < {gate}; exec {CHILD} pattern 5 {2 * MiB}", name="s",
                      history_bytes=64 * 1024)
        attached = client.attach("s", from_offset=0, flow=pb.LOSSLESS, credit=100_000)
        gate.write_text("\n")
        for _ in range(3):
            self.upgrade(control)
        attached.until(lambda: attached.offset == 100_000, "what was granted")
        self.upgrade(control)
        attached.grant(1 << 40)
        attached.until_ended()
        self.assertEqual(harness.pattern(5, 0, 2 * MiB), bytes(attached.data))

    def test_an_observer_stays_one(self):
        client, control = self.client(), self.client()
        client.create(CHILD, "echo", name="s")
        attached = client.attach("s", role=pb.OBSERVER)
        attached.expect("ready")
        self.upgrade(control)
        frame = pb.Frame(id=client.take_id())
        frame.input.attachment = attached.number
        frame.input.data = b"x"
        client.send(frame)
        self.assertEqual(pb.PERMISSION_DENIED, client.answer(frame.id).response.error.code)
        control.request("send", session="s", data=b"typed by another")
        attached.expect("typed by another")
        shown = control.request("inspect", session="s").attachments
        self.assertEqual([(pb.OBSERVER, attached.number, "test")],
                         [(one.role, one.attachment, one.client_name) for one in shown])

    def test_bytes_that_are_being_sent_are_typed_once(self):
        gate = self.gate("gate")
        client, control = self.client(), self.client()
        size = 300_000
        data = harness.pattern(6, 0, size).replace(b"\x1b", b"a")
        client.create("/bin/sh", "-c", f"stty raw -echo; echo set; read x < {gate}; exec {CHILD} sink {size}", name="s")
        attached = control.attach("s")
        attached.expect("set")
        sends = [client.begin("send", session="s", data=data[at:at + 60_000]) for at in range(0, size, 60_000)]
        for _ in range(3):
            self.upgrade(control)
        gate.write_text("\n")
        replies = [client.finish(number, "send") for number in sends]
        self.assertEqual([60_000] * 5, [reply.accepted for reply in replies])
        attached.expect(f"{harness.fnv1a(data):016x}")

    def test_a_program_is_told_to_end_once(self):
        client, control = self.client(), self.client()
        client.create(CHILD, "signals", name="s")
        attached = control.attach("s")
        attached.expect("ready")
        killing = client.begin("kill", session="s", grace_ms=1500)
        attached.expect("signal 1")
        for _ in range(2):
            self.upgrade(control)
        self.assertEqual(signal.SIGKILL, client.finish(killing, "kill").exit.signal)
        attached.until_ended()
        self.assertEqual(1, bytes(attached.data + attached.snapshot).count(b"signal 1"))

    def test_a_frame_may_come_in_two_halves(self):
        client, control = self.client(), self.client()
        frame = pb.Frame(id=77)
        frame.request.list.all = True
        data = frame.SerializeToString()
        data = struct.pack(">I", len(data)) + data
        early = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.addCleanup(early.close)
        early.connect(str(self.daemon.socket))
        early.sendall(b'{"id":"1","hello":{"protocolMin":1,')
        client.socket.sendall(data[:5])
        control.request("list")  # what came before was read
        self.upgrade(control)
        client.socket.sendall(data[5:])
        self.assertTrue(client.answer(77).response.HasField("list"))
        early.sendall(b'"protocolMax":1}}\n')
        early.settimeout(harness.DEADLINE)
        self.assertIn(b"welcome", early.recv(65536))

    def test_names_records_and_screens_stay(self):
        client, control = self.client(), self.client()
        client.create("/bin/sh", "-c", "printf '\\033]2;the title\\007\\033[31mred\\033[0m text'; exec cat", name="s")
        attached = client.attach("s")
        attached.expect("text")
        before = control.request("screen", session="s")
        client.request("rename", session="s", name="t")
        client.request("label", session="t", set=[pb.Label(key="k", value="v")])
        self.upgrade(control)
        after = control.request("screen", session="t")
        self.assertEqual((before.hash, before.offset), (after.hash, after.offset))
        self.assertFalse(after.approximate)
        self.assertEqual([("k", "v")], [(label.key, label.value) for label in
                                        control.request("inspect", session="t").session.labels])

    def test_programs_questions_are_answered_once(self):
        client, control = self.client(), self.client()
        client.create("/bin/sh", "-c",
                      "stty raw -echo; printf 'q1\\033[6n'; dd bs=6 count=1 2>/dev/null | od -An -c; "
                      "read x; printf 'q2\\033[6n'; exec cat -v", name="s")
        attached = control.attach("s", no_replay=True, from_offset=0)
        attached.expect("R")
        for _ in range(3):
            self.upgrade(control)
        client.request("send", session="s", data=b"\n")
        attached.expect("^[[")
        client.request("send", session="s", data=b"end")
        attached.expect("end")
        self.assertEqual(1, bytes(attached.data).count(b"^[["), bytes(attached.data))

    def test_a_stopped_host_holds_nobody_up(self):
        client, control = self.client(), self.client()
        host = client.create(CHILD, "echo", name="s").host_pid
        attached = client.attach("s")
        attached.expect("ready")
        os.kill(host, signal.SIGSTOP)
        try:
            attached.type("typed while it was stopped")
            for number in range(2):
                self.upgrade(control)
                control.create("/bin/cat", name=f"other{number}")
            attached.type(" and after it")
        finally:
            os.kill(host, signal.SIGCONT)
        attached.expect("typed while it was stopped and after it")

    def test_a_name_given_just_before_is_kept(self):
        client = self.client()
        client.create("/bin/cat", name="n0")
        for number in range(10):
            renaming = client.begin("rename", session=f"n{number}", name=f"n{number + 1}")
            upgrading = client.begin("upgrade")
            client.finish(renaming, "rename")
            client.finish(upgrading, "upgrade")
        harness.eventually(lambda: client.request("list").sessions, "the session")
        client.request("inspect", session="n10")  # the host has answered
        self.daemon.restart()
        self.assertEqual(["n10"], [session.name for session in self.client().request("list").sessions])

    def test_an_ended_session_is_still_there(self):
        client, control = self.client(), self.client()
        client.create("/bin/sh", "-c", "echo last words; exit 3", name="s")
        client.request("wait", sessions=["s"])
        self.upgrade(control)
        info = control.request("wait", sessions=["s"]).sessions[0]
        self.assertEqual((pb.EXITED, 3), (info.state, info.exit.code))
        self.assertIn(b"last words", control.request("history", session="s").data)
        control.request("remove", session="s")
        harness.eventually(lambda: not self.daemon.hosts(), "the end of the host")

    def test_a_signal_that_came_before_is_heard(self):
        control = self.client()
        upgrading = control.begin("upgrade")
        os.kill(self.daemon.pid, signal.SIGTERM)
        with self.assertRaises((harness.ProtocolError, ConnectionError)):
            control.finish(upgrading, "upgrade")
            control.receive()
            raise ConnectionError
        self.assertEqual(0, self.daemon.process.wait(harness.DEADLINE))


class ThatFail(UpgradeTest):
    """Whatever is wrong with the new program, the old one goes on."""

    def script(self, text, name="program", mode=0o755):
        path = self.daemon.folder / name
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(mode)
        return str(path)

    def refused(self, code, program):
        if not hasattr(self, "control"):
            self.control = self.client()
            self.control.create(CHILD, "echo", name="s")
            self.attached = self.control.attach("s")
            self.attached.expect("ready")
            self.typed = 0
        before = self.descriptors()
        error = self.assertCode(code, self.upgrade, self.control, program=os.fsencode(program))
        self.typed += 1
        self.attached.type(f"still here {self.typed};")
        self.attached.expect(f"still here {self.typed};")
        self.assertEqual(before, self.descriptors())
        self.assertEqual(0, self.control.request("status").upgrades)
        return error

    def test_programs_that_can_not_be_executed(self):
        folder = self.daemon.folder
        self.refused(pb.INVALID_ARGUMENT, "bin/ptyd")
        self.refused(pb.NOT_FOUND, folder / "none")
        self.refused(pb.INVALID_ARGUMENT, folder)
        self.refused(pb.FAILED_PRECONDITION, self.script("exit 0", mode=0o644))
        self.refused(pb.PERMISSION_DENIED, self.script("exit 0", mode=0o757))
        self.refused(pb.PERMISSION_DENIED, self.script("exit 0", mode=0o775))
        open_folder = folder / "open"
        open_folder.mkdir()
        open_folder.chmod(0o777)
        self.refused(pb.PERMISSION_DENIED, self.script("exit 0", name="open/program"))
        text = pathlib.Path(self.script("", name="text"))
        text.write_text("no program\n")
        error = self.refused(pb.SPAWN_FAILED, text)
        self.assertEqual("exec", error.step)
        self.assertTrue(error.os_error)

    def test_a_check_that_fails(self):
        error = self.refused(pb.FAILED_PRECONDITION, self.script("echo 'what is this?' >&2; exit 1"))
        self.assertIn("what is this?", error.message)
        self.assertIn("status 1", error.message)
        self.refused(pb.FAILED_PRECONDITION, self.script("kill -9 $$"))
        self.refused(pb.FAILED_PRECONDITION, "/bin/false" if os.path.isfile("/bin/false") else "/usr/bin/false")

    def test_a_check_that_hangs(self):
        mark = self.daemon.folder / "mark"
        # Nothing waits for its end: it only has not answered when the daemon gives up.
        self.refused(pb.DEADLINE_EXCEEDED, self.script(f"sleep 1000 & echo $! > {mark}; wait"))
        harness.eventually(lambda: not alive(int(mark.read_text())), "the end of what the check started")

    def test_a_state_that_is_too_new(self):
        error = self.refused(pb.UNSUPPORTED_VERSION, self.script(f'PTYD_TEST_STATE_FORMAT=0 exec {PTYD} "$@"'))
        self.assertIn("STATE_TOO_NEW", error.message)
        self.assertIn("has format 1", error.message)
        self.assertEqual((1, 0), (error.versions.min, error.versions.max))

    def test_a_configuration_that_the_new_program_refuses(self):
        self.daemon.config.write_text("nonsense = [\n")
        self.refused(pb.INVALID_ARGUMENT, PTYD)

    def test_a_program_that_is_gone_when_it_is_executed(self):
        interpreter = self.daemon.folder / "interpreter"
        interpreter.symlink_to("/bin/sh")
        path = self.daemon.folder / "program"
        path.write_text(f"#!{interpreter}\nrm {interpreter}\nexit 0\n")
        path.chmod(0o755)
        error = self.refused(pb.SPAWN_FAILED, path)
        self.assertEqual("exec", error.step)

    def test_a_program_that_changes_while_it_is_looked_at(self):
        self.refused(pb.BUSY, self.script("echo >> $0; exit 0"))

    def test_requests_held_back_are_done_after_it(self):
        path = self.daemon.folder / "program"
        path.write_text("#!/bin/sh\necho >> $0; exit 0\n")
        path.chmod(0o755)
        control, other = self.client(), self.client()
        for number in range(10):
            upgrading = control.begin("upgrade", program=os.fsencode(path))
            begun = [other.begin("create", argv=[b"/bin/cat"], name=f"n{number}.{one}") for one in range(3)]
            with self.assertRaises(harness.ProtocolError):
                control.finish(upgrading, "upgrade")
            for create in begun:
                other.finish(create, "create")

    def test_two_at_once(self):
        control, other = self.client(), self.client()
        gate = self.daemon.folder / "gate"
        os.mkfifo(gate)
        slow = self.script(f"read x < {gate}; exit 1")
        first = control.begin("upgrade", program=os.fsencode(slow))
        with open(gate, "w") as opened:  # the check runs
            self.assertCode(pb.BUSY, other.request, "upgrade")
            opened.write("\n")
        with self.assertRaises(harness.ProtocolError):
            control.finish(first, "upgrade")


class ThatDie(UpgradeTest):
    def test_each_crash_point_is_like_any_other_death(self):
        for point in CRASH_POINTS:
            with self.subTest(point=point):
                self.daemon.kill()
                self.daemon.start(env={"PTYD_CRASH_AT": f"{point}:1"})
                client, control = self.client(), self.client()
                name = f"s-{point}"
                session = client.create(CHILD, "pattern-wait", "9", str(MiB), name=name, history_bytes=64 * 1024)
                key = os.urandom(16)
                attached = client.attach(name, from_offset=0, flow=pb.LOSSLESS, credit=200_000, input_stream=key)
                attached.type("\n")
                attached.until(lambda: attached.offset > 50_000, "the first bytes")
                with self.assertRaises((ConnectionError, BrokenPipeError)):
                    self.upgrade(control)
                self.daemon.process.wait(harness.DEADLINE)
                attached.drain()
                self.daemon.start()
                again = self.client().attach(name, resume_offset=attached.offset, input_stream=key, flow=pb.LOSSLESS)
                self.assertTrue(again.reply.resumed)
                self.assertEqual((1, False), (again.reply.input_offset, again.reply.input_unknown))
                again.data = attached.data
                again.until_ended()
                self.assertEqual(harness.pattern(9, 0, MiB), bytes(again.data)[-MiB:])
                self.assertEqual(session.id, self.client().request("inspect", session=name).session.id)

    def test_a_state_that_can_not_be_used_makes_a_daemon_like_any_other(self):
        client = self.client()
        client.create("/bin/cat", name="s")
        self.daemon.kill()
        bad = open(self.daemon.folder / "state", "w+b")
        self.addCleanup(bad.close)
        bad.write(os.urandom(5000))
        bad.flush()
        self.daemon.process = subprocess.Popen(
            [PTYD, "--socket", str(self.daemon.socket), "--log-target", "stderr", "--resume-state", str(bad.fileno())],
            pass_fds=[bad.fileno()], env=self.daemon.env, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)

        def answers():
            try:
                return self.client().request("list").sessions
            except (ConnectionError, FileNotFoundError):
                return None
        self.assertEqual(["s"], [session.name for session in harness.eventually(answers, "the daemon")])


class ByPtyctl(UpgradeTest):
    def test_the_verb(self):
        with self.daemon.client() as client:
            client.create("/bin/cat", name="s")
            done = json.loads(self.daemon.ptyctl("daemon", "upgrade", "--json").stdout)
            self.assertEqual((False, 1, 1), (done["cold"], done["sessions"], done["upgrades"]))
            text = self.daemon.ptyctl("daemon", "upgrade", "--binary", PTYD).stderr.decode()
            self.assertIn("1 sessions", text)
            client.request("list")
        failed = self.daemon.ptyctl("daemon", "upgrade", "--binary", "/bin/sh", check=False)
        self.assertEqual(125, failed.returncode)
        self.assertIn("does not take the daemon's state over", failed.stderr.decode())

    def test_a_cold_one(self):
        with self.daemon.client() as client:
            pid = client.create("/bin/cat", name="s").pid
            self.daemon.ptyctl("daemon", "upgrade", "--cold", "--binary", PTYD)
            self.assertIsNone(client.receive())
        self.assertEqual(0, self.daemon.process.wait(harness.DEADLINE))
        with self.daemon.client() as client:
            self.assertEqual(pid, client.request("inspect", session="s").session.pid)
            client.request("shutdown", kill_sessions=True)
            self.assertIsNone(client.receive())


if __name__ == "__main__":
    harness.main()
