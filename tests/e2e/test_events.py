"""What happens to sessions: who is told what, how often, and what a lost connection or daemon costs."""
import json
import select
import subprocess
import unittest

import harness
from harness import PTYCTL, pb
from waiting import DEADLINE, eventually

ALL = [number for number in pb.EventType.values() if number not in (0, pb.OVERFLOW)]
SHELL = r"""
import sys
for line in sys.stdin:
    sys.stdout.write(line.encode().decode("unicode_escape").encode("latin-1").decode().rstrip("\n"))
    sys.stdout.flush()
"""


class Events(harness.DaemonTest):
    def subscriber(self, *types, **fields):
        client = self.client()
        client.subscribed = client.request("subscribe", types=types or ALL, **fields)
        return client

    def talker(self, name="t"):
        """A session that prints what it is told to, and a function that tells it."""
        client = self.client()
        client.create("/bin/sh", "-c", f"stty -echo; echo ready; exec python3 -uc '{SHELL}'", name=name)
        talking = client.attach(name)
        talking.expect("ready")
        return lambda text: client.request("send", session=name, data=(text + "\n").encode())


class Types(Events):
    def test_what_programs_tell(self):
        watcher = self.subscriber(pb.TITLE_CHANGED, pb.CWD_CHANGED, pb.BELL, pb.COMMAND_STARTED, pb.COMMAND_ENDED)
        say = self.talker()
        say(r"\033]2;\303\251 title\a")
        self.assertEqual("\u00e9 title", watcher.event(pb.TITLE_CHANGED).text)
        say(r"\033]7;file://host/tmp\a")
        self.assertEqual("file://host/tmp", watcher.event(pb.CWD_CHANGED).text)
        say(r"\a\a\a")
        self.assertEqual(3, watcher.event(pb.BELL).count)
        say(r"\033]133;C\aoutput")
        started = watcher.event(pb.COMMAND_STARTED)
        say(r"\033]133;D;3\a")
        ended = watcher.event(pb.COMMAND_ENDED)
        self.assertTrue(ended.HasField("exit_code"))
        self.assertEqual(3, ended.exit_code)
        self.assertEqual("t", ended.session.name)
        # The command's output is what is between the two.
        output = watcher.request("history", session="t", from_offset=started.offset).data
        self.assertEqual(b"output", output[:ended.offset - started.offset].split(b"\033")[0])
        say(r"\033]133;C\a\033]133;D\a")
        self.assertFalse(watcher.event(pb.COMMAND_ENDED).HasField("exit_code"))

    def test_who_types_and_how_much_but_not_what(self):
        watcher = self.subscriber(pb.INPUT)
        typist = self.client(name="typist")
        typist.create("/bin/cat", name="c")
        typist.attach("c").type("secret")
        event = watcher.event(pb.INPUT)
        self.assertEqual((6, "typist"), (event.count, event.client.name))
        self.assertGreater(event.client.pid, 0)
        self.assertNotIn(b"secret", event.SerializeToString())
        self.client(name="sender").request("send", session="c", data=b"abc")
        event = watcher.event(pb.INPUT)
        self.assertEqual((3, "sender"), (event.count, event.client.name))

    def test_what_is_typed_fast_is_told_together(self):
        watcher = self.subscriber(pb.INPUT, pb.SESSION_EXITED)
        client = self.client()
        client.create("/bin/cat", name="c")
        typing = client.attach("c")
        for _ in range(500):
            typing.type("x")
        typing.until(lambda: len(typing.data) >= 500, "the echo")
        client.request("kill", session="c", force=True)
        told, events = 0, 0
        while told < 500:
            told += watcher.event(pb.INPUT).count
            events += 1
        self.assertEqual(500, told)
        self.assertLess(events, 50)
        watcher.event(pb.SESSION_EXITED)  # the rest of the input came before

    def test_who_resized_and_why(self):
        watcher = self.subscriber(pb.RESIZED)
        client = self.client(name="one")
        client.create("/bin/cat", name="c", size=pb.WindowSize(cols=80, rows=24))
        client.attach("c", size=pb.WindowSize(cols=90, rows=30))
        event = watcher.event(pb.RESIZED)
        self.assertEqual((pb.RESIZED_BY_POLICY, "one", 90), (event.cause, event.client.name, event.session.size.cols))
        self.client(name="two").request("resize", session="c", size=pb.WindowSize(cols=70, rows=20))
        event = watcher.event(pb.RESIZED)
        self.assertEqual((pb.RESIZED_BY_REQUEST, "two", 70), (event.cause, event.client.name, event.session.size.cols))

    def test_why_an_attachment_ended(self):
        watcher = self.subscriber(pb.ATTACHMENT_ENDED)
        client = self.client()
        client.create("/bin/cat", name="c")
        client.attach("c")
        self.client().attach("c", steal=True)
        self.assertEqual(pb.DISPLACED, watcher.event(pb.ATTACHMENT_ENDED).reason)
        gone = self.client()
        gone.attach("c")
        gone.close()
        self.assertEqual(pb.DETACHED, watcher.event(pb.ATTACHMENT_ENDED).reason)

    def test_the_name_before(self):
        watcher = self.subscriber(pb.RENAMED)
        client = self.client()
        client.create("/bin/cat", name="old")
        client.request("rename", session="old", name="new")
        event = watcher.event(pb.RENAMED)
        self.assertEqual(("old", "new"), (event.text, event.session.name))

    def test_a_killed_host_is_told(self):
        session = self.client().create("/bin/cat", name="c")
        self.daemon.start_no_hosts()
        watcher = self.subscriber(pb.SESSION_EXITED)
        subprocess.run(["kill", "-9", str(session.host_pid)], check=True)
        self.assertEqual(pb.LOST, watcher.event(pb.SESSION_EXITED).session.state)

    def test_quiet_after_output(self):
        watcher = self.subscriber(pb.IDLE)
        self.client().create("/bin/sh", "-c", "echo x; exec cat", name="c")
        event = watcher.event(pb.IDLE)
        self.assertEqual((5000, "c"), (event.count, event.session.name))

    def test_screens_are_told_at_a_rate_and_have_no_number(self):
        watcher = self.subscriber(pb.SCREEN_CHANGED, pb.SESSION_EXITED)
        self.client().create("/bin/sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 0; do seq 1 2000; done", name="c")
        seen, generations = [], []
        while True:
            frame = watcher.push()
            if frame.HasField("event") and frame.event.type == pb.SESSION_EXITED:
                break
            seen.append(frame.event.seq)
            generations.append(frame.event.generation)
        self.client().wait_for_all_output("c")
        shown = watcher.request("screen", session="c", hash_only=True).generation
        while generations[-1:] != [shown]:  # what follows too soon is told later
            event = watcher.event(pb.SCREEN_CHANGED)
            seen.append(event.seq)
            generations.append(event.generation)
        self.assertEqual({0}, set(seen))
        self.assertEqual(sorted(set(generations)), generations)
        self.assertLess(len(generations), 40)  # of thousands of changes

    def test_a_program_that_rings_all_day_pushes_no_other_event_out(self):
        client = self.client()
        client.create("/bin/sh", "-c",
                      "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); printf '\\033]133;C\\a\\033]133;D;0\\a'; done; exec cat",
                      name="noisy")
        attached = client.attach("noisy", from_offset=0)
        attached.until(lambda: attached.offset >= 3000 * 18, "all the noise")
        client.request("screen", session="noisy", hash_only=True)  # answered when the screen has seen it, too
        watcher = self.subscriber(since=1)
        self.assertEqual(0, watcher.subscribed.missed)
        self.assertEqual("noisy", watcher.event(pb.CREATED).session.name)
        ended = watcher.event(pb.COMMAND_ENDED)
        self.assertLess(ended.seq, watcher.subscribed.next)

    def test_only_what_was_there_before_comes_unless_asked(self):
        watcher = self.client()
        watcher.request("subscribe")
        say = self.talker()
        say(r"\033]2;title\a")
        self.client().request("label", session="t", set=[pb.Label(key="a", value="b")])
        kinds = set()
        while pb.LABELED not in kinds:
            kinds.add(watcher.push().event.type)
        self.assertLessEqual(kinds, {pb.CREATED, pb.ATTACHED, pb.LABELED})


