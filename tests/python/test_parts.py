"""The package's parts by themselves: messages against the schema, encodings, text, cursors, backlogs."""
import re
import unittest

import ptyd
import support
from ptyd import _codec_json, _codec_protobuf, _fields, _frames, requests
from ptyd._backlog import InputBacklog
from ptyd._cursor import OutputCursor
from ptyd._plain_text import PlainText
from ptyd.v1 import ptyd_pb2 as pb

GOLDEN = support.harness.SOURCE / "tests" / "golden" / "frames" / "v1"
CODECS = (_codec_protobuf.ProtobufCodec, _codec_json.JsonCodec)


class Schema(unittest.TestCase):
    def types_of(self, field, descriptor):
        """A field of protobuf as Field tells it."""
        kinds = {descriptor.TYPE_UINT32: (int, 32), descriptor.TYPE_UINT64: (int, 64),
                 descriptor.TYPE_SINT32: (int, -32), descriptor.TYPE_SINT64: (int, -64),
                 descriptor.TYPE_BOOL: (bool, 0), descriptor.TYPE_STRING: (str, 0), descriptor.TYPE_BYTES: (bytes, 0)}
        if descriptor.type in kinds:
            return kinds[descriptor.type]
        kind = descriptor.message_type or descriptor.enum_type
        self.assertEqual("ErrorInfo" if kind.name == "Error" else kind.name, field.type.__name__)
        return field.type, 31 if descriptor.enum_type else 0

    def compare(self, message, descriptor, done):
        if message in done:
            return
        done.add(message)
        fields = {field.wire: field for field in _fields.fields_of(message)}
        self.assertEqual([field.name for field in descriptor.fields], list(fields), message)
        for theirs in descriptor.fields:
            ours = fields[theirs.name]
            where = f"{message.__name__}.{theirs.name}"
            self.assertEqual(self.types_of(ours, theirs), (ours.type, ours.bits), where)
            self.assertEqual(theirs.json_name, ours.json, where)
            self.assertEqual(theirs.label == theirs.LABEL_REPEATED, ours.repeated, where)
            self.assertEqual(not ours.repeated and theirs.has_presence, ours.optional, where)
            if theirs.enum_type:
                self.assertEqual({value.name: value.number for value in theirs.enum_type.values},
                                 {value.name: int(value) for value in ours.type}, where)
            elif theirs.message_type:
                self.compare(ours.type, theirs.message_type, done)

    def test_every_message_is_as_in_the_schema(self):
        done = set()
        for name, message in _frames.BODIES.items():
            self.compare(message, pb.Frame.DESCRIPTOR.fields_by_name[name].message_type, done)
        for table, outer in ((requests.REQUESTS, pb.Request), (requests.REPLIES, pb.Response)):
            names = [field.name for field in outer.DESCRIPTOR.fields if field.name not in ("deadline_ms", "error")]
            self.assertEqual(names, list(table))
            for name, message in table.items():
                self.compare(message, outer.DESCRIPTOR.fields_by_name[name].message_type, done)
        self.compare(_frames.ErrorInfo, pb.Error.DESCRIPTOR, done)
        names = {field.name for field in pb.Frame.DESCRIPTOR.fields} - {"id", "request", "response"}
        self.assertEqual(names, set(_frames.BODIES))
        self.assertGreater(len(done), 70)

    def test_the_version_is_the_projects(self):
        text = (support.harness.SOURCE / "CMakeLists.txt").read_text()
        self.assertEqual(re.search(r"VERSION (\d+\.\d+\.\d+) DESC", text).group(1), ptyd.__version__)


