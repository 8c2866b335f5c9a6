"""One client alone types into a session: who, for how long, and how it ends."""
import os

import harness
from harness import pb
from leases import HOUR, Leases
from waiting import eventually


class Input(Leases):
    def test_only_the_holder_types(self):
        watcher = self.sink(12)
        agent, other = self.client(name="agent"), self.client(name="other")
        self.send(other, b"a")
        claimed = self.claim(agent, ttl_ms=HOUR)
        self.assertEqual(16, len(claimed.lease))
        self.assertEqual("agent", claimed.info.holder.name)
        error = self.refused(other, b"XX")
        self.assertIn("agent", error.message)
        self.assertIn("3600 s", error.message)
        self.assertIn("0 bytes were typed", error.message)
        self.refused(other, b"XX", paste=True)
        self.assertCode(pb.BUSY, other.request, "send", session="s", keys=["C-c"])
        self.assertCode(pb.BUSY, other.request, "wait", sessions=["s"], send=pb.SendRequest(data=b"XX"),
                        conditions=[pb.WaitCondition(kind=pb.WAIT_TEXT, text="XX")])
        self.send(agent, b"bcd")
        self.send(other, b"efg", lease=claimed.lease)
        self.assertEqual([("agent", pb.INPUT_LEASE, False)],
                         [(lease.holder.name, lease.kind, lease.person) for lease in self.leases()])
        self.assertFalse(other.request("release", session="s", kind=pb.SIZE_LEASE).released)
        self.assertTrue(agent.request("release", session="s").released)
        self.assertFalse(agent.request("release", session="s").released)
        self.assertEqual([], self.leases())
        self.send(other, b"hijkl")
        self.expect_typed(watcher, b"abcdefghijkl")

    def test_what_was_typed_before_may_be_sent_again(self):
        watcher = self.sink(4)
        agent, other = self.client(), self.client()
        stream = os.urandom(16)
        self.send(other, b"abc", input_stream=stream)
        self.claim(agent)
        self.assertEqual(3, self.send(other, b"abc", input_stream=stream).input_offset)
        self.refused(other, b"abcX", input_stream=stream)
        self.send(agent, b"d")
        self.expect_typed(watcher, b"abcd")

    def test_refused_input_counts_as_taken_and_is_not_typed(self):
        watcher = self.sink(9)
        agent, other = self.client(name="agent"), self.client()
        attached = other.attach("s", from_offset=0)
        attached.type("abc")
        self.settle(attached)
        token = self.claim(agent).lease
        refused = [self.type(attached, b"XX") for _ in range(3)]
        for number in refused:
            self.assertIn("until it disconnects", self.assertRefused(attached, number).message)
        self.settle(attached)
        self.assertEqual(9, attached.acked)
        # What is sent again is not typed later, either.
        agent.request("release", session="s", lease=token)
        self.type(attached, b"XXXXXX", offset=3)
        attached.type("def")
        self.settle(attached)
        attached.type("ghi")
        self.expect_typed(watcher, b"abcdefghi")

    def test_refused_input_never_stops_at_its_limit(self):
        watcher = self.sink(4)
        agent, other = self.client(), self.client()
        attached = other.attach("s", from_offset=0)
        self.claim(agent)
        total = 1 << 20
        refused = []
        while attached.input_offset < total:
            attached.until(lambda: attached.input_offset < attached.limit, "room for input")
            refused.append(self.type(attached, bytes(min(4096, attached.limit - attached.input_offset))))
        for number in refused:
            self.assertRefused(attached, number)
        agent.close()
        eventually(lambda: not self.leases(), "the end of the lease")
        attached.type("abcd")
        self.expect_typed(watcher, b"abcd")

    def test_refused_input_while_the_program_reads_nothing(self):
        # Nothing waits for its end: it only reads nothing.
        self.control.create("/bin/sh", "-c", "stty raw -echo; echo ready; exec sleep 1000", name="s")
        agent, other = self.client(), self.client()
        attached = other.attach("s", from_offset=0)
        attached.expect("ready")
        token = self.claim(agent).lease
        full = self.client()
        filler = full.attach("s", lease=token, no_replay=True)
        while filler.input_offset < filler.limit:
            self.type(filler, bytes(65536)[:filler.limit - filler.input_offset])
        # What is refused waits behind it.
        for _ in range(50):
            self.assertRefused(attached, self.type(attached, b"x" * 100))
        self.assertEqual(pb.RUNNING, self.control.request("inspect", session="s").session.state)

    def test_a_reconnect_types_nothing_that_was_refused(self):
        watcher = self.sink(6)
        agent = self.client()
        self.claim(agent)
        stream = os.urandom(16)
        other = self.client()
        attached = other.attach("s", from_offset=0, input_stream=stream)
        self.assertRefused(attached, self.type(attached, b"XXX"))
        self.settle(attached)
        other.close()
        agent.request("release", session="s")
        again = self.client().attach("s", resume_offset=attached.offset, input_stream=stream)
        self.assertEqual(3, again.reply.input_offset)
        again.type("abcdef")
        self.expect_typed(watcher, b"abcdef")

    def test_an_attachment_types_under_its_connection_or_its_token(self):
        watcher = self.sink(6)
        agent, other = self.client(), self.client()
        token = self.claim(agent, ttl_ms=HOUR).lease
        attached = agent.attach("s", from_offset=0)
        attached.type("abc")
        self.settle(attached)
        named = other.attach("s", from_offset=0, lease=token)
        named.type("def")
        self.expect_typed(watcher, b"abcdef")

    def test_observers_look_on(self):
        watcher = self.sink(4)
        agent = self.client()
        self.claim(agent)
        number = self.type(watcher, b"X")
        self.assertEqual(pb.PERMISSION_DENIED, watcher.client.answer(number).response.error.code)
        self.send(agent, b"abcd")
        self.expect_typed(watcher, b"abcd")

    def test_a_token_is_worth_nothing_when_its_lease_is_over(self):
        watcher = self.sink(2)
        agent, other = self.client(), self.client()
        token = self.claim(agent).lease
        agent.request("release", session="s")
        self.assertIn("over", self.refused(other, b"X", lease=token).message)
        self.assertCode(pb.BUSY, self.claim, other, lease=token)
        attached = other.attach("s", from_offset=0, lease=token)
        self.assertRefused(attached, self.type(attached, b"X"))
        self.send(other, b"ab")
        self.expect_typed(watcher, b"ab")

    def test_bad_tokens_and_fields(self):
        self.sink(1)
        agent, other = self.client(), self.client()
        token = self.claim(agent).lease
        for wrong in (b"x", token[:15], token + b"x", b"x" * 1000):
            for method, fields in (("claim", {}), ("release", {}), ("send", {"data": b"x"}), ("attach", {}),
                                   ("resize", {"size": pb.WindowSize(cols=9, rows=9)})):
                error = self.assertCode(pb.INVALID_ARGUMENT, other.request, method, session="s", lease=wrong, **fields)
                self.assertEqual("lease", error.subject)
        for _ in range(50):
            wrong = os.urandom(16)
            self.refused(other, b"x", lease=wrong)
            self.assertCode(pb.BUSY, self.claim, other, lease=wrong)
            self.assertCode(pb.BUSY, other.request, "release", session="s", lease=wrong)
        error = self.assertCode(pb.INVALID_ARGUMENT, self.claim, agent, ttl_ms=24 * HOUR + 1)
        self.assertEqual("ttl_ms", error.subject)
        self.assertEqual("kind", self.assertCode(pb.INVALID_ARGUMENT, self.claim, agent, kind=99).subject)
        self.assertEqual("kind", self.assertCode(pb.INVALID_ARGUMENT, agent.request, "release", session="s",
                                                 kind=99).subject)
        size = pb.WindowSize(cols=9, rows=9)
        self.assertEqual("size", self.assertCode(pb.INVALID_ARGUMENT, self.claim, agent, size=size).subject)
        self.assertCode(pb.INVALID_ARGUMENT, self.claim, agent, kind=pb.SIZE_LEASE, size=pb.WindowSize())
        self.assertCode(pb.NOT_FOUND, self.claim, agent, session="nobody")
        self.assertEqual(token, self.claim(agent).lease)

    def test_an_ended_session_has_none(self):
        watcher = self.sink(1)
        agent = self.client()
        self.claim(agent, ttl_ms=HOUR)
        self.send(agent, b"a")
        watcher.until_ended()
        self.assertEqual([], self.leases())
        self.assertCode(pb.SESSION_ENDED, self.claim, agent)
        self.assertFalse(agent.request("release", session="s").released)


