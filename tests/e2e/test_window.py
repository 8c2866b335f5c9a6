"""ptyctl attach in a window: typing, detaching, resizing, restoring, surviving."""
import os
import re
import shutil
import signal
import subprocess
import unittest

import harness
from harness import CHILD, pb

DETACH = "\x1c"


class Window(harness.DaemonTest):
    def new(self, name, *argv, **kwargs):
        terminal = self.daemon.terminal("new", name, "--", *argv, **kwargs)
        self.addCleanup(terminal.close)
        return terminal

    def attach(self, *args, **kwargs):
        terminal = self.daemon.terminal("attach", *args, **kwargs)
        self.addCleanup(terminal.close)
        return terminal

    def cooked_cat(self, name="c"):
        with self.daemon.client() as client:
            client.create("/bin/cat", name=name)

    def test_a_shell_in_a_window(self):
        terminal = self.new("s", "/bin/sh")
        terminal.expect(r"\$ ")
        terminal.send("echo $((6 * 7))\r")
        terminal.expect("42")
        terminal.send("exit 3\r")
        self.assertEqual(3, terminal.wait())

    def test_detach_and_come_back(self):
        terminal = self.new("s", "/bin/sh")
        terminal.send("echo one-$((1 + 1))\r")
        terminal.expect("one-2")
        settings = terminal.before
        terminal.send(DETACH)
        self.assertEqual(0, terminal.wait())
        self.assertIn(b"detached", terminal.output)
        self.assertEqual(settings, terminal.settings())
        again = self.attach("s")
        again.expect("one-2")
        again.send("echo two-$((1 + 2))\r")
        again.expect("two-3")

    def test_the_detach_key_in_every_form(self):
        for form in ("\x1c", "\x1b[92;5u", "\x1b[92;69u", "\x1b[92;133u", "\x1b[27;5;92~"):
            with self.subTest(form=form):
                self.cooked_cat("k")
                terminal = self.attach("k")
                terminal.send("ready\r")
                terminal.expect("ready\r\nready")
                terminal.send(form)
                self.assertEqual(0, terminal.wait())
                self.daemon.ptyctl("rm", "-f", "k")

    def test_attach_starts_what_is_not_there(self):
        terminal = self.attach("-A", "s", "--", "/bin/sh", "-c", "echo new; exec cat")
        terminal.expect("new")
        terminal.send(DETACH)
        terminal.wait()
        again = self.attach("-A", "s", "--", "/bin/sh", "-c", "echo not this")
        again.expect("new")
        self.assertNotIn(b"not this", again.output)

    def test_attach_from_an_offset_shows_the_output_from_there(self):
        with self.daemon.client() as client:
            client.create("/bin/sh", "-c", "stty raw -echo; printf 'zero-one-two-'; exec cat", name="o")
            client.attach("o", from_offset=0).expect("zero-one-two-")
        terminal = self.attach("--from", "5", "o")
        terminal.expect("one-two-")
        self.assertNotIn(b"zero", terminal.output)
        terminal.send(DETACH)
        terminal.wait()
        late = self.attach("--from", "500", "o")
        self.assertEqual(125, late.wait())
        self.assertIn(b"500", late.output)

    def test_a_lossless_window_holds_the_session_back(self):
        size = 512 * 1024
        with self.daemon.client() as client:
            client.create(CHILD, "pattern-wait", "7", str(size), name="l", history_bytes=64 * 1024)
            terminal = self.attach("--lossless", "l")
            harness.eventually(lambda: client.request("inspect", session="l").session.attachments, "the window")
            # Nobody looks at the window: it fills, and the program waits.
            client.request("send", session="l", data=b"\n")
            with self.assertRaises(harness.ProtocolError):
                client.request("wait", sessions=["l"], deadline_ms=300)
            self.assertEqual(0, terminal.wait())
            self.assertEqual(0, client.request("wait", sessions=["l"]).sessions[0].exit.code)
            self.assertIn(harness.pattern(7, 0, size), bytes(terminal.output))

    def test_another_detach_key_or_none(self):
        self.cooked_cat()
        terminal = self.attach("c", "--detach-keys", "ctrl-p,ctrl-q")
        terminal.send("x\r")
        terminal.expect("x\r\nx")
        terminal.send("\x10\x11")
        self.assertEqual(0, terminal.wait())
        with self.daemon.client() as client:
            client.create(CHILD, "echo", name="e")
        terminal = self.attach("e", "--no-detach-key")
        terminal.expect("ready")
        terminal.send("a\x1cb")
        terminal.expect("a\x1cb")

    def test_the_detach_key_in_a_paste_is_data(self):
        with self.daemon.client() as client:
            client.create(CHILD, "echo", name="e")
        terminal = self.attach("e")
        terminal.expect("ready")
        terminal.send("\x1b[200~a\x1cb\x1b[201~c")
        terminal.expect(re.escape(b"\x1b[200~a\x1cb\x1b[201~c"))

    def test_twice_sends_one(self):
        with self.daemon.client() as client:
            client.create(CHILD, "echo", name="e")
        terminal = self.attach("e")
        terminal.expect("ready")
        terminal.send("a\x1c\x1cb")
        terminal.expect("a\x1cb")

    def test_the_window_sizes_the_session(self):
        terminal = self.daemon.terminal("new", "z", "--", CHILD, "sizes", cols=91, rows=31)
        self.addCleanup(terminal.close)
        terminal.expect("91x31")
        terminal.resize(101, 41)
        os.kill(terminal.process.pid, signal.SIGWINCH)
        terminal.expect("101x41")

    def test_without_size_the_session_keeps_its_own(self):
        with self.daemon.client() as client:
            client.create(CHILD, "sizes", name="z", size=pb.WindowSize(cols=77, rows=22))
            terminal = self.attach("z", "--no-size")
            terminal.expect("77x22")
            size = client.request("inspect", session="z").session.size
            self.assertEqual((77, 22), (size.cols, size.rows))

    def test_read_only_types_nothing_and_still_detaches(self):
        self.cooked_cat()
        terminal = self.attach("c", "--read-only")
        with self.daemon.client() as client:
            client.request("send", session="c", data=b"seen\n")
            terminal.expect("seen")
            terminal.send("typed\r")
            terminal.send(DETACH)
            self.assertEqual(0, terminal.wait())
            self.assertEqual(5, client.request("inspect", session="c").session.input)

    def test_put_off_by_another(self):
        self.cooked_cat()
        first = self.attach("--exit-codes=wide", "c")
        first.send("x\r")
        first.expect("x\r\nx")
        second = self.attach("-f", "c")
        self.assertEqual(77, first.wait())
        second.send("y\r")
        second.expect("y\r\ny")

    def test_a_session_in_itself_is_refused(self):
        terminal = self.new("s", "/bin/sh")
        terminal.expect(r"\$ ")
        terminal.send(f"{harness.PTYCTL} --exit-codes=wide attach s; echo status=$?\r")
        terminal.expect("status=68")

    def test_losing_the_terminal_detaches(self):
        for number in (signal.SIGHUP, signal.SIGTERM):
            with self.subTest(number=number):
                self.cooked_cat("t")
                terminal = self.attach("t")
                terminal.send("x\r")
                terminal.expect("x\r\nx")
                os.kill(terminal.process.pid, number)
                terminal.wait()
                self.assertEqual(terminal.before, terminal.settings())
                with self.daemon.client() as client:
                    info = client.request("inspect", session="t")
                    self.assertEqual((pb.RUNNING, 0), (info.session.state, len(info.attachments)))
                self.daemon.ptyctl("rm", "-f", "t")

    def test_what_the_program_set_on_the_terminal_is_undone(self):
        modes = r"\033[?1049h\033[?1000h\033[?1006h\033[?2004h\033[?25l\033[>1u\033[31m\033[5;10r\033[?1h\033="
        terminal = self.new("m", "/bin/sh", "-c", f"printf '{modes}ready'; cat")
        terminal.expect("ready")
        terminal.send(DETACH)
        terminal.wait()
        for undo in (r"\[\?1049l", r"\[\?1000l", r"\[\?1006l", r"\[\?2004l", r"\[\?25h", r"\[<1?u", r"\[0?m", r"\[r",
                     r"\[\?1l", ">"):
            self.assertRegex(terminal.output, b"\x1b" + undo.encode())

    def test_it_goes_on_by_itself_after_the_daemon_was_killed(self):
        self.cooked_cat()
        terminal = self.attach("c")
        terminal.send("before\r")
        terminal.expect("before\r\nbefore")
        for number in range(3):
            self.daemon.restart()
            terminal.send(f"after{number}\r")
            terminal.expect(f"after{number}\r\nafter{number}")
        terminal.send(DETACH)
        self.assertEqual(0, terminal.wait())

    def test_a_crowd_comes_back_after_the_daemon_was_killed(self):
        with self.daemon.client() as client:
            client.create("/bin/cat", name="c")
        waiting = [subprocess.Popen([harness.PTYCTL, "wait", "c"], env=self.daemon.env) for _ in range(40)]
        with self.daemon.client() as client:
            harness.eventually(lambda: client.request("status").connections >= 41, "all forty")
        self.daemon.restart()
        with self.daemon.client() as client:
            harness.eventually(lambda: client.request("status").connections >= 41, "all forty again")
            client.request("kill", session="c", force=True)
        self.assertEqual({137}, {process.wait(harness.DEADLINE) for process in waiting})

    def test_the_end_while_the_daemon_was_away_is_told(self):
        fifo = self.daemon.folder / "fifo"
        os.mkfifo(fifo)
        terminal = self.new("s", "/bin/sh", "-c", f"echo ready; read x < {fifo}; exit 9")
        terminal.expect("ready")
        self.daemon.kill()
        fifo.write_text("\n")
        self.daemon.start()
        self.assertEqual(9, terminal.wait())

    def test_without_a_terminal_it_says_so(self):
        self.cooked_cat()
        result = self.daemon.ptyctl("attach", "c", check=False, stdin=b"")
        self.assertEqual(2, result.returncode)
        self.assertIn(b"terminal", result.stderr)

    def test_a_stopped_daemon_shows_and_can_be_left(self):
        self.cooked_cat()
        terminal = self.attach("c")
        terminal.send("x\r")
        terminal.expect("x\r\nx")
        os.kill(self.daemon.pid, signal.SIGSTOP)
        try:
            terminal.send(DETACH)
            terminal.wait()
            self.assertEqual(terminal.before, terminal.settings())
        finally:
            os.kill(self.daemon.pid, signal.SIGCONT)


