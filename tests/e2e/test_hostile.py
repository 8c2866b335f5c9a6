"""Clients that break the rules: a clear error for them, nothing for the others."""
import contextlib
import json
import os
import random
import select
import socket
import struct
import time
import unittest

import harness
from harness import CHILD, pb

HELLO_LIMIT = 4.5  # seconds; less than a client may wait with its hello


class Hostile(harness.DaemonTest):
    def setUp(self):
        super().setUp()
        self.good = self.client()
        self.good.create("/bin/cat", name="c")
        self.attached = self.good.attach("c")

    def tearDown(self):
        # Whatever happened, the daemon serves on.
        self.attached.type("alive\n")
        self.attached.expect("alive")
        self.assertIsNone(self.daemon.process.poll())

    def raw(self):
        one = socket.socket(socket.AF_UNIX)
        one.settimeout(harness.DEADLINE)
        one.connect(str(self.daemon.socket))
        self.addCleanup(one.close)
        return one

    def read_all(self, one):
        data = b""
        try:
            while part := one.recv(65536):
                data += part
        except ConnectionResetError:
            pass
        return data

    def refusal(self, data):
        one = self.raw()
        one.sendall(data)
        reply = self.read_all(one)
        self.assertTrue(reply, "a refusal says why")
        frame = pb.Frame.FromString(reply[4:4 + struct.unpack(">I", reply[:4])[0]])
        return frame.response.error

    def test_lengths(self):
        for size, code in ((0, pb.MALFORMED), (4097, pb.FRAME_TOO_LARGE), (1 << 20, pb.FRAME_TOO_LARGE),
                           ((1 << 24) - 1, pb.FRAME_TOO_LARGE)):
            with self.subTest(size=size):
                self.assertEqual(code, self.refusal(struct.pack(">I", size) + b"x" * 16).code)

    def test_after_hello_a_frame_has_its_limit(self):
        client = self.client()
        limit = client.welcome.limits.max_frame
        client.socket.sendall(struct.pack(">I", limit + 1))
        self.assertEqual(pb.FRAME_TOO_LARGE, client.receive().response.error.code)
        self.assertIsNone(client.receive())

    def test_other_first_bytes_get_a_line_for_people(self):
        for first in (b"\x01", b"\x80\x00\x00\x00", b"\xff\xff\xff\xff", b"GET / HTTP/1.1\r\n\r\n", b"\n", b"["):
            with self.subTest(first=first):
                one = self.raw()
                one.sendall(first)
                reply = self.read_all(one)
                self.assertTrue(reply.startswith(b"ptyd: ") and reply.endswith(b"\n"), reply)

    def test_bad_protobuf(self):
        def message(body):
            return struct.pack(">I", len(body)) + body
        nested = b""
        for _ in range(60):
            nested = b"\x22" + bytes([len(nested)]) + nested if len(nested) < 120 else nested
        for body in (b"\xff" * 20, b"\x12\x7f", b"\x0b\x0c", nested, b"\x0a" + b"\x80" * 11):
            with self.subTest(body=body[:10]):
                self.assertIn(self.refusal(message(body)).code, (pb.MALFORMED, pb.FAILED_PRECONDITION))

    def test_a_flood_of_empty_fields_is_refused_before_it_is_parsed(self):
        client = self.client()
        body = b"\x22\x04\x7a\x02\x2a\x00" * 10000
        client.socket.sendall(struct.pack(">I", len(body)) + body)
        self.assertEqual(pb.MALFORMED, client.receive().response.error.code)

    def test_versions(self):
        for low, high in ((2, 9), (0, 0), (1 << 31, (1 << 32) - 1)):
            with self.subTest(low=low):
                frame = pb.Frame(id=1)
                frame.hello.protocol_min, frame.hello.protocol_max = low, high
                body = frame.SerializeToString()
                error = self.refusal(struct.pack(">I", len(body)) + body)
                self.assertEqual(pb.UNSUPPORTED_VERSION, error.code)
                self.assertEqual((1, 1), (error.versions.min, error.versions.max))
                self.assertIn(str(high), error.message)

    def test_right_messages_in_the_wrong_state(self):
        frame = pb.Frame(id=1)
        frame.request.status.SetInParent()
        body = frame.SerializeToString()
        self.assertEqual(pb.FAILED_PRECONDITION, self.refusal(struct.pack(">I", len(body)) + body).code)
        client = self.client()
        frame = pb.Frame(id=5)
        frame.hello.protocol_min = frame.hello.protocol_max = 1
        client.send(frame)
        self.assertEqual(pb.FAILED_PRECONDITION, client.answer(5).response.error.code)
        for kind in ("welcome", "response", "event", "output", "snapshot", "gap", "input_ack", "ended"):
            frame = pb.Frame(id=client.take_id() + 10)
            getattr(frame, kind).SetInParent()
            client.send(frame)
            self.assertEqual(pb.FAILED_PRECONDITION, client.answer(frame.id).response.error.code, kind)
        frame = pb.Frame(id=77)
        client.send(frame)
        self.assertEqual(pb.UNIMPLEMENTED, client.answer(77).response.error.code)
        frame = pb.Frame(id=78)
        frame.request.SetInParent()
        client.send(frame)
        self.assertEqual(pb.UNIMPLEMENTED, client.answer(78).response.error.code)
        frame = pb.Frame(id=0)
        frame.request.status.SetInParent()
        client.send(frame)
        self.assertEqual(pb.INVALID_ARGUMENT, client.push().response.error.code)
        number = client.begin("wait", sessions=["c"])
        frame = pb.Frame(id=number)
        frame.request.status.SetInParent()
        client.send(frame)
        self.assertEqual(pb.INVALID_ARGUMENT, client.answer(number).response.error.code)

    def test_values_out_of_range(self):
        client = self.client()
        for method, fields in [("attach", dict(session="c", role=77)), ("attach", dict(session="c", flow=77)),
                               ("attach", dict(session="c", input_stream=b"12345")),
                               ("attach", dict(session="c", size=pb.WindowSize(cols=0, rows=1))),
                               ("resize", dict(session="c", size=pb.WindowSize(cols=1, rows=70000))),
                               ("resize", dict(session="c")), ("resize", dict(session="c", policy=99)),
                               ("history", dict(session="c", max_bytes=1 << 20)),
                               ("wait", dict()),
                               ("wait", dict(sessions=["c"], conditions=[pb.WaitCondition()])),
                               ("wait", dict(sessions=["c"] * 257)),
                               ("send", dict(session="c", data=b"x", if_screen="zz")),
                               ("send", dict(session="c", data=b"x", if_match="(")), ("label", dict(session="c", set=[pb.Label(key="", value="")])),
                               ("kill", dict(session="c", signal=9999)), ("rename", dict(session="c", name=""))]:
            with self.subTest(method=method, fields=str(fields)):
                error = self.assertCode(pb.INVALID_ARGUMENT, client.request, method, **fields)
                self.assertTrue(error.subject)

    def test_credit_can_not_overflow(self):
        client = self.client()
        attached = client.attach("c", credit=(1 << 64) - 1)
        for _ in range(3):
            attached.grant((1 << 64) - 1)
        attached.grant(0)
        frame = pb.Frame()
        frame.credit.attachment, frame.credit.bytes = 999, 5
        client.send(frame)
        attached.type("hello\n")
        attached.expect("hello")

    def test_a_client_that_goes_in_the_middle_of_a_frame(self):
        frame = pb.Frame(id=1)
        frame.hello.protocol_min = frame.hello.protocol_max = 1
        frame.hello.client_name = "cut"
        hello = frame.SerializeToString()
        request = pb.Frame(id=2)
        request.request.kill.session = "c"
        kill = request.SerializeToString()
        whole = struct.pack(">I", len(hello)) + hello + struct.pack(">I", len(kill)) + kill
        for cut in range(len(whole)):
            one = self.raw()
            one.sendall(whole[:cut])
            one.close()
        self.assertEqual(pb.RUNNING, self.good.request("inspect", session="c").session.state)

    def test_any_split_of_a_conversation_gives_the_same_answers(self):
        frame = pb.Frame(id=1)
        frame.hello.protocol_min = frame.hello.protocol_max = 1
        parts = [frame]
        for number in range(2, 12):
            frame = pb.Frame(id=number)
            frame.request.list.all = True
            parts.append(frame)
        data = b"".join(struct.pack(">I", f.ByteSize()) + f.SerializeToString() for f in parts)
        for size in (1, 2, 3, 5, 7, 64, 4096):
            client = harness.Client(self.daemon.socket, hello=False)
            for begin in range(0, len(data), size):
                client.socket.sendall(data[begin:begin + size])
            self.assertTrue(client.answer(1).HasField("welcome"))
            for number in range(2, 12):
                self.assertEqual(["c"], [s.name for s in client.answer(number).response.list.sessions])
            client.close()

    def test_ten_thousand_silent_clients(self):
        for _ in range(10000):
            one = socket.socket(socket.AF_UNIX)
            one.connect(str(self.daemon.socket))
            one.close()
        self.assertEqual(1, len(self.good.request("list").sessions))

    def test_silent_clients_do_not_keep_others_out(self):
        begun = time.monotonic()
        silent = [self.raw() for _ in range(200)]
        with self.daemon.client() as client:
            self.assertEqual(1, len(client.request("list").sessions))
        # The oldest were sent away, and not because their time was over.
        self.assertEqual(b"", silent[0].recv(1))
        self.assertLess(time.monotonic() - begun, HELLO_LIMIT)

    def test_a_hello_that_trickles_has_an_absolute_deadline(self):
        one = self.raw()
        one.sendall(b"\0")
        begun = time.monotonic()
        pushed = 1
        while not select.select([one], [], [], 0.5)[0]:
            self.assertLess(time.monotonic() - begun, 15, "a client that never finishes its hello is sent away")
            with contextlib.suppress(BrokenPipeError):
                one.sendall(b"\0" if pushed < 3 else b"\x20" if pushed == 3 else b"\n")
            pushed += 1
        self.assertIn(one.recv(10), (b"",))

    def test_random_bytes(self):
        dice = random.Random(7)
        for _ in range(300):
            one = self.raw()
            data = dice.randbytes(dice.randrange(1, 300))
            one.sendall(b"\0\0" + data if dice.random() < 0.7 else data)
            one.close()

    def test_a_thousand_requests_at_once_by_one_that_does_not_read(self):
        client = self.client()
        client.socket.settimeout(2)  # the daemon has stopped to read when nothing is taken for so long
        frame = pb.Frame()
        frame.request.list.all = True
        sent = 0
        with contextlib.suppress(TimeoutError):
            for number in range(1, 400_000):
                frame.id = number
                body = frame.SerializeToString()
                client.socket.sendall(struct.pack(">I", len(body)) + body)
                sent += 1
        self.assertLess(sent, 399_999)
        self.assertEqual(1, len(self.good.request("list").sessions))
        status = open(f"/proc/{self.daemon.pid}/status").read()
        rss = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
        if "asan" not in os.environ["PTYD_BIN_DIR"] and "tsan" not in os.environ["PTYD_BIN_DIR"]:
            self.assertLess(rss, 64 * 1024)

    def test_racing_attaches_leave_one(self):
        clients = [self.client() for _ in range(20)]
        numbers = []
        for _ in range(25):
            for client in clients:
                numbers.append((client, client.begin("attach", session="c", steal=True, credit=1000)))
        for client, number in numbers:
            client.finish(number, "attach")
        live = [a for a in self.good.request("inspect", session="c").attachments]
        self.assertEqual(1, len(live))
        self.attached = self.good.attach("c")


