"""Typing: exact, once, bounded."""
import os
import unittest

import harness
from harness import CHILD, pb

MiB = 1 << 20


def noise(size, seed=9):
    return harness.pattern(seed, 0, size)


class Typing(harness.DaemonTest):
    def sink(self, client, size, name="sink"):
        client.create(CHILD, "sink", str(size), name=name)
        attached = client.attach(name, from_offset=0)
        attached.expect("ready")
        return attached

    def expect_sum(self, attached, data):
        attached.expect(f"{harness.fnv1a(data):016x}")

    def test_a_large_paste_arrives_exactly(self):
        attached = self.sink(self.client(), MiB)
        data = noise(MiB)
        attached.type(data)
        self.expect_sum(attached, data)

    def test_typing_and_output_never_wait_for_each_other(self):
        client = self.client()
        client.create(CHILD, "echo", name="e")
        attached = client.attach("e", from_offset=0, flow=pb.LOSSLESS)
        attached.expect("ready")
        data = noise(MiB).replace(b"\x1b", b"x")  # no questions to the terminal in what comes back
        before = attached.offset
        attached.type(data)  # nothing is read meanwhile but acknowledgements
        attached.until(lambda: attached.offset - before >= MiB, "the echo")
        self.assertTrue(bytes(attached.data).endswith(data))

    def test_input_sent_twice_is_typed_once(self):
        client = self.client()
        client.create(CHILD, "sink", "5000", name="s")
        stream = os.urandom(16)
        data = noise(5000)
        first = client.attach("s", from_offset=0, input_stream=stream)
        first.expect("ready")
        first.type(data[:3000])
        client.request("status")
        client.close()
        client = self.client()
        again = client.attach("s", resume_offset=first.offset, input_stream=stream)
        self.assertFalse(again.reply.input_unknown)
        self.assertLessEqual(again.reply.input_offset, 3000)
        # From 1000 bytes before what was taken, as a client that never saw the acknowledgement would.
        again.input_offset = max(0, again.reply.input_offset - 1000)
        again.type(data[again.input_offset:])
        self.expect_sum(again, data)

    def test_an_input_without_data_asks_for_an_acknowledgement(self):
        client = self.client()
        client.create("/bin/sh", "-c", "stty -echo; printf ready; exec cat >/dev/null", name="a")
        attached = client.attach("a", from_offset=0)
        attached.expect("ready")
        for text in ("abc", "d"):
            attached.type(text)
            self.assertLess(attached.acked, attached.input_offset)
            frame = pb.Frame()
            frame.input.attachment = attached.number
            frame.input.offset = attached.input_offset
            client.send(frame)
            attached.until(lambda: attached.acked == attached.input_offset, "what was asked for")

    def test_what_is_sent_again_takes_no_room(self):
        control = self.client()
        gate = self.daemon.folder / "gate"
        os.mkfifo(gate)
        size, again = 256 * 1024, 60_000
        control.create("/bin/sh", "-c", f"stty raw -echo; echo up; read x < {gate}; exec {CHILD} sink {size + again + 3}",
                       name="s")
        watcher = control.attach("s", from_offset=0)
        watcher.expect("up")
        data = noise(size + again).replace(b"\x1b", b"x") + b"end"
        for begin in range(0, size, 64 * 1024):  # all in all more than host and terminal take
            self.client().attach("s").type(data[begin:begin + 64 * 1024])
        stream = os.urandom(16)
        for _ in range(3):
            client = self.client()
            attached = client.attach("s", input_stream=stream)
            self.assertEqual(0, attached.reply.input_offset)
            attached.type(data[size:size + again])
            client.request("status")
            client.close()
        watcher.type(data[size + again:])
        gate.write_text("\n")
        watcher.expect("ready")
        self.expect_sum(watcher, data)

    def test_the_end_comes_after_what_was_taken(self):
        attached = self.sink(self.client(), 2)
        attached.type("ab")
        attached.until_ended()
        self.assertEqual(2, attached.acked)

    def test_send_with_a_stream_types_once(self):
        client = self.client()
        attached = self.sink(client, 10)
        stream = os.urandom(16)
        for _ in range(3):
            reply = client.request("send", session="sink", input_stream=stream, input_offset=0, data=b"01234")
            self.assertEqual(5, reply.input_offset)
        client.request("send", session="sink", input_stream=stream, input_offset=5, data=b"56789")
        self.expect_sum(attached, b"0123456789")

    def test_a_stream_is_unknown_only_when_the_host_may_have_forgotten_it(self):
        client = self.client()
        client.create("/bin/cat", name="c")
        stream = os.urandom(16)
        self.assertFalse(client.attach("c", resume_offset=0, input_stream=stream).reply.input_unknown)
        for _ in range(64):
            client.request("send", session="c", input_stream=os.urandom(16), data=b"x")
        reply = client.attach("c", resume_offset=0, input_stream=stream).reply
        self.assertTrue(reply.input_unknown)
        self.assertEqual(0, reply.input_offset)

    def test_holes_and_excess_are_refused_and_nothing_is_typed(self):
        client = self.client()
        client.create(CHILD, "ignore-hup", name="deaf")
        attached = client.attach("deaf", from_offset=0)
        attached.expect("ready")
        table = [(attached.input_offset + 1, b"x", pb.OUT_OF_RANGE), ((1 << 64) - 1, b"xx", pb.OUT_OF_RANGE)]
        for offset, data, code in table:
            frame = pb.Frame(id=client.take_id())
            frame.input.attachment, frame.input.offset, frame.input.data = attached.number, offset, data
            client.send(frame)
            self.assertEqual(code, client.answer(frame.id).response.error.code)
        frame = pb.Frame(id=client.take_id())
        frame.input.attachment, frame.input.data = 77, b"x"
        client.send(frame)
        self.assertEqual(pb.NOT_FOUND, client.answer(frame.id).response.error.code)
        self.assertEqual(0, client.request("inspect", session="deaf").session.input)

    def test_a_program_that_does_not_read_stops_the_input_and_loses_nothing(self):
        client = self.client()
        os.mkfifo(self.daemon.folder / "go")
        client.create("/bin/sh", "-c", f"stty raw -echo; echo waiting; read x < {self.daemon.folder}/go; "
                      f"exec {CHILD} sink {MiB}", name="s")
        attached = client.attach("s", from_offset=0)
        attached.expect("waiting")
        data = noise(MiB)
        sent = 0
        # What the daemon lets us send while the program reads nothing is bounded.
        while True:
            room = attached.limit - attached.input_offset
            if room == 0:
                client.request("status")
                before = attached.limit
                for frame in client.pushes:
                    attached.take(frame)
                client.pushes.clear()
                if attached.limit == before:
                    break
                continue
            size = min(room, 65536, MiB - sent)
            attached.type(data[sent:sent + size])
            sent += size
            self.assertLess(sent, MiB)
        with open(self.daemon.folder / "go", "w") as go:
            go.write("\n")
        attached.type(data[sent:])
        self.expect_sum(attached, data)

    def test_a_line_that_the_terminal_cuts_is_reported(self):
        client = self.client()
        client.create("/bin/sh", "-c", "stty -echo; echo ready; cat > /dev/null", name="cooked")
        attached = client.attach("cooked", from_offset=0)
        attached.expect("ready")
        self.assertEqual(0, client.request("send", session="cooked", data=b"x" * 4000 + b"\n").line_limit)
        self.assertEqual(4095, client.request("send", session="cooked", data=b"x" * 20000 + b"\n").line_limit)

    def test_keys_and_pastes_follow_the_programs_modes(self):
        client = self.client()
        client.create("/bin/sh", "-c", "stty raw -echo; printf 'ready'; exec cat -v", name="k")
        attached = client.attach("k", from_offset=0)
        attached.expect("ready")
        client.request("send", session="k", keys=["Up", "C-a", "M-x", "F5", "Enter"])
        attached.expect("^[[A^A^[x^[[15~^M")
        client.request("send", session="k", data=b"one\ntwo", paste=True)
        attached.expect("one^Mtwo")
        self.assertCode(pb.INVALID_ARGUMENT, client.request, "send", session="k", keys=["NoSuchKey"])
        self.assertCode(pb.INVALID_ARGUMENT, client.request, "send", session="k", keys=["Up"], data=b"x")

    def test_brackets_of_a_paste_can_not_be_broken(self):
        client = self.client()
        client.create("/bin/sh", "-c", r"stty raw -echo; printf '\033[?2004hready'; exec cat -v", name="k")
        attached = client.attach("k", from_offset=0)
        attached.expect("ready")
        client.request("send", session="k", data=b"a\x1b[201~b", paste=True)
        attached.expect("^[[200~ab^[[201~")


if __name__ == "__main__":
    harness.main()
