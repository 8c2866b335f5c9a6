"""Waiting in the daemon: each condition, what counts from where, ends, limits."""
import harness
from client import ProtocolError
from harness import pb

# A shell without a prompt of its own: each line it reads is a command it carries out.
SHELL = ("/bin/sh", "-c", 'stty -echo; echo ready; while read -r line; do eval "$line"; done')


def text(wanted):
    return pb.WaitCondition(kind=pb.WAIT_TEXT, text=wanted)


def match(pattern):
    return pb.WaitCondition(kind=pb.WAIT_MATCH, text=pattern)


def quiet(for_ms, min_bytes=0):
    return pb.WaitCondition(kind=pb.WAIT_QUIET, for_ms=for_ms, min_bytes=min_bytes)


def settled(for_ms, min_bytes=0):
    return pb.WaitCondition(kind=pb.WAIT_SETTLED, for_ms=for_ms, min_bytes=min_bytes)


def changed(since):
    return pb.WaitCondition(kind=pb.WAIT_CHANGED, text=since)


EXIT = pb.WaitCondition(kind=pb.WAIT_EXIT)
COMMAND = pb.WaitCondition(kind=pb.WAIT_COMMAND)
ATTACHED = pb.WaitCondition(kind=pb.WAIT_ATTACHED)


class Wait(harness.DaemonTest):
    def shell(self, client, name="s", **fields):
        session = client.create(*SHELL, name=name, **fields)
        self.wait(client, text("ready"), session=name)
        return session

    def run_line(self, client, session, line):
        client.request("send", session=session, data=line.encode() + b"\n")

    def begin(self, client, *conditions, session="s", **fields):
        return client.begin("wait", sessions=[session], conditions=conditions, **fields)

    def wait(self, client, *conditions, session="s", **fields):
        return client.finish(self.begin(client, *conditions, session=session, **fields), "wait")

    def one(self, reply):
        self.assertEqual(pb.WAIT_HELD, reply.outcome)
        self.assertEqual(1, len(reply.results), reply)
        return reply.results[0]

    def output(self, client, session="s"):
        return client.request("history", session=session).data

    def is_open(self, client, number):
        """All that was sent before has been looked at, and this request was not answered."""
        client.request("status")
        self.assertNotIn(number, client.answers)


class Lines(Wait):
    def test_text_that_is_on_the_screen_already_counts(self):
        client = self.client()
        self.shell(client)
        result = self.one(self.wait(client, text("read")))
        self.assertEqual(("read", "ready"), (result.text, result.line))

    def test_a_wait_that_is_there_before_the_first_byte(self):
        client, other = self.client(), self.client()
        client.create("/bin/sh", "-c", "read x; echo first $x; read x", name="s")
        client.request("screen", session="s")  # the daemon has begun to look at it
        waiting = self.begin(client, match("first [a-z]+"))
        self.is_open(client, waiting)
        other.request("send", session="s", data=b"byte\n")
        result = self.one(client.finish(waiting, "wait"))
        self.assertEqual("first byte", result.text)
        output = self.output(client)
        self.assertEqual(output.index(b"first byte") + len("first byte"), result.offset)

    def test_the_offset_is_behind_the_match_so_that_the_next_wait_misses_nothing(self):
        client = self.client()
        self.shell(client)
        start = self.wait(client, text("ready")).results[0].offset
        self.run_line(client, "s", "echo one two; echo two three; echo four")
        self.wait(client, text("four"))
        offset = start
        for wanted in ("one", "two", "two", "three", "four"):
            result = self.one(self.wait(client, text(wanted), from_offset=offset))
            output = self.output(client)
            self.assertEqual(wanted.encode(), output[result.offset - len(wanted):result.offset])
            self.assertGreater(result.offset, offset)
            offset = result.offset
        waiting = self.begin(client, text("two"), from_offset=offset)
        self.is_open(client, waiting)

    def test_what_one_waits_for_from_an_offset_must_have_come_since(self):
        client = self.client()
        self.shell(client)
        head = client.request("inspect", session="s").session.output.to
        waiting = self.begin(client, text("ready"), from_offset=head)
        self.is_open(client, waiting)
        self.run_line(client, "s", "echo al; printf 'ready'; printf 'x'")
        result = self.one(client.finish(waiting, "wait"))
        self.assertGreater(result.offset, head)

    def test_input_in_the_same_request_and_only_what_comes_behind_it_counts(self):
        client = self.client()
        self.shell(client)
        for _ in range(3):
            reply = self.wait(client, match("(?i)ready|failed"), send=pb.SendRequest(data=b"echo go; echo Ready\n"))
            self.assertEqual("Ready", self.one(reply).text)
            self.assertEqual(len(b"echo go; echo Ready\n"), reply.send.accepted)

    def test_a_pattern_over_a_spinner(self):
        client = self.client()
        self.shell(client)
        spin = ("i=0; while :; do for c in '|' / - '\\\\'; do printf '\\r%s working' \"$c\"; done; i=$((i+1)); "
                "[ $i = 50 ] && printf '\\r\\nstep 50 of 60\\r\\n'; done")
        result = self.one(self.wait(client, match(r"step (\d+) of \d+"), send=pb.SendRequest(data=spin.encode() + b"\n")))
        self.assertEqual("step 50 of 60", result.text)

    def test_colors_and_soft_wraps_do_not_hide_text(self):
        client = self.client()
        self.shell(client, size=pb.WindowSize(cols=20, rows=5))
        send = pb.SendRequest(data=b"printf 'a long line that \\033[31mwra\\033[1mps around\\033[0m its end\\n'\n")
        result = self.one(self.wait(client, match("^a long.*wraps around its end$"), send=send))
        self.assertEqual("a long line that wraps around its end", result.line)

    def test_text_that_rushes_by_is_not_missed(self):
        client = self.client()
        self.shell(client, history_bytes=1 << 20)
        send = pb.SendRequest(data=b"seq 1 100000; echo now; seq 1 100000; echo done\n")
        result = self.one(self.wait(client, match("^now$"), send=send))
        self.assertEqual("now", result.line)
        self.one(self.wait(client, match("^done$")))

    def test_any_and_all(self):
        client = self.client()
        self.shell(client)
        reply = self.wait(client, text("never"), text("ready"), any=True)
        self.assertEqual(1, self.one(reply).condition)
        waiting = self.begin(client, text("ready"), text("later"))
        self.is_open(client, waiting)
        self.run_line(client, "s", "echo later")
        reply = client.finish(waiting, "wait")
        self.assertEqual([0, 1], [result.condition for result in reply.results])

    def test_several_sessions(self):
        client = self.client()
        for name in ("a", "b"):
            self.shell(client, name)
        waiting = client.begin("wait", sessions=["a", "b"], conditions=[text("here")], any=True)
        both = client.begin("wait", sessions=["a", "b"], conditions=[text("here")])
        self.run_line(client, "b", "echo here")
        self.assertEqual(1, self.one(client.finish(waiting, "wait")).session)
        self.is_open(client, both)
        self.run_line(client, "a", "echo here")
        self.assertEqual([1, 0], [result.session for result in client.finish(both, "wait").results])

    def test_the_screen_comes_with_the_answer(self):
        client = self.client()
        self.shell(client)
        reply = self.wait(client, text("ready"), screen=pb.ScreenRequest(format=pb.TEXT))
        self.assertIn("ready", reply.screen.data.decode())
        self.assertEqual(client.request("screen", session="s", hash_only=True).hash, reply.screen.hash)