class Json(harness.DaemonTest):
    def connect(self, **hello):
        one = socket.socket(socket.AF_UNIX)
        one.settimeout(harness.DEADLINE)
        one.connect(str(self.daemon.socket))
        self.addCleanup(one.close)
        self.stream = one.makefile("rwb")
        self.say({"id": "1", "hello": {"protocolMin": 1, "protocolMax": 1, "clientName": "json", **hello}})
        return self.hear()

    def say(self, frame):
        self.stream.write(json.dumps(frame).encode() + b"\n")
        self.stream.flush()

    def hear(self):
        return json.loads(self.stream.readline())

    def test_a_session_from_start_to_end(self):
        self.assertEqual(1, self.connect(jsonText=True)["welcome"]["protocol"])
        self.say({"id": 2, "request": {"create": {"name": "j", "argv": ["L2Jpbi9jYXQ="]}}})
        reply = self.hear()
        self.assertEqual("j", reply["response"]["create"]["session"]["name"])
        self.say({"id": 3, "request": {"attach": {"session": "j", "credit": "1000000"}}})
        reply = self.hear()
        while "response" not in reply:
            reply = self.hear()
        number = reply["response"]["attach"]["attachment"]
        self.say({"input": {"attachment": number, "text": "h\u00e9llo\n"}})
        text = ""
        while "h\u00e9llo\r\nh\u00e9llo\r\n" not in text:
            text += self.hear().get("output", {}).get("text", "")
        self.say({"id": 4, "request": {"kill": {"session": "j", "force": True}}})
        reply = self.hear()
        while "response" not in reply:
            reply = self.hear()
        self.assertEqual(9, reply["response"]["kill"]["exit"]["signal"])

    def test_bad_json_says_why(self):
        for line in (b"{\n", b"{]\n", b'{"id": "x"}\n', b'{"hello": {"protocolMin": -1}}\n', b"{" + b"[" * 5000 + b"\n",
                     b"{" + b"x" * 200_000, b'{"hello": 3}\n'):
            with self.subTest(line=line[:20]):
                one = socket.socket(socket.AF_UNIX)
                one.settimeout(harness.DEADLINE)
                one.connect(str(self.daemon.socket))
                try:
                    one.sendall(line)
                except (BrokenPipeError, ConnectionResetError):
                    pass
                reply = one.makefile("rb").readline()
                self.assertIn(json.loads(reply)["response"]["error"]["code"], ("MALFORMED", "FRAME_TOO_LARGE"))
                one.close()

    def test_unknown_fields_are_ignored(self):
        self.connect()
        self.say({"id": 2, "request": {"list": {"all": True, "futureField": {"a": [1]}}}, "another": 1})
        self.assertIn("list", self.hear()["response"])


@unittest.skipIf(os.environ.get("PTYD_TEST_SLOW"), "sanitizers need descriptors to look at memory")
class FewDescriptors(unittest.TestCase):
    def test_without_free_descriptors_the_loop_does_not_spin(self):
        daemon = harness.Daemon(prefix=["prlimit", "--nofile=40:40"])
        self.addCleanup(daemon.clean_up)
        daemon.start()
        with daemon.client() as client:
            held = []
            begun = time.monotonic()
            for _ in range(60):
                one = socket.socket(socket.AF_UNIX)
                one.connect(str(daemon.socket))
                held.append(one)
            # Those above the limit are let in and sent away, so their connections end.
            harness.eventually(lambda: b"" in [self.peek(one) for one in held], "one that was sent away")
            self.assertLess(time.monotonic() - begun, HELLO_LIMIT, "and not because its time was over")
            self.assertEqual(1, client.request("status").connections > 0)
            for one in held:
                one.close()
        with daemon.client() as client:
            client.request("status")

    def peek(self, one):
        one.setblocking(False)
        try:
            return one.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, ConnectionResetError):
            return None


if __name__ == "__main__":
    harness.main()