class Encodings(unittest.TestCase):

    def test_golden_frames_are_the_same_in_both(self):
        seen = set()
        for path in sorted(GOLDEN.glob("*.hex")):
            data = bytes.fromhex(re.sub(r"#[^\n]*", "", path.read_text()))
            line = path.with_suffix(".json").read_bytes().strip().replace(b"\n", b" ") + b"\n"
            binary = list(_codec_protobuf.ProtobufCodec().decode(data))
            self.assertEqual(binary, list(_codec_json.JsonCodec().decode(line)), path.name)
            seen |= {type(body).__name__ for _, body in binary}
        self.assertLessEqual({"Welcome", "Response", "Output", "Snapshot", "Gap", "InputAck", "Ended", "Event"}, seen)

    def frames(self):
        frames = [
            (3, _frames.Hello(1, 1, "n\"ä", "1", ("a", "b"), 5)),
            (0, _frames.Input(7, 1 << 63, data=bytes(range(256)))),
            (0, _frames.Output(1, (1 << 64) - 1, data=b"\xff\0")),
            (0, _frames.Gap(1, 5, 9)), (0, _frames.InputAck(1, 2, 3)), (0, _frames.Credit(1, 1 << 40)),
            (0, _frames.Ended(2, ptyd.EndReason.HOST_LOST, 3, ptyd.ExitStatus(True, 2))),
            (0, _frames.Snapshot(1, 2, ptyd.WindowSize(80, 24), True, True, data=b"x")),
            (0, _frames.Event(5, 6, ptyd.EventType.RENAMED, ptyd.SessionInfo(id="1", argv=(b"a", b"\xff")))),
            (9, _frames.Cancel()), (1, _frames.Welcome(limits=_frames.Limits(max_frame=1))),
        ]
        return frames

    def test_frames_come_back_as_they_were(self):
        for codec in CODECS:
            data = b"".join(codec().encode(number, body) for number, body in self.frames())
            for step in (len(data), 1, 7):
                reader, found = codec(), []
                for at in range(0, len(data), step):
                    found += reader.decode(data[at:at + step])
                self.assertEqual(self.frames(), found, (codec, step))

    def test_the_daemons_json_and_ours_are_the_same(self):
        from google.protobuf import json_format
        request = requests.AttachRequest(session="s", role=ptyd.Role.OBSERVER, size=ptyd.WindowSize(1, 2),
                                         credit=1 << 60, resume_offset=0, input_stream=b"\0\xff", ancestry=(b"a",))
        for body in [body for _, body in self.frames()] + [_frames.Call(5, request)]:
            line = _codec_json.JsonCodec().encode(6, body)
            parsed = json_format.Parse(line, pb.Frame())
            self.assertEqual(_codec_protobuf.ProtobufCodec().encode(6, body)[4:], parsed.SerializeToString(), body)
            if isinstance(body, _fields.Message):
                text = json_format.MessageToJson(parsed, indent=None).encode() + b"\n"
                self.assertEqual([(6, body)], list(_codec_json.JsonCodec().decode(text)))

    def test_what_is_from_a_later_version_is_left_out(self):
        later = b'{"later":{}}\n{"id":"4","response":{"later":{}}}\n{"ended":{"reason":"LATER","later":1}}\n'
        found = list(_codec_json.JsonCodec().decode(later))
        self.assertEqual([(4, _frames.Response()), (0, _frames.Ended())], found)
        data = b"\0\0\0\x04\xfa\x01\x01\0" + b"\0\0\0\x04\x6a\x02\x10\x63"
        found = list(_codec_protobuf.ProtobufCodec().decode(data))
        self.assertEqual([(0, _frames.Ended())], found)


class Text(unittest.TestCase):
    def test_sequences_are_removed_however_they_are_cut(self):
        samples = {b"a\x1b[1;31mb\x1b[mc": "abc", b"\x1b]0;title\x07x\x1b]8;;u\x1b\\y": "xy", b"\x1bPq#1\x1b\\z": "z",
                   b"1\r\n2\r\r\n3\r4": "1\n2\n3\r4", b"\x1b(B\x1b=k": "k", "ä€😀".encode(): "ä€😀",
                   b"\xff\xc3(": "\ufffd\ufffd(",
                   b"a\x07\0b\x08c\td": "ab\bc\td", b"\x1b[?2004h$ ": "$ ", b"\x1b[" + b"1" * 20 + b"m!": "!",
                   b"\x1b_apc\x18t": "t", b"\xc2\x9b31mq": "q", b"x\x1b[3\x01y": "x[3y"}
        for data, wanted in samples.items():
            for step in (len(data), 1, 2, 3):
                plain = PlainText()
                got = "".join(plain.feed(data[at:at + step]) for at in range(0, len(data), step))
                self.assertEqual(wanted, got, (data, step))

    def test_what_is_kept_is_bounded(self):
        plain = PlainText()
        for _ in range(1000):
            plain.feed(b"\x1b[" + b"1" * 1000)
            plain.feed(b"\x1b]0;" + b"x" * 1000)
        self.assertLess(len(plain._rest), 2000)

    def test_escaping(self):
        self.assertEqual("plain ä", ptyd.escape_text("plain ä"))
        self.assertEqual("\\e[2J\\n\\t\\\\\\x07\\xc2\\x9b\\xe2\\x80\\xae",
                         ptyd.escape_text("\x1b[2J\n\t\\\x07\x9b\u202e"))


