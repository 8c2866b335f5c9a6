"""Programs that ask their terminal at their start: with nobody attached each question is answered, none runs into a
time-out of its own.

A probe stands between a program and the session's terminal. It writes down what the program asked and what came back.
"""
import json
import re
import shutil
import unittest

import harness
from harness import pb
from waiting import eventually

# probe LOG PROGRAM...: a line of JSON for each piece, [where it came from, the bytes as latin-1].
PROBE = r"""
import fcntl, json, os, pty, select, sys, termios, tty
log = open(sys.argv[1], "w", buffering=1)
size = fcntl.ioctl(0, termios.TIOCGWINSZ, bytes(8))
os.write(1, b"\x1b]11;#ffffff\x1b\\")
tty.setraw(0)
child, program = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, size)
    os.execvp(sys.argv[2], sys.argv[2:])
while True:
    for source in select.select([0, program], [], [])[0]:
        try:
            data = os.read(source, 65536)
        except OSError:
            sys.exit()
        if not data:
            sys.exit()
        print(json.dumps(["terminal" if source == 0 else "program", data.decode("latin-1")]), file=log)
        os.write(program if source == 0 else 1, data)
"""

# What it asks first and last, as fish 4 does, which takes the last answer for the end of all; it waits for ever.
FISH_4 = r"""
import os, tty
tty.setraw(0)
os.write(1, b"\x1b[?u\x1b[>0q\x1bP+q696e646e\x1b\\\x1b]11;?\x1b\\\x1b[?2026$p\x1b[0c")
got = b""
while not got.endswith(b"c"):
    got += os.read(0, 1)
os.write(1, b"all answered")
os.read(0, 1)
"""

# (question, answer). Colours are those that the probe has set or the model's own.
QUESTIONS = [(re.compile(question, re.S), answer) for question, answer in [
    (rb"\x1b\[0?c", rb"\x1b\[\?[0-9;]+c"),
    (rb"\x1b\[>0?c", rb"\x1b\[>[0-9;]+c"),
    (rb"\x1b\[6n", rb"\x1b\[[0-9]+;[0-9]+R"),
    (rb"\x1b\[5n", rb"\x1b\[0n"),
    (rb"\x1b\[\?u", rb"\x1b\[\?[0-9]+u"),
    (rb"\x1b\[\?4m", rb"\x1b\[>4;[0-9]m"),
    (rb"\x1b\[\??[0-9]+\$p", rb"\x1b\[\??[0-9]+;[0-4]\$y"),
    (rb"\x1b\[>0?q", rb"\x1bP>\|[^\x1b]+\x1b\\"),
    (rb"\x1b\](?:1[0-2]|4;[0-9]+);\?(?:\x07|\x1b\\)", rb"\x1b\][0-9;]+;rgb:[0-9a-f/]+(?:\x07|\x1b\\)"),
    (rb"\x1bP\$q[^\x1b]*\x1b\\", rb"\x1bP[01]\$r[^\x1b]*\x1b\\"),
    (rb"\x1bP\+q[^\x1b]*\x1b\\", rb"(?:\x1bP[01]\+r[^\x1b]*\x1b\\)+"),
]]


def answers_to(output):
    """What the questions in it are answered with, as regular expressions."""
    found = [(match.start(), answer) for question, answer in QUESTIONS for match in question.finditer(output)]
    return [answer for _, answer in sorted(found)]


class Start(harness.DaemonTest):
    def start(self, *argv, shows):
        """Starts it in a session of its own and waits until the screen shows that."""
        self.log = self.daemon.folder / "log"
        env = harness.base_env(HOME=str(self.daemon.folder))
        with self.daemon.client() as client:
            client.create("/usr/bin/python3", "-c", PROBE, str(self.log), *argv, name="s", env=env,
                          size=pb.WindowSize(cols=80, rows=24))
        self.see(shows)

    def screen(self):
        return self.daemon.ptyctl("snapshot", "s").stdout.decode()

    def see(self, wanted):
        try:
            eventually(lambda: re.search(wanted, self.screen()), f"{wanted!r} on the screen")
        except harness.Timeout as late:
            self.fail(f"{late}; it shows\n{self.screen()}\nafter {self.events()}")

    def events(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def written(self, who):
        return "".join(text for source, text in self.events() if source == who).encode("latin-1")

    def assertAllAnswered(self, at_least=1):
        """The program got all answers, in order, and nothing else, as nobody typed. An answer may lead to questions."""
        def answered():
            answers = answers_to(self.written("program"))
            return len(answers) >= at_least and re.fullmatch(b"".join(answers), self.written("terminal"), re.S)
        try:
            eventually(answered, "the answers")
        except harness.Timeout as late:
            self.fail(f"{late} after {self.events()}")

    def type(self, text):
        self.daemon.ptyctl("send", "s", "--enter", "--", text)

    @unittest.skipUnless(shutil.which("vim"), "vim is not installed")
    def test_vim(self):
        self.start("vim", "-u", "NONE", "-i", "NONE", "-N", shows="type  :help version")
        self.assertAllAnswered(at_least=6)
        self.type(":echo [v:termresponse, v:termrfgresp, v:termrbgresp, v:termblinkresp]->map('len(v:val) > 0')")
        self.see(r"\[1, 1, 1, 1\]|\[v:true, v:true, v:true, v:true\]")
        self.type(":set background?")
        self.see("background=light")

    @unittest.skipUnless(shutil.which("nvim"), "nvim is not installed")
    def test_neovim(self):
        self.start("nvim", "-u", "NONE", "-i", "NONE", shows=r"\[No Name\]")
        self.assertAllAnswered()
        self.type(":set background?")
        self.see("background=light")

    @unittest.skipUnless(shutil.which("emacs"), "emacs is not installed")
    def test_emacs(self):
        settings = self.daemon.folder / ".emacs.d"
        settings.mkdir()
        (settings / "early-init.el").write_text("(setq xterm-query-timeout nil)")  # it waits for ever
        self.start("emacs", "-nw", shows="Welcome to GNU Emacs")
        self.assertAllAnswered()
        self.assertNotIn("undefined", self.screen())

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish(self):
        """Before 4.0 it asks nothing; later ones wait for seconds, then warn."""
        self.start("fish", "--no-config", "-i", shows=r"[>#] *$|[>#] *\n")
        self.assertAllAnswered(at_least=0)
        self.type("echo (math 6 x 7)")
        self.see(r"\n42\n")
        self.assertNotRegex(self.screen(), "(?i)warning|response|attribute")

    def test_a_program_that_asks_as_fish_4_does(self):
        self.start("/usr/bin/python3", "-c", FISH_4, shows="all answered")
        self.assertAllAnswered(at_least=6)


if __name__ == "__main__":
    harness.main()
