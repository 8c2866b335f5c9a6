#!/usr/bin/env python3
"""Sizes, and ptyctl in a real console. usage: see programs.py

The console is that of a session of another daemon, so it has a display, a keyboard and a size that can be changed.
What Wine's consoles can't do from outside, console_helper.exe does from inside.
"""
import json
import pathlib
import re
import subprocess

import programs
from programs import BIN, CHILD, CTL, DEADLINE, HELPER, PREFIX, RUN, windows_path

DETACH_KEY = 0x1C
CONTROL_C = 3


class Sizes(programs.ProgramTest):
    def test_the_program_sees_each_new_size(self):
        self.new("z", "sizes")
        self.wait_for_output("z", "80x24")
        self.ctl("resize", "z", "100x30")
        self.wait_for_output("z", "100x30")
        session = self.json("inspect", "z")["session"]
        self.assertEqual((session["size"]["cols"], session["size"]["rows"], session["policy"]), (100, 30, "manual"))
        self.ctl("resize", "z", "60x50", "--policy", "latest")
        self.wait_for_output("z", "60x50")
        self.assertEqual(self.json("inspect", "z")["session"]["policy"], "latest")

    def test_a_thousand_resizes_in_a_burst_are_all_answered_and_the_last_counts(self):
        self.new("z", "sizes")
        sizes = [{"cols": 20 + n % 100, "rows": 5 + n % 40} for n in range(999)] + [{"cols": 101, "rows": 31}]
        frames = [{"id": "1", "hello": {"protocolMin": 1, "protocolMax": 1, "clientName": "burst"}}]
        frames += [{"id": str(n), "request": {"resize": {"session": "z", "size": size}}} for n, size in enumerate(sizes, 2)]
        out = self.folder / "replies"
        with open(out, "wb") as replies, subprocess.Popen([RUN, PREFIX, CTL, "stdio"], env=self.env, stdout=replies,
                                                          stdin=subprocess.PIPE) as stdio:
            stdio.stdin.write("".join(json.dumps(frame) + "\n" for frame in frames).encode())
            stdio.stdin.flush()
            self.eventually(lambda: out.read_bytes().count(b"\n") >= len(frames), lambda: out.read_text()[-500:])
            stdio.stdin.close()
            self.assertEqual(stdio.wait(DEADLINE), 0)
        answers = {one["id"]: one for one in map(json.loads, out.read_text().splitlines())}
        for number, size in enumerate(sizes, 2):
            self.assertEqual(answers[str(number)]["response"]["resize"]["size"], size)
        self.wait_for_output("z", "101x31")
        found = self.json("inspect", "z")
        self.assertEqual((found["session"]["size"]["cols"], found["session"]["size"]["rows"]), (101, 31))
        self.assertEqual(found["counters"]["resizes"], "1000")


class Console:
    """A console in which `ptyctl ARGS` runs, and before and after it a program that writes the console's modes."""

    def __init__(self, test, name, *args, size="80x24"):
        self.test, self.name = test, name
        test.ctl("--socket", test.consoles, "new", "-d", "-q", "--size", size, name, "--", windows_path(CHILD), "run",
                 windows_path(CTL), "--socket", test.socket, *args)
        self.pid = str(test.json("--socket", test.consoles, "inspect", name)["session"]["pid"])

    def output(self):
        return self.test.ctl("--socket", self.test.consoles, "logs", self.name)

    def expect(self, text):
        self.test.eventually(lambda: text in self.output(), lambda: f"{text!r} is not in {self.output()!r}")

    def type(self, *text):
        self.test.ctl("--socket", self.test.consoles, "send", self.name, *text)

    def press(self, *characters):
        """As a keyboard does: what is sent to Wine's console host as input is not always passed on as it is."""
        status, _, err = self.test.run_program(HELPER, "keys", self.pid, *map(str, characters))
        self.test.assertEqual(status, 0, err)

    def resize(self, size):
        self.test.ctl("--socket", self.test.consoles, "resize", self.name, size)

    def status(self):
        """Of ptyctl. The console must have the modes again that it had before."""
        self.test.eventually(lambda: re.search(r"status \d+\.", self.output()), lambda: self.output())
        output = self.output()
        modes = re.findall(r"modes (\d+) (\d+)", output)
        self.test.assertEqual(len(modes), 2, output)
        self.test.assertEqual(modes[0], modes[1])
        return int(re.search(r"status (\d+)\.", output)[1])