class Stillness(Wait):
    def test_quiet_counts_from_the_last_output_and_not_before_there_was_some(self):
        client = self.client()
        self.shell(client)
        waiting = self.begin(client, quiet(1, min_bytes=1))
        self.is_open(client, waiting)
        self.run_line(client, "s", "echo x")
        self.one(client.finish(waiting, "wait"))

    def test_quiet_without_any_output(self):
        client = self.client()
        self.shell(client)
        self.one(self.wait(client, quiet(20)))

    def test_settled_though_output_goes_on(self):
        client = self.client()
        self.shell(client)
        self.run_line(client, "s", "while :; do printf 'same\\r'; done")
        self.wait(client, text("same"))
        waiting = self.begin(client, quiet(60_000))
        # The cursor may be seen anywhere in the line: what is waited for is a moment without a change.
        self.one(self.wait(client, settled(1)))
        self.is_open(client, waiting)

    def test_changed(self):
        client = self.client()
        self.shell(client)
        now = client.request("screen", session="s", hash_only=True).hash
        waiting = self.begin(client, changed(now))
        self.is_open(client, waiting)
        self.run_line(client, "s", "echo x")
        self.one(client.finish(waiting, "wait"))
        self.one(self.wait(client, changed(now)))


class Shells(Wait):
    DONE = b"printf '\\033]133;C\\007out\\n\\033]133;D;%d\\007' 3\n"

    def test_the_end_of_a_command(self):
        client = self.client()
        self.shell(client)
        reply = self.wait(client, COMMAND, send=pb.SendRequest(data=self.DONE))
        result = self.one(reply)
        self.assertEqual(3, result.exit_code)
        self.assertTrue(self.output(client)[:result.offset].endswith(b"\033]133;D;3\007"))

    def test_one_that_ended_before_does_not_count_but_by_its_offset(self):
        client = self.client()
        self.shell(client)
        start = client.request("inspect", session="s").session.output.to
        self.wait(client, COMMAND, send=pb.SendRequest(data=self.DONE))
        waiting = self.begin(client, COMMAND)
        self.is_open(client, waiting)
        self.assertEqual(3, self.one(self.wait(client, COMMAND, from_offset=start)).exit_code)
        self.run_line(client, "s", self.DONE.decode().strip())
        self.one(client.finish(waiting, "wait"))

    def test_somebody_attaches(self):
        client, other = self.client(), self.client()
        self.shell(client)
        waiting = self.begin(client, ATTACHED)
        self.is_open(client, waiting)
        attached = other.attach("s")
        self.one(client.finish(waiting, "wait"))
        self.one(self.wait(client, ATTACHED))
        self.assertTrue(attached.number)


