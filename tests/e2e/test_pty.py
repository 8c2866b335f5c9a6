"""Edges of pseudoterminals."""
import os
import re
import signal
import unittest

import harness
from harness import CHILD, pb


class Endings(harness.DaemonTest):
    def test_output_just_before_the_exit_is_kept(self):
        client = self.client()
        for number in range(60):
            size = 1 + number * 67
            client.create(CHILD, "pattern", str(number), str(size), name="brief")
            attached = client.attach("brief", from_offset=0)
            attached.until_ended()
            self.assertEqual(harness.pattern(number, 0, size), bytes(attached.data))

    def test_what_others_print_after_the_exit_still_comes(self):
        client, listener = self.client(), self.client()
        listener.request("subscribe")
        fifo = self.daemon.folder / "fifo"
        os.mkfifo(fifo)
        client.create("/bin/sh", "-c", f"trap '' HUP; (read x < {fifo}; echo late) & exit 5", name="s")
        attached = client.attach("s", from_offset=0, until_stream_end=True)
        event = listener.event(pb.SESSION_EXITED)
        self.assertEqual(5, event.session.exit.code)
        self.assertFalse(event.session.stream_ended)
        fifo.write_text("\n")
        ended = attached.until_ended()
        self.assertIn(b"late", bytes(attached.data))
        self.assertEqual((pb.ENDED_BY_EXIT, 5), (ended.reason, ended.exit.code))
        listener.event(pb.STREAM_ENDED)

    def test_others_that_hold_the_terminal_do_not_keep_a_client(self):
        client = self.client()
        fifo = self.daemon.folder / "fifo"
        os.mkfifo(fifo)
        client.create("/bin/sh", "-c", f"trap '' HUP; (read x < {fifo}) & exit 6", name="s")
        attached = client.attach("s", from_offset=0)
        self.assertEqual(6, attached.until_ended().exit.code)
        fifo.write_text("\n")

    def test_a_terminal_closed_for_a_while_is_no_end(self):
        client = self.client()
        script = "exec 3<&0; exec 0<&- 1>&- 2>&-; exec 0</dev/tty 1>/dev/tty; echo again; exec cat"
        client.create("/bin/sh", "-c", script, name="s")
        attached = client.attach("s", from_offset=0)
        attached.expect("again")
        self.assertEqual(pb.RUNNING, client.request("inspect", session="s").session.state)


class Control(harness.DaemonTest):
    def test_paused_output_shows_and_does_not_stop_a_kill(self):
        client = self.client()
        script = "stty ixon; echo ready; read x; while :; do echo tick; done"
        client.create("/bin/sh", "-c", script, name="s", history_bytes=65536)
        attached = client.attach("s", from_offset=0)
        attached.expect("ready")
        attached.type("\n")
        attached.expect("tick")
        client.request("send", session="s", keys=["C-s"])
        harness.eventually(lambda: client.request("inspect", session="s").tty.paused, "the pause")
        self.assertTrue(client.request("kill", session="s", force=True).exit.signal)

    def test_interrupt_reaches_the_foreground_group(self):
        client = self.client()
        client.create("/bin/sh", "-c", "trap 'echo shell-stays' INT; cat; echo after", name="s")
        attached = client.attach("s", from_offset=0)
        attached.type("ping\n")
        attached.expect("ping\r\nping")
        attached.type("\x03")
        attached.expect("after")
        ended = attached.until_ended()
        self.assertEqual(0, ended.exit.signal)

    def test_inspect_shows_the_terminals_state(self):
        client = self.client()
        client.create(CHILD, "echo", name="raw")
        client.attach("raw", from_offset=0).expect("ready")
        tty = client.request("inspect", session="raw").tty
        self.assertEqual((False, False, False), (tty.canonical, tty.echo, tty.paused))
        client.create("/bin/cat", name="cooked")
        tty = client.request("inspect", session="cooked").tty
        self.assertTrue(tty.canonical)

    def test_a_program_is_a_session_leader_with_default_signals(self):
        client = self.client()
        script = "ps -o pid=,sid=,tty= -p $$; grep -E 'Sig(Ign|Blk)' /proc/self/status; cat /proc/self/oom_score_adj"
        client.create("/bin/sh", "-c", script, name="s")
        attached = client.attach("s", from_offset=0)
        attached.until_ended()
        lines = attached.data.decode().split("\r\n")
        pid, session, tty = lines[0].split()
        self.assertEqual(pid, session)
        self.assertTrue(tty.startswith("pts/"), tty)
        self.assertEqual({0}, {int(line.split()[1], 16) for line in lines[1:3]})
        self.assertGreaterEqual(int(lines[3]), 300)

    def test_zombies_of_the_session_are_reaped(self):
        client = self.client()
        client.create("/bin/sh", "-c", "(sh -c 'echo orphan $$' &) ; exec cat", name="s")
        attached = client.attach("s", from_offset=0)
        attached.until(lambda: re.search(rb"orphan (\d+)", attached.data), "the orphan's id")
        pid = re.search(rb"orphan (\d+)", attached.data).group(1).decode()
        harness.eventually(lambda: not os.path.exists(f"/proc/{pid}"), "the reaping of the orphan")


if __name__ == "__main__":
    harness.main()
