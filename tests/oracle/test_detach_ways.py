"""Each way out of `ptyctl attach`, when the program inside has set much; and that nobody answers what is only shown."""
import os
import re
import signal

import harness
import oracle
import test_detach
from harness import pb

MUCH = (b"\x1b]0;inside\x07\x1b[22;0t\x1b[3g\x1b[>5u\x1b[?1049h\x1b[>7u\x1b[>9u\x1b[?1;7;1003;1006;1004;2004;2031h"
        b"\x1b=\x1b[>4;2m\x1b[?5h\x1b[?25l\x1b[5 q\x1b[4h\x1b[?69h\x1b[5;70s\x1b[4;20r\x1b(0\x0e\x1b[1;3;31;44m"
        b"\x1b]8;;http://inside/\x1b\\\x1b]4;1;#ff0000\x07\x1b]11;#000000\x07\x1b[?2026h\x1b[10;10Hhere")
QUESTIONS = (b"\x1b[c\x1b[>c\x1b[=c\x1b[5n\x1b[6n\x1b[?6n\x1b[?2026$p\x1b[4$p\x1b[?u\x1b[?4m\x1b[>q\x1b[18t\x1b[14t"
             b"\x1b[?996n\x1bP$qm\x1b\\\x1bP+q544e\x1b\\\x1b]10;?\x07\x1b]11;?\x1b\\\x1b]4;1;?\x07")
ASKS = f"head -c{len(QUESTIONS)}; exec cat >/dev/null"  # writes what is typed, but not the answers
LAST_QUESTION = b"\x1b[5n\x1b[c"


class WaysOut(test_detach.DetachTest):
    def attach(self, *args, no_hosts=False):
        """(client, a window in which the program has set much). `no_hosts`: no other host could take over."""
        client = self.start()
        if no_hosts:
            self.daemon.start_no_hosts()
            client = self.client()
        window = self.window("attach", "s", *args)
        window.expect("ready")
        client.request("send", session="s", data=MUCH)
        window.expect(re.escape(MUCH))
        return client, window

    def test_the_detach_key(self):
        for key in b"\x1c", b"\x1b[92;5u":
            with self.subTest(key):
                client, window = self.attach()
                window.send(key)
                self.assertLeftAsItWas(window)
                client.request("remove", session="s", force=True)

    def test_another_client_detaches_it(self):
        _, window = self.attach()
        self.daemon.ptyctl("detach", "s")
        self.assertLeftAsItWas(window)

    def test_another_client_puts_it_off(self):
        client, window = self.attach("--exit-codes=wide")
        client.attach("s", steal=True)
        self.assertLeftAsItWas(window, 77, b"put off")

    def test_the_programs_end(self):
        for status in 0, 7:
            with self.subTest(status=status):
                client = self.start(f"head -c{len(MUCH)}; exit {status}")
                window = self.window("attach", "s")
                window.expect("ready")
                client.request("send", session="s", data=MUCH)
                self.assertLeftAsItWas(window, status, b"exited with %d" % status)

    def test_the_program_is_killed(self):
        client, window = self.attach()
        client.request("kill", session="s", force=True)
        self.assertLeftAsItWas(window, 128 + signal.SIGKILL, b"[s ")

    def test_the_session_is_removed(self):
        client, window = self.attach()
        client.request("remove", session="s", force=True)
        window.wait()
        self.assertEqual([], window.wrong())

    def test_the_host_is_killed(self):
        _, window = self.attach("--exit-codes=wide", no_hosts=True)
        os.kill(self.daemon.hosts()[0], signal.SIGKILL)
        self.assertLeftAsItWas(window, 70, b"host of session s died")

    def test_the_daemon_is_killed_and_does_not_come_back(self):
        _, window = self.attach("--exit-codes=wide", "--timeout", "2s", "--no-direct")
        self.daemon.kill()
        self.assertLeftAsItWas(window, 69, b"ptyctl: ")

    def test_the_daemon_is_killed_and_the_user_leaves(self):
        _, window = self.attach()
        self.daemon.kill()
        window.send(b"\x1c")
        self.assertLeftAsItWas(window)

    def test_the_screen_comes_anew_before(self):
        """What falls behind gets another snapshot, for which all is undone once."""
        client = self.client()
        client.create("/bin/sh", "-c", f"stty raw -echo; head -c{len(MUCH)}; head -c1000000 /dev/zero; exec cat",
                      name="s", history_bytes=64 << 10, size=pb.WindowSize(cols=80, rows=24))
        window = self.window("attach", "s", *test_detach.KEYS, answers=False)
        harness.eventually(lambda: client.request("inspect", session="s").session.attachments, "the window")
        client.request("send", session="s", data=MUCH)
        harness.eventually(lambda: client.request("inspect", session="s").session.output.to > 1000000, "the flood")
        window.expect(rb"22;0t\x1b\[H\x1b\[2J.*\x1b\(0\x0e")
        self.leave(window)

    def test_signals(self):
        for number in signal.SIGTERM, signal.SIGHUP, signal.SIGINT:
            with self.subTest(number):
                client, window = self.attach()
                os.kill(window.process.pid, number)
                self.assertLeftAsItWas(window)
                client.request("remove", session="s", force=True)

    def test_a_crash(self):
        client, window = self.attach()
        client.request("send", session="s", data=b"on")  # ptyctl is done with what came before
        window.expect("on")
        os.kill(window.process.pid, signal.SIGABRT)
        self.assertLeftAsItWas(window, -signal.SIGABRT, b"", text=False)

    def test_a_first_session(self):
        script = "printf 'ready\\033[?1049h\\033[?25l\\033]0;x\\007'; cat"
        window = self.window("new", "s", "--", "/bin/sh", "-c", script)
        window.expect(r"\x07")
        window.send(b"\x1c")
        self.assertLeftAsItWas(window)

    def test_from_an_offset(self):
        client = self.start()
        client.request("send", session="s", data=MUCH)
        window = self.window("attach", "--from", "0", "s")
        window.expect(re.escape(MUCH))
        window.send(b"\x1c")
        self.assertLeftAsItWas(window)


