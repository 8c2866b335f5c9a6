#!/usr/bin/env python3
"""What a user does with ptyctl.exe, seen by its own output. usage: see programs.py"""
import pathlib

import programs
from programs import PREFIX


class Programs(programs.ProgramTest):
    def test_a_session_is_made_listed_typed_into_and_read(self):
        self.new("echo", "echo")
        self.assertEqual(self.sessions()["echo"]["state"], "running")
        self.ctl("send", "echo", "some words", "--enter")
        self.eventually(lambda: "[some words]" in self.ctl("logs", "echo"), "the answer")
        self.assertIn("[some words]", self.ctl("snapshot", "echo"))
        self.ctl("send", "echo", "end", "--enter")
        self.assertEqual(self.ctl("wait", "echo", "--timeout", "30s", check=False), 0)

    def test_exit_codes_arrive_exactly(self):
        for code in (0, 1, 259, 0xC0000005):
            self.new(f"exit{code}", "exit", str(code))
            self.ctl("wait", f"exit{code}", "--timeout", "30s", check=False)
            self.assertEqual(self.sessions("-a")[f"exit{code}"]["exit"]["code"], code)

    def test_sessions_outlive_a_daemon_that_was_killed(self):
        self.new("keeps", "echo")
        self.ctl("send", "keeps", "before", "--enter")
        self.eventually(lambda: "[before]" in self.ctl("logs", "keeps"), "the first answer")
        pid = self.json("daemon", "status")["pid"]
        self.assertEqual(self.run_program("taskkill.exe", "/F", "/PID", str(pid))[0], 0)
        self.eventually(lambda: self.ctl("list", "--no-autostart", check=False) != 0, "the end of the daemon")
        self.ctl("send", "keeps", "after", "--enter")
        self.eventually(lambda: "[after]" in self.ctl("logs", "keeps"), "the second answer")
        self.assertIn("[before]", self.ctl("logs", "keeps"))
        self.assertNotEqual(self.json("daemon", "status")["pid"], pid)

    def test_nothing_is_left_after_50_sessions(self):
        for number in range(50):
            self.new(f"s{number}", "exit", "0")
        self.ctl("wait", *(f"s{number}" for number in range(50)), "--timeout", "30s")
        self.assertEqual(self.sessions(), {})
        self.ctl("daemon", "stop", "--sessions=kill")
        self.eventually(lambda: not self.left_over(), "the end of hosts and console hosts")

    def left_over(self):
        """Hosts of sessions, and of their consoles, that this test has started: others run beside it."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and f"PTYD_SOCKET={self.socket}".encode() in (entry / "environ").read_bytes() and \
                        any(name in (entry / "cmdline").read_bytes() for name in (b"ptyd-host", b"conhost")):
                    found.append(entry.name)
            except OSError:
                pass
        return found


if __name__ == "__main__":
    programs.main()