class Ends(Leases):
    def test_by_time(self):
        self.sink(1)
        events = self.watcher()
        agent, other = self.client(name="agent"), self.client()
        self.claim(agent, ttl_ms=1)
        self.expect_events(events, ("agent", None), ("agent", "LEASE_EXPIRED"))
        self.send(other, b"a")

    def test_later_when_it_is_held_on_to(self):
        self.sink(2)
        events = self.watcher()
        agent, other = self.client(name="agent"), self.client(name="other")
        first = self.claim(agent, ttl_ms=HOUR)
        again = self.claim(other, lease=first.lease, ttl_ms=2 * HOUR)
        self.assertEqual(first.lease, again.lease)
        self.assertEqual(first.info.since_ms, again.info.since_ms)
        self.assertGreater(again.info.expires_ms, first.info.expires_ms)
        # It belongs to the connection that held on to it.
        self.refused(agent, b"X")
        self.send(other, b"a")
        self.claim(other, ttl_ms=1)
        self.expect_events(events, ("agent", None), ("other", "LEASE_EXPIRED"))

    def test_with_its_connection_when_it_has_no_time(self):
        self.sink(2)
        events = self.watcher()
        agent, other = self.client(name="agent"), self.client()
        self.assertEqual(0, self.claim(agent).info.expires_ms)
        agent.close()
        self.expect_events(events, ("agent", None), ("agent", "LEASE_DISCONNECTED"))
        self.send(other, b"a")

    def test_not_with_its_connection_when_it_has_a_time(self):
        self.sink(2)
        agent, other = self.client(name="agent"), self.client()
        token = self.claim(agent, ttl_ms=HOUR).lease
        before = self.control.request("status").connections
        agent.close()
        eventually(lambda: self.control.request("status").connections < before, "the end of a connection")
        self.refused(other, b"X")
        self.send(other, b"a", lease=token)

    def test_by_stealing_and_by_force(self):
        self.sink(3)
        events = self.watcher()
        agent, thief = self.client(name="agent"), self.client(name="thief")
        first = self.claim(agent, ttl_ms=HOUR).lease
        self.assertCode(pb.BUSY, self.claim, thief, ttl_ms=HOUR)
        second = self.claim(thief, ttl_ms=HOUR, steal=True).lease
        self.assertNotEqual(first, second)
        self.expect_events(events, ("agent", None))
        stolen = self.expect_events(events, ("agent", "LEASE_STOLEN"))
        self.assertEqual("thief", stolen.client.name)
        self.expect_events(events, ("thief", None))
        self.refused(agent, b"X")
        self.refused(agent, b"X", lease=first)
        self.send(thief, b"a")
        self.assertCode(pb.BUSY, agent.request, "release", session="s", lease=first)
        self.assertTrue(agent.request("release", session="s", force=True).released)
        self.assertEqual("agent", self.expect_events(events, ("thief", "LEASE_RELEASED")).client.name)

    def test_events_are_for_those_who_name_them(self):
        self.sink(1)
        usual = self.client()
        usual.request("subscribe", session="s")
        self.claim(self.client())
        self.control.request("rename", session="s", name="t")
        self.assertEqual(pb.RENAMED, usual.push().event.type)