class Ends(Wait):
    def test_a_session_that_ends_before(self):
        client = self.client()
        client.create("/bin/sh", "-c", "read x; echo last words", name="s")
        waiting = self.begin(client, text("never"))
        last = self.begin(client, text("last words"))
        both = self.begin(client, text("never"), EXIT, any=True)
        client.request("send", session="s", data=b"\n")
        reply = client.finish(waiting, "wait")
        self.assertEqual(pb.WAIT_ENDED, reply.outcome)
        self.assertEqual(["s"], [session.name for session in reply.sessions])
        self.one(client.finish(last, "wait"))
        self.assertEqual(1, self.one(client.finish(both, "wait")).condition)
        self.one(self.wait(client, text("last words")))
        self.assertEqual(pb.WAIT_ENDED, self.wait(client, quiet(60_000)).outcome)

    def test_an_end_at_any_instant_is_the_end_that_was_waited_for(self):
        client = self.client()
        for number in range(40):
            names = [f"n{number}-{one}" for one in range(10)]
            for name in names:
                client.create("/bin/sh", "-c", "read -r line; exit 3", name=name)
            waits = [self.begin(client, EXIT, session=name, send=pb.SendRequest(data=b"x\n")) for name in names]
            for wait in waits:
                self.assertEqual(pb.WAIT_HELD, client.finish(wait, "wait").outcome)

    def test_a_deadline_and_a_cancel(self):
        client = self.client()
        self.shell(client)
        with self.assertRaises(ProtocolError) as caught:
            self.wait(client, text("never"), deadline_ms=30)
        self.assertEqual(pb.DEADLINE_EXCEEDED, caught.exception.code)
        waiting = self.begin(client, text("never"))
        client.send(pb.Frame(id=waiting, cancel=pb.Cancel()))
        with self.assertRaises(ProtocolError) as caught:
            client.finish(waiting, "wait")
        self.assertEqual(pb.CANCELLED, caught.exception.code)

    def test_limits_come_back_with_the_connection(self):
        client, other = self.client(), self.client()
        self.shell(client)
        for _ in range(1024):
            self.begin(client, text("never"))
        with self.assertRaises(ProtocolError) as caught:
            self.wait(client, text("never"))
        self.assertEqual(pb.RESOURCE_EXHAUSTED, caught.exception.code)
        with self.assertRaises(ProtocolError) as caught:
            self.wait(other, match("never"), text("x"), deadline_ms=1)
        self.assertEqual(pb.DEADLINE_EXCEEDED, caught.exception.code)
        client.close()
        for _ in range(20):
            for number in [self.begin(other, match("never"), deadline_ms=1) for _ in range(60)]:
                with self.assertRaises(ProtocolError) as caught:
                    other.finish(number, "wait")
                self.assertEqual(pb.DEADLINE_EXCEEDED, caught.exception.code)

    def test_what_is_refused(self):
        client = self.client()
        self.shell(client)
        head = client.request("inspect", session="s").session.output.to
        refused = [
            (pb.INVALID_ARGUMENT, dict(conditions=[pb.WaitCondition()])),
            (pb.INVALID_ARGUMENT, dict(conditions=[pb.WaitCondition(kind=99)])),
            (pb.INVALID_ARGUMENT, dict(conditions=[text("")])),
            (pb.INVALID_ARGUMENT, dict(conditions=[text("a\nb")])),
            (pb.INVALID_ARGUMENT, dict(conditions=[text("x" * 1025)])),
            (pb.INVALID_ARGUMENT, dict(conditions=[match("(")])),
            (pb.INVALID_ARGUMENT, dict(conditions=[match("(x{1000}){1000}")])),
            (pb.INVALID_ARGUMENT, dict(conditions=[match("x" * 1025)])),
            (pb.INVALID_ARGUMENT, dict(conditions=[quiet(0)])),
            (pb.INVALID_ARGUMENT, dict(conditions=[settled(1 << 63)])),
            (pb.INVALID_ARGUMENT, dict(conditions=[changed("12")])),
            (pb.INVALID_ARGUMENT, dict(conditions=[text("x")] * 17)),
            (pb.INVALID_ARGUMENT, dict(sessions=["s", "s"], conditions=[text("x")], from_offset=0)),
            (pb.INVALID_ARGUMENT, dict(conditions=[text("x")], send=pb.SendRequest(session="s", data=b"x"))),
            (pb.INVALID_ARGUMENT, dict(conditions=[text("x")], send=pb.SendRequest(keys=["Nonsense"]))),
            (pb.OUT_OF_RANGE, dict(conditions=[text("x")], from_offset=head + 1)),
        ]
        for code, fields in refused:
            with self.subTest(fields=str(fields)[:60]):
                with self.assertRaises(ProtocolError) as caught:
                    client.request("wait", deadline_ms=1000, **{"sessions": ["s"], **fields})
                self.assertEqual(code, caught.exception.code)


if __name__ == "__main__":
    harness.main()
