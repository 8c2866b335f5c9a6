"""The sessions' screens: what an attachment is shown, who answers programs, what is kept over a restart."""
import threading

import harness
from harness import CHILD, pb
from waiting import eventually

# Asks what its arguments say, as escapes of Python's, and prints each answer, or "none" when a line came instead.
ASK = r"""
import os, sys, termios, tty, select
tty.setraw(0)
def answer(end):
    got = b""
    while not got.endswith(end):
        ready, _, _ = select.select([0], [], [], 20)
        if not ready: return got + b" (no more)"
        got += os.read(0, 1)
    return got
for question in sys.argv[1:]:
    what, end = question.encode().decode("unicode_escape").encode("latin-1").split(b"|")
    os.write(1, what)
    os.write(1, b"<" + repr(answer(end)).encode() + b">\r\n")
os.write(1, b"asked\r\n")
os.write(1, repr(os.read(0, 100)).encode())
"""


class Screen(harness.DaemonTest):
    def text(self, client, session, **fields):
        return client.request("screen", session=session, format=pb.TEXT, **fields).data.decode()

    def shows(self, client, session, wanted):
        eventually(lambda: wanted in self.text(client, session), f"{wanted!r} on the screen")

    def python(self, client, script, *args, name="p", **fields):
        return client.create("/usr/bin/python3", "-c", script, *args, name=name, **fields)


class Attaching(Screen):
    def test_a_snapshot_is_the_screen_and_not_what_led_to_it(self):
        client = self.client()
        drawing = r"one\r\ntwo\r\nthree\033[2;1H\033[KTWO\033[?1049h\033[5;5Hfull\033[?1049l\033[3;6Hdone"
        client.create("/bin/sh", "-c", f"stty raw -echo; printf '{drawing}'; read x", name="s")
        self.shows(client, "s", "done")
        self.assertEqual("one\nTWO\nthreedone\n", self.text(client, "s").rstrip("\n") + "\n")
        attached = client.attach("s", size=pb.WindowSize(cols=80, rows=24))
        attached.expect("done")
        shown = bytes(attached.snapshot)
        self.assertNotIn(b"two", shown)
        self.assertNotIn(b"full", shown)
        self.assertIn(b"TWO", shown)

    def test_live_output_goes_on_where_the_snapshot_ends(self):
        writer = self.client()
        writer.create(CHILD, "pattern", "7", str(3 << 20), name="f", history_bytes=1 << 20)
        attachments = [self.client().attach("f", flow=pb.LOSSLESS) for _ in range(5)]
        # All read at once: each of them holds the session back.
        readers = [threading.Thread(target=attached.until_ended) for attached in attachments]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        for attached in attachments:
            self.assertEqual([], attached.gaps)
            got = bytes(attached.data)
            self.assertEqual(3 << 20, attached.ended.offset)
            self.assertEqual(harness.pattern(7, attached.ended.offset - len(got), attached.ended.offset), got)

    def test_scrollback_comes_first_when_asked_for(self):
        client = self.client()
        client.create("/bin/sh", "-c", "seq 1 200; read x", name="s")
        self.shows(client, "s", "200")
        plain = client.attach("s")
        plain.expect("200")
        self.assertNotIn(b"150\r\n", bytes(plain.snapshot))
        long = client.attach("s", scrollback_rows=60)
        long.expect("200")
        self.assertIn(b"150\r\n", bytes(long.snapshot))
        self.assertNotIn(b"100\r\n", bytes(long.snapshot))

    def test_a_client_of_another_size_gets_a_screen_of_its_own_size(self):
        client = self.client()
        client.create("/bin/sh", "-c", "printf '%060d' 7; read x", name="s", size=pb.WindowSize(cols=80, rows=24))
        self.shows(client, "s", "07")
        self.assertIn("0" * 59 + "7\n", self.text(client, "s"))
        attached = client.attach("s", size=pb.WindowSize(cols=40, rows=10))
        attached.expect("7")
        eventually(lambda: "0" * 40 + "\n" + "0" * 19 + "7" in self.text(client, "s"), "the screen in the other size")


