"""One client alone types into a session, or sizes it: who, for how long, and how it ends."""
import json
import os
import unittest

import harness
from harness import CHILD, pb
from waiting import DEADLINE, eventually

HOUR = 3600 * 1000
ENDS = {number: name for name, number in pb.LeaseEnd.items()}


class Leases(harness.DaemonTest):
    def setUp(self):
        super().setUp()
        self.control = self.client(name="control")

    def sink(self, size, name="s"):
        """A program that reads so many bytes and then says which; and a watcher of what it says."""
        self.control.create(CHILD, "sink", str(size), name=name)
        watcher = self.client().attach(name, from_offset=0, role=pb.OBSERVER)
        watcher.expect("ready")
        return watcher

    def expect_typed(self, watcher, data):
        watcher.expect(f"{harness.fnv1a(data):016x}")

    def claim(self, client, session="s", kind=pb.INPUT_LEASE, **fields):
        return client.request("claim", session=session, kind=kind, **fields)

    def send(self, client, data, session="s", **fields):
        return client.request("send", session=session, data=data, **fields)

    def leases(self, session="s"):
        return list(self.control.request("inspect", session=session).leases)

    def refused(self, client, *args, **fields):
        return self.assertCode(pb.BUSY, self.send, client, *args, **fields)

    def type(self, attached, data, offset=None):
        """One frame of input with an id; its number."""
        frame = pb.Frame(id=attached.client.take_id())
        frame.input.attachment = attached.number
        frame.input.offset = attached.input_offset if offset is None else offset
        frame.input.data = data
        attached.client.send(frame)
        if offset is None:
            attached.input_offset += len(data)
        return frame.id

    def assertRefused(self, attached, number):
        error = attached.client.answer(number).response.error
        self.assertEqual(pb.BUSY, error.code, error)
        self.assertEqual(f"attachment {attached.number}", error.subject)
        return error

    def settle(self, attached):
        """Until all that was typed counts as taken."""
        self.type(attached, b"")
        attached.until(lambda: attached.acked == attached.input_offset, "what was typed to be taken")

    def watcher(self, session="s"):
        client = self.client()
        client.request("subscribe", session=session, types=[pb.LEASE_CHANGED])
        return client

    def expect_events(self, watcher, *wanted):
        """Each as (name of the holder, how it ended or None)."""
        for holder, end in wanted:
            event = watcher.event(pb.LEASE_CHANGED)
            told = ENDS[event.lease_end] if event.lease_end else None
            self.assertEqual((holder, end), (event.lease.holder.name, told))
        return event


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


