"""What was run in a session: the list of commands, their output, and running one in a shell."""
import json
import pathlib
import shutil
import signal
import subprocess
import unittest

import harness
from harness import pb
from waiting import DEADLINE, eventually


def has(program):
    return shutil.which(program) is not None


def mark(text):
    return b"\x1b]133;" + text.encode() + b"\a"


class Commands(harness.DaemonTest):
    """Marks that the test makes itself."""

    def setUp(self):
        super().setUp()
        self.watcher = self.client()
        self.watcher.create("/bin/sh", "-c", "stty raw -echo; printf ready; exec cat", name="c")
        self.type(b"", b"ready")

    def type(self, data, until=None):
        """Has the session print `data`, and waits until it has come."""
        text = (until or b"[%d]" % self.count()).decode()
        self.watcher.request("send", session="c", data=data + (b"" if until else text.encode()))
        self.watcher.request("wait", sessions=["c"], conditions=[pb.WaitCondition(kind=pb.WAIT_TEXT, text=text)])

    def count(self):
        self.number = getattr(self, "number", 0) + 1
        return self.number

    def list(self, **options):
        return self.watcher.request("commands", session="c", **options)

    def told(self, **options):
        return [(one.number, one.text, one.running, one.exit_code if one.HasField("exit_code") else None)
                for one in self.list(**options).commands]

    def output(self, one):
        begin = getattr(one.output, "from")
        data = self.watcher.request("history", session="c", from_offset=begin, max_bytes=65536).data
        return data[:one.output.to - begin]

    def test_what_marks_tell(self):
        self.assertEqual(([], 0), (self.told(), self.list().forgotten))
        self.type(b"\x1b]7;file:///src\a" + mark("A") + b"$ " + mark("B") + b"make all\r\n" + mark("C") + b"out" + mark("D;2"))
        self.type(mark("C;cmdline_url=a%3Bb%0Ac") + b"x")
        first, second = self.list().commands
        self.assertEqual((1, "make all", False, 2, "file:///src"), (first.number, first.text, first.running, first.exit_code, first.cwd))
        self.assertEqual(b"out", self.output(first))
        self.assertTrue(0 < first.started_ms <= first.ended_ms)
        self.assertEqual((2, "a;b\nc", True), (second.number, second.text, second.running))
        self.assertFalse(second.HasField("exit_code"))
        self.type(mark("A"))
        self.assertEqual((2, "a;b\nc", False, None), self.told()[1])
        self.assertEqual([2], [one[0] for one in self.told(after=1)])
        self.assertEqual([2], [one[0] for one in self.told(tail=1)])
        self.assertEqual([1, 2], [one[0] for one in self.told(tail=5)])
        with self.assertRaises(harness.ProtocolError):
            self.list(after=1, tail=1)

    def test_a_session_that_ends_runs_nothing(self):
        self.type(mark("C"))
        self.watcher.request("kill", session="c", force=True)
        (one,) = self.list().commands
        self.assertFalse(one.running)
        self.assertFalse(one.HasField("exit_code"))
        self.assertGreater(one.ended_ms, 0)

    def test_many_are_bounded_and_come_in_pages(self):
        piece = b"".join(mark("C;cmdline_url=" + "x" * 50 + str(n)) + mark("D;0") for n in range(100))
        for _ in range(12):
            self.type(piece)
        reply = self.list()
        self.assertTrue(reply.truncated)
        found = list(reply.commands)
        while reply.truncated:
            reply = self.list(after=found[-1].number)
            found += reply.commands
        self.assertEqual(1200, found[-1].number)
        self.assertEqual(list(range(found[0].number, 1201)), [one.number for one in found])
        self.assertEqual(found[0].number - 1, reply.forgotten)
        self.assertTrue(500 < len(found) <= 1000, len(found))

    def test_a_flood_of_marks(self):
        """Which ones are kept is nobody's to say; the daemon goes on, within its bounds."""
        flood = mark("B") + b"\x1b[40C" + mark("C") + b"\x1b]7;file:///" + b"f" * 200 + b"\a" + mark("A")
        self.watcher.create("/usr/bin/env", "python3", "-c", f"import os\nfor _ in range(3000): os.write(1, {flood!r} * 10)\n"
                            "os.write(1, b'the end')\nos.read(0, 1)", name="f", history_bytes=65536)
        self.watcher.request("wait", sessions=["f"], conditions=[pb.WaitCondition(kind=pb.WAIT_TEXT, text="the end")])
        reply, count = self.watcher.request("commands", session="f"), 0
        while True:
            count += len(reply.commands)
            if not reply.truncated:
                break
            reply = self.watcher.request("commands", session="f", after=reply.commands[-1].number)
        self.assertTrue(0 < count <= 1000, count)
        self.type(mark("C;cmdline_url=still") + mark("D;0"))
        self.assertEqual((1, "still", False, 0), self.told()[0])

    def test_they_outlive_the_daemon(self):
        for number in range(3):
            self.type(mark(f"C;cmdline_url=c{number}") + b"out" + mark(f"D;{number}"))
        self.type(mark("C;cmdline_url=runs"))
        before = self.told()
        self.daemon.restart()
        self.watcher = self.client()
        self.assertEqual(before, self.told())
        self.assertEqual(0, self.list().commands[0].started_ms)  # nobody knows any more
        self.type(mark("D;7"))
        self.assertEqual((4, "runs", False, 7), self.told()[-1])

    def test_they_outlive_the_output(self):
        """A checkpoint has the list, when the ring has gone on."""
        self.watcher.request("remove", session="c", force=True)
        self.watcher.create("/bin/sh", "-c", "stty raw -echo; printf ready; exec cat", name="c", history_bytes=65536)
        self.type(b"", b"ready")
        self.type(mark("C;cmdline_url=early") + mark("D;5"))
        started = self.list().commands[0].started_ms
        for _ in range(10):
            self.type(b"x" * 20000 + b"\r\n")
        self.type(mark("C;cmdline_url=late") + mark("D;6"))
        self.daemon.restart()
        self.watcher = self.client()
        eventually(lambda: len(self.told()) == 2, "both commands")
        self.assertEqual([(1, "early", False, 5), (2, "late", False, 6)], self.told())
        self.assertEqual(started, self.list().commands[0].started_ms)

    def test_they_outlive_an_upgrade(self):
        self.type(mark("C;cmdline_url=one") + mark("D;1"))
        self.type(mark("C;cmdline_url=two"))
        before = list(self.list().commands)
        self.watcher.request("upgrade")
        after = list(self.list().commands)
        self.assertEqual(before[0], after[0])
        self.assertEqual(before[1].started_ms, after[1].started_ms)
        self.type(mark("D;2"))
        self.assertEqual((2, "two", False, 2), self.told()[-1])

    def test_logs_show_them(self):
        self.type(mark("C;cmdline_url=make%20all") + b"\x1b[1mbold\x1b[m\r\n" + mark("D;2"))
        self.type(mark("C;cmdline_url=evil%1B%5B2J%0A") + b"two\r\n" + mark("D;0"))
        text = self.daemon.ptyctl("logs", "c", "--commands").stdout.decode()
        self.assertRegex(text, r"^NUMBER +STATUS +STARTED +TOOK +BYTES +COMMAND\n1 +2 .* make all\n2 +0 .* evil\\e\[2J\\n\n$")
        self.assertEqual(2, len(self.daemon.ptyctl("logs", "c", "--commands", "-n", "1").stdout.splitlines()))
        document = json.loads(self.daemon.ptyctl("logs", "c", "--commands", "--json").stdout)
        self.assertEqual([("1", 2, "make all"), ("2", 0, "evil\x1b[2J\n")],
                         [(one["number"], one["exit_code"], one["command"]) for one in document["commands"]])
        lines = self.daemon.ptyctl("logs", "c", "--commands", "-o", "jsonl").stdout.splitlines()
        self.assertEqual(["1", "2"], [json.loads(line)["number"] for line in lines])
        self.assertEqual(b"bold\n", self.daemon.ptyctl("logs", "c", "--command", "1").stdout)
        self.assertEqual(b"\x1b[1mbold\x1b[m\r\n", self.daemon.ptyctl("logs", "c", "--command", "1", "--raw").stdout)
        missing = self.daemon.ptyctl("logs", "c", "--command", "3", check=False)
        self.assertEqual((66, b""), (missing.returncode, missing.stdout))
        self.assertIn(b"command 3", missing.stderr)
        self.assertEqual(2, self.daemon.ptyctl("logs", "c", "--command", "1", "-f", check=False).returncode)
        self.assertEqual(2, self.daemon.ptyctl("logs", "c", "--commands", "--raw", check=False).returncode)


