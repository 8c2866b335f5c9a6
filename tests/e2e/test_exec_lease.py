"""exec holds the input of the session while it types and while the command runs."""
import os
import pathlib
import select
import shutil
import signal
import socket
import struct
import subprocess
import threading
import unittest

import harness
from harness import pb
from leases import Leases
from waiting import DEADLINE, eventually


class Running(subprocess.Popen):
    """ptyctl exec, in the background."""

    def __init__(self, test, *words, env=None):
        super().__init__([harness.PTYCTL, "exec", *words], env={**test.daemon.env, **(env or {})},
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        test.addCleanup(self.end)

    def end(self):
        self.kill()
        self.communicate()

    def result(self):
        output, error = self.communicate(timeout=DEADLINE)
        return self.returncode, output, error.decode()


@unittest.skipUnless(shutil.which("bash"), "needs bash")
class Exec(Leases):
    def setUp(self):
        super().setUp()
        home = pathlib.Path(self.daemon.folder) / "home"
        home.mkdir()
        env = {"HOME": str(home), "SHELL": shutil.which("bash"), "LC_ALL": "C.UTF-8"}
        self.daemon.ptyctl("new", "-d", "s", "--shell-integration", "-C", str(home), env=env)
        self.gate = home / "gate"
        os.mkfifo(self.gate)

    def gated(self, *options, status=0, env=None):
        """One whose command has begun, and waits for open_gate()."""
        running = Running(self, "s", *options, "--", f"echo begun; read x < {self.gate}; echo $x; (exit {status})", env=env)
        self.assertEqual(b"begun\n", running.stdout.readline())
        return running

    def open_gate(self, text="done"):
        self.gate.write_text(text + "\n")

    def person(self):
        return self.client(name="window").attach("s", person=True)

    def take_over(self):
        person = self.person()
        self.type(person, b"p")
        eventually(lambda: any(lease.person for lease in self.leases()), "the person's hold")
        return person

    def exec(self, *words, env=None):
        return Running(self, "s", *words, env=env).result()

    def test_nobody_else_types_until_the_command_ends(self):
        watcher = self.watcher()
        running = self.gated(status=3)
        (lease,) = self.leases()
        self.assertEqual(("ptyctl", running.pid, 0), (lease.holder.name, lease.holder.pid, lease.expires_ms))
        self.assertIn(str(running.pid), str(self.refused(self.control, b"X")))
        status, output, error = self.exec("--", "echo", "another")
        self.assertEqual((125, b""), (status, output))
        self.assertIn("holds the input", error)
        self.open_gate()
        self.assertEqual((3, b"done\n", ""), running.result())
        # At once: it is given back before exec ends.
        self.assertEqual([], self.leases())
        self.expect_events(watcher, ("ptyctl", None), ("ptyctl", "LEASE_RELEASED"))
        self.assertEqual((0, b"next\n", ""), self.exec("--", "echo", "next"))

    def test_somebody_else_holds_the_input(self):
        token = self.claim(self.client(name="agent"), ttl_ms=60_000).lease.hex()
        status, output, error = self.exec("--", "echo", "X")
        self.assertEqual((125, b""), (status, output))
        self.assertIn("agent", error)
        self.assertEqual(68, self.exec("--exit-codes=wide", "--", "echo", "X")[0])
        self.assertEqual((0, b"one\n", ""), self.exec("--lease", token, "--", "echo", "one"))
        self.assertEqual((0, b"two\n", ""), self.exec("--", "echo", "two", env={"PTYD_LEASE": token}))
        self.assertEqual(["agent"], [lease.holder.name for lease in self.leases()])
        self.assertEqual(68, self.exec("--exit-codes=wide", "--lease", "0" * 32, "--", "echo", "X")[0])
        self.assertEqual(2, self.exec("--lease", "nonsense", "--", "echo", "X")[0])
        self.assertEqual(["echo one", "echo two"], [one.text for one in self.control.request("commands", session="s").commands])

    def test_others_answer_under_the_same_lease(self):
        token = self.claim(self.client(name="agent"), ttl_ms=60_000).lease
        running = Running(self, "s", "--lease", token.hex(), "--", "sh -c 'echo begun; read x; echo got $x'")
        self.assertEqual(b"begun\n", running.stdout.readline())
        self.send(self.control, b"it\r", lease=token)
        self.assertEqual((0, b"it\ngot it\n", ""), running.result())

    def test_a_person_takes_over_and_the_command_goes_on(self):
        running = self.gated(status=4)
        self.take_over()
        self.open_gate()
        self.assertEqual(4, running.result()[0])
        self.assertEqual([True], [lease.person for lease in self.leases()])
        self.assertEqual(125, self.exec("--", "echo", "X")[0])

    def test_ctrl_c_leaves_a_person_alone(self):
        running = self.gated()
        self.take_over()
        running.send_signal(signal.SIGINT)
        told = running.stderr.readline().decode()
        self.assertRegex(told, "Ctrl-C was not typed: .*a person at the terminal of window.*goes on")
        running.send_signal(signal.SIGINT)
        status, _, error = running.result()
        self.assertEqual(130, status)
        self.assertIn("goes on", error)
        self.open_gate()
        eventually(lambda: not self.control.request("commands", session="s").commands[-1].running, "the command's end")

    def test_ctrl_c_when_the_lease_is_over_and_nobody_holds_the_input(self):
        token = self.claim(self.client(name="agent"), ttl_ms=60_000).lease
        running = self.gated("--lease", token.hex())
        self.control.request("release", session="s", lease=token)
        running.send_signal(signal.SIGINT)
        status, _, error = running.result()
        self.assertEqual(130, status)
        self.assertNotIn("goes on", error)
        self.assertEqual((0, b"next\n", ""), self.exec("--", "echo", "next"))

    def test_the_lease_ends_with_an_exec_that_dies(self):
        watcher = self.watcher()
        running = self.gated()
        running.kill()
        self.expect_events(watcher, ("ptyctl", None), ("ptyctl", "LEASE_DISCONNECTED"))
        self.open_gate()
        eventually(lambda: not self.control.request("commands", session="s").commands[-1].running, "the command's end")
        self.assertEqual((0, b"next\n", ""), self.exec("--", "echo", "next"))

    def test_a_timeout_gives_it_back(self):
        running = self.gated("--timeout", "1s")
        self.assertEqual(124, running.result()[0])
        self.assertEqual([], self.leases())
        self.open_gate()

    def test_the_daemon_is_killed_meanwhile(self):
        running = self.gated(status=5)
        self.daemon.restart()
        self.open_gate()
        self.assertEqual(5, running.result()[0])


    def test_a_daemon_from_before_leases(self):
        with Older(self.daemon) as older:
            running = self.gated("--socket", older.path)
            self.assertEqual([], self.leases())
            self.open_gate()
            self.assertEqual((0, b"done\n", ""), running.result())
            status, _, error = self.exec("--socket", older.path, "--lease", "0" * 32, "--", "echo", "X")
            self.assertEqual(125, status)
            self.assertIn("too old for leases", error)


class Older:
    """Stands before the daemon, and tells of no leases."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.path = str(daemon.folder / "older")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        self.thread = threading.Thread(target=self.serve)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()

    def serve(self):
        pairs = {}
        while True:
            ready, _, _ = select.select([self.listener, *pairs], [], [])
            for one in ready:
                if one is self.listener:
                    try:
                        client, _ = one.accept()
                    except OSError:
                        for left in pairs:
                            left.close()
                        return
                    server = harness.Client(self.daemon.socket, hello=False)
                    server.socket.sendall(client.recv(65536))
                    frame = server.receive()
                    frame.welcome.features.remove("lease")
                    data = frame.SerializeToString()
                    client.sendall(struct.pack(">I", len(data)) + data + bytes(server.buffer))
                    pairs[client], pairs[server.socket] = server.socket, client
                elif one in pairs:
                    data = one.recv(65536)
                    if data:
                        pairs[one].sendall(data)
                        continue
                    other = pairs.pop(one)
                    del pairs[other]
                    one.close()
                    other.close()


class Prompt(Leases):
    def test_a_person_who_takes_over_before_it_is_typed_stops_it(self):
        """The program echoes the marks of a prompt that are typed into it."""
        self.control.create("/bin/sh", "-c", "stty raw -echo; printf '\\033]133;A\\007ready'; exec cat", name="s")
        watcher = self.watcher()
        running = Running(self, "s", "--exit-codes=wide", "--shell", "sh", "--", "echo", "never")
        self.expect_events(watcher, ("ptyctl", None))
        person = self.client(name="window").attach("s", person=True, from_offset=0)
        self.type(person, b"$ \x1b]133;B\x07")
        self.expect_events(watcher, ("ptyctl", "LEASE_TAKEN_OVER"))
        status, output, error = running.result()
        self.assertEqual((68, b""), (status, output))
        self.assertIn("a person at the terminal of window", error)
        self.type(person, b"end")
        person.expect("end")
        self.assertNotIn(b"never", bytes(person.data))


if __name__ == "__main__":
    harness.main()
