"""Sockets, locks, folders, logs and configuration."""
import fcntl
import os
import pathlib
import shutil
import signal
import socket
import stat
import subprocess
import unittest

import harness
from harness import CHILD, PTYD, pb

ROOT = os.geteuid() == 0


def run_ptyd(daemon, *args, env=None, **kwargs):
    return subprocess.run([PTYD, "--log-target", "stderr", *args], env={**daemon.env, **(env or {})},
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=harness.DEADLINE, text=True, **kwargs)


class Starting(unittest.TestCase):
    def setUp(self):
        self.daemon = harness.Daemon()
        self.addCleanup(self.daemon.clean_up)
        self.run_dir = self.daemon.socket.parent

    def test_what_is_made_is_private(self):
        self.daemon.start()
        self.assertEqual(0o700, stat.S_IMODE(self.run_dir.stat().st_mode))
        self.assertEqual(0o600, stat.S_IMODE(self.daemon.socket.stat().st_mode))
        with self.daemon.client() as client:
            client.create("/bin/cat", name="c")
        for folder in ("hosts", "agents"):
            self.assertEqual(0o700, stat.S_IMODE((self.run_dir / folder).stat().st_mode))
        for entry in (self.run_dir / "hosts").iterdir():
            self.assertEqual(0o600, stat.S_IMODE(entry.stat().st_mode))

    def test_a_second_daemon_is_refused(self):
        self.daemon.start()
        result = run_ptyd(self.daemon)
        self.assertEqual(1, result.returncode)
        self.assertIn("another ptyd", result.stderr)
        self.assertIn(str(self.daemon.pid), result.stderr)
        with self.daemon.client() as client:
            client.request("status")

    def test_leftovers_of_a_crash_are_taken_over(self):
        self.run_dir.mkdir(0o700)
        with socket.socket(socket.AF_UNIX) as old:
            old.bind(str(self.daemon.socket))
        (self.run_dir / "ptyd.lock").write_text("999999\n")
        (self.run_dir / "hosts").mkdir(0o700)
        with socket.socket(socket.AF_UNIX) as old:
            old.bind(str(self.run_dir / "hosts" / ("ab" * 16)))
        self.daemon.start()
        with self.daemon.client() as client:
            client.request("status")
        harness.eventually(lambda: not list((self.run_dir / "hosts").iterdir()), "the leftover's removal")

    def test_a_lock_that_a_dead_daemons_child_still_has_is_waited_for(self):
        self.run_dir.mkdir(0o700)
        dead = subprocess.Popen(["true"])
        dead.wait()
        path = self.run_dir / "ptyd.lock"
        path.write_text(f"{dead.pid}\n")
        with open(path) as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            self.daemon.start(wait=False)
            harness.eventually(lambda: self.has_open(path), "the daemon's first try")
        harness.eventually(self.daemon.socket.exists, "the daemon's start")
        with self.daemon.client() as client:
            client.request("status")

    def has_open(self, path):
        folder = pathlib.Path("/proc") / str(self.daemon.pid) / "fd"
        return any(fd.exists() and fd.samefile(path) for fd in folder.iterdir())

    def test_a_file_that_is_no_socket_is_left_alone(self):
        self.run_dir.mkdir(0o700)
        self.daemon.socket.write_text("precious")
        result = run_ptyd(self.daemon)
        self.assertEqual(1, result.returncode)
        self.assertEqual("precious", self.daemon.socket.read_text())

    def test_folders_that_others_reach_are_refused_with_the_reason(self):
        elsewhere = self.daemon.folder / "elsewhere"
        elsewhere.mkdir(0o700)

        def group_writable():
            self.run_dir.mkdir()
            self.run_dir.chmod(0o770)

        def link():
            self.run_dir.symlink_to(elsewhere)

        def plain_file():
            self.run_dir.write_text("")

        table = [(group_writable, "chmod"), (link, "link"), (plain_file, "folder|directory")]
        if ROOT:
            def foreign():
                self.run_dir.mkdir(0o700)
                os.chown(self.run_dir, 65534, 65534)
            table.append((foreign, "belongs"))
        for prepare, word in table:
            with self.subTest(prepare.__name__):
                prepare()
                mode = self.run_dir.lstat().st_mode
                result = run_ptyd(self.daemon)
                self.assertEqual(1, result.returncode)
                self.assertRegex(result.stderr, word)
                self.assertIn(str(self.run_dir), result.stderr)
                self.assertEqual(mode, self.run_dir.lstat().st_mode, "nothing that it did not make is changed")
                if self.run_dir.is_dir() and not self.run_dir.is_symlink():
                    shutil.rmtree(self.run_dir)
                else:
                    self.run_dir.unlink()

    def test_links_in_place_of_its_files_are_not_followed(self):
        victim = self.daemon.folder / "victim"
        for name in ("ptyd.lock", "ptyd.log"):
            with self.subTest(name):
                self.run_dir.mkdir(0o700, exist_ok=True)
                victim.write_text("precious")
                link = self.run_dir / name
                link.symlink_to(victim)
                self.daemon.config.write_text(f'[daemon]\nlog_file = "{self.run_dir}/ptyd.log"\n')
                result = subprocess.run([PTYD, "--log-target", "file"], env=self.daemon.env, stdin=subprocess.DEVNULL,
                                        capture_output=True, timeout=harness.DEADLINE)
                self.assertEqual(1, result.returncode)
                self.assertEqual("precious", victim.read_text())
                link.unlink()
                (self.run_dir / "ptyd.log").unlink(missing_ok=True)

    def test_paths_that_can_not_be_are_refused(self):
        for path, word in (("relative/ptyd.sock", "absolute"), ("/tmp/" + "x" * 120 + "/ptyd.sock", "10[38]|long|bytes")):
            with self.subTest(path=path[:20]):
                result = run_ptyd(self.daemon, "--socket", path)
                self.assertEqual(1, result.returncode)
                self.assertRegex(result.stderr, word)

    def test_without_a_runtime_folder_the_temporary_one_is_used(self):
        env = {k: v for k, v in self.daemon.env.items() if k not in ("PTYD_SOCKET", "XDG_RUNTIME_DIR")}
        env["TMPDIR"] = str(self.daemon.folder)
        result = subprocess.run([PTYD, "--check-config"], env=env, capture_output=True, text=True)
        self.assertEqual(0, result.returncode, result.stderr)

    @unittest.skipUnless(ROOT, "needs root")
    def test_another_user_is_refused_even_where_the_files_let_him(self):
        self.daemon.start()
        for path, mode in ((self.daemon.folder, 0o755), (self.run_dir, 0o755), (self.daemon.socket, 0o666)):
            path.chmod(mode)
        code = ("import socket,sys; s=socket.socket(socket.AF_UNIX); s.settimeout(20); "
                f"s.connect({str(self.daemon.socket)!r}); s.sendall(b'{{}}\\n'); sys.stdout.write(repr(s.recv(100)))")
        result = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c", code],
                                capture_output=True, text=True, timeout=harness.DEADLINE)
        self.assertTrue(result.stdout == "b''" or "ConnectionReset" in result.stderr or "BrokenPipe" in result.stderr,
                        result.stdout + result.stderr)
        harness.eventually(lambda: "65534" in self.daemon.log_text(), "the refusal in the log")

    def test_the_folder_vanishes_while_running(self):
        self.daemon.start()
        client = self.daemon.client()
        client.create("/bin/cat", name="c")
        attached = client.attach("c")
        shutil.rmtree(self.run_dir)
        attached.type("still\n")
        attached.expect("still")
        self.assertTrue(any("gone" in warning for warning in client.request("status").warnings))
        client.request("shutdown", kill_sessions=True)
        self.daemon.process.wait(harness.DEADLINE)