class Shell(harness.DaemonTest):
    shell = None

    def setUp(self):
        super().setUp()
        self.home = pathlib.Path(self.daemon.folder) / "home"
        self.home.mkdir()
        self.env = {"HOME": str(self.home), "SHELL": shutil.which(self.shell), "LC_ALL": "C.UTF-8",
                    "XDG_CONFIG_HOME": str(self.home / "config"), "XDG_DATA_HOME": str(self.home / "data")}
        self.daemon.ptyctl("new", "-d", "s", "--shell-integration", "-C", str(self.home), "--history", "4MiB", env=self.env)

    def exec(self, *command, options=(), timeout=DEADLINE):
        done = self.daemon.ptyctl("exec", "s", *options, "--", *command, check=False, timeout=timeout)
        return done.returncode, done.stdout, done.stderr


def shells(case):
    """The tests of `case` with each shell."""
    for shell in ("bash", "zsh", "fish"):
        one = type(f"{case.__name__}_{shell}", (case, Shell), {"shell": shell, "__module__": case.__module__})
        globals()[one.__name__] = unittest.skipUnless(has(shell), f"needs {shell}")(one)
    return case


@shells
class Exec:
    def test_output_and_status_are_the_commands(self):
        self.assertEqual((0, b"hello\n", b""), self.exec("echo", "hello"))
        self.assertEqual((0, b"", b""), self.exec("true"))
        self.assertEqual((1, b"", b""), self.exec("false"))
        self.assertEqual((0, b"no newline", b""), self.exec("printf", "no newline"))
        self.assertEqual((7, b"", b""), self.exec("sh", "-c", "exit 7"))
        self.assertEqual(127, self.exec("no-such-program", "x")[0])

    def test_words_come_as_they_are(self):
        hard = "it's \"a\" \\ $HOME `id` $(id) ;|&<>*?[]{}!#~\n\ttwo  \u00e9 end'"
        status, output, _ = self.exec("printf", "[%s]", hard, "")
        self.assertEqual((0, f"[{hard}][]"), (status, output.decode()))

    def test_lines_are_the_shells(self):
        self.assertEqual((0, b"a\nb\n", b""), self.exec("echo a; echo b"))
        self.assertEqual((0, b"1\n2\nend\n", b""), self.exec("for i in 1 2; echo $i; end\necho end" if self.shell == "fish" else
                                                             "for i in 1 2; do\n\techo $i\ndone\necho end"))
        self.assertEqual((0, b"", b""), self.exec("cd /"))
        self.assertEqual((0, b"/\n", b""), self.exec("pwd"))
        status, output, _ = self.exec("echo \"open")
        self.assertNotEqual(0, status)
        self.assertEqual((0, b"still there\n", b""), self.exec("echo still there"))

    def test_colors_and_bytes(self):
        self.assertEqual((0, b"red\n", b""), self.exec("printf '\\033[31mred\\033[m\\n'"))
        status, output, _ = self.exec("printf '\\033[31mred\\033[m\\n'", options=["--raw"])
        # fish writes the title behind its mark.
        self.assertTrue(output.endswith(b"\x1b[31mred\x1b[m\r\n"), output)
        if self.shell != "fish":
            self.assertEqual(b"\x1b[31mred\x1b[m\r\n", output)

    def test_a_megabyte(self):
        status, output, error = self.exec("seq 150000")
        self.assertEqual((0, b""), (status, error))
        self.assertEqual("".join(f"{n}\n" for n in range(1, 150001)).encode(), output)

    def test_a_busy_shell_is_left_alone(self):
        watcher = self.client()
        self.exec("true")
        watcher.request("send", session="s", data=b"cat\r")
        eventually(lambda: watcher.request("screen", session="s", format=pb.STRUCTURED).screen.shell.phase == pb.SHELL_RUNNING, "cat")
        status, output, error = self.exec("echo", "never")
        self.assertEqual((125, b""), (status, output))
        self.assertIn(b"runs a command", error)
        self.assertEqual(68, self.exec("echo", "never", options=["--exit-codes=wide"])[0])
        watcher.request("wait", sessions=["s"], conditions=[pb.WaitCondition(kind=pb.WAIT_COMMAND)],
                        send=pb.SendRequest(keys=["C-d"]))
        self.assertEqual((0, b"now\n", b""), self.exec("echo", "now"))

    def test_a_timeout_leaves_the_command(self):
        self.exec("true")
        status, output, error = self.exec("echo begun; sh -c 'read x; echo got $x'", options=["--timeout", "1s"])
        self.assertEqual((124, b"begun\n"), (status, output))
        self.assertIn(b"goes on", error)
        watcher = self.client()
        before = watcher.request("screen", session="s", format=pb.STRUCTURED).screen.shell.commands
        watcher.request("send", session="s", data=b"x\r")
        eventually(lambda: watcher.request("screen", session="s", format=pb.STRUCTURED).screen.shell.commands > before, "its end")
        self.assertEqual((0, b"next\n", b""), self.exec("echo", "next"))

    def test_ctrl_c_is_for_the_command(self):
        self.exec("true")
        # A shell loses what comes after it gave the terminal away and before the program runs; so the program speaks.
        process = subprocess.Popen([harness.PTYCTL, "exec", "s", "--", "sh -c 'echo begun; exec cat'"],
                                   env=self.daemon.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.kill)
        self.assertEqual(b"begun\n", process.stdout.readline())
        process.send_signal(signal.SIGINT)
        output, error = process.communicate(timeout=DEADLINE)
        self.assertNotEqual(0, process.returncode)
        self.assertNotIn(b"goes on", error)
        self.assertEqual((0, b"next\n", b""), self.exec("echo", "next"))

    def test_the_end_of_the_shell(self):
        self.exec("true")
        status, output, error = self.exec("echo bye; exit 5")
        # bash says so, and fish tells the end of the command before its own.
        self.assertEqual((5, b"bye\nexit\n" if self.shell == "bash" else b"bye\n"), (status, output))
        self.assertIn(b"has ended" if self.shell != "fish" else b"", error)
        self.assertEqual(71, self.exec("true", options=["--exit-codes=wide"])[0])

    def test_the_list_has_the_lines(self):
        self.exec("echo", "one two", "three")
        self.exec("(exit 3)" if self.shell != "fish" else "sh -c 'exit 3'")
        eventually(lambda: len(json.loads(self.daemon.ptyctl("logs", "s", "--commands", "--json").stdout)["commands"]) == 2, "both")
        first, second = json.loads(self.daemon.ptyctl("logs", "s", "--commands", "--json").stdout)["commands"]
        self.assertEqual(("echo 'one two' three", 0), (first["command"], first["exit_code"]))
        self.assertEqual(3, second["exit_code"])
        self.assertTrue(second["command"].startswith("eval "), second)
        self.assertTrue(first["cwd"].startswith("file://"))
        self.assertEqual(b"one two three\n", self.daemon.ptyctl("logs", "s", "--command", "1").stdout)

    def test_json(self):
        status, output, _ = self.exec("echo hi; sh -c 'exit 4'", options=["--json"])
        *chunks, last = [json.loads(line) for line in output.splitlines()]
        self.assertEqual((4, 4), (status, last["exit_code"]))
        self.assertTrue("".join(chunk["text"] for chunk in chunks).endswith("hi\r\n"))

    def test_one_after_the_other(self):
        for number in range(10):
            self.assertEqual((number, b"%d\n" % number), self.exec(f"echo {number}; sh -c 'exit {number}'")[:2])