class Answers(Screen):
    def test_questions_are_answered_when_nobody_is_attached(self):
        client = self.client()
        self.python(client, ASK, r"\x1b[c|c", r"\x1b[>c|c", r"\x1b[6n|R", r"\x1b[5n|n", r"\x1b[?2026$p|y", r"\x1b[?u|u",
                    r"\x1b]11;?\x1b\\|\x1b\\", r"\x1bP+q544e\x1b\\|\x1b\\", r"\x1b[>q|\x1b\\")
        self.shows(client, "p", "asked")
        text = self.text(client, "p")
        self.assertNotIn("no more", text)
        self.assertIn(r"<b'\x1b[?62;22c'>", text)
        self.assertIn("rgb:", text)
        self.assertIn(r"<b'\x1b[?2026;2$y'>", text)
        self.assertRegex(text, r">\|ptyd [0-9]")

    def test_one_answer_however_many_are_attached(self):
        client = self.client()
        self.python(client, "input()\n" + ASK, r"\x1b[c|c", name="p")
        attached = [self.client().attach("p") for _ in range(3)]
        client.request("send", session="p", data=b"go\n")
        for one in attached:
            one.expect("\x1b[c")
            one.type("\x1b[?1;2c")
        self.shows(client, "p", "asked")
        client.request("send", session="p", data=b"end")
        self.shows(client, "p", "b'end'")
        self.assertIn(r"<b'\x1b[?62;22c'>", self.text(client, "p"))

    def test_colors_are_those_of_the_terminal_that_is_attached(self):
        client = self.client()
        dark, light = r"\x1b]11;?\x07|\x07", r"\x1b]10;?\x07|\x07"
        self.python(client, "input()\n" + ASK, dark, r"\x1b[5n|n", dark, name="p")
        attached = client.attach("p")
        client.request("send", session="p", data=b"go\n")
        attached.expect("\x1b]11;?\x07")
        attached.type("\x1b]11;rgb:fd/f6/e3\x1b\\")
        self.shows(client, "p", "asked")
        self.assertEqual(2, self.text(client, "p").count("rgb:fdfd/f6f6/e3e3"))

    def test_a_terminal_that_tells_no_colors_is_waited_for_once(self):
        client = self.client()
        color = r"\x1b]11;?\x07|\x07"
        self.python(client, "input()\n" + ASK, *[color] * 20, name="p")
        client.attach("p")
        client.request("send", session="p", data=b"go\n")
        self.shows(client, "p", "asked")
        self.assertEqual(20, self.text(client, "p").count("rgb:"))

    def test_keys_and_pastes_that_look_alike_come_through(self):
        client = self.client()
        self.python(client, "import os,tty\ntty.setraw(0)\nos.write(1, b'ready')\nwhile 1: os.write(1, repr(os.read(0, 999)).encode())")
        attached = client.attach("p")
        attached.expect("ready")
        for key in ("\x1b", "\x1b[1;5R", "\x1b[A", "\x1b[200~\x1b]x\x1b[201~", "\x1b[I"):
            attached.type(key + "q")
            attached.expect(repr(key.encode() + b"q")[2:-1].encode())


class Restart(Screen):
    def compare_over_a_restart(self, script, history, marker, kill=True):
        client = self.client()
        client.create("/bin/sh", "-c", script, name="s", history_bytes=history)
        self.shows(client, "s", marker)
        before = client.request("screen", session="s", format=pb.TEXT, scrollback_rows=5000)
        self.assertFalse(before.approximate)
        if kill:
            self.daemon.kill()
            self.daemon.start()
        else:
            self.daemon.restart()
        after = self.client().request("screen", session="s", format=pb.TEXT, scrollback_rows=5000)
        self.assertEqual(before.data.decode(), after.data.decode())
        self.assertEqual(before.hash, after.hash)
        self.assertFalse(after.approximate)

    def test_the_screen_is_exact_after_the_daemon_was_killed(self):
        self.compare_over_a_restart(r"printf '\033[31mred\033[1;40Hend'; read x", 1 << 20, "end")

    def test_the_screen_is_exact_when_the_ring_has_wrapped(self):
        script = r"printf '\033]2;title\007\033[?2004h\033[3;20r'; seq 1 60000; printf '\033[7;7H\033[44mend'; read x"
        self.compare_over_a_restart(script, 64 << 10, "end")

    def test_sizes_are_where_they_were(self):
        client = self.client()
        client.create("/bin/sh", "-c", "printf '%0200d\\n' 1; read x; seq 1 100; read x", name="s")
        self.shows(client, "s", "01")
        for cols in (100, 40, 60):
            client.request("resize", session="s", size=pb.WindowSize(cols=cols, rows=20))
        client.request("send", session="s", data=b"\n")
        self.shows(client, "s", "100")
        before = client.request("screen", session="s", format=pb.TEXT, scrollback_rows=500)
        self.daemon.kill()
        self.daemon.start()
        after = self.client().request("screen", session="s", format=pb.TEXT, scrollback_rows=500)
        self.assertEqual(before.data.decode(), after.data.decode())

    def test_an_answer_that_was_typed_is_not_typed_again(self):
        client = self.client()
        self.python(client, "input()\n" + ASK, *[r"\x1b[c|c"] * 5)
        client.request("send", session="p", data=b"go\n")
        self.shows(client, "p", "asked")
        for _ in range(3):
            self.daemon.kill()
            self.daemon.start()
            client = self.client()
            self.shows(client, "p", "asked")
        client.request("send", session="p", data=b"end")
        self.shows(client, "p", "b'end'")


class Without(Screen):
    config = "[session]\nscreen = false\n"

    def test_a_daemon_without_screens_replays_recent_output(self):
        client = self.client()
        client.create("/bin/sh", "-c", "echo hello; read x", name="s")
        attached = client.attach("s")
        attached.expect("hello")
        self.assertCode(pb.FAILED_PRECONDITION, client.request, "screen", session="s")

    def test_replay_is_bounded_and_live_output_goes_on_at_its_offset(self):
        client = self.client()
        client.create("/bin/sh", "-c", "seq 1 20000; exec cat", name="s")
        first = client.attach("s", from_offset=0)
        first.expect("\r\n20000\r\n")
        attached = client.attach("s", replay_bytes=1000)
        attached.until(lambda: attached.snapshot.endswith(b"20000\r\n"), "the snapshot")
        self.assertLess(len(attached.snapshot), 1500)
        self.assertEqual(attached.reply.offset, first.offset)
        first.type("on\n")
        attached.expect("on\r\non\r\n")


if __name__ == "__main__":
    harness.main()