class Terminal(programs.ProgramTest):
    def test_raw_mode_and_text_in_a_console(self):
        tests = pathlib.Path(BIN).parent / "tests/ptyctl_terminal_test.exe"
        self.new("tests", "run", windows_path(tests), "--gtest_filter=Console.*", "--gtest_color=no")
        self.wait_for_output("tests", "status 0.")
        output = self.ctl("logs", "tests")
        self.assertRegex(output, r"PASSED *\] *2 *tests")
        self.assertNotIn("SKIPPED", output)


class Attach(programs.ProgramTest):
    def setUp(self):
        super().setUp()
        self.consoles = self.new_socket("-consoles")

    def clients(self, count):
        self.eventually(lambda: len(self.json("inspect", "work")["attachments"]) == count, f"{count} clients")

    def test_two_clients_see_what_either_types_and_get_the_exit_code(self):
        self.new("work", "echo")
        first, second = (Console(self, name, "attach", "work") for name in ("first", "second"))
        self.clients(2)
        for console, words in ((first, "by the first"), (second, "by the second")):
            console.type(words, "--enter")
            for each in (first, second):
                each.expect(f"[{words}]")
        first.type("end 7", "--enter")
        self.assertEqual((first.status(), second.status()), (7, 7))

    def test_the_detach_key_leaves_the_session_and_the_console_as_they_were(self):
        self.new("work", "echo")
        console, other = Console(self, "one", "attach", "work"), Console(self, "other", "attach", "work")
        self.clients(2)
        console.press(DETACH_KEY)
        self.assertEqual(console.status(), 0)
        self.clients(1)
        other.type("still here", "--enter")
        other.expect("[still here]")
        self.assertNotIn("[still here]", console.output())
        again = Console(self, "again", "attach", "work")
        again.expect("[still here]")
        again.press(DETACH_KEY)
        self.assertEqual(again.status(), 0)

    def test_others_can_end_it_and_so_can_the_end_of_its_console(self):
        self.new("work", "echo")
        console = Console(self, "one", "attach", "work")
        Console(self, "two", "attach", "work")
        self.clients(2)
        self.ctl("--socket", self.consoles, "kill", "two")
        self.clients(1)
        self.ctl("detach", "work", "--all")
        self.assertEqual(console.status(), 0)
        self.assertEqual(self.sessions()["work"]["state"], "running")

    def test_the_programs_window_follows_that_of_the_console(self):
        self.new("work", "sizes")
        console = Console(self, "one", "attach", "work", size="90x20")
        self.wait_for_output("work", "90x20")
        console.resize("70x33")
        self.wait_for_output("work", "70x33")
        console.press(DETACH_KEY)
        self.assertEqual(console.status(), 0)

    def test_control_c_is_for_the_program(self):
        self.new("work", "keys")
        self.wait_for_output("work", "ready")
        console = Console(self, "one", "attach", "work")
        self.clients(1)
        console.press(CONTROL_C)
        self.eventually(lambda: self.json("inspect", "work")["session"]["input"] == "1", "the key as input")
        got_it = lambda: "key 3" in self.ctl("logs", "work")
        self.eventually(lambda: got_it() or "work" not in self.sessions(), "the key in the program, or the program's end")
        if not got_it():
            # Wine's console host ends by it. The client is told, and has not ended by it itself.
            self.assertNotEqual(console.status(), 0xC000013A)
            self.skipTest("Wine lacks: Ctrl-C typed into a pseudoconsole")
        console.type("q")
        self.assertEqual(console.status(), 0)

    def test_without_standard_handles_it_finds_its_console(self):
        # As a program in one of Wine's pseudoconsoles has none.
        self.new("work", "echo")
        self.ctl("--socket", self.consoles, "new", "-d", "-q", "bare", "--", windows_path(CTL), "--socket", self.socket,
                 "attach", "work")
        self.clients(1)
        self.ctl("--socket", self.consoles, "send", "bare", "end 9", "--enter")
        self.assertEqual(self.ctl("--socket", self.consoles, "wait", "bare", "--timeout", "30s", check=False), 9)

    def test_attaching_without_a_session_says_so_in_the_console(self):
        console = Console(self, "one", "attach", "nothing")
        self.assertEqual(console.status(), 125)
        self.assertIn("nothing", console.output())


if __name__ == "__main__":
    programs.main()
