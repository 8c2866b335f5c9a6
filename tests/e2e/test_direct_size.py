"""Terminals that set the window's size at the host, and what has a say in it before them."""
import os
import random
import signal
import time

import harness
from harness import CHILD, DEADLINE, pb
from waiting import eventually


class DirectSize(harness.DaemonTest):
    def setUp(self):
        super().setUp()
        with self.daemon.client() as client:
            client.create(CHILD, "sizes", name="d", size=pb.WindowSize(cols=80, rows=24))

    def attach(self, *args, **kwargs):
        terminal = self.daemon.terminal("attach", *args, "d", **kwargs)
        self.addCleanup(terminal.close)
        return terminal

    def direct(self, count=1):
        """Until so many attachments are direct, and what the host was told of them has come."""
        end = time.monotonic() + DEADLINE
        with self.daemon.client() as client:
            while time.monotonic() < end:
                there = client.request("inspect", session="d").attachments
                if len(there) == count and all(one.direct for one in there):
                    client.request("signal", session="d", signal=signal.SIGCONT)  # answered by the host, in order
                    return
        self.fail("the terminals are not direct in time")

    def size(self):
        with self.daemon.client() as client:
            size = client.request("inspect", session="d").session.size
        return size.cols, size.rows

    def screen_size(self):
        with self.daemon.client() as client:
            size = client.request("screen", session="d").size
        return size.cols, size.rows

    def show(self, terminal, *sizes):
        for cols, rows in sizes:
            terminal.resize(cols, rows)
            terminal.expect(f"{cols}x{rows}\r\n")

    def test_the_program_has_it_while_the_daemon_hangs(self):
        terminal = self.attach()
        terminal.expect("80x24")
        self.direct()
        with self.daemon.client() as client:
            client.request("subscribe", session="d", types=[pb.RESIZED])
            os.kill(self.daemon.pid, signal.SIGSTOP)
            try:
                self.show(terminal, (100, 40), (101, 41), (70, 20))
            finally:
                os.kill(self.daemon.pid, signal.SIGCONT)
            event = client.event(pb.RESIZED)
            self.assertEqual((pb.RESIZED_BY_POLICY, "ptyctl"), (event.cause, event.client.name))
        eventually(lambda: self.size() == (70, 20), "the size that the host has")
        self.assertEqual((70, 20), self.screen_size())
        self.show(terminal, (90, 30))
        terminal.send("\x1c")
        self.assertEqual(0, terminal.wait())
        self.assertNotIn(b"100x40", terminal.output, "no size comes again")
        self.assertEqual((90, 30), self.size())

    def test_the_program_has_it_while_there_is_no_daemon(self):
        terminal = self.attach()
        terminal.expect("80x24")
        for cols in (100, 110):
            self.direct()
            self.daemon.kill()
            self.show(terminal, (cols, 40), (cols, 41))
            self.daemon.start()
            self.direct()
            eventually(lambda wanted=(cols, 41): self.size() == wanted, "the size that the host has")
            self.show(terminal, (cols + 1, 41))

    def test_over_an_upgrade(self):
        terminal = self.attach()
        terminal.expect("80x24")
        for cols in (100, 110):
            self.direct()
            self.daemon.ptyctl("daemon", "upgrade")
            self.show(terminal, (cols, 40))
            eventually(lambda wanted=(cols, 40): self.size() == wanted, "the size that the host has")

    def test_whoever_sized_last_counts(self):
        one, two = self.attach(cols=90), self.attach(cols=91)
        self.direct(2)
        for i in range(10):
            self.show(one, (100 + i, 30))
            two.expect(f"{100 + i}x30")
            self.show(two, (120 + i, 31))
            one.expect(f"{120 + i}x31")
            self.assertEqual((120 + i, 31), self.size())

    def test_what_comes_first_is_asked_first(self):
        terminal = self.attach()
        terminal.expect("80x24")
        self.direct()
        cases = {
            "a request": lambda client: client.request("resize", session="d", size=pb.WindowSize(cols=60, rows=20)),
            "a lease": lambda client: client.request("claim", session="d", kind=pb.SIZE_LEASE,
                                                     size=pb.WindowSize(cols=61, rows=20)),
        }
        with self.daemon.client() as client:
            for i, (what, rule) in enumerate(cases.items()):
                rule(client)
                terminal.expect(f"{60 + i}x20")
                terminal.resize(130, 40)
                eventually(lambda: self.own_sizes(client) == [(130, 40)], f"the daemon to hear of the window: {what}")
                self.assertEqual((60 + i, 20), self.size(), what)
                terminal.resize(80, 24)
                eventually(lambda: self.own_sizes(client) == [(80, 24)], f"the daemon to hear of the window: {what}")
            client.request("release", session="d", kind=pb.SIZE_LEASE)
            self.assertNotIn(b"130x40", terminal.output)
            # The policy that the first request left behind takes no window's size; this one does.
            client.request("resize", session="d", size=pb.WindowSize(cols=62, rows=20), policy=pb.LATEST)
            terminal.expect("62x20")
            self.show(terminal, (140, 40))

    @staticmethod
    def own_sizes(client):
        there = client.request("inspect", session="d").attachments
        return [(one.size.cols, one.size.rows) for one in sorted(there, key=lambda one: one.client)]

    def test_the_smallest_of_two_is_for_the_daemon_to_say(self):
        with self.daemon.client() as client:
            client.request("resize", session="d", size=pb.WindowSize(cols=80, rows=24), policy=pb.SMALLEST)
        one, two = self.attach(cols=90, rows=30), self.attach(cols=100, rows=40)
        self.direct(2)
        self.show(one, (50, 20))
        one.resize(200, 60)
        one.expect("100x40")
        two.send("\x1c")
        self.assertEqual(0, two.wait())
        one.expect("200x60")
        self.show(one, (201, 61))

    def test_many_sizes_by_everybody_end_with_one(self):
        terminals = []
        for i in range(3):
            terminals.append(self.attach(cols=90 + i))
            self.direct(i + 1)
        chance = random.Random(7)
        sizes = [(90 + i, 24) for i in range(3)]
        with self.daemon.client() as client:
            for _ in range(300):
                which = chance.randrange(4)
                size = chance.randint(40, 200), chance.randint(10, 60)
                if which < 3:
                    sizes[which] = size
                    terminals[which].resize(*size)
                else:
                    client.request("resize", session="d", policy=pb.LATEST, size=pb.WindowSize(cols=size[0], rows=size[1]))
            eventually(lambda: self.own_sizes(client) == sizes, "the last size of each window")
        for i, terminal in enumerate(terminals):
            self.show(terminal, (300 + i, 50))
        self.assertEqual((302, 50), self.size())
        self.assertEqual((302, 50), self.screen_size())


if __name__ == "__main__":
    harness.main()