class Size(Leases):
    def cat(self, **fields):
        self.control.create("/bin/cat", name="s", **fields)

    def size(self):
        size = self.control.request("inspect", session="s").session.size
        return size.cols, size.rows

    def attach(self, cols, rows, client=None, **fields):
        return (client or self.client()).attach("s", size=pb.WindowSize(cols=cols, rows=rows), **fields)

    def resize(self, client, cols, rows, **fields):
        return client.request("resize", session="s", size=pb.WindowSize(cols=cols, rows=rows), **fields)

    def claim_size(self, client, cols=0, rows=0, **fields):
        if cols:
            fields["size"] = pb.WindowSize(cols=cols, rows=rows)
        return self.claim(client, kind=pb.SIZE_LEASE, **fields)

    def test_nobody_else_sizes(self):
        self.cat()
        first = self.attach(80, 24)
        agent, other = self.client(name="agent"), self.client()
        self.claim_size(agent, 132, 50)
        self.assertEqual((132, 50), self.size())
        self.assertIn("agent", self.assertCode(pb.BUSY, self.resize, other, 90, 30).message)
        second = self.attach(100, 30)
        self.assertEqual((132, 50), (second.reply.session.size.cols, second.reply.session.size.rows))
        reply = first.client.request("set_size", attachment=first.number, size=pb.WindowSize(cols=81, rows=25))
        self.assertEqual(132, reply.size.cols)
        first.type("x")
        self.settle(first)
        second.client.close()
        self.assertEqual((132, 50), self.size())
        agent.request("release", session="s", kind=pb.SIZE_LEASE)
        # The terminal that reported or typed last decides again.
        self.assertEqual((81, 25), self.size())

    def test_without_a_size_it_stays(self):
        self.cat(size=pb.WindowSize(cols=70, rows=20))
        agent = self.client()
        self.claim_size(agent)
        self.attach(100, 30)
        self.assertEqual((70, 20), self.size())
        agent.close()
        eventually(lambda: self.size() == (100, 30), "the size of the attached terminal")

    def test_the_policy_is_back_when_it_expires_or_is_stolen(self):
        self.cat()
        self.attach(100, 30)
        self.attach(90, 40)
        self.control.request("resize", session="s", size=pb.WindowSize(cols=90, rows=30), policy=pb.SMALLEST)
        agent, thief = self.client(), self.client()
        self.claim_size(agent, 50, 10, ttl_ms=HOUR)
        self.claim_size(thief, 60, 11, steal=True)
        self.assertEqual((60, 11), self.size())
        self.claim_size(thief, ttl_ms=1)
        eventually(lambda: self.size() == (90, 30), "the size by the policy")

    def test_its_holder_sizes(self):
        self.cat()
        agent, other = self.client(), self.client()
        token = self.claim_size(agent, 50, 10, ttl_ms=HOUR).lease
        self.resize(agent, 51, 10)
        self.assertEqual(52, self.resize(other, 52, 10, lease=token).size.cols)
        self.assertEqual(pb.LATEST, self.control.request("inspect", session="s").session.policy)
        named = self.attach(61, 21, lease=token)
        self.assertEqual((61, 21), self.size())
        named.client.request("set_size", attachment=named.number, size=pb.WindowSize(cols=62, rows=22))
        self.assertEqual((62, 22), self.size())
        self.attach(33, 33, client=agent)
        self.assertEqual((33, 33), self.size())
        self.resize(agent, 34, 34, policy=pb.MANUAL)
        agent.request("release", session="s", kind=pb.SIZE_LEASE)
        self.assertEqual((34, 34), self.size())
        self.assertCode(pb.BUSY, self.resize, other, 53, 10, lease=token)

    def test_both_kinds_may_have_one_token(self):
        self.cat()
        agent, other = self.client(name="agent"), self.client(name="other")
        token = self.claim(agent, ttl_ms=HOUR).lease
        self.assertEqual(token, self.claim_size(other, lease=token, ttl_ms=HOUR).lease)
        self.assertEqual([(pb.INPUT_LEASE, "agent"), (pb.SIZE_LEASE, "other")],
                         [(lease.kind, lease.holder.name) for lease in self.leases()])
        self.send(other, b"a", lease=token)
        third = self.client()
        self.assertCode(pb.BUSY, self.claim_size, third, lease=os.urandom(16))
        self.assertNotEqual(token, self.claim_size(third, steal=True).lease)
        # A person takes the keys, and not the size.
        person = self.client().attach("s", person=True)
        person.type("x")
        self.settle(person)
        self.assertEqual([(pb.INPUT_LEASE, True), (pb.SIZE_LEASE, False)],
                         [(lease.kind, lease.person) for lease in self.leases()])


