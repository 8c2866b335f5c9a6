"""Recordings: what is in the file, what ends it, what it never does; playing it, here and by asciinema."""
import json
import os
import re
import resource
import shutil
import stat
import time
import unittest

import harness
from harness import pb
from waiting import eventually

ASCIINEMA = shutil.which("asciinema")
SLOW_CALLS = harness.BIN / "libfail_call.so"


def read_cast(path):
    """Header and events. Fails for a line that is none."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    assert lines[-1] == "", "the file ends amid a line"
    header, *events = [json.loads(line) for line in lines[:-1]]
    last = 0
    for event in events:
        assert len(event) == 3 and event[1] in "oirmx" and isinstance(event[2], str), event
        if header["version"] == 2:
            assert event[0] >= last, event
            last = event[0]
    return header, events


def output_of(events, code="o"):
    return "".join(event[2] for event in events if event[1] == code)


class Recording(harness.DaemonTest):
    def path(self, name="a.cast"):
        return self.daemon.folder / name

    def spec(self, name="a.cast", **fields):
        return pb.RecordSpec(path=os.fsencode(self.path(name)), **fields)

    def stop(self, client, session):
        return client.request("record_change", session=session, stop=True).recording

    def ended(self, client, session):
        def look():
            recording = client.request("inspect", session=session).recording
            return None if recording.active else recording
        return eventually(look, "the end of the recording")


class Files(Recording):
    def test_output_and_sizes_and_markers_with_their_times(self):
        client = self.client()
        client.create("/bin/cat", name="c", size=pb.WindowSize(cols=80, rows=24))
        recording = client.request("record", session="c", spec=self.spec()).recording
        self.assertTrue(recording.active)
        attached = client.attach("c")
        attached.type("one\n")
        attached.expect("one\r\none\r\n")
        client.request("resize", session="c", size=pb.WindowSize(cols=100, rows=30))
        client.request("record_change", session="c", marker="here")
        attached.type("two\n")
        attached.expect("two\r\ntwo\r\n")
        done = self.stop(client, "c")
        self.assertFalse(done.active)
        self.assertEqual("a client stopped it", done.ended)
        self.assertEqual(os.path.getsize(self.path()), done.bytes)
        self.assertEqual(0o600, stat.S_IMODE(os.stat(self.path()).st_mode))
        header, events = read_cast(self.path())
        self.assertEqual((2, 80, 24, "c"), (header["version"], header["width"], header["height"], header["title"]))
        self.assertLess(abs(header["timestamp"] - time.time()), 3600)
        self.assertEqual("one\r\none\r\ntwo\r\ntwo\r\n", output_of(events))
        self.assertEqual(["100x30"], [event[2] for event in events if event[1] == "r"])
        self.assertEqual(["here"], [event[2] for event in events if event[1] == "m"])
        kinds = [event[1] for event in events]
        self.assertLess(kinds.index("m"), len(kinds) - 1 - kinds[::-1].index("o"))
        self.assertEqual([], [event for event in events if event[1] == "i"])

    def test_version_3_has_intervals_and_the_status(self):
        client = self.client()
        client.create("/bin/sh", "-c", "read x; exit 3", name="c")
        client.request("record", session="c", spec=self.spec(version=3))
        client.request("send", session="c", data=b"\n")
        self.assertEqual("the session ended", self.ended(client, "c").ended)
        header, events = read_cast(self.path())
        self.assertEqual((3, 80, 24), (header["version"], header["term"]["cols"], header["term"]["rows"]))
        self.assertEqual([events[-1][0], "x", "3"], events[-1])

    def test_what_is_typed_is_recorded_only_when_asked_for(self):
        client = self.client()
        client.create("/bin/sh", "-c", "stty -echo; echo ready; exec cat >/dev/null", name="c")
        attached = client.attach("c")
        attached.expect("ready")
        client.request("record", session="c", spec=self.spec(input=True))
        attached.type("typed")
        client.request("send", session="c", data=b" sent\n")
        self.stop(client, "c")
        self.assertEqual("typed sent\n", output_of(read_cast(self.path())[1], "i"))

    def test_new_records_from_the_first_byte(self):
        client = self.client()
        client.create("/bin/sh", "-c", "echo first", name="c", record=self.spec())
        self.ended(client, "c")
        self.assertEqual("first\r\n", output_of(read_cast(self.path())[1]))
        # A file that is there already costs no session.
        error = self.assertCode(pb.ALREADY_EXISTS, client.create, "/bin/cat", name="d", record=self.spec())
        self.assertIn("a.cast", error.message)
        self.assertEqual(["c"], [s.name for s in client.request("list", all=True).sessions])

    def test_a_program_that_can_not_be_started_leaves_no_file(self):
        self.assertCode(pb.SPAWN_FAILED, self.client().create, "/none/such", record=self.spec())
        self.assertFalse(self.path().exists())

    def test_bytes_that_are_no_utf8_and_characters_that_are_cut(self):
        client = self.client()
        client.create("/bin/sh", "-c", r"stty raw -echo; echo go; read x; printf 'a\346'; read x; printf '\274\242b\377c\303'; read x",
                      name="c")
        attached = client.attach("c")
        attached.expect("go")
        client.request("record", session="c", spec=self.spec())
        attached.type("\n")
        attached.expect(b"a\xe6")
        attached.type("\n")
        attached.expect(b"c\xc3")
        self.stop(client, "c")
        self.assertEqual("a\u6f22b\ufffdc\ufffd", output_of(read_cast(self.path())[1]))

    def test_from_the_start_with_the_times_that_are_known(self):
        client = self.client()
        # The second is what is to be found in the recording.
        client.create("/bin/sh", "-c", "echo one; sleep 1; echo two; read x", name="c")
        client.attach("c", from_offset=0).expect("two")
        client.request("record", session="c", spec=self.spec(), from_start=True)
        self.stop(client, "c")
        _, events = read_cast(self.path())
        self.assertIn("one", output_of(events))
        times = {word: next(event[0] for event in events if word in event[2]) for word in ("one", "two")}
        self.assertGreaterEqual(times["two"] - times["one"], 0.3)

    def test_all_of_much_output(self):
        client = self.client()
        client.create("/usr/bin/seq", "1", "500000", name="f", record=self.spec())
        client.request("wait", sessions=["f"])
        recording = self.ended(client, "f")
        _, events = read_cast(self.path())
        text = output_of(events)
        wanted = "".join(f"{number}\r\n" for number in range(1, 500001))
        self.assertEqual(len(wanted), len(text) + recording.lost)
        if recording.lost == 0:
            self.assertTrue(wanted == text)
        else:  # the disk was too slow: the file says so
            self.assertEqual(recording.lost, sum(int(event[2].split()[0]) for event in events if event[1] == "m"))

    def test_it_goes_on_without_a_client(self):
        client = self.client()
        client.create("/bin/sh", "-c", "i=0; while [ $i -lt 50 ]; do i=$((i+1)); echo line $i; done; read x", name="c",
                      record=self.spec())
        client.close()
        eventually(lambda: "line 50" in self.path().read_text(), "the last line in the file")


class Refusals(Recording):
    def test_links_and_files_that_are_there(self):
        client = self.client()
        client.create("/bin/cat", name="c")
        target = self.path("target")
        self.path("link.cast").symlink_to(target)
        self.path("file.cast").write_text("mine")
        self.path("folder.cast").mkdir()
        for name in ("link.cast", "file.cast", "folder.cast"):
            self.assertCode(pb.ALREADY_EXISTS, client.request, "record", session="c", spec=self.spec(name))
        self.assertFalse(target.exists())
        self.assertEqual("mine", self.path("file.cast").read_text())
        self.assertCode(pb.NOT_FOUND, client.request, "record", session="c", spec=self.spec("none/a.cast"))

    def test_bad_requests(self):
        client = self.client()
        client.create("/bin/cat", name="c")
        for spec in (pb.RecordSpec(), pb.RecordSpec(path=b"relative"), pb.RecordSpec(path=b"/a\0b"),
                     self.spec(version=4), self.spec(max_bytes=10), pb.RecordSpec(path=b"/" + b"x" * 5000)):
            self.assertCode(pb.INVALID_ARGUMENT, client.request, "record", session="c", spec=spec)
        for fields in ({}, {"stop": True, "marker": "x"}, {"marker": "x" * 2000}):
            self.assertCode(pb.INVALID_ARGUMENT, client.request, "record_change", session="c", **fields)
        self.assertCode(pb.FAILED_PRECONDITION, client.request, "record_change", session="c", stop=True)
        self.assertCode(pb.NOT_FOUND, client.request, "record", session="none", spec=self.spec())

    def test_one_at_a_time(self):
        client = self.client()
        client.create("/bin/cat", name="c")
        client.request("record", session="c", spec=self.spec("a.cast"))
        self.assertCode(pb.ALREADY_EXISTS, client.request, "record", session="c", spec=self.spec("b.cast"))
        self.assertFalse(self.path("b.cast").exists())
        self.stop(client, "c")
        client.request("record", session="c", spec=self.spec("b.cast"))
        self.assertEqual(os.fsencode(self.path("b.cast")), client.request("inspect", session="c").recording.spec.path)


class Ends(Recording):
    def test_the_largest_size(self):
        client = self.client()
        watcher = self.client()
        watcher.request("subscribe", types=[pb.RECORDING])
        client.create("/bin/sh", "-c", "seq 1 5000; exec cat", name="c", record=self.spec(max_bytes=8192))
        self.assertTrue(watcher.event(pb.RECORDING).recording.active)
        event = watcher.event(pb.RECORDING)
        self.assertFalse(event.recording.active)
        self.assertIn("8192 bytes", event.recording.ended)
        self.assertLessEqual(os.path.getsize(self.path()), 8192)
        read_cast(self.path())
        # The session goes on.
        attached = client.attach("c")
        attached.type("still here\n")
        attached.expect("still here")

    def test_the_daemons_end_leaves_a_whole_file(self):
        client = self.client()
        client.create("/bin/cat", name="c")
        client.request("record", session="c", spec=self.spec())
        attached = client.attach("c")
        attached.type("before\n")
        attached.expect("before\r\nbefore")
        self.daemon.terminate()
        self.assertIn("before", output_of(read_cast(self.path())[1]))
        self.daemon.start()
        self.assertFalse(self.client().request("inspect", session="c").HasField("recording"))

    @unittest.skipUnless(SLOW_CALLS.exists(), "sanitizers have calls of their own")
    def test_who_is_told_of_a_recording_has_one_that_can_be_played(self):
        self.client().create("/bin/cat", name="record")
        for method, fields in (("record", {"session": "record", "spec": self.spec("record")}),
                               ("create", {"name": "create", "argv": [b"/bin/cat"], "record": self.spec("create")})):
            self.daemon.kill()
            self.daemon.start(env={"LD_PRELOAD": str(SLOW_CALLS), "PTYD_FAIL_PROGRAM": "ptyd",
                                   "PTYD_FAIL_CALL": "write", "PTYD_FAIL_SLOW_MS": "300"})
            self.client().request(method, **fields)
            self.daemon.kill()
            self.assertEqual(method, read_cast(self.path(method))[0]["title"])
        self.daemon.start()

    def test_kill_leaves_whole_lines(self):
        client = self.client()
        client.create("/bin/sh", "-c", "while :; do echo some text of a line; done", name="c", record=self.spec())
        eventually(lambda: self.path().exists() and os.path.getsize(self.path()) > 100_000, "some of the file")
        self.daemon.kill()
        lines = self.path().read_bytes().split(b"\n")
        for line in lines[:-1]:
            json.loads(line)
        self.daemon.start()


class FullDisk(Recording):
    """A limit on the size of files stands for a full disk: the write fails in the same way."""
    limit = 512 * 1024  # more than a small replay buffer, which is a file to the system

    def setUp(self):
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.limit, before[1]))
        try:
            super().setUp()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    def test_a_full_disk_ends_the_recording_and_nothing_else(self):
        client = self.client()
        watcher = self.client()
        watcher.request("subscribe", types=[pb.RECORDING])
        client.create("/bin/sh", "-c", "seq 1 1000000; exec cat", name="c", history_bytes=64 << 10, record=self.spec())
        self.assertTrue(watcher.event(pb.RECORDING).recording.active)
        event = watcher.event(pb.RECORDING)
        self.assertIn("File too large", event.recording.ended)
        read_cast(self.path())
        self.assertLessEqual(os.path.getsize(self.path()), self.limit)
        attached = client.attach("c", no_replay=True)
        attached.type("still here\n")
        attached.expect("still here")
        self.assertIn("File too large", self.daemon.log_text())


@unittest.skipUnless(ASCIINEMA, "needs asciinema")
class Others(Recording):
    def test_asciinema_reads_it_back(self):
        client = self.client()
        client.create("/bin/sh", "-c", r"printf '\033[1mbold\033[m \303\251 \"quoted\" \\\\ end\n'", name="c", record=self.spec())
        self.ended(client, "c")
        output = client.request("history", session="c").data
        env = {**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm", "HOME": str(self.daemon.folder)}
        with harness.Terminal([ASCIINEMA, "cat", str(self.path())], env) as terminal:
            terminal.expect(re.escape(output.rstrip(b"\r\n")))
            self.assertEqual(0, terminal.wait())


class Command(Recording):
    def ptyctl(self, *args, **kwargs):
        return self.daemon.ptyctl(*map(str, args), **kwargs)

    def test_start_mark_stop_and_play(self):
        self.ptyctl("new", "-d", "c", "--", "/bin/cat")
        self.ptyctl("record", "start", "c", self.path(), "--format", "v3", "--input")
        self.ptyctl("send", "c", "hello", "--enter")
        client = self.client()
        client.attach("c", from_offset=0).expect("hello\r\nhello")
        self.ptyctl("record", "mark", "c", "a place")
        told = json.loads(self.ptyctl("record", "stop", "c", "--json").stdout)["recording"]
        self.assertEqual((False, "v3", True), (told["active"], told["format"], told["input"]))
        header, events = read_cast(self.path())
        self.assertEqual("hello\r", output_of(events, "i"))
        self.assertEqual("a place", output_of(events, "m"))
        played = self.ptyctl("play", self.path(), "--speed", "100", "-i", "10ms").stdout
        self.assertEqual(output_of(events).encode(), played)
        self.assertEqual(125, self.ptyctl("record", "stop", "c", check=False).returncode)
        self.assertEqual(73, self.ptyctl("record", "start", "c", self.path(), check=False).returncode)

    def test_new_with_a_recording(self):
        self.ptyctl("new", "-d", "--wait", "c", "--record", "rel.cast", "--", "/bin/sh", "-c", "echo hi")
        path = os.path.join(os.getcwd(), "rel.cast")
        self.addCleanup(os.remove, path)
        eventually(lambda: os.path.getsize(path) and "hi" in output_of(read_cast(path)[1]), "the output in the file")

    def test_export_of_what_was(self):
        client = self.client()
        client.create("/bin/sh", "-c", "echo one; read x; echo two; exec cat", name="c", size=pb.WindowSize(cols=90, rows=20))
        attached = client.attach("c", from_offset=0)
        attached.expect("one")
        client.request("resize", session="c", size=pb.WindowSize(cols=70, rows=25))
        attached.type("\n")
        attached.expect("two")
        self.ptyctl("record", "export", "c", self.path())
        header, events = read_cast(self.path())
        self.assertEqual((90, 20), (header["width"], header["height"]))
        self.assertEqual(client.request("history", session="c").data.decode(), output_of(events))
        self.assertEqual("70x25", output_of(events, "r"))
        self.assertEqual(0o600, stat.S_IMODE(os.stat(self.path()).st_mode))
        self.assertEqual(self.path().read_bytes(), self.ptyctl("record", "export", "c").stdout)
        self.daemon.restart()
        result = self.ptyctl("record", "export", "c", self.path("b.cast"))
        self.assertIn(b"nobody knows when", result.stderr)
        self.assertEqual(output_of(events), output_of(read_cast(self.path("b.cast"))[1]))

    def test_playing_on_a_terminal_puts_it_right(self):
        with open(self.path(), "w") as file:
            file.write('{"version": 2, "width": 80, "height": 24}\n[0.0, "o", "\\u001b[?1049h\\u001b[?25lshown"]\n[60, "o", "late"]\n')
        with self.daemon.terminal("play", str(self.path())) as terminal:
            terminal.expect(b"shown")
            terminal.send(b"q")
            terminal.expect(re.escape(b"\x1b[?25h"))
            self.assertEqual(0, terminal.wait())

    def test_files_that_can_not_be_played(self):
        self.assertEqual(66, self.ptyctl("play", self.path("none"), check=False).returncode)
        self.path().write_text("hello\n")
        result = self.ptyctl("play", self.path(), check=False)
        self.assertNotEqual(0, result.returncode)
        self.assertIn(b"a.cast:1", result.stderr)

    def test_misuse(self):
        for args in (["record"], ["record", "begin", "c"], ["record", "start", "c"], ["record", "stop"],
                     ["record", "mark", "c"], ["record", "stop", "c", "--input"], ["play"], ["play", "a", "--speed", "0"],
                     ["new", "-A", "c", "--record", "x"], ["new", "-d", "--record-input"]):
            self.assertEqual(2, self.ptyctl(*args, check=False).returncode, args)


if __name__ == "__main__":
    harness.main()