@shells
class ExecAtOnce:
    def test_each_has_its_own_status(self):
        self.exec("true")
        for turn in range(5):
            start = [[harness.PTYCTL, "exec", "s", "--", f"echo {turn}-{k}; sh -c 'exit {k}'"] for k in (1, 2, 3)]
            running = [subprocess.Popen(argv, env=self.daemon.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for argv in start]
            ran = 0
            for k, process in enumerate(running, 1):
                output, error = process.communicate(timeout=DEADLINE)
                if process.returncode == 125:
                    self.assertRegex(error, b"runs a command|holds the input")
                    continue
                # What others type meanwhile is echoed by the terminal.
                self.assertEqual((k, b"%d-%d" % (turn, k)), (process.returncode, output.splitlines()[0]))
                ran += 1
            self.assertGreater(ran, 0)


class ExecWithout(harness.DaemonTest):
    def test_a_shell_that_tells_nothing(self):
        self.client().create("/bin/sh", name="s")
        done = self.daemon.ptyctl("exec", "s", "--", "true", check=False)
        self.assertEqual((125, b""), (done.returncode, done.stdout))
        self.assertIn(b"--shell-integration", done.stderr)
        self.assertEqual(2, self.daemon.ptyctl("exec", "s", check=False).returncode)
        self.assertEqual(2, self.daemon.ptyctl("exec", "s", "true", check=False).returncode)
        self.assertEqual(66, self.daemon.ptyctl("exec", "none", "--exit-codes=wide", "--", "true", check=False).returncode)

    def test_a_program_that_is_no_shell(self):
        client = self.client()
        client.create("/bin/sh", "-c", "printf '\\033]133;A\\007$ \\033]133;B\\007'; exec cat", name="s")
        process = subprocess.run([harness.PTYCTL, "exec", "s", "--timeout", "1s", "--", "true"], env=self.daemon.env,
                                 capture_output=True, timeout=DEADLINE)
        self.assertEqual((124, b""), (process.returncode, process.stdout))


if __name__ == "__main__":
    harness.main()