class Misuse(Events):
    def test_types_that_a_later_version_has_are_not_told(self):
        watcher = self.subscriber(99, pb.CREATED, pb.EVENT_TYPE_UNSPECIFIED, 1 << 30)
        client = self.client()
        client.create("/bin/cat", name="c")
        client.request("label", session="c", set=[pb.Label(key="a", value="b")])
        client.create("/bin/cat", name="d")
        self.assertEqual(["c", "d"], [watcher.push().event.session.name for _ in range(2)])

    def test_a_session_that_is_not_there(self):
        client = self.client()
        self.assertCode(pb.NOT_FOUND, client.request, "subscribe", session="none")

    def test_the_newest_subscription_counts(self):
        watcher = self.subscriber(pb.CREATED)
        watcher.request("subscribe", types=[pb.LABELED], since=1)
        client = self.client()
        client.create("/bin/cat", name="c")
        client.request("label", session="c", set=[pb.Label(key="a", value="b")])
        self.assertEqual(pb.LABELED, watcher.push().event.type)


class Resuming(Events):
    def test_a_subscriber_goes_on_where_it_was(self):
        watcher = self.subscriber(pb.LABELED)
        client = self.client()
        client.create("/bin/cat", name="c")
        for value in "ab":
            client.request("label", session="c", set=[pb.Label(key="k", value=value)])
        first = watcher.event(pb.LABELED)
        watcher.close()
        again = self.subscriber(pb.LABELED, since=first.seq + 1, instance=watcher.subscribed.instance)
        self.assertFalse(again.subscribed.restarted)
        event = again.event(pb.LABELED)
        self.assertEqual("b", event.session.labels[0].value)
        self.assertEqual(event.seq, again.subscribed.newest)

    def test_another_daemon_says_that_it_is_another_one(self):
        watcher = self.subscriber()
        client = self.client()
        client.create("/bin/cat", name="c")
        event = watcher.event(pb.CREATED)
        self.daemon.restart()
        again = self.subscriber(since=event.seq + 1, instance=watcher.subscribed.instance)
        self.assertTrue(again.subscribed.restarted)
        self.assertNotEqual(watcher.subscribed.instance, again.subscribed.instance)
        self.assertEqual("c", again.event(pb.CREATED).session.name)
        # Without an instance only a number that was never given is told apart.
        self.assertTrue(self.subscriber(since=1 << 40).subscribed.restarted)

    def test_events_before_the_restart_are_not_told_again(self):
        say = self.talker()
        watcher = self.subscriber()
        say(r"\033]2;before\a\a")
        watcher.event(pb.TITLE_CHANGED)
        self.daemon.restart()
        again = self.subscriber(pb.TITLE_CHANGED, pb.BELL, since=1)
        self.client().request("send", session="t", data=rb"\033]2;after\a" + b"\n")
        self.assertEqual("after", again.event(pb.TITLE_CHANGED).text)

    def test_a_slow_subscriber_reads_the_log_later_and_is_told_what_is_gone(self):
        slow = self.client(receive_buffer=4096)
        slow.request("subscribe", types=[pb.LABELED])
        client = self.client()
        client.create("/bin/cat", *["x" * 2000] * 2, name="c")
        total = 3000
        for number in range(total):
            client.request("label", session="c", set=[pb.Label(key="k", value=str(number))])
        seen, lost, last = 0, 0, 0
        while last < total - 1:
            event = slow.push().event
            if event.type == pb.OVERFLOW:
                lost += 1
            else:
                seen += 1
                self.assertGreater(int(event.session.labels[0].value), last - (last == 0))
                last = int(event.session.labels[0].value)
        self.assertGreaterEqual(lost, 1)
        self.assertGreaterEqual(seen, 1024)
        self.assertLess(seen, total)


