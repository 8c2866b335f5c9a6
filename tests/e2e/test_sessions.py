"""Sessions over the protocol: starting, listing, changing, ending, forgetting."""
import os
import signal
import unittest

import harness
from harness import CHILD, pb


class Starting(harness.DaemonTest):
    def test_a_program_runs_and_its_status_is_kept(self):
        with self.client() as client:
            session = client.create(CHILD, "exit", "7", name="seven")
            ended = client.request("wait", sessions=[session.id]).sessions[0]
            self.assertEqual("seven", ended.name)
            self.assertEqual(pb.EXITED, ended.state)
            self.assertTrue(ended.exit.known)
            self.assertEqual(7, ended.exit.code)
            self.assertEqual(0, ended.pid)

    def test_wait_is_answered_when_the_output_is_complete(self):
        client = self.client()
        # The terminal stays open until the program is gone, and a little longer.
        holder = "while kill -0 $$ 2>/dev/null; do :; done; echo late"
        client.create("/bin/sh", "-c", f"trap '' HUP; ({holder}) & exit 7", name="s")
        self.assertEqual(7, client.request("wait", sessions=["s"]).sessions[0].exit.code)
        self.assertIn(b"late", client.request("history", session="s").data)

    def test_a_signal_is_told_apart_from_an_exit_code(self):
        client = self.client()
        session = client.create(CHILD, "die", "15")
        ended = client.request("wait", sessions=[session.id]).sessions[0]
        self.assertEqual((True, 15, 0), (ended.exit.known, ended.exit.signal, ended.exit.code))

    def test_without_arguments_the_login_shell_runs(self):
        client = self.client()
        session = client.create(name="shell", login=True)
        self.assertTrue(session.argv[0].startswith(b"-"), session.argv)
        attached = client.attach("shell")
        attached.type("echo $((40 + 2))done\n")
        attached.expect("42done")

    def test_names_are_chosen_and_do_not_clash(self):
        client = self.client()
        names = [client.create("/bin/cat").name for _ in range(3)]
        self.assertEqual(["cat", "cat-2", "cat-3"], names)

    def test_a_running_name_is_refused_and_an_ended_one_is_reused(self):
        client = self.client()
        first = client.create("/bin/cat", name="work")
        error = self.assertCode(pb.ALREADY_EXISTS, client.create, "/bin/cat", name="work")
        self.assertIn("attach", error.hint)
        client.request("kill", session="work", force=True)
        second = client.create("/bin/cat", name="work")
        self.assertNotEqual(first.id, second.id)
        self.assertEqual([second.id], [s.id for s in client.request("list", all=True).sessions])

    def test_a_failed_start_keeps_the_ended_session_of_that_name(self):
        client = self.client()
        first = client.create(CHILD, "exit", "3", name="work")
        client.request("wait", sessions=["work"])
        self.assertCode(pb.SPAWN_FAILED, client.create, "/no/such/program", name="work")
        self.assertEqual(first.id, client.request("inspect", session="work").session.id)

    def test_the_same_id_twice_is_the_same_session(self):
        client = self.client()
        fields = dict(argv=[b"/bin/cat"], id=os.urandom(16))
        numbers = [client.begin("create", **fields) for _ in range(8)]
        replies = [client.finish(number, "create") for number in numbers]
        self.assertEqual(1, len({reply.session.id for reply in replies}))
        self.assertEqual(1, sum(not reply.existed for reply in replies))
        self.assertEqual(1, len(self.daemon.hosts()))

    def test_why_a_program_could_not_start_is_told(self):
        plain = self.daemon.folder / "plain"
        plain.write_text("not a program")
        table = [
            (dict(argv=[b"/no/such/program"]), "exec", 2),
            (dict(argv=[b"no-such-program-anywhere"]), "exec", 2),
            (dict(argv=[os.fsencode(plain)]), "exec", 13),
            (dict(argv=[b"/bin/cat"], cwd=b"/no/such/folder"), "chdir", 2),
        ]
        client = self.client()
        for fields, step, number in table:
            with self.subTest(fields=fields):
                error = self.assertCode(pb.SPAWN_FAILED, client.request, "create",
                                        env=[pb.EnvVar(name=b"PATH", value=b"/usr/bin:/bin")], **fields)
                self.assertEqual((step, number), (error.step, error.os_error))
        harness.eventually(lambda: not self.daemon.hosts(), "no host is left")
        self.assertEqual([], list(client.request("list", all=True).sessions))
        self.assertEqual([], os.listdir(self.daemon.socket.parent / "hosts"))

    def test_bad_requests_name_the_field(self):
        client = self.client()
        table = [
            dict(name="-x"), dict(name="a b"), dict(name="a" * 65), dict(name="\x1b]0;x\x07"), dict(id=b"short"),
            dict(cwd=b"relative"), dict(argv=[b""]), dict(argv=[b"a\0b"]), dict(term="x\ny"),
            dict(size=pb.WindowSize(cols=0, rows=24)), dict(size=pb.WindowSize(cols=10001, rows=24)),
            dict(size=pb.WindowSize(cols=80, rows=24, x_pixels=70000)), dict(policy=9),
            dict(env=[pb.EnvVar(name=b"A=B", value=b"")]), dict(env=[pb.EnvVar(name=b"A", value=b"\0")]),
            dict(labels=[pb.Label(key="bad key", value="")]), dict(history_bytes=1 << 40),
            dict(labels=[pb.Label(key=f"k{i}", value="") for i in range(40)]),
        ]
        for fields in table:
            with self.subTest(fields=str(fields)[:60]):
                fields.setdefault("argv", [b"/bin/cat"])
                with self.assertRaises(harness.ProtocolError) as caught:
                    client.request("create", **fields)
                self.assertIn(caught.exception.code, (pb.INVALID_ARGUMENT, pb.RESOURCE_EXHAUSTED))
        self.assertEqual([], list(client.request("list", all=True).sessions))

    def test_the_environment_is_the_clients(self):
        client = self.client()
        env = harness.base_env(PTYD_TEST_VALUE="a b=c", TMUX="/tmp/x", STY="1", NVIM="x", VSCODE_PID="1",
                               LISTEN_FDS="1", NOTIFY_SOCKET="/x", KITTY_PID="3", WT_SESSION="1")
        session = client.create(CHILD, "env", *env, "PTYD_SOCKET", "PTYD_SESSION", "PTYD_SESSION_ID", "PTYD_ANCESTRY",
                                "TERM", "COLORTERM", "LOGNAME", env=env, name="env", term="screen-256color")
        attached = client.attach("env", from_offset=0)
        attached.until_ended()
        lines = set(attached.data.decode().replace("\r", "").splitlines())
        for wanted in ("PTYD_TEST_VALUE=a b=c", "PTYD_SESSION=env", f"PTYD_SESSION_ID={session.id}",
                       f"PTYD_ANCESTRY={session.id}", "TERM=screen-256color", f"PTYD_SOCKET={self.daemon.socket}"):
            self.assertIn(wanted, lines)
        for name in ("TMUX", "STY", "NVIM", "VSCODE_PID", "LISTEN_FDS", "NOTIFY_SOCKET", "KITTY_PID", "WT_SESSION"):
            self.assertNotIn(f"{name}={env[name]}", lines)

    def test_programs_get_the_original_limit_of_open_files_and_no_descriptors(self):
        client = self.client()
        soft = os.sysconf("SC_OPEN_MAX")
        client.create("/bin/sh", "-c", f"ulimit -n; {CHILD} fds", name="limits")
        attached = client.attach("limits", from_offset=0)
        attached.until_ended()
        lines = attached.data.decode().split()
        self.assertEqual([str(soft), "fds", "0", "1", "2"], lines)