class Daemons(Leases):
    def test_a_killed_daemon_leaves_those_that_end_by_time(self):
        watcher = self.sink(3)
        bystander = self.client()  # so that the agents do not have the numbers of the next daemon's first clients
        agent = self.client(name="agent")
        self.control.create("/bin/cat", name="t", size=pb.WindowSize(cols=70, rows=20))
        token = self.claim(agent, ttl_ms=HOUR).lease
        sized = self.claim(agent, session="t", kind=pb.SIZE_LEASE, ttl_ms=HOUR,
                           size=pb.WindowSize(cols=71, rows=21)).lease
        self.claim(agent, session="t")
        before = self.leases()[0]
        self.daemon.restart()
        self.control = self.client(name="control")
        clients = [self.client() for _ in range(8)]
        after = self.leases()[0]
        self.assertEqual((before.since_ms, before.expires_ms, before.holder.name, before.holder.pid),
                         (after.since_ms, after.expires_ms, after.holder.name, after.holder.pid))
        self.assertEqual(0, after.holder.client)
        for client in clients:
            self.refused(client, b"X")
        self.send(clients[0], b"ab", lease=token)
        self.send(clients[0], b"t", session="t")
        self.assertEqual([pb.SIZE_LEASE], [lease.kind for lease in self.leases("t")])
        size = pb.WindowSize(cols=99, rows=9)
        self.assertCode(pb.BUSY, clients[0].request, "resize", session="t", size=size)
        clients[1].attach("t", size=size)
        self.assertEqual(71, self.control.request("inspect", session="t").session.size.cols)
        self.assertTrue(clients[2].request("release", session="t", kind=pb.SIZE_LEASE, lease=sized).released)
        self.assertEqual(99, self.control.request("inspect", session="t").session.size.cols)
        # It is held on to with this daemon, too; and released for good.
        self.assertEqual(token, self.claim(clients[3], lease=token, ttl_ms=HOUR).lease)
        self.send(clients[3], b"c")
        bystander.close()

    def test_what_is_over_stays_over(self):
        self.control.create("/bin/cat", name="s")
        agent = self.client()
        self.claim(agent, ttl_ms=HOUR)
        agent.request("release", session="s")
        self.control.create("/bin/cat", name="t")
        self.claim(agent, session="t", ttl_ms=HOUR)
        self.claim(self.client(), session="t", steal=True)
        self.control.create("/bin/cat", name="u")
        self.claim(agent, session="u", ttl_ms=1)
        # The host has been told when it answers something that was asked later.
        for name in ("s", "t", "u"):
            self.control.request("inspect", session=name)
        self.daemon.restart()
        self.control = self.client()
        for name in ("s", "t", "u"):
            self.assertEqual([], self.leases(name))

    def test_an_upgrade_keeps_both_kinds(self):
        watcher = self.sink(6)
        agent, other, window = self.client(name="agent"), self.client(), self.client(name="window")
        self.control.create("/bin/cat", name="t")
        token = self.claim(agent, ttl_ms=HOUR).lease
        self.claim(agent, session="t")
        self.claim(agent, session="t", kind=pb.SIZE_LEASE, size=pb.WindowSize(cols=71, rows=21))
        named = other.attach("s", from_offset=0, lease=token)
        person = window.attach("t", person=True)
        before = self.leases() + self.leases("t")
        self.control.request("upgrade")
        self.assertEqual(before, self.leases() + self.leases("t"))
        self.send(agent, b"ab")
        named.type("cd")
        self.settle(named)
        self.refused(other, b"X")
        self.refused(other, b"X", session="t")
        self.send(agent, b"x", session="t")
        person.type("y")
        self.settle(person)
        self.assertEqual(["window", "agent"], [lease.holder.name for lease in self.leases("t")])
        self.control.request("upgrade")
        self.refused(agent, b"X", session="t")
        person.type("z")
        self.settle(person)
        agent.close()
        eventually(lambda: len(self.leases("t")) == 1, "the end of what was bound to a connection")
        self.assertCode(pb.BUSY, other.request, "release", session="s")
        self.send(other, b"ef", lease=token)
        self.expect_typed(watcher, b"abcdef")

    def test_it_ends_by_time_behind_an_upgrade_too(self):
        self.sink(1)
        events = self.watcher()
        agent = self.client(name="agent")
        self.claim(agent, ttl_ms=300)
        self.control.request("upgrade")
        self.expect_events(events, ("agent", None), ("agent", "LEASE_EXPIRED"))


