"""What a lease is worth after its daemon has gone."""
import harness
from harness import pb
from leases import HOUR, Leases
from waiting import eventually


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


if __name__ == "__main__":
    harness.main()