class Changing(harness.DaemonTest):
    def test_list_filters_and_finds(self):
        client = self.client()
        a = client.create("/bin/cat", name="a", labels=[pb.Label(key="team", value="x")])
        b = client.create(CHILD, "exit", "0", name="b")
        client.request("wait", sessions=["b"])
        self.assertEqual({"a"}, {s.name for s in client.request("list").sessions})
        self.assertEqual({"a", "b"}, {s.name for s in client.request("list", all=True).sessions})
        wanted = [pb.Label(key="team", value="x")]
        self.assertEqual(["a"], [s.name for s in client.request("list", all=True, labels=wanted).sessions])
        self.assertEqual(a.id, client.request("inspect", session=a.id[:12]).session.id)
        self.assertEqual(b.id, client.request("inspect", session=b.id).session.id)
        self.assertCode(pb.NOT_FOUND, client.request, "inspect", session="nobody")
        self.assertCode(pb.INVALID_ARGUMENT, client.request, "inspect", session="")

    def test_a_prefix_of_two_ids_is_ambiguous(self):
        client = self.client()
        ids = [bytes([0xAB]) + os.urandom(15) for _ in range(2)]
        for number in ids:
            client.request("create", argv=[b"/bin/cat"], id=number)
        error = self.assertCode(pb.AMBIGUOUS, client.request, "inspect", session="ab")
        for number in ids:
            self.assertIn(number.hex()[:12], error.hint)

    def test_a_long_list_comes_in_parts(self):
        client = self.client()
        env = [pb.EnvVar(name=b"PATH", value=b"/bin")]
        for number in range(16):
            client.request("create", argv=[b"/bin/cat", b"/dev/null", b"x" * 4000], env=env, name=f"s{number}")
        harness.eventually(lambda: client.request("status").running == 0, "the end of all")
        names, after, parts = [], "", 0
        while True:
            reply = client.request("list", all=True, after=after)
            names += [s.name for s in reply.sessions]
            parts += 1
            if not reply.truncated:
                break
            after = reply.sessions[-1].id
        self.assertGreater(parts, 1)
        self.assertEqual(sorted(f"s{n}" for n in range(16)), sorted(names))

    def test_many_sessions_fit_the_bounds_of_frames(self):
        client = self.client()
        labels = [pb.Label(key=f"k{i}", value="v") for i in range(32)]
        for number in range(60):
            client.create("/bin/cat", *["x"] * 100, name=f"s{number}", labels=labels)
        self.assertEqual(60, len(self.daemon.ptyctl("list", "-a", "-o", "name").stdout.split()))

    def test_rename_label_and_their_events_survive_the_daemon(self):
        client = self.client()
        client.request("subscribe")
        session = client.create("/bin/cat", name="old")
        client.request("rename", session="old", name="new")
        client.request("label", session="new", set=[pb.Label(key="a", value="1"), pb.Label(key="b", value="2")])
        client.request("label", session="new", set=[pb.Label(key="a", value="3")], remove=["b"])
        for kind in (pb.CREATED, pb.RENAMED, pb.LABELED, pb.LABELED):
            self.assertEqual(session.id, client.event(kind).session.id)
        client.request("inspect", session="new")  # the host has kept the record by now
        self.daemon.restart()
        info = self.client().request("inspect", session="new").session
        self.assertEqual((session.id, [("a", "3")]), (info.id, [(l.key, l.value) for l in info.labels]))

    def test_rename_refuses_a_taken_or_bad_name(self):
        client = self.client()
        client.create("/bin/cat", name="a")
        client.create("/bin/cat", name="b")
        self.assertCode(pb.ALREADY_EXISTS, client.request, "rename", session="a", name="b")
        self.assertCode(pb.INVALID_ARGUMENT, client.request, "rename", session="a", name="-")
        client.request("rename", session="a", name="a")

    def test_restart_runs_the_same_again(self):
        client = self.client()
        old = client.create("/bin/sh", "-c", "echo $V; exec cat", name="r", env=harness.base_env(V="value"),
                            labels=[pb.Label(key="k", value="v")], size=pb.WindowSize(cols=99, rows=33))
        self.assertCode(pb.FAILED_PRECONDITION, client.request, "restart", session="r")
        new = client.request("restart", session="r", force=True).session
        self.assertNotEqual(old.id, new.id)
        self.assertEqual(("r", 99, 33, "v"), (new.name, new.size.cols, new.size.rows, new.labels[0].value))
        attached = client.attach("r", from_offset=0)
        attached.expect("value")

    def test_history_by_offset_and_by_lines(self):
        client = self.client()
        client.create("/bin/sh", "-c", "for i in 1 2 3 4 5; do echo line $i; done", name="h")
        client.wait_for_all_output("h")
        whole = client.request("history", session="h")
        self.assertEqual(b"".join(b"line %d\r\n" % i for i in range(1, 6)), whole.data)
        self.assertTrue(whole.end)
        part = client.request("history", session="h", from_offset=8, max_bytes=8)
        self.assertEqual((8, b"line 2\r\n", False), (part.offset, part.data, part.end))
        self.assertEqual(b"line 4\r\nline 5\r\n", client.request("history", session="h", tail_lines=2).data)
        error = self.assertCode(pb.OUT_OF_RANGE, client.request, "history", session="h", from_offset=(1 << 64) - 1)
        self.assertEqual((0, len(whole.data)), (getattr(error.offsets, "from"), error.offsets.to))