class Commands(Leases, harness.CommandTest):
    """The same by ptyctl and on terminals."""

    def cat(self, name="s"):
        self.ok("new", "-d", name, "--", "/bin/sh", "-c", "stty -echo; echo ready; exec cat")
        self.ok("wait", name, "--text", "ready")

    def screen(self):
        return self.ok("snapshot", "s")

    def test_claim_type_and_release(self):
        self.cat()
        token = self.ok("claim", "s").strip()
        self.assertRegex(token, "^[0-9a-f]{32}$")
        (lease,) = self.leases()
        self.assertEqual(300_000, lease.expires_ms - lease.since_ms)
        self.assertEqual("ptyctl", lease.holder.name)
        self.assertIn("ptyctl (process", self.fails(68, "send", "s", "XX", "--enter"))
        self.fails(68, "keys", "s", "C-c")
        self.fails(68, "send", "s", "XX", "--text", "XX")
        self.fails(68, "claim", "s")
        self.fails(68, "send", "s", "XX", "--lease", "0" * 32)
        self.fails(68, "release", "s")
        self.ok("send", "s", "one", "--enter", "--lease", token)
        self.ok("keys", "s", "t", "w", "o", "Enter", env={"PTYD_LEASE": token})
        self.ok("send", "s", "three", "--enter", "--text", "three", env={"PTYD_LEASE": token})
        self.assertEqual(token, self.ok("claim", "s", "--lease", token, "--ttl", "1h").strip())
        self.assertIn("input, ptyctl (process", self.ok("inspect", "s"))
        inspected = self.json("inspect", "s")["leases"]
        self.assertEqual([("input", False, "ptyctl")],
                         [(one["kind"], one["person"], one["holder"]["name"]) for one in inspected])
        self.ok("release", "s", env={"PTYD_LEASE": token})
        self.assertIn("nobody held it", self.daemon.ptyctl("release", "s").stderr.decode())
        self.fails(68, "send", "s", "XX", "--lease", token)
        self.ok("send", "s", "four", "--enter", "--text", "four")
        self.assertEqual(["ready", "one", "two", "three", "four"], self.screen().split())

    def test_json_and_force(self):
        self.cat()
        claimed = self.json("claim", "s", "--input", "--size=100x30", "--ttl", "10s")
        self.assertEqual(["input", "size"], [lease["kind"] for lease in claimed["leases"]])
        size = self.json("inspect", "s")["session"]["size"]
        self.assertEqual((100, 30), (size["cols"], size["rows"]))
        self.assertIn("ptyctl", self.fails(68, "resize", "s", "90x20"))
        self.ok("resize", "s", "90x20", "--lease", claimed["lease"])
        self.fails(68, "release", "s", "--size")
        self.assertEqual({"v": 1, "released": True}, self.json("release", "s", "--size", "--force"))
        self.assertEqual({"v": 1, "released": False}, self.json("release", "s", "--size", "--force"))
        self.ok("claim", "s", "--steal")
        self.fails(68, "send", "s", "x", "--lease", claimed["lease"])
        failed = json.loads(self.daemon.ptyctl("--json", "send", "s", "x", check=False).stdout)
        self.assertEqual("busy", failed["error"]["code"])
        self.fails(2, "send", "s", "x", "--lease", "nonsense")
        self.fails(66, "claim", "nobody")

    def test_both_or_none(self):
        self.cat()
        self.ok("claim", "s", "--size")
        self.fails(68, "claim", "s", "--input", "--size")
        self.assertEqual([pb.SIZE_LEASE], [lease.kind for lease in self.leases()])

    def test_the_size_of_this_terminal(self):
        self.cat()
        with self.daemon.terminal("claim", "s", "--size", cols=111, rows=33) as terminal:
            terminal.expect("[0-9a-f]{32}")
            self.assertEqual(0, terminal.wait())
        size = self.json("inspect", "s")["session"]["size"]
        self.assertEqual((111, 33), (size["cols"], size["rows"]))

    def test_events(self):
        self.cat()
        token = self.ok("claim", "s").strip()
        self.ok("release", "s", "--lease", token)
        told = [json.loads(line) for line in
                self.ok("events", "--type", "lease", "--since", "1", "--json").splitlines()]
        self.assertEqual([("lease", None), ("lease", "released")], [(one["type"], one["end"]) for one in told])

    def test_a_person_takes_over_on_a_terminal(self):
        self.cat()
        token = self.ok("claim", "s", "--ttl", "1h").strip()
        with self.daemon.terminal("attach", "s") as first, self.daemon.terminal("attach", "s") as second:
            first.expect("ready")
            second.expect("ready")
            self.ok("send", "s", "agent", "--enter", "--lease", token)
            first.expect("agent")
            first.send("person\r")
            second.expect("person")
            self.assertIn("a person", self.fails(68, "send", "s", "XX", "--enter"))
            self.fails(68, "send", "s", "XX", "--enter", "--lease", token)
            self.fails(68, "claim", "s")
            second.send("another\r")
            first.expect("another")
            self.assertIn("a person at ptyctl", self.ok("inspect", "s"))
            stolen = self.ok("claim", "s", "--steal").strip()
            self.ok("send", "s", "stolen", "--enter", "--lease", stolen)
            first.expect("stolen")
        self.assertEqual(["ready", "agent", "person", "another", "stolen"], self.screen().split())

    def test_attached_under_a_lease_nobody_is_put_off(self):
        self.cat()
        token = self.ok("claim", "s", "--ttl", "1h").strip()
        with self.daemon.terminal("attach", "s", "--lease", token) as terminal:
            terminal.expect("ready")
            terminal.send("mine\r")
            terminal.expect("mine")
            self.assertEqual([False], [lease.person for lease in self.leases()])

    def test_a_size_lease_and_attached_terminals(self):
        self.cat()
        token = self.ok("claim", "s", "--size", "90x20").strip()
        with self.daemon.terminal("attach", "s", cols=70, rows=15) as terminal:
            terminal.expect("ready")
            size = self.json("inspect", "s")["session"]["size"]
            self.assertEqual((90, 20), (size["cols"], size["rows"]))
            self.ok("release", "s", "--size", "--lease", token)
            eventually(lambda: self.json("inspect", "s")["session"]["size"]["cols"] == 70, "the terminal's size")


