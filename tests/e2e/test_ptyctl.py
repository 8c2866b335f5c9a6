"""The command line: verbs, exit codes, JSON, autostart."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import unittest

import harness
from harness import CHILD, pb


class Verbs(harness.CommandTest):
    def test_new_list_inspect_kill_rm(self):
        self.ok("new", "-d", "work", "--", "/bin/cat")
        self.assertEqual("work\n", self.ok("list", "-o", "name"))
        self.assertIn("work", self.ok("list"))
        self.assertIn("/bin/cat", self.ok("inspect", "work"))
        self.ok("kill", "work")
        self.assertEqual("", self.ok("ls", "-o", "name"))
        self.assertEqual("work\n", self.ok("ls", "-a", "-o", "name"))
        self.ok("rm", "work")
        self.assertEqual("", self.ok("ps", "-a", "-o", "name"))

    def test_verbose_says_which_daemon_answers(self):
        result = self.daemon.ptyctl("-v", "list")
        self.assertRegex(result.stderr.decode(), rf"connected to ptyd \S+, process {self.daemon.pid}, protocol 1")
        self.assertNotIn(b"connected", self.daemon.ptyctl("list").stderr)

    def test_a_service_that_can_not_be_installed_leaves_nothing(self):
        folder = self.daemon.folder / "bin"
        folder.mkdir()
        manager = folder / "systemctl"
        manager.write_text("#!/bin/sh\nexit 3\n")
        manager.chmod(0o755)
        config = self.daemon.folder / "config"
        env = {"PATH": f"{folder}:{os.environ['PATH']}", "XDG_CONFIG_HOME": str(config)}
        error = self.fails(125, "service", "install", env=env)
        self.assertIn("ended with 3", error)
        self.assertEqual([], [path for path in config.rglob("*") if path.is_file()])

    def test_the_programs_status_is_passed_on(self):
        self.fails(7, "new", "-d", "--wait", "--", CHILD, "exit", "7")
        self.fails(128 + 15, "new", "-d", "--wait", "--", CHILD, "die", "15")
        self.ok("new", "-d", "seven", "--", CHILD, "exit", "7")
        self.fails(7, "wait", "seven")

    def test_a_program_that_can_not_start(self):
        self.assertIn("/no/such", self.fails(127, "new", "-d", "--", "/no/such"))
        plain = self.daemon.folder / "plain"
        plain.write_text("no program")
        self.fails(126, "new", "-d", "--", str(plain))
        self.fails(125, "new", "-d", "-C", "/no/such", "--", "/bin/cat")

    def test_refusals_have_their_codes(self):
        self.ok("new", "-d", "a", "--", "/bin/cat")
        self.fails(73, "--exit-codes=wide", "new", "-d", "--wait", "a", "--", "/bin/cat")
        self.fails(125, "new", "-d", "--wait", "a", "--", "/bin/cat")
        self.fails(73, "new", "-d", "a", "--", "/bin/cat")
        self.fails(66, "inspect", "nobody")
        self.fails(66, "kill", "nobody")
        self.fails(2, "no-such-verb")
        self.fails(2, "kill")
        self.fails(2, "send")
        self.fails(2, "list", "--no-such-option")
        self.fails(2, "resize", "a", "0x0")
        self.fails(124, "wait", "a", "--timeout", "100ms")
        hint = self.fails(66, "inspect", "nobody")
        self.assertIn("list", hint)

    def test_typing_and_reading(self):
        self.ok("new", "-d", "c", "--", "/bin/sh", "-c", "stty -echo; echo ready; exec cat")
        self.ok("send", "c", "hello there", "--enter")
        self.ok("send", "c", "--stdin", stdin=b"from stdin\n")
        text = self.daemon.folder / "text"
        text.write_text("from file\n")
        self.ok("send", "c", "--file", str(text))
        self.ok("keys", "c", "x", "Space", "y", "Enter")
        self.ok("send-keys", "-t", "c", "-l", "Enter")
        self.ok("send-keys", "-t", "c", "Enter")
        with self.client() as client:
            attached = client.attach("c", from_offset=0)
            attached.expect("Enter\r\n")
        logs = self.ok("logs", "c")
        for line in ("hello there", "from stdin", "from file", "x y", "Enter"):
            self.assertIn(line + "\n", logs)
        self.assertEqual("Enter\n", self.ok("logs", "c", "-n", "1"))
        self.assertIn("x y\r\n", self.ok("logs", "c", "--raw"))

    def test_a_large_file_is_typed_exactly(self):
        data = harness.pattern(31, 0, 1 << 20)
        path = self.daemon.folder / "data"
        path.write_bytes(data)
        self.ok("new", "-d", "s", "--", CHILD, "sink", str(len(data)))
        with self.client() as client:
            attached = client.attach("s", from_offset=0)
            attached.expect("ready")
            self.ok("send", "s", "--file", str(path))
            attached.expect(f"{harness.fnv1a(data):016x}")

    def test_logs_of_a_program_that_prints_control_sequences_are_plain(self):
        # Its question is answered: without -echo the answer could be output, too.
        text = r"\033]0;title\007red \033[31mtext\033[0m\n\033[6n"
        self.ok("new", "-d", "evil", "--", "/bin/sh", "-c", f"stty -echo; printf '{text}'")
        self.ok("wait", "evil")
        self.assertEqual("red text\n", self.ok("logs", "evil"))
        self.assertIn("\x1b[31m", self.ok("logs", "evil", "--raw"))

    def test_following_logs_ends_with_the_session(self):
        fifo = self.daemon.folder / "fifo"
        os.mkfifo(fifo)
        self.ok("new", "-d", "f", "--", "/bin/sh", "-c", f"echo one; read x < {fifo}; echo two")
        follower = subprocess.Popen([harness.PTYCTL, "logs", "-f", "f"], env=self.daemon.env, stdout=subprocess.PIPE)
        self.assertEqual(b"one\n", follower.stdout.readline())
        fifo.write_text("\n")
        self.assertEqual(b"two\n", follower.stdout.readline())
        self.assertEqual(0, follower.wait(harness.DEADLINE))

    def test_a_watched_list_is_printed_again_at_each_change(self):
        watcher = subprocess.Popen([harness.PTYCTL, "list", "-w", "-o", "name"], env=self.daemon.env,
                                   stdout=subprocess.PIPE)
        self.addCleanup(watcher.stdout.close)
        self.ok("new", "-d", "first", "--", "/bin/cat")
        self.assertEqual(b"first\n", watcher.stdout.readline())
        self.ok("rename", "first", "other")
        for line in watcher.stdout:
            if line == b"other\n":
                break
        watcher.terminate()
        self.assertIn(watcher.wait(harness.DEADLINE), (-signal.SIGTERM, 128 + signal.SIGTERM))

    def test_resize_rename_label_restart_signal(self):
        self.ok("new", "-d", "s", "--size", "100x30", "--label", "a=1", "--", "/bin/cat")
        self.ok("resize", "s", "120x40")
        self.ok("rename", "s", "t")
        self.ok("label", "t", "b=2", "a-")
        session = self.json("inspect", "t")["session"]
        self.assertEqual((120, 40, "manual"), (session["size"]["cols"], session["size"]["rows"], session["policy"]))
        self.assertEqual({"b": "2"}, session["labels"])
        old = session["id"]
        self.ok("restart", "-f", "t")
        self.assertNotEqual(old, self.json("inspect", "t")["session"]["id"])
        self.ok("signal", "t", "KILL")
        self.fails(137, "wait", "t")
        self.assertEqual("t\n", self.ok("list", "-a", "-l", "b=2", "-o", "name"))

    def test_ids_prefixes_and_labels_name_a_session(self):
        self.ok("new", "-d", "s", "--label", "role=web", "--", "/bin/cat")
        number = self.json("inspect", "s")["session"]["id"]
        self.ok("inspect", number)
        self.ok("inspect", number[:10])
        self.ok("inspect", "-l", "role=web")
        self.fails(66, "inspect", "-l", "role=db")

    def test_kill_and_rm_many(self):
        for name in "abc":
            self.ok("new", "-d", name, "--", "/bin/cat")
        self.ok("kill", "a", "b")
        self.assertEqual("c\n", self.ok("list", "-o", "name"))
        self.ok("kill", "--all")
        self.ok("rm", "--exited")
        self.assertEqual("", self.ok("list", "-a", "-o", "name"))

    def test_the_environment_of_new(self):
        envfile = self.daemon.folder / "env"
        envfile.write_text("FROM_FILE=f\n# a comment\n\n")
        self.ok("new", "-d", "e", "-e", "ONE=1", "--env-file", str(envfile), "-C", "/tmp", "--", "/bin/sh", "-c",
                "echo $ONE $FROM_FILE $OURS; pwd", env={"OURS": "o"})
        self.ok("wait", "e")
        self.assertEqual("1 f o\n/tmp\n", self.ok("logs", "e"))

    def test_detach_by_command(self):
        self.ok("new", "-d", "c", "--", "/bin/cat")
        client = self.client()
        attached = client.attach("c")
        self.ok("detach", "c", "--all")
        self.assertEqual(pb.DETACHED, attached.until_ended().reason)

    def test_json_of_every_read_verb(self):
        self.ok("new", "-d", "c", "--", "/bin/cat")
        for verb in (["list"], ["inspect", "c"], ["daemon", "status"], ["version"], ["ping"], ["doctor"]):
            with self.subTest(verb=verb):
                self.assertEqual(1, self.json(*verb)["v"])
        lines = self.ok("list", "-o", "jsonl").splitlines()
        self.assertEqual(["c"], [json.loads(line)["name"] for line in lines])
        result = self.daemon.ptyctl("--json", "inspect", "nobody", check=False)
        self.assertEqual(66, result.returncode)
        error = json.loads(result.stdout)["error"]
        self.assertEqual("not_found", error["code"])
        self.assertTrue(error["message"] and error["hint"])

    def test_json_of_any_byte_is_ascii_and_lossless(self):
        evil = bytes(range(1, 256))
        subprocess.run([harness.PTYCTL.encode(), b"new", b"-d", b"evil", b"--", b"/bin/cat", b"/dev/null", evil],
                       env=self.daemon.env, check=True, timeout=harness.DEADLINE)
        out = self.daemon.ptyctl("--json", "inspect", "evil").stdout
        self.assertTrue(all(byte < 0x7F and (byte >= 0x20 or byte == 0x0A) for byte in out))
        argument = json.loads(out)["session"]["command"][2]
        import base64
        self.assertEqual(evil, base64.b64decode(argument["base64"]))
        for verb in (["list", "-a"], ["inspect", "evil"]):
            text = self.daemon.ptyctl(*verb).stdout
            self.assertNotRegex(text, rb"[\x00-\x08\x0b-\x1f\x7f]")

    def test_completion_lists_sessions_and_help_answers(self):
        self.ok("new", "-d", "c", "--", "/bin/cat")
        for shell in ("bash", "zsh", "fish"):
            self.assertIn("ptyctl", self.ok("completions", shell))
        self.assertIn("attach", self.ok("help"))
        self.assertIn("--read-only", self.ok("attach", "--help"))

    def test_alone_it_lists_or_helps(self):
        self.assertIn("new", self.ok())
        self.ok("new", "-d", "c", "--", "/bin/cat")
        self.assertIn("/bin/cat", self.ok())

    def test_stdio_bridges_the_protocol(self):
        self.ok("new", "-d", "c", "--", "/bin/cat")
        talk = b'{"id":1,"hello":{"protocolMin":1,"protocolMax":1}}\n{"id":2,"request":{"list":{}}}\n'
        bridge = subprocess.Popen([harness.PTYCTL, "stdio"], env=self.daemon.env, stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE)
        bridge.stdin.write(talk)
        bridge.stdin.flush()
        self.assertIn("welcome", json.loads(bridge.stdout.readline()))
        self.assertEqual("c", json.loads(bridge.stdout.readline())["response"]["list"]["sessions"][0]["name"])
        bridge.stdin.close()
        self.assertEqual(0, bridge.wait(harness.DEADLINE))

    def test_stdio_answers_one_that_has_stopped_to_send(self):
        talk = (b'{"id":1,"hello":{"protocolMin":1,"protocolMax":1}}\n'
                b'{"id":2,"request":{"create":{"name":"piped","argv":["L2Jpbi9jYXQ="]}}}\n')
        lines = self.daemon.ptyctl("stdio", stdin=talk).stdout.splitlines()
        self.assertEqual("piped", json.loads(lines[1])["response"]["create"]["session"]["name"])

    def test_another_host_is_reached_through_ssh(self):
        # An ssh that runs the command here stands for the network.
        ssh = self.daemon.folder / "bin" / "ssh"
        ssh.parent.mkdir()
        ssh.write_text('#!/bin/sh\nwhile :; do case "$1" in *somewhere) break ;; esac; shift; done\nshift\nexec sh -c "$*"\n')
        ssh.chmod(0o755)
        path = f"{ssh.parent}:{harness.BIN}:{os.environ['PATH']}"
        self.ok("new", "-d", "far", "--", "/bin/cat")
        self.assertEqual("far\n", self.ok("-H", "ssh://somewhere", "list", "-o", "name", env={"PATH": path}))

    def test_the_agent_link_follows_the_newest_client(self):
        self.ok("new", "-d", "s", "--", "/bin/sh", env={"SSH_AUTH_SOCK": "/tmp/first.sock"})
        number = self.json("inspect", "s")["session"]["id"]
        link = self.daemon.socket.parent / "agents" / number
        self.assertEqual("/tmp/first.sock", os.readlink(link))
        with self.daemon.terminal("attach", "s", env={"SSH_AUTH_SOCK": "/tmp/second.sock"}) as terminal:
            terminal.send("echo agent=$SSH_AUTH_SOCK\n")
            terminal.expect(f"agent={re.escape(str(link))}")
        self.assertEqual("/tmp/second.sock", os.readlink(link))

    def test_doctor_names_what_is_wrong(self):
        self.assertEqual(0, self.daemon.ptyctl("doctor").returncode)
        self.daemon.socket.parent.chmod(0o770)
        result = self.daemon.ptyctl("doctor", check=False)
        self.assertNotEqual(0, result.returncode)
        self.assertIn(b"chmod", result.stdout + result.stderr)
        self.daemon.socket.parent.chmod(0o700)


class WithoutDaemon(unittest.TestCase):
    def setUp(self):
        self.daemon = harness.Daemon()
        self.daemon.env.pop("PTYD_AUTOSTART")
        self.addCleanup(self.clean_up)

    def clean_up(self):
        self.daemon.ptyctl("--no-autostart", "daemon", "stop", "--sessions=kill", check=False)
        self.daemon.clean_up()

    def test_read_verbs_answer_quickly_and_start_nothing(self):
        for verb, status in ((["list"], 69), (["ping"], 69), (["daemon", "status"], 69), (["version"], 0),
                             (["completions", "bash"], 0)):
            with self.subTest(verb=verb):
                result = self.daemon.ptyctl(*verb, check=False, timeout=10)
                self.assertEqual(status, result.returncode, result.stdout + result.stderr)
        self.daemon.ptyctl("doctor", check=False, timeout=10)
        self.assertFalse(self.daemon.socket.exists())

    def test_without_autostart_it_says_how_to_start(self):
        for args, env in ((["--no-autostart"], {}), ([], {"PTYD_AUTOSTART": "0"})):
            result = self.daemon.ptyctl(*args, "new", "-d", "--", "/bin/cat", check=False, env=env)
            self.assertIn(result.returncode, (69, 125))
            self.assertIn(b"daemon start", result.stderr)

    def test_many_clients_at_once_start_one_daemon(self):
        results = []

        def start(number):
            # One daemon for all of them is what this is about, not how fast a loaded machine is.
            results.append(self.daemon.ptyctl("--timeout", "60s", "new", "-d", f"s{number}", "--", "/bin/cat", check=False,
                                              timeout=90))

        threads = [threading.Thread(target=start, args=(number,)) for number in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([0] * 40, [result.returncode for result in results],
                         [result.stderr for result in results if result.returncode])
        names = self.daemon.ptyctl("list", "-o", "name").stdout.split()
        self.assertEqual(40, len(names))
        with self.daemon.client() as client:
            pid = client.request("status").server_pid
        daemons = [entry.name for entry in pathlib.Path("/proc").iterdir() if entry.name.isdigit()
                   and self.is_our_daemon(entry)]
        self.assertEqual([str(pid)], daemons)

    def is_our_daemon(self, entry):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return words[0].endswith(b"/ptyd") and str(self.daemon.socket).encode() in words

    def test_daemon_start_status_stop(self):
        self.daemon.ptyctl("daemon", "start")
        self.daemon.ptyctl("daemon", "start")
        self.assertIn(b"pid", self.daemon.ptyctl("daemon", "status").stdout.lower())
        self.daemon.ptyctl("new", "-d", "s", "--", "/bin/cat")
        self.daemon.ptyctl("daemon", "stop")
        harness.eventually(lambda: not self.daemon.socket.exists(), "the end of the daemon")
        self.assertEqual(1, len(self.daemon.hosts()))
        self.daemon.ptyctl("daemon", "start")
        self.assertEqual(b"s\n", self.daemon.ptyctl("list", "-o", "name").stdout)
        self.assertIn(b"listens at", self.daemon.ptyctl("daemon", "logs").stdout)

    def test_daemon_run_stays_in_the_foreground_and_passes_options_on(self):
        with open(self.daemon.log, "wb") as log:
            running = subprocess.Popen([harness.PTYCTL, "daemon", "run", "--", "--log-target", "stderr"],
                                       env=self.daemon.env, stderr=log)
        harness.eventually(lambda: self.daemon.ptyctl("ping", check=False).returncode == 0, "the daemon")
        self.assertIsNone(running.poll())
        self.assertIn("listens at", self.daemon.log_text())
        self.daemon.ptyctl("daemon", "stop")
        self.assertEqual(0, running.wait(harness.DEADLINE))

    def test_following_the_daemons_log(self):
        self.daemon.ptyctl("daemon", "start")
        follower = subprocess.Popen([harness.PTYCTL, "daemon", "logs", "-f", "-n", "1"], env=self.daemon.env,
                                    stdout=subprocess.PIPE)
        self.addCleanup(follower.stdout.close)
        self.assertTrue(follower.stdout.readline())
        self.daemon.ptyctl("new", "-d", "seen", "--", "/bin/cat")
        for line in follower.stdout:
            if b"session=seen" in line:
                break
        follower.terminate()
        follower.wait(harness.DEADLINE)

    def test_the_daemon_it_starts_holds_none_of_our_descriptors(self):
        # An inherited pipe would make this wait for ever.
        result = subprocess.run(["/bin/sh", "-c", f"{harness.PTYCTL} daemon start | cat"], env=self.daemon.env,
                                timeout=harness.DEADLINE)
        self.assertEqual(0, result.returncode)

    def test_another_users_daemon_is_refused(self):
        if os.geteuid() != 0:
            self.skipTest("needs root")
        self.daemon.socket.parent.mkdir(0o755)
        self.daemon.folder.chmod(0o777)
        self.daemon.socket.parent.chmod(0o777)
        code = ("import socket,sys; s=socket.socket(socket.AF_UNIX); "
                f"s.bind({str(self.daemon.socket)!r}); s.listen(); print('up', flush=True); c,_=s.accept(); "
                "sys.stdout.write(repr(c.recv(100)))")
        squatter = subprocess.Popen(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3",
                                     "-c", code], stdout=subprocess.PIPE)
        self.assertEqual(b"up\n", squatter.stdout.readline())
        self.daemon.socket.chmod(0o777)
        result = self.daemon.ptyctl("list", check=False)
        self.assertEqual(67, result.returncode, result.stderr)
        self.assertIn(b"65534", result.stderr)
        self.assertEqual(b"b''", squatter.communicate(timeout=harness.DEADLINE)[0])

    def test_a_stuck_daemon_is_told_apart_from_none(self):
        self.daemon.ptyctl("daemon", "start")
        with self.daemon.client() as client:
            pid = client.request("status").server_pid
        os.kill(pid, signal.SIGSTOP)
        try:
            for verb in ("ping", "doctor"):
                result = self.daemon.ptyctl(verb, check=False, timeout=10)
                self.assertNotEqual(0, result.returncode)
            result = self.daemon.ptyctl("--timeout", "500ms", "list", check=False, timeout=10)
            self.assertIn(result.returncode, (69, 124))
            self.assertRegex(result.stderr, b"respond|answer")
        finally:
            os.kill(pid, signal.SIGCONT)

    def test_service_dry_run_prints_a_valid_unit(self):
        out = self.daemon.ptyctl("service", "install", "--dry-run").stdout.decode()
        self.assertIn("KillMode=process", out)
        self.assertIn("ExecStart=", out)
        if shutil.which("systemd-analyze"):
            for name, text in re.findall(r"# (\S+/ptyd\.(?:service|socket))\n(.*?)(?=\n# /|\Z)", out, re.S):
                path = self.daemon.folder / pathlib.Path(name).name
                path.write_text(text)
            units = [str(path) for path in self.daemon.folder.glob("ptyd.s*") if path.suffix in (".service", ".socket")]
            self.assertTrue(units, out)
            subprocess.run(["systemd-analyze", "verify", "--user", "--man=no", *units], check=True,
                           env={**os.environ, "XDG_RUNTIME_DIR": str(self.daemon.folder)}, timeout=harness.DEADLINE)


if __name__ == "__main__":
    harness.main()