class Answers(test_detach.DetachTest):
    """Of the window's terminal, to what programs inside have asked."""

    def input(self, client):
        return client.request("inspect", session="s").session.input

    def test_nothing_that_was_asked_before_is_answered_by_the_window(self):
        questions = "".join(f"\\{byte:03o}" for byte in QUESTIONS)
        client = self.start(f"printf '{questions}\\r\\nasked\\r\\n'; exec cat >/dev/null")
        harness.eventually(lambda: b"asked" in client.request("screen", session="s", format=pb.TEXT).data, "asked")
        harness.eventually(lambda: self.input(client), "the answers of the daemon")
        for history in [], ["--history", "100"]:
            with self.subTest(history=history):
                before = self.input(client)
                window = self.window("attach", "s", *test_detach.KEYS, *history)
                window.expect("asked")
                window.expect(r"\x1b\[[0-9;]*H")
                self.leave(window)
                self.assertEqual(b"", window.replies)
                self.assertEqual(before, self.input(client))

    def test_late_answers_are_not_typed_into_the_shell(self):
        client = self.start(ASKS)
        window = self.window("attach", "s", *test_detach.KEYS, hold=LAST_QUESTION)
        window.expect("ready")
        client.request("send", session="s", data=QUESTIONS)
        window.expect(re.escape(QUESTIONS))
        self.assertTrue(window.held)
        self.leave(window)

    def test_late_answers_to_a_program_that_has_ended(self):
        client = self.start("head -c1; printf '\\033[c\\033[6n'")
        window = self.window("attach", "s", hold=LAST_QUESTION)
        window.expect("ready")
        client.request("send", session="s", data=b"x")
        self.assertLeftAsItWas(window, 0, b"exited with 0")

    def test_a_terminal_that_answers_nothing_is_left_too(self):
        client = self.start(ASKS)
        window = self.window("attach", "s", *test_detach.KEYS, hold=b"never")
        window.expect("ready")
        client.request("send", session="s", data=QUESTIONS)
        window.expect(re.escape(QUESTIONS))
        window.send(test_detach.DETACH)
        self.assertEqual(0, window.wait())
        self.assertEqual(window.before, window.settings())


if __name__ == "__main__":
    oracle.main()