class Json(Leases):
    def test_in_the_other_encoding(self):
        import base64
        import socket
        self.sink(2)
        one = socket.socket(socket.AF_UNIX)
        self.addCleanup(one.close)
        one.settimeout(DEADLINE)
        one.connect(str(self.daemon.socket))
        lines = one.makefile("rwb")

        def ask(number, **request):
            lines.write(json.dumps({"id": str(number), **request}).encode() + b"\n")
            lines.flush()
            while True:
                frame = json.loads(lines.readline())
                if frame.get("id") == str(number):
                    return frame.get("response", frame)

        ask(1, hello={"protocolMin": 1, "protocolMax": 1, "clientName": "script"})
        claimed = ask(2, request={"claim": {"session": "s", "kind": "INPUT_LEASE", "ttlMs": "60000"}})["claim"]
        token = base64.b64decode(claimed["lease"])
        self.assertEqual("script", claimed["info"]["holder"]["name"])
        self.refused(self.control, b"X")
        self.send(self.control, b"a", lease=token)
        ask(3, request={"subscribe": {"types": ["LEASE_CHANGED"]}})
        lines.write(json.dumps({"id": "4", "request": {"release": {"session": "s", "lease": claimed["lease"]}}}).encode()
                    + b"\n")
        lines.flush()
        frames = [json.loads(lines.readline()), json.loads(lines.readline())]
        event = next(frame["event"] for frame in frames if "event" in frame)
        self.assertEqual(("LEASE_RELEASED", "script"), (event["leaseEnd"], event["lease"]["holder"]["name"]))
        self.claim(self.client(name="agent"))
        self.assertEqual("BUSY", ask(5, request={"send": {"session": "s", "data": "WA=="}})["error"]["code"])


if __name__ == "__main__":
    harness.main()