class Command(Events):
    def lines(self, *args):
        return [json.loads(line) for line in self.daemon.ptyctl("events", *args).stdout.decode().splitlines()]

    def test_past_events_are_lines_of_json(self):
        client = self.client()
        client.create("/bin/sh", "-c", r"printf '\033]2;evil\342\200\256title\a'; exit 3", name="c")
        client.request("wait", sessions=["c"])
        output = self.daemon.ptyctl("events").stdout
        self.assertTrue(output.isascii())
        events = [json.loads(line) for line in output.decode().splitlines()]
        self.assertLessEqual({"created", "exited", "title"}, {e["type"] for e in events})
        self.assertEqual(3, next(e for e in events if e["type"] == "exited")["exit"]["code"])
        self.assertEqual("evil\u202etitle", next(e for e in events if e["type"] == "title")["title"])
        epoch, number = events[0]["epoch"], int(events[1]["seq"])
        rest = self.lines("--since", f"{epoch}:{number}")
        self.assertEqual([e["seq"] for e in events[1:]], [e["seq"] for e in rest])
        self.assertEqual(["exited"], [e["type"] for e in self.lines("--type", "exited,lost")])
        self.assertEqual([], self.lines("--session", "c", "--type", "lost"))
        self.assertEqual("restarted", self.lines("--since", f"{'0' * 32}:5")[0]["type"])

    def test_following_outlives_the_daemon_and_says_so(self):
        self.client().create("/bin/cat", name="c")
        following = subprocess.Popen([PTYCTL, "events", "-f", "--type", "labeled,created"], env=self.daemon.env,
                                     stdout=subprocess.PIPE, text=True)
        self.addCleanup(following.wait, DEADLINE)
        self.addCleanup(following.terminate)
        self.addCleanup(following.stdout.close)

        def label(value):
            self.client().request("label", session="c", set=[pb.Label(key="k", value=value)])
            return value

        status = self.client()
        eventually(lambda: status.request("status").connections >= 3, "the subscriber")
        first = {}
        while first.get("type") != "labeled":  # it may not have subscribed yet
            label("a")
            if select.select([following.stdout], [], [], 0.1)[0]:
                first = json.loads(following.stdout.readline())
        self.daemon.kill()
        self.daemon.start()
        line = {}
        while line.get("type") != "restarted":
            line = json.loads(following.stdout.readline())
        self.assertNotEqual(first["epoch"], line["epoch"])
        label("b")
        while line["type"] != "labeled":
            line = json.loads(following.stdout.readline())
        self.assertEqual({"k": "b"}, line["labels"])

    def test_misuse(self):
        for args in (["--type", "nothing"], ["--since", "x"], ["--since", "12:5"], ["extra"]):
            result = self.daemon.ptyctl("events", *args, check=False)
            self.assertEqual(2, result.returncode, args)
        self.assertEqual(66, self.daemon.ptyctl("events", "--session", "none", check=False).returncode)


class WithoutScreens(Events):
    config = "[session]\nscreen = false\n"

    def test_what_is_no_matter_of_screens_is_told(self):
        watcher = self.subscriber()
        typist = self.client(name="typist")
        typist.create("/bin/cat", name="c")
        typist.request("send", session="c", data=b"x\n")
        self.assertEqual(1 + 1, watcher.event(pb.INPUT).count)
        typist.request("kill", session="c", force=True)
        watcher.event(pb.SESSION_EXITED)


if __name__ == "__main__":
    unittest.main(verbosity=2)
