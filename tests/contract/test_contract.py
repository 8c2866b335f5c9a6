"""What holds on every system, over the protocol, by the same tests. Where systems differ both sides are stated here and
in docs/PLATFORMS.md. usage: see systems.py
"""
import os
import sys
import unittest

from client import ProtocolError
from systems import WINDOWS, System, pb
from waiting import eventually


class Contract(unittest.TestCase):
    def setUp(self):
        self.system = System(self.id().rsplit(".", 1)[-1][5:40])
        self.addCleanup(self.system.clean_up)
        self.system.start()
        self.main = self.connect()

    def connect(self):
        client = self.system.client()
        self.addCleanup(client.close)
        return client

    def create(self, *program, env=None, **fields):
        return self.main.create(self.system.child, *program, env={**self.system.environment, **(env or {})}, **fields)

    def refused(self, code, method, **fields):
        with self.assertRaises(ProtocolError) as caught:
            self.main.request(method, **fields)
        self.assertEqual(pb.ErrorCode.Name(code), pb.ErrorCode.Name(caught.exception.code), str(caught.exception))
        return caught.exception.error

    def ended(self, session):
        return self.main.request("wait", sessions=[session]).sessions[0]

    def text(self, session):
        return self.main.request("history", session=session, max_bytes=65536).data.decode(errors="replace")

    # ------------------------------------------------------------------ programs

    def test_exit_codes_are_exact(self):
        for code in (0, 1, 127, 255, self.system.greatest_code):
            session = self.create("exit", str(code))
            status = self.ended(session.id).exit
            self.assertEqual((True, code, 0), (status.known, status.code, status.signal))

    def test_the_environment_is_the_clients(self):
        self.create("env", "GIVEN", "EMPTY", env={"GIVEN": "some words", "EMPTY": ""}, name="e")
        self.ended("e")
        self.assertIn("GIVEN=some words", self.text("e"))
        self.assertIn("EMPTY=", self.text("e"))

    def test_the_folder_is_the_one_asked_for(self):
        self.create("cwd", name="c", cwd=self.system.folder.encode())
        self.ended("c")
        self.assertIn(self.system.folder.lower(), self.text("c").lower())

    def test_why_a_program_could_not_start_is_told(self):
        for fields in (dict(argv=[b"no-such-program-at-all"]),
                       dict(argv=[self.system.child.encode()], cwd=self.system.missing_folder.encode())):
            env = [pb.EnvVar(name=k.encode(), value=v.encode()) for k, v in self.system.environment.items()]
            error = self.refused(pb.SPAWN_FAILED, "create", env=env, **fields)
            self.assertTrue(error.message and error.step and error.os_error, error)
        self.assertEqual([], list(self.main.request("list", all=True).sessions))

    def test_creating_twice_with_one_id_gives_one_session(self):
        number = os.urandom(16)
        first, second = (self.create("answer", id=number, name="once") for _ in range(2))
        self.assertEqual((first.id, first.pid), (second.id, second.pid))
        self.assertEqual(1, len(self.main.request("list").sessions))

    # ------------------------------------------------------------------ output and input

    def test_what_is_typed_is_answered_and_every_client_sees_it(self):
        self.create("answer", name="a")
        one = self.main.attach("a", from_offset=0)
        other = self.connect().attach("a", from_offset=0)
        one.type("first\r")
        for each in (one, other):
            each.expect("[first]")
        other.type("second\r")
        for each in (one, other):
            each.expect("[second]")

    def test_output_is_the_same_by_every_way_and_offset(self):
        self.create("say", "these are the words", name="s")
        attached = self.main.attach("s", from_offset=0, until_stream_end=True)
        attached.until_ended()
        whole = bytes(attached.data)
        self.assertIn(b"these are the words", whole)
        self.assertEqual(whole, self.main.request("history", session="s", max_bytes=65536).data)
        middle = len(whole) // 2
        self.assertEqual(whole[middle:], self.main.request("history", session="s", from_offset=middle).data)
        error = self.refused(pb.OUT_OF_RANGE, "history", session="s", from_offset=len(whole) + 1)
        self.assertEqual(len(whole), error.offsets.to)

    def test_a_client_that_comes_back_misses_nothing(self):
        self.create("answer", name="a")
        first = self.main.attach("a", from_offset=0)
        first.type("before\r")
        first.expect("[before]")
        self.main.request("detach", attachment=first.number)
        self.main.request("send", session="a", data=b"between\r")
        again = self.main.attach("a", resume_offset=first.offset)
        self.assertTrue(again.reply.resumed)
        again.expect("[between]")

    def test_an_observer_only_looks(self):
        self.create("answer", name="a")
        attached = self.main.attach("a", role=pb.OBSERVER, from_offset=0)
        frame = pb.Frame()
        frame.input.attachment = attached.number
        frame.input.data = b"x\r"
        self.main.send(frame)
        self.assertEqual(pb.PERMISSION_DENIED, self.main.push().response.error.code)
        self.refused(pb.PERMISSION_DENIED, "set_size", attachment=attached.number, size=pb.WindowSize(cols=9, rows=9))

    def test_input_sent_twice_is_typed_once(self):
        self.create("answer", name="a")
        attached = self.main.attach("a", from_offset=0)
        stream = os.urandom(16)
        for _ in range(3):
            self.main.request("send", session="a", input_stream=stream, input_offset=0, data=b"once\r")
        self.main.request("send", session="a", input_stream=stream, input_offset=5, data=b"then\r")
        attached.expect("[then]")
        self.assertEqual(1, attached.data.count(b"[once]"), attached.data)

    def test_the_screen_shows_what_was_written(self):
        self.create("say", "on the screen", name="s")
        self.ended("s")
        screen = self.main.request("screen", session="s")
        self.assertIn("on the screen", screen.data.decode())

    def test_a_client_that_does_not_read_stops_nobody(self):
        self.create("text", "400000", name="t", history_bytes=65536)
        stalled = self.connect()
        stalled.attach("t", credit=1)
        attached = self.main.attach("t")
        attached.expect("ready")
        attached.type("\r")
        attached.expect("end-of-text")

    # ------------------------------------------------------------------ sizes

    def test_a_resize_reaches_the_program_and_is_told(self):
        self.create("sizes", name="z", size=pb.WindowSize(cols=80, rows=24))
        attached = self.main.attach("z", from_offset=0)
        attached.expect("80x24")
        reply = self.main.request("resize", session="z", size=pb.WindowSize(cols=101, rows=31))
        self.assertEqual((101, 31), (reply.size.cols, reply.size.rows))
        attached.expect("101x31")
        info = self.main.request("inspect", session="z").session
        self.assertEqual((101, 31, pb.MANUAL), (info.size.cols, info.size.rows, info.policy))

    def test_the_smallest_of_two_terminals_rules_where_it_was_asked_for(self):
        self.create("answer", name="a", policy=pb.SMALLEST)
        self.main.attach("a", size=pb.WindowSize(cols=100, rows=30))
        other = self.connect()
        attached = other.attach("a", size=pb.WindowSize(cols=90, rows=40))
        self.assertEqual((90, 30), self.size("a"))
        other.request("detach", attachment=attached.number)
        self.assertEqual((100, 30), self.size("a"))

    def size(self, session):
        size = self.main.request("inspect", session=session).session.size
        return size.cols, size.rows

    # ------------------------------------------------------------------ sessions

    def test_names_labels_and_ids_find_a_session(self):
        session = self.create("answer", name="old", labels=[pb.Label(key="kind", value="test")])
        self.main.request("rename", session="old", name="new")
        for name in ("new", session.id, session.id[:8]):
            self.assertEqual(session.id, self.main.request("inspect", session=name).session.id)
        self.refused(pb.NOT_FOUND, "inspect", session="old")
        label = [pb.Label(key="kind", value="test")]
        self.assertEqual(["new"], [one.name for one in self.main.request("list", labels=label).sessions])

    def test_events_tell_the_life_of_a_session(self):
        self.main.request("subscribe")
        session = self.create("exit", "3", name="short")
        self.assertEqual(session.id, self.main.event(pb.CREATED).session.id)
        exited = self.main.event(pb.SESSION_EXITED).session
        self.assertEqual((session.id, 3), (exited.id, exited.exit.code))
        self.main.request("remove", session="short")
        self.assertEqual(session.id, self.main.event(pb.REMOVED).session.id)

    def test_a_kill_ends_the_program_and_says_how(self):
        self.create("wait", name="w")
        status = self.main.request("kill", session="w", force=True).exit
        self.assertTrue(status.known)
        # On Windows there are no signals: what ends a program by force chooses its code.
        self.assertEqual((1, 0) if WINDOWS else (0, 9), (status.code, status.signal))

    def test_wait_has_a_deadline_and_can_ask_for_one_of_many(self):
        self.create("wait", name="long")
        self.create("exit", "0", name="short")
        error = self.refused(pb.DEADLINE_EXCEEDED, "wait", sessions=["long"], deadline_ms=50)
        self.assertTrue(error.message)
        reply = self.main.request("wait", sessions=["long", "short"], any=True)
        self.assertEqual(["short"], [one.name for one in reply.sessions])

    # ------------------------------------------------------------------ the daemon's death

    def test_a_session_outlives_its_daemon_with_all_its_bytes(self):
        session = self.create("answer", name="a")
        attached = self.main.attach("a", from_offset=0)
        stream = os.urandom(16)
        self.main.request("send", session="a", input_stream=stream, data=b"before\r")
        attached.expect("[before]")
        before = self.text("a")
        self.system.kill()
        self.system.start()
        self.main = self.connect()
        again = self.main.request("inspect", session="a").session
        self.assertEqual((session.id, session.pid), (again.id, again.pid))
        self.assertTrue(self.text("a").startswith(before))
        attached = self.main.attach("a", resume_offset=attached.offset)
        self.assertTrue(attached.reply.resumed)
        # Sent again, as a client does that got no answer.
        self.main.request("send", session="a", input_stream=stream, data=b"before\r")
        self.main.request("send", session="a", input_stream=stream, input_offset=7, data=b"after\r")
        attached.expect("[after]")
        self.assertEqual(1, self.text("a").count("[before]"))

    def test_an_exit_while_no_daemon_runs_is_told_by_the_next(self):
        self.create("answer", name="a")
        attached = self.main.attach("a", from_offset=0)
        attached.type("end 42\r")
        self.system.kill()
        self.system.start()
        self.main = self.connect()
        if not self.main.request("inspect", session="a").session.HasField("exit"):
            # It was killed before it had passed the input on.
            self.main.request("send", session="a", data=b"end 42\r")
        self.assertEqual(42, self.ended("a").exit.code)

    def test_nothing_is_left_when_all_sessions_end(self):
        for number in range(5):
            self.create("answer", name=f"s{number}")
        reply = self.main.request("shutdown", kill_sessions=True)
        self.assertEqual(0, reply.sessions_left)
        self.system.wait_for_its_end()
        self.system.start()
        self.main = self.connect()
        eventually(lambda: not self.main.request("list", all=True).sessions, "no sessions")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[4 if WINDOWS else 1:]], verbosity=2)
