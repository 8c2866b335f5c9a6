#!/usr/bin/env python3
"""Every verb of ptyctl.exe, once. usage: see programs.py"""
import json
import re
import xml.etree.ElementTree

import programs
from programs import CTL, windows_path

# Verbs that belong to an attachment are in test_console.py.
ELSEWHERE = {"attach"}


class Verbs(programs.ProgramTest):
    def setUp(self):
        super().setUp()
        self.tried = set(ELSEWHERE)

    def row(self, *args, status=0, says="", error=""):
        """One verb: its exit status, and what it prints to stdout or stderr, as patterns."""
        self.tried.add(args[0])
        with self.subTest(verb=" ".join(args)):
            found, out, err = self.run_program(CTL, *args)
            self.assertEqual(found, status, f"{out}\n{err}")
            self.assertTrue(re.search(says, out), f"{says!r} is not in {out!r}\n{err}")
            self.assertTrue(re.search(error, err), f"{error!r} is not in {err!r}")
        return out

    def test_each_works_or_says_why_not(self):
        self.without_a_daemon()
        self.the_daemon()
        self.a_session()
        self.typing()
        self.signals()
        self.ends()
        self.the_end_of_the_daemon()
        names = set(re.findall(r"^  ([a-z]+)\b", self.ctl("help"), re.MULTILINE))
        self.assertLess({"new", "attach", "doctor"}, names)
        for verb in names - self.tried:
            self.row("help", verb, says=rf"ptyctl {verb}")

    def without_a_daemon(self):
        self.row("ping", status=69, error="no daemon|not running|nobody|listens")
        self.row("version", says=r"ptyctl \d+\.\d+")
        self.row("doctor", status=0, says="daemon")
        self.row("list", "--no-autostart", status=69)
        for shell in ("bash", "zsh", "fish"):
            self.row("completions", shell, says="ptyctl list -a -o name")
        self.row("help", says="Usage|usage")

    def the_daemon(self):
        self.row("daemon", "start")
        self.row("daemon", "status", says="running|ptyd")
        self.row("ping", says=r"\d")
        self.row("doctor", says="daemon")
        self.row("daemon", "logs", says="listening|started|ptyd")
        task = self.row("service", "install", "--dry-run", says="ptyd.exe")
        path, text = task.split("\n", 1)
        self.assertRegex(path, r"^# .*ptyd-task\.xml")
        names = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
        root = xml.etree.ElementTree.fromstring(re.sub(r"^\s*<\?xml[^>]*>", "", text))
        self.assertIn("ptyd.exe", root.find(".//t:Exec/t:Command", names).text)
        self.assertEqual(root.find(".//t:ExecutionTimeLimit", names).text, "PT0S")
        self.row("service", "status", says="task scheduler: ")

    def a_session(self):
        self.new("work", "echo")
        self.row("list", says="work")
        self.row("list", "-o", "name", says=r"^work\r?\n$")
        self.row("inspect", "work", says="80x24")
        self.row("resize", "work", "90x30", says="")
        self.assertEqual(self.json("inspect", "work")["session"]["size"]["cols"], 90)
        self.row("detach", "work", error="nobody was attached")
        self.row("rename", "work", "other")
        self.row("rename", "other", "work")
        self.row("label", "work", "team=web")
        self.row("list", "-l", "team=web", "-o", "name", says="work")
        self.row("label", "work", "team-")

    def typing(self):
        self.row("send", "work", "some words", "--enter")
        self.wait_for_output("work", "[some words]")
        self.row("keys", "work", "m", "o", "r", "e", "Enter")
        self.wait_for_output("work", "[more]")
        self.row("logs", "work", says=r"\[some words\]")
        self.row("logs", "work", "--raw", says=r"\[more\]")
        self.row("snapshot", "work", says=r"\[some words\]")
        self.row("snapshot", "work", "--format", "html", says="<html|<pre|<!DOCTYPE")
        self.row("snapshot", "work", "--hash", says=r"^[0-9a-f]{16}\r?\n$")
        self.row("search", "work", r"\[m.re\]", says=r"\[more\]")
        self.row("search", "work", "nothing like it", status=1)

    def signals(self):
        self.row("wait", "work", "--timeout", "200ms", status=124)
        self.row("signal", "work", "USR1", status=2, error="no signal that a session on Windows has")
        self.row("signal", "work", "QUIT", status=2, error="no signal that a session on Windows has")
        self.row("signal", "work", "TERM")
        self.ctl("wait", "work", "--timeout", "30s", check=False)
        self.assertEqual(self.sessions("-a")["work"]["state"], "exited")

    def ends(self):
        self.row("restart", "work")
        self.row("kill", "work")
        self.assertNotIn("work", self.sessions())
        self.row("rm", "work")
        self.assertNotIn("work", self.sessions("-a"))
        self.row("new", "-d", "gone", "--", r"C:\no\such.exe", status=127, error="such.exe")
        batch = self.folder / "some.bat"
        batch.write_text("exit 0\r\n")
        self.row("new", "-d", "batch", "--", windows_path(batch), status=126, error="cmd /c")

    def the_end_of_the_daemon(self):
        hello = {"id": "1", "hello": {"protocolMin": 1, "protocolMax": 1, "clientName": "verbs"}}
        request = self.folder / "request"
        request.write_text(json.dumps(hello) + "\n")
        self.tried.add("stdio")
        with open(request, "rb") as stdin:
            status, out, err = self.run_program(CTL, "stdio", stdin=stdin)
        self.assertEqual(status, 0, err)
        self.assertIn("welcome", json.loads(out.splitlines()[0]))
        self.row("daemon", "stop")
        self.row("daemon", "status", status=69)


if __name__ == "__main__":
    programs.main()
