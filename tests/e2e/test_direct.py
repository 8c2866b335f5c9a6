"""Terminals that read the host's memory and type to the host, whatever becomes of the daemon meanwhile."""
import os
import re
import signal
import time
import unittest

import harness
from harness import DEADLINE, pb

DETACH = "\x1c"
RAW = "stty raw -echo; printf ready; exec cat"


class Direct(harness.DaemonTest):
    def attach(self, *args):
        terminal = self.daemon.terminal("attach", *args)
        self.addCleanup(terminal.close)
        return terminal

    def session(self, *argv, name="d", **fields):
        with self.daemon.client() as client:
            client.create(*(argv or ("/bin/sh", "-c", RAW)), name=name, **fields)

    def seen(self, wanted, name="d"):
        """Until every attachment is, or is not, direct; their descriptions."""
        end = time.monotonic() + DEADLINE
        with self.daemon.client() as client:
            while time.monotonic() < end:
                there = client.request("inspect", session=name).attachments
                if there and all(one.direct == wanted for one in there):
                    return there
        self.fail(f"direct is not {wanted} in time: {there}")

    def echo(self, terminal, text):
        terminal.send(text)
        terminal.expect(re.escape(text))

    def test_a_terminal_is_direct_and_its_keys_and_output_come(self):
        self.session()
        terminal = self.attach("d")
        terminal.expect("ready")
        self.seen(True)
        for word in ("one", "two", "\x1b[A", "three", "\x1bOP", "four" * 2000, "five"):
            self.echo(terminal, word)
        typed = 3 + 3 + 3 + 5 + 3 + 4 * 2000 + 4
        with self.daemon.client() as client:
            self.assertEqual(typed, client.request("inspect", session="d").session.input)
        terminal.send(DETACH)
        self.assertEqual(0, terminal.wait())

    def test_not_when_it_is_not_wanted(self):
        self.session()
        terminal = self.attach("--no-direct", "d")
        terminal.expect("ready")
        self.echo(terminal, "plain")
        self.seen(False)

    def test_a_daemon_that_hangs_is_not_noticed(self):
        self.session()
        terminal = self.attach("d")
        terminal.expect("ready")
        self.seen(True)
        os.kill(self.daemon.pid, signal.SIGSTOP)
        try:
            for i in range(50):
                self.echo(terminal, f"<{i}>")
        finally:
            os.kill(self.daemon.pid, signal.SIGCONT)
        self.seen(True)
        self.echo(terminal, "again")

    def test_a_daemon_that_dies_is_not_noticed(self):
        self.session()
        terminal = self.attach("d")
        terminal.expect("ready")
        self.seen(True)
        for i in range(5):
            self.daemon.kill()
            self.echo(terminal, f"<dead {i}>")
            self.daemon.start()
            self.echo(terminal, f"<back {i}>")
            self.seen(True)
        self.assertNotIn(b"reconnect", terminal.output)

    def test_an_upgrade_is_not_noticed(self):
        self.session()
        terminal = self.attach("d")
        terminal.expect("ready")
        self.seen(True)
        for i in range(3):
            self.daemon.ptyctl("daemon", "upgrade")
            self.echo(terminal, f"<{i}>")
            self.seen(True)

    def test_every_byte_of_a_flood_when_the_program_waits(self):
        # Seven times the memory that the host has for it.
        self.session("/bin/sh", "-c", "stty raw -echo; printf ready; read go; seq -f %07.0f 1 60000; printf end; exec cat",
                     history_bytes=65536)
        terminal = self.attach("--lossless", "d")
        terminal.expect("ready")
        self.seen(True)
        terminal.send("\n")
        came = terminal.output
        while not came.endswith(b"end"):
            piece = terminal.read(DEADLINE)
            self.assertTrue(piece, f"nothing comes behind {came[-50:]!r}")
            came += piece
        came = came[came.find(b"0000001"):]
        wanted = b"".join(b"%07d\n" % i for i in range(1, 60001)) + b"end"
        at = next((i for i, (a, b) in enumerate(zip(came, wanted)) if a != b), min(len(came), len(wanted)))
        self.assertEqual((came[at:at + 40], len(came)), (wanted[at:at + 40], len(wanted)), f"at {at}")
        self.seen(True)
        self.echo(terminal, "and on")

    def test_what_the_daemon_has_sent_is_not_asked_for_again_by_going_back(self):
        self.session("/bin/sh", "-c", "stty raw -echo; printf ready; read go; seq -f %07.0f 1 60000; printf end; exec cat",
                     history_bytes=65536)
        with self.daemon.client() as client:
            viewer = client.attach("d", flow=pb.LOSSLESS, from_offset=0)
            viewer.expect("ready")
            client.request("direct", attachment=viewer.number)
            # Where a client was when it asked, and the daemon's output was still on its way to it.
            for direct in (True, False):
                frame = pb.Frame()
                frame.progress.attachment = viewer.number
                frame.progress.offset = 0
                frame.progress.direct = direct
                client.send(frame)
            viewer.type("\n")
            viewer.expect("end")
            self.assertEqual(5 + 8 * 60000 + 3, len(viewer.data))
            self.assertIsNone(viewer.ended)

    def test_whoever_is_too_slow_gets_the_screen_and_goes_on(self):
        self.session("/bin/sh", "-c", "stty raw -echo; printf ready; read go; seq 1 400000; printf 'the end'; exec cat",
                     history_bytes=65536)
        terminal = self.attach("d")
        terminal.expect("ready")
        self.seen(True)
        terminal.send("\n")
        with self.daemon.client() as client:
            # Nobody reads the terminal meanwhile.
            client.request("wait", sessions=["d"],
                           conditions=[pb.WaitCondition(kind=pb.WAIT_MATCH, text="the end")])
        terminal.expect("the end")
        self.echo(terminal, "on")
        self.assertGreaterEqual(self.seen(True)[0].resyncs, 1)

    def test_a_host_that_dies_with_a_key_in_its_hands_has_it_typed_once(self):
        self.daemon.kill()
        self.daemon.start(env={"PTYD_CRASH_AT": "host_guest_input_taken:3"})
        self.session()
        terminal = self.attach("d")
        terminal.expect("ready")
        self.seen(True)
        for key in "abcde":
            terminal.send(key)
            terminal.expect(key)
        with self.daemon.client() as client:
            session = client.request("inspect", session="d").session
            self.assertEqual(1, session.rehosted)
            self.assertTrue(client.request("history", session="d", from_offset=0).data.endswith(b"abcde"))
        self.seen(True)

    def test_a_host_that_dies_of_letting_in_leaves_the_daemons_way(self):
        self.daemon.kill()
        self.daemon.start(env={"PTYD_CRASH_AT": "host_granted:1"})
        self.session()
        terminal = self.attach("d")
        terminal.expect("ready")
        for i in range(5):
            self.echo(terminal, f"<{i}>")
        self.seen(False)

    def test_only_one_types_at_a_time_for_the_size(self):
        self.session()
        one, two = self.attach("d"), self.attach("d")
        for terminal in (one, two):
            terminal.expect("ready")
        self.seen(True)
        for i in range(20):
            self.echo(one, f"<one {i}>")
            two.expect(re.escape(f"<one {i}>"))
            self.echo(two, f"<two {i}>")
            one.expect(re.escape(f"<two {i}>"))

    def test_a_lease_counts_from_its_grant_on(self):
        self.session()
        terminal = self.attach("-r", "d")
        typist = self.attach("d")
        typist.expect("ready")
        self.seen(True)
        self.echo(typist, "free")
        with self.daemon.client() as client:
            for i in range(10):
                token = client.request("claim", session="d", kind=pb.INPUT_LEASE).lease
                client.request("send", session="d", lease=token, data=b"<agent %d>" % i)
                typist.expect(f"<agent {i}>")
                # A person takes it over, which only the daemon can see to.
                self.echo(typist, f"<person {i}>")
                self.assertCode(pb.BUSY, client.request, "send", session="d", lease=token, data=b"never")
                client.request("release", session="d", kind=pb.INPUT_LEASE, force=True)
        self.assertNotIn(b"never", typist.output)
        terminal.expect("<person 9>")

    def test_who_is_put_off_types_no_more(self):
        self.session()
        first = self.attach("d")
        first.expect("ready")
        self.seen(True)
        second = self.attach("-f", "d")
        self.assertNotEqual(0, first.wait())
        second.expect("ready")
        self.seen(True)
        self.echo(second, "mine")

    def test_what_is_typed_is_told_and_recorded(self):
        self.session()
        path = os.path.join(str(self.daemon.folder), "typed.cast")
        terminal = self.attach("d")
        terminal.expect("ready")
        self.seen(True)
        with self.daemon.client() as client:
            client.request("subscribe", session="d", types=[pb.INPUT])
            self.echo(terminal, "first")
            event = client.event(pb.INPUT)
            self.assertEqual(5, event.count)
            client.request("record", session="d", spec=pb.RecordSpec(path=os.fsencode(path), input=True))
            self.echo(terminal, "second")
            client.request("record_change", session="d", stop=True)
        with open(path, encoding="utf-8") as file:
            typed = "".join(re.findall(r'"i", "(.*?)"\]', file.read()))
        self.assertEqual("second", typed)


if __name__ == "__main__":
    harness.main()