class People(Leases):
    def test_a_person_takes_over_by_typing(self):
        watcher = self.sink(6)
        events = self.watcher()
        agent, window = self.client(name="agent"), self.client(name="window")
        token = self.claim(agent, ttl_ms=HOUR).lease
        person = window.attach("s", from_offset=0, person=True)
        person.type("ab")
        self.settle(person)
        self.expect_events(events, ("agent", None))
        taken = self.expect_events(events, ("agent", "LEASE_TAKEN_OVER"))
        self.assertEqual("window", taken.client.name)
        held = self.expect_events(events, ("window", None)).lease
        self.assertTrue(held.person)
        self.assertLessEqual(held.expires_ms - held.since_ms, 30_000)
        error = self.refused(agent, b"X")
        self.assertIn("a person", error.message)
        self.assertIn("window", error.message)
        self.refused(agent, b"X", lease=token)
        self.assertCode(pb.BUSY, self.claim, agent)
        # Another one is not kept from it.
        second = self.client(name="second").attach("s", from_offset=0, person=True)
        second.type("cd")
        self.settle(second)
        self.assertEqual(["window"], [lease.holder.name for lease in self.leases()])
        # Their connection alone is nobody's keyboard.
        self.refused(window, b"X")
        self.claim(agent, steal=True)
        self.expect_events(events, ("window", "LEASE_STOLEN"), ("agent", None))
        self.send(agent, b"e")
        person.type("f")
        self.settle(person)
        self.expect_events(events, ("agent", "LEASE_TAKEN_OVER"), ("window", None))
        self.expect_typed(watcher, b"abcdef")

    def test_without_a_lease_a_person_holds_nothing(self):
        watcher = self.sink(3)
        person = self.client().attach("s", from_offset=0, person=True)
        person.type("a")
        self.settle(person)
        self.assertEqual([], self.leases())
        agent = self.client()
        self.send(agent, b"b")
        self.claim(agent)
        self.send(agent, b"c")
        self.expect_typed(watcher, b"abc")

    def test_what_a_terminal_tells_by_itself_takes_nothing_over(self):
        watcher = self.sink(2)
        agent = self.client(name="agent")
        self.claim(agent)
        person = self.client().attach("s", from_offset=0, person=True)
        for told in (b"\x1b[?62;c", b"\x1b]11;rgb:0/0/0\x1b\\", b"\x1b[I", b"\x1b[O", b"\x1b[<35;4;5M", b"\x1b[MC!!"):
            person.type(told)
            self.settle(person)
        self.assertEqual(["agent"], [lease.holder.name for lease in self.leases()])
        self.send(agent, b"a")
        person.type("b")
        self.settle(person)
        self.expect_typed(watcher, b"ab")

    def test_an_observer_is_no_person(self):
        self.sink(1)
        agent = self.client(name="agent")
        self.claim(agent)
        looker = self.client().attach("s", from_offset=0, person=True, role=pb.OBSERVER)
        number = self.type(looker, b"x")
        self.assertEqual(pb.PERMISSION_DENIED, looker.client.answer(number).response.error.code)
        self.assertEqual(["agent"], [lease.holder.name for lease in self.leases()])


if __name__ == "__main__":
    harness.main()