class Ending(harness.DaemonTest):
    config = '[session]\nkill_grace = "250ms"\n'

    def test_kill_returns_when_the_program_is_gone(self):
        client = self.client()
        session = client.create("/bin/cat", name="k")
        exit = client.request("kill", session="k").exit
        self.assertEqual(signal.SIGHUP, exit.signal)
        with self.assertRaises(ProcessLookupError):
            os.kill(session.pid, 0)
        again = client.request("kill", session="k").exit
        self.assertEqual(signal.SIGHUP, again.signal)

    def test_a_program_that_ignores_the_hang_up_is_forced(self):
        client = self.client()
        client.create(CHILD, "ignore-hup", name="stubborn")
        client.attach("stubborn").expect("ready")
        exit = client.request("kill", session="stubborn").exit
        self.assertEqual(signal.SIGKILL, exit.signal)

    def test_kill_tree_ends_what_ignores_the_hang_up(self):
        client = self.client()
        client.create(CHILD, "tree", "4", name="tree")
        attached = client.attach("tree", from_offset=0)
        attached.until(lambda: b"tree" in attached.data and b"\n" in attached.data, "the process ids")
        pids = [int(word) for word in attached.data.split() if word.isdigit()]
        client.request("kill", session="tree", tree=True, force=True)
        for pid in pids:
            harness.eventually(lambda pid=pid: not os.path.exists(f"/proc/{pid}"), f"the end of process {pid}")

    def test_signals_reach_the_program_or_the_foreground(self):
        client = self.client()
        client.create("/bin/sh", "-c", 'trap "echo got-usr1" USR1; echo ready; while :; do read x; done', name="s")
        attached = client.attach("s", from_offset=0)
        attached.expect("ready")
        client.request("signal", session="s", signal=signal.SIGUSR1)
        attached.expect("got-usr1")
        self.assertCode(pb.INVALID_ARGUMENT, client.request, "signal", session="s", signal=0)
        self.assertCode(pb.INVALID_ARGUMENT, client.request, "signal", session="s", signal=1000)
        client.request("kill", session="s", force=True)
        self.assertCode(pb.SESSION_ENDED, client.request, "signal", session="s", signal=1)

    def test_remove_forgets_ended_sessions_only(self):
        client = self.client()
        client.create("/bin/cat", name="a")
        self.assertCode(pb.FAILED_PRECONDITION, client.request, "remove", session="a")
        self.assertEqual(1, client.request("remove", session="a", force=True).removed)
        for name in ("b", "c"):
            client.create(CHILD, "exit", "0", name=name)
        client.request("wait", sessions=["b", "c"])
        self.assertEqual(2, client.request("remove", exited=True).removed)
        harness.eventually(lambda: not self.daemon.hosts(), "the end of all hosts")
        self.assertEqual([], os.listdir(self.daemon.socket.parent / "hosts"))

    def test_remove_on_exit(self):
        client = self.client()
        client.request("subscribe")
        session = client.create(CHILD, "exit", "0", remove_on_exit=True)
        self.assertEqual(session.id, client.event(pb.REMOVED).session.id)
        self.assertEqual([], list(client.request("list", all=True).sessions))

    def test_time_to_live(self):
        client = self.client()
        client.create("/bin/cat", name="short", ttl_ms=50)
        ended = client.request("wait", sessions=["short"]).sessions[0]
        self.assertEqual(signal.SIGHUP, ended.exit.signal)

    def test_a_cancelled_attach_leaves_no_attachment(self):
        client = self.client()
        client.create(CHILD, "echo", name="s")
        other = self.client()
        for round in range(60):
            number = client.begin("attach", session="s")
            if round % 3:
                other.request("status")  # so that some are ready when the cancel comes
            client.send(pb.Frame(id=number, cancel=pb.Cancel()))
            frame = client.answer(number)
            if frame.response.HasField("error"):
                self.assertEqual(pb.CANCELLED, frame.response.error.code)
            else:
                client.request("detach", attachment=frame.response.attach.attachment)
        self.assertEqual(0, client.request("inspect", session="s").session.attachments)

    def test_wait_for_any_and_deadline_and_cancel(self):
        client = self.client()
        client.create("/bin/cat", name="stays")
        client.create(CHILD, "exit", "1", name="goes")
        reply = client.request("wait", sessions=["stays", "goes"], any=True)
        self.assertEqual(["goes"], [s.name for s in reply.sessions])
        self.assertCode(pb.DEADLINE_EXCEEDED, client.request, "wait", sessions=["stays"], deadline_ms=50)
        number = client.begin("wait", sessions=["stays"])
        frame = pb.Frame(id=number)
        frame.cancel.SetInParent()
        client.send(frame)
        self.assertCode(pb.CANCELLED, client.finish, number, "wait")

    def test_shutdown_leaves_or_ends_the_sessions(self):
        client = self.client()
        client.create("/bin/cat", name="stays")
        self.assertEqual(1, client.request("shutdown").sessions_left)
        self.daemon.process.wait(harness.DEADLINE)
        self.assertEqual(1, len(self.daemon.hosts()))
        self.daemon.start()
        client = self.client()
        self.assertEqual(["stays"], [s.name for s in client.request("list").sessions])
        self.assertEqual(0, client.request("shutdown", kill_sessions=True).sessions_left)
        self.daemon.process.wait(harness.DEADLINE)
        harness.eventually(lambda: not self.daemon.hosts(), "the end of all hosts")


class Keeping(harness.DaemonTest):
    config = '[session]\nkeep_exited = "50ms"\n'

    def test_ended_sessions_are_forgotten_in_time(self):
        client = self.client()
        client.request("subscribe")
        client.create(CHILD, "exit", "0", name="brief")
        self.assertEqual("brief", client.event(pb.REMOVED).session.name)


if __name__ == "__main__":
    harness.main()