@unittest.skipUnless(shutil.which("tmux"), "tmux is not installed")
class UnderTmux(harness.DaemonTest):
    """Real programs, seen through a terminal that others wrote."""

    def setUp(self):
        super().setUp()
        self.tmux_socket = str(self.daemon.folder / "tmux")
        env = {**self.daemon.env, "PATH": f"{harness.BIN}:{os.environ['PATH']}"}
        subprocess.run(["tmux", "-S", self.tmux_socket, "-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30",
                        "/bin/sh"], check=True, env=env)
        self.addCleanup(lambda: self.tmux("kill-server"))

    def tmux(self, *args):
        return subprocess.run(["tmux", "-S", self.tmux_socket, *args], capture_output=True, text=True,
                              timeout=harness.DEADLINE).stdout

    def keys(self, *keys):
        self.tmux("send-keys", *keys)

    def line(self, text):
        self.tmux("send-keys", "-l", text)
        self.keys("Enter")

    def screen(self):
        return self.tmux("capture-pane", "-p")

    def see(self, pattern):
        harness.eventually(lambda: re.search(pattern, self.screen()), f"{pattern} on the screen; it shows\n{self.screen()}")

    def missing(self, pattern):
        harness.eventually(lambda: not re.search(pattern, self.screen()), f"{pattern} to go from\n{self.screen()}")

    @unittest.skipUnless(shutil.which("vim"), "vim is not installed")
    def test_vim(self):
        text = self.daemon.folder / "text"
        self.line(f"ptyctl new editor -- vim -u NONE -N {text}")
        self.see(r"~\n~")
        self.keys("i")
        self.tmux("send-keys", "-l", "typed through ptyd")
        self.see("typed through ptyd")
        self.keys("C-\\")
        self.see("detached")
        self.line("clear; ptyctl attach editor")
        self.see("typed through ptyd")
        self.keys("Escape")
        self.line(":wq")
        self.missing("~\n~")
        self.assertEqual("typed through ptyd\n", text.read_text())

    @unittest.skipUnless(shutil.which("less"), "less is not installed")
    def test_less(self):
        numbers = self.daemon.folder / "numbers"
        numbers.write_text("".join(f"number {n}\n" for n in range(1, 500)))
        self.line(f"ptyctl new pager -- less {numbers}")
        self.see("^number 1\n")
        self.keys("G")
        self.see("number 499")
        self.keys("C-\\")
        self.see("detached")
        self.line("clear; ptyctl attach pager")
        self.see("number 499")
        self.keys("g")
        self.see("^number 1\n")
        self.keys("q")
        self.missing("number 1\n")

    @unittest.skipUnless(shutil.which("htop"), "htop is not installed")
    def test_htop(self):
        self.line("ptyctl new watch -- htop")
        self.see("PID.*USER")
        self.tmux("resize-window", "-x", "120", "-y", "40")
        self.see("PID.*USER")
        self.keys("q")
        self.missing("PID.*USER")

    def test_a_login_shell(self):
        self.line("ptyctl new --login shell")
        self.line("echo shell-is-$0")
        self.see("shell-is--")
        self.line("exit 5")
        self.see("shell exited with 5")
        self.line("echo status-is-$?")
        self.see("status-is-5")


if __name__ == "__main__":
    harness.main()