class Rights(unittest.TestCase):
    @unittest.skipUnless(ROOT, "needs root")
    def test_a_set_user_id_process_is_refused(self):
        daemon = harness.Daemon()
        self.addCleanup(daemon.clean_up)
        for program in (PTYD, harness.PTYCTL):
            arguments = [] if program == PTYD else ["list"]
            result = subprocess.run(["setpriv", "--ruid=65534", program, *arguments], env=daemon.env, capture_output=True,
                                    text=True, timeout=harness.DEADLINE, stdin=subprocess.DEVNULL)
            self.assertNotEqual(0, result.returncode)
            self.assertIn("effective user", result.stderr)


@unittest.skipUnless((harness.BIN / "libfail_new.so").exists(), "sanitizers have an operator new of their own")
class Memory(unittest.TestCase):
    def test_large_pieces_of_memory_that_fail_end_requests_and_never_the_daemon(self):
        _, refused = self.run_out(every=3, size=8192)
        self.assertGreater(refused, 0, "the test must have made requests fail")

    def test_a_small_piece_of_memory_that_fails_is_taken_from_the_reserve(self):
        daemon, _ = self.run_out(every=2000, size=1)
        self.assertIn("memory ran out; there is some again", daemon.log_text())

    def run_out(self, every, size):
        daemon = harness.Daemon()
        self.addCleanup(daemon.clean_up)
        daemon.start(env={"LD_PRELOAD": str(harness.BIN / "libfail_new.so"), "PTYD_FAIL_NEW_EVERY": str(every),
                          "PTYD_FAIL_NEW_BYTES": str(size),
                          "PTYD_FAIL_NEW_FILE": str(daemon.folder / "fail")})
        with daemon.client() as client:
            client.create("/bin/sh", "-c", "seq 1 20000; exec cat", name="kept")
            client.attach("kept", from_offset=0).expect("\r\n20000\r\n")
        (daemon.folder / "fail").write_text("")
        refused = 0
        for number in range(100):
            try:
                client = daemon.client()
            except (harness.ProtocolError, OSError):
                refused += 1
                continue
            with client:
                for ask in (lambda: client.request("history", session="kept", deadline=2),
                            lambda: client.attach("kept").until(lambda: False, "ever", 0.02),
                            lambda: client.create("/bin/cat", name=f"n{number}", env={"BIG": "x" * 30000}),
                            lambda: client.request("send", session="kept", data=b"y" * 20000 + b"\n", deadline_ms=100,
                                                   deadline=2)):
                    try:
                        ask()
                    except (harness.ProtocolError, OSError):
                        refused += 1
                    except harness.Timeout:
                        pass
        (daemon.folder / "fail").unlink()
        self.assertIsNone(daemon.process.poll(), daemon.log_text()[-2000:])
        with daemon.client() as client:
            attached = client.attach("kept")
            attached.type("\n\x15still here\n")
            attached.expect("still here")
        return daemon, refused


