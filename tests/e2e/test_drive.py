"""Driving terminals from the command line: waits, guards, keys by the program's modes."""
import subprocess

import harness
from client import ProtocolError
from harness import pb
from waiting import DEADLINE, eventually

SHELL = ("--", "/bin/sh", "-c", 'stty -echo; echo ready; while read -r line; do eval "$line"; done')


class Drive(harness.CommandTest):
    def setUp(self):
        super().setUp()
        self.ok("new", "-d", "s", *SHELL)
        self.ok("wait", "s", "--text", "ready")

    def test_conditions(self):
        reply = self.json("wait", "s", "--match", "re.dy", "--text", "never", "--any")
        self.assertTrue(reply["held"])
        self.assertEqual(("ready", "ready"), (reply["results"][0]["text"], reply["results"][0]["line"]))
        offset = reply["results"][0]["offset"]
        self.fails(124, "wait", "s", "--text", "ready", "--from", offset, "--timeout", "50ms")
        self.ok("wait", "s", "--quiet", "10ms", "--settled", "10ms")
        shown = self.ok("snapshot", "s", "--hash").strip()
        self.fails(124, "wait", "s", "--changed", shown, "--timeout", "50ms")
        self.ok("send", "s", "echo more", "--enter", "--changed", shown)
        self.fails(124, "wait", "s", "--attached", "--timeout", "50ms")

    def test_a_snapshot_of_what_is_known_is_nothing(self):
        shown = self.ok("snapshot", "s", "--hash").strip()
        self.assertEqual("", self.ok("snapshot", "s", "--since", shown))
        self.assertEqual({"v": 1, "hash": shown, "unchanged": True}, self.json("snapshot", "s", "--since", shown))
        self.ok("send", "s", "echo more", "--enter", "--changed", shown)
        self.assertIn("more", self.ok("snapshot", "s", "--since", shown))
        self.assertIn("rows", self.json("snapshot", "s", "--since", shown))

    def test_send_and_wait_for_what_comes(self):
        for _ in range(3):
            reply = self.json("send", "s", "echo answer", "--enter", "--match", "^answer$")
            self.assertEqual("12", reply["accepted"])
        self.ok("send", "s", "echo quiet", "--enter", "--quiet", "20ms")
        self.assertIn("quiet", self.ok("snapshot", "s"))
        reply = self.json("send", "s", r"printf '\033]133;C\a\033]133;D;9\a'", "--enter", "--command")
        self.assertEqual(9, reply["results"][0]["exit_code"])
        self.fails(124, "keys", "s", "Enter", "--text", "never", "--timeout", "50ms")

    def test_what_is_sent_in_several_pieces_is_waited_behind(self):
        lines = b"echo and\n" * 8000
        self.ok("send", "s", "--stdin", "--enter", "--text", "end", stdin=lines + b"echo end")
        self.ok("send", "s", "echo pasted", "--paste", "--enter", "--match", "^pasted$")

    def test_the_end_before_the_condition_is_a_status_of_its_own(self):
        self.fails(71, "send", "s", "exit 5", "--enter", "--text", "never")
        self.fails(71, "wait", "s", "--text", "never")
        self.fails(5, "wait", "s", "--exit")
        self.ok("wait", "s", "--text", "never", "--exit", "--any")
        self.ok("wait", "s", "--text", "ready")

    def test_guards(self):
        shown = self.ok("snapshot", "s", "--hash").strip()
        self.ok("send", "s", "echo one", "--enter", "--if-screen", shown, "--if-match", "^ready$", "--text", "one")
        self.assertIn("nothing was typed", self.fails(72, "send", "s", "echo two", "--enter", "--if-screen", shown))
        self.fails(72, "send", "s", "echo two", "--enter", "--if-match", "^never$", "--text", "two")
        self.fails(72, "keys", "s", "Enter", "--if-match", "^never$")
        self.fails(2, "send", "s", "x", "--if-match", "(")
        self.fails(2, "send", "s", "x", "--if-screen", "12")
        self.fails(2, "send", "s", "x" * 40000, "--if-match", "one")
        self.assertNotIn("two", self.ok("snapshot", "s"))

    def test_what_can_not_be_waited_for(self):
        for arguments in (["--any", "--all"], ["--from", "0"], ["--min-bytes", "1"], ["--match", "("], ["--text", ""],
                          ["--changed", "x"], ["--quiet", "soon"]):
            with self.subTest(arguments=arguments):
                self.fails(2, "wait", "s", *arguments)
        self.fails(66, "wait", "nobody", "--text", "x")
        self.fails(125, "wait", "s", "--text", "x", "--from", "1000000")

    def test_a_wait_outlives_the_daemon(self):
        client = self.client()
        waiting = subprocess.Popen([harness.PTYCTL, "wait", "s", "--text", "later"], env=self.daemon.env)
        eventually(lambda: client.request("status").connections == 2, "the connection of the one that waits")
        self.daemon.restart()
        self.ok("send", "s", "echo later", "--enter")
        self.assertEqual(0, waiting.wait(DEADLINE))


class Protocol(harness.DaemonTest):
    def wait(self, client, text):
        client.request("wait", sessions=["s"], conditions=[pb.WaitCondition(kind=pb.WAIT_TEXT, text=text)])

    def test_who_answers_a_prompt_that_was_answered_is_refused(self):
        one, other = self.client(), self.client()
        one.create("/bin/sh", "-c", "stty -echo; while echo ask; read x; do echo got $x; done", name="s")
        self.wait(one, "ask")
        shown = one.request("screen", session="s", hash_only=True).hash
        self.assertEqual(4, one.request("send", session="s", data=b"yes\n", if_screen=shown, if_match="^ask$").accepted)
        self.wait(one, "got yes")
        for guard in (dict(if_screen=shown), dict(if_match="^never"), dict(if_screen=shown, if_match="^ask$")):
            for request in (dict(data=b"no\n"), dict(keys=["n"]), dict(data=b"no", paste=True)):
                with self.assertRaises(ProtocolError) as caught:
                    other.request("send", session="s", **request, **guard)
                error = caught.exception.error
                self.assertEqual((pb.FAILED_PRECONDITION, "guard"), (error.code, error.subject))
                with self.assertRaises(ProtocolError):
                    other.request("wait", sessions=["s"], send=pb.SendRequest(**request, **guard))
        one.request("send", session="s", data=b"last\n")
        self.wait(one, "got last")
        self.assertEqual(len("yes.last."), one.request("inspect", session="s").session.input)

    def test_keys_follow_the_modes_of_the_program(self):
        client = self.client()
        client.create("/bin/sh", "-c", r"stty raw -echo; printf '\033[?1h\033[?2004h\033[>4;2mset'; exec cat -v", name="s")
        self.wait(client, "set")
        client.request("send", session="s", keys=["Up", "C-c"])
        self.wait(client, "^[OA^[[27;5;99~")
        client.request("send", session="s", paste=True, data=b"a\x1b[201~b")
        self.wait(client, "^[[200~ab^[[201~")


if __name__ == "__main__":
    harness.main()