class Cursor(unittest.TestCase):
    def assert_broken(self, call, *args):
        with self.assertRaises(ptyd.Error) as caught:
            call(*args)
        self.assertIs(ptyd.ErrorCode.MALFORMED, caught.exception.code)

    def test_output_is_whole(self):
        cursor = OutputCursor(100)
        self.assertEqual(100, cursor.first_credit())
        cursor.begin(10, False)
        self.assertEqual(0, cursor.output(10, 5))
        self.assertEqual(3, cursor.output(12, 10))
        self.assertEqual(22, cursor.resume_offset())
        self.assert_broken(cursor.output, 23, 1)
        self.assert_broken(cursor.output, 22, 86)

    def test_a_gap_awaits_a_snapshot(self):
        cursor = OutputCursor(100)
        cursor.first_credit()
        cursor.begin(0, True)
        self.assert_broken(cursor.output, 0, 1)
        self.assertTrue(cursor.snapshot(7, 3, False))
        self.assertIsNone(cursor.resume_offset())
        self.assert_broken(cursor.snapshot, 8, 1, True)
        self.assertFalse(cursor.snapshot(7, 3, True))
        self.assertEqual(7, cursor.resume_offset())
        cursor.gap(7, 50)
        self.assertIsNone(cursor.resume_offset())
        self.assert_broken(cursor.gap, 5, 4)

    def test_credit_is_granted_by_half_windows(self):
        cursor = OutputCursor(100)
        cursor.first_credit()
        cursor.begin(0, False)
        cursor.output(0, 100)

        def consume(size):
            cursor.consumed(size)
            return cursor.take_grant()

        self.assertEqual(0, consume(49))
        self.assertEqual(50, consume(1))
        self.assertEqual(0, consume(0))
        # Unread bytes take room of the next connection's first grant.
        self.assertEqual(50, cursor.first_credit())
        # What is read before that connection can be told stays due.
        cursor.consumed(30)
        cursor.consumed(20)
        self.assertEqual(50, cursor.take_grant())
        self.assertEqual(0, cursor.take_grant())


class Backlog(unittest.TestCase):
    def backlog(self, data, limit=100):
        backlog = InputBacklog(100)
        backlog.resume(0, limit, False)
        backlog.append(memoryview(data))
        return backlog

    def send(self, backlog, largest=1000):
        offset, data = backlog.next(largest)
        backlog.sent(len(data))
        return offset, data

    def test_limits(self):
        backlog = self.backlog(b"abcdef", limit=4)
        self.assertEqual((0, b"abc"), self.send(backlog, 3))
        self.assertEqual((3, b"d"), self.send(backlog))
        self.assertEqual((4, b""), self.send(backlog))
        self.assertTrue(backlog.acknowledge(2, 6))
        self.assertEqual((4, b"ef"), self.send(backlog))
        self.assertEqual(4, len(backlog))
        self.assertFalse(backlog.acknowledge(7, 9))
        self.assertEqual(96, backlog.append(memoryview(bytes(200))))

    def test_a_new_connection_goes_on_where_the_host_is(self):
        backlog = self.backlog(b"abcdef")
        self.send(backlog)
        self.assertEqual(0, backlog.resume(4, 100, False))
        self.assertEqual((4, b"ef"), self.send(backlog))

    def test_a_forgotten_stream_is_not_typed_again(self):
        backlog = self.backlog(b"abcdef", limit=4)
        self.send(backlog)
        backlog.acknowledge(1, 4)
        self.assertEqual(3, backlog.resume(0, 100, True))
        self.assertEqual((0, b"ef"), self.send(backlog))

    def test_refused_input_counts_as_sent_when_the_stream_is_forgotten(self):
        backlog = self.backlog(b"abcdef", limit=4)
        self.send(backlog)
        backlog.rewind()
        self.assertEqual(4, backlog.resume(0, 100, True))


if __name__ == "__main__":
    support.main()