class Activation(unittest.TestCase):
    def test_a_service_manager_passes_the_socket_and_is_told(self):
        daemon = harness.Daemon()
        self.addCleanup(daemon.clean_up)
        daemon.socket.parent.mkdir(0o700)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(daemon.socket))
        listener.listen()
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notify.settimeout(harness.DEADLINE)
        notify.bind(str(daemon.folder / "notify"))
        script = 'exec 3<&%d; LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"' % listener.fileno()
        process = subprocess.Popen(["/bin/sh", "-c", script, "sh", PTYD, "--log-target", "stderr"],
                                   env={**daemon.env, "NOTIFY_SOCKET": str(daemon.folder / "notify")},
                                   pass_fds=[listener.fileno()], stderr=open(daemon.log, "ab"))
        daemon.process = process
        self.assertIn(b"READY=1", notify.recv(4096))
        with daemon.client() as client:
            client.create("/usr/bin/env", name="e")
            attached = client.attach("e", from_offset=0)
            attached.until_ended()
            self.assertNotIn(b"LISTEN_FDS", attached.data)
            self.assertNotIn(b"NOTIFY_SOCKET", attached.data)
        process.send_signal(signal.SIGTERM)
        self.assertIn(b"STOPPING=1", notify.recv(4096))
        self.assertEqual(0, process.wait(harness.DEADLINE))
        self.assertTrue(daemon.socket.exists(), "the socket is the manager's")
        listener.close()


