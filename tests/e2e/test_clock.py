"""What lasts hours follows a clock that nobody sets and that counts while the machine sleeps: the time that a session has
to live, for which a lease is held, and that an ended one is remembered."""
import os
import signal
import struct
import unittest

import harness
from harness import CHILD, pb

HOUR = 3600
DAY = 24 * HOUR


@unittest.skipUnless((harness.BIN / "libjump_clock.so").exists(), "sanitizers have calls of their own")
class Clock(unittest.TestCase):
    def setUp(self):
        self.daemon = harness.Daemon('[session]\nkeep_exited = "1h"\n')
        self.addCleanup(self.daemon.clean_up)
        self.clocks = self.daemon.folder / "clocks"
        self.clocks.write_bytes(struct.pack("<2q", 0, 0))
        self.daemon.env["LD_PRELOAD"] = str(harness.BIN / "libjump_clock.so")
        self.daemon.env["PTYD_TEST_CLOCKS"] = str(self.clocks)
        self.daemon.start()

    def shift(self, wall=0, boot=0):
        """Against how it really is, at once and for all who look."""
        with open(self.clocks, "r+b") as file:
            file.write(struct.pack("<2q", wall, boot))

    def create(self, *argv, **fields):
        with self.daemon.client() as client:
            return client.create(*argv, **fields).id

    def lives(self, session):
        """Also a while after now."""
        with self.daemon.client() as client, self.assertRaises(harness.ProtocolError) as caught:
            client.request("wait", sessions=[session], deadline_ms=300)
        self.assertEqual(pb.DEADLINE_EXCEEDED, caught.exception.code)

    def is_hung_up(self, session):
        with self.daemon.client() as client:
            ended = client.request("wait", sessions=[session]).sessions[0].exit
        self.assertEqual((True, signal.SIGHUP), (ended.known, ended.signal))

    def end_another(self):
        """The daemon looks at its ended sessions again when there is one more."""
        with self.daemon.client() as client:
            client.create(CHILD, "exit", "0", name="another")
            client.request("wait", sessions=["another"])
            client.request("remove", session="another")

    def listed(self):
        with self.daemon.client() as client:
            return {one.id for one in client.request("list", all=True).sessions}

    def forgets(self, session):
        harness.eventually(lambda: session not in self.listed(), "that the session is forgotten")

    def test_a_jump_of_the_wall_clock_ends_nobody_before_its_time(self):
        session = self.create("/bin/cat", ttl_ms=HOUR * 1000)
        self.shift(wall=DAY)
        self.lives(session)
        with self.daemon.client() as client:
            client.request("upgrade")
        self.lives(session)
        self.daemon.restart()
        self.lives(session)

    def test_a_jump_back_prolongs_nobodys_time(self):
        sessions = [self.create("/bin/cat", ttl_ms=HOUR * 1000), self.create("/bin/cat", ttl_ms=HOUR * 1000)]
        longer = self.create("/bin/cat", ttl_ms=DAY * 1000)
        self.daemon.kill()
        self.shift(wall=-DAY, boot=2 * HOUR)
        self.daemon.start()
        for session in sessions:
            self.is_hung_up(session)
        self.lives(longer)

    def test_time_to_live_goes_on_while_the_machine_sleeps(self):
        session = self.create("/bin/cat", ttl_ms=HOUR * 1000)
        longer = self.create("/bin/cat", ttl_ms=DAY * 1000)
        self.shift(boot=2 * HOUR)
        self.lives(longer)  # a timer that ends makes the loop look at the others
        self.is_hung_up(session)
        self.lives(longer)

    def test_time_to_live_goes_on_over_an_upgrade(self):
        session = self.create("/bin/cat", ttl_ms=HOUR * 1000)
        self.shift(wall=-DAY, boot=2 * HOUR)
        with self.daemon.client() as client:
            client.request("upgrade")
        self.is_hung_up(session)

    def lease(self):
        """Of an hour, on the input of a new session: how to look at it."""
        with self.daemon.client(name="agent") as client:
            session = client.create("/bin/cat").id
            client.request("claim", session=session, kind=pb.INPUT_LEASE, ttl_ms=HOUR * 1000)
        return session

    def held(self, session):
        with self.daemon.client() as client:
            return [lease.holder.name for lease in client.request("inspect", session=session).leases]

    def test_a_jump_of_the_wall_clock_ends_no_lease(self):
        session = self.lease()
        for restart in (self.daemon.restart, self.upgrade, self.daemon.restart):
            self.shift(wall=DAY)
            restart()
            self.assertEqual(["agent"], self.held(session))
            self.shift()

    def test_a_jump_back_prolongs_no_lease(self):
        for restart in (self.daemon.restart, self.upgrade):
            session = self.lease()
            self.shift(wall=-DAY, boot=2 * HOUR)
            restart()
            harness.eventually(lambda one=session: not self.held(one), "the end of the lease")
            self.shift()

    def test_a_lease_goes_on_while_the_machine_sleeps(self):
        session = self.lease()
        with self.daemon.client() as client:
            client.request("subscribe", session=session, types=[pb.LEASE_CHANGED])
            self.shift(boot=2 * HOUR)
            with self.daemon.client() as other:
                other.request("send", session=session, data=b"x")  # it may type
            self.assertEqual(pb.LEASE_EXPIRED, client.event(pb.LEASE_CHANGED).lease_end)

    def test_a_jump_of_the_wall_clock_makes_nobody_forgotten(self):
        session = self.create(CHILD, "exit", "3")
        with self.daemon.client() as client:
            client.request("wait", sessions=[session])
        self.shift(wall=DAY)
        for again in (self.daemon.restart, self.upgrade):
            again()
            self.end_another()
            self.assertEqual({session}, self.listed())

    def upgrade(self):
        with self.daemon.client() as client:
            client.request("upgrade")

    def test_the_ended_are_forgotten_also_when_the_clock_was_set_back(self):
        session = self.create(CHILD, "exit", "3")
        with self.daemon.client() as client:
            client.request("wait", sessions=[session])
        self.daemon.kill()
        self.shift(wall=-DAY, boot=2 * HOUR)
        self.daemon.start()
        self.forgets(session)

    def test_the_ended_are_forgotten_after_a_sleep(self):
        session = self.create(CHILD, "exit", "3")
        with self.daemon.client() as client:
            client.request("wait", sessions=[session])
        self.end_another()
        self.assertEqual({session}, self.listed())
        self.shift(boot=2 * HOUR)
        self.end_another()
        self.forgets(session)

    def test_a_daemon_that_remembers_somebody_ends_at_once(self):
        with self.daemon.client() as client:
            session = client.create(CHILD, "exit", "3").id
            client.request("wait", sessions=[session])
            client.request("shutdown")
        self.assertEqual(0, self.daemon.process.wait(harness.DEADLINE))
        self.daemon.start()
        self.assertEqual({session}, self.listed())

    def test_lost_ones_are_remembered_over_an_upgrade_as_long(self):
        first, second = self.create("/bin/cat"), self.create("/bin/cat")
        self.daemon.start_no_hosts()
        self.lose(first)
        self.shift(wall=DAY)
        self.upgrade()
        self.lose(second)  # the daemon looks at the first one again
        with self.daemon.client() as client:
            client.request("remove", session=second)
        self.assertEqual({first}, self.listed())
        self.shift(wall=-DAY, boot=2 * HOUR)
        self.upgrade()
        self.forgets(first)

    def lose(self, session):
        with self.daemon.client() as client:
            os.kill(client.request("inspect", session=session).session.host_pid, signal.SIGKILL)
            self.assertEqual(pb.LOST, client.request("wait", sessions=[session]).sessions[0].state)


if __name__ == "__main__":
    harness.main()