class Configuration(unittest.TestCase):
    def check(self, text):
        daemon = harness.Daemon(text)
        self.addCleanup(daemon.clean_up)
        return run_ptyd(daemon, "--check-config")

    def test_good_and_bad_files(self):
        table = [
            ("", 0, "ok"),
            ('[session]\nhistory = "1MiB"\npolicy = "smallest"\nkeep_exited = "1h"\n[daemon]\nlog_level = "debug"\n', 0, "ok"),
            ("[session]\nhistroy = 3\n", 0, "2: unknown key session.histroy"),
            ("[sessions]\n", 0, "1: unknown key sessions"),
            ("[session]\n\nhistory = 5\n", 1, "3: session.history must be"),
            ('[session]\npolicy = "newest"\n', 1, "latest, smallest, largest, manual"),
            ('[session]\nkeep_exited = "soon"\n', 1, "must be a duration"),
            ("[session]\nmax_sessions = 0\n", 1, "from 1 to"),
            ("session = 3\n", 1, "session must be a table"),
            ("[session\n", 1, ":1:"),
        ]
        for text, status, words in table:
            with self.subTest(text=text):
                result = self.check(text)
                self.assertEqual(status, result.returncode, result.stderr)
                self.assertIn(words, result.stdout + result.stderr)

    def test_a_missing_file_that_was_named_is_an_error(self):
        daemon = harness.Daemon()
        self.addCleanup(daemon.clean_up)
        result = run_ptyd(daemon, "--check-config", "--config", "/no/such/file")
        self.assertEqual(1, result.returncode)
        self.assertIn("/no/such/file", result.stderr)

    def test_reload_takes_the_new_values_and_refuses_bad_ones(self):
        daemon = harness.Daemon('[session]\nterm = "vt100"\n')
        self.addCleanup(daemon.clean_up)
        daemon.start()
        with daemon.client() as client:
            self.assertEqual("vt100", client.create("/bin/cat").term)
            daemon.config.write_text('[session]\nterm = "vt220"\n')
            os.kill(daemon.pid, signal.SIGHUP)
            harness.eventually(lambda: client.create("/bin/cat").term == "vt220", "the new configuration")
            daemon.config.write_text("[session]\nterm = 5\n")
            os.kill(daemon.pid, signal.SIGHUP)
            harness.eventually(lambda: client.request("status").warnings, "the warning")
            self.assertEqual("vt220", client.create("/bin/cat").term)


class Logs(unittest.TestCase):
    def test_nothing_typed_and_no_environment_value_is_logged(self):
        daemon = harness.Daemon()
        self.addCleanup(daemon.clean_up)
        daemon.start("--log-level", "trace")
        with daemon.client() as client:
            client.create("/bin/cat", name="c", env=harness.base_env(SECRET="planted-value-1"))
            attached = client.attach("c")
            attached.type("planted-input-2\n")
            attached.expect("planted-input-2")
            client.request("send", session="c", data=b"planted-input-3\n")
            attached.expect("planted-input-3")
        daemon.terminate()
        log = daemon.log_text()
        self.assertIn("started", log)
        self.assertNotIn("planted", log)

    def test_what_peers_wrote_is_escaped(self):
        daemon = harness.Daemon()
        self.addCleanup(daemon.clean_up)
        daemon.start("--log-level", "trace")
        with daemon.client(name="\x1b]0;owned\x07\u202e"):
            pass
        with daemon.client() as client:
            with self.assertRaises(harness.ProtocolError):
                client.create("/no/such/\x1b[31mprogram")
        daemon.terminate()
        log = daemon.log.read_bytes()
        self.assertNotIn(b"\x1b", log)
        self.assertNotIn("\u202e".encode(), log)

    def test_a_full_disk_stops_the_log_and_nothing_else(self):
        daemon = harness.Daemon('[daemon]\nlog_file = "/dev/full"\nlog_level = "trace"\n')
        self.addCleanup(daemon.clean_up)
        daemon.start(wait=False)
        harness.eventually(daemon.socket.exists, "the socket", 10)
        with daemon.client() as client:
            client.create("/bin/cat", name="c")
            attached = client.attach("c")
            attached.type("fine\n")
            attached.expect("fine")


if __name__ == "__main__":
    harness.main()
