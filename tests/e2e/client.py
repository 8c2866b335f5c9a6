"""A client of the protocol and its attachments."""
import os
import select
import socket
import struct
import time

from google.protobuf import json_format
from ptyd.v1 import ptyd_pb2 as pb

from waiting import DEADLINE, remaining


def base_env(**more):
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/", "LANG": "C.UTF-8", "SHELL": "/bin/sh"}
    env.update(more)
    return env


class ProtocolError(Exception):
    def __init__(self, error):
        super().__init__(f"{pb.ErrorCode.Name(error.code)}: {error.message} ({error.hint})")
        self.error = error
        self.code = error.code


class Client:
    """One connection, binary or JSON. Answers are matched by id; what comes unasked is kept in `pushes`."""

    def __init__(self, path, name="test", hello=True, max_data=65536, receive_buffer=None, json=False):
        self.json = json
        self.socket = self.connect(path, receive_buffer)
        self.buffer = bytearray()
        self.read_size = receive_buffer or 1 << 20  # a small buffer is for those who leave data unread
        self.pushes = []
        self.answers = {}
        self.next_id = 1
        if hello:
            frame = pb.Frame(id=self.take_id())
            frame.hello.protocol_min = frame.hello.protocol_max = 1
            frame.hello.client_name = name
            frame.hello.max_data = max_data
            self.send(frame)
            answer = self.answer(frame.id)
            if answer.HasField("response"):
                raise ProtocolError(answer.response.error)
            self.welcome = answer.welcome

    def connect(self, path, receive_buffer):
        one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        if receive_buffer:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        one.connect(str(path))
        return one

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def take_id(self):
        self.next_id += 1
        return self.next_id - 1

    def send(self, frame):
        data = frame.SerializeToString()
        if self.json:
            self.socket.sendall(json_format.MessageToJson(frame, indent=None).encode() + b"\n")
        else:
            self.socket.sendall(struct.pack(">I", len(data)) + data)

    def take_frame(self):
        """The first one of what has come; None when it has not come whole."""
        if self.json:
            line, end, _ = self.buffer.partition(b"\n")
            if not end:
                return None
            del self.buffer[:len(line) + 1]
            return json_format.Parse(bytes(line), pb.Frame(), ignore_unknown_fields=True)
        size = struct.unpack(">I", self.buffer[:4])[0] if len(self.buffer) >= 4 else 0
        if len(self.buffer) < 4 + size:
            return None
        frame = pb.Frame.FromString(bytes(self.buffer[4:4 + size]))
        del self.buffer[:4 + size]
        return frame

    def receive(self, deadline=DEADLINE):
        """The next frame; None when the daemon has closed the connection."""
        until = time.monotonic() + deadline
        while True:
            frame = self.take_frame()
            if frame is not None:
                return frame
            ready, _, _ = select.select([self.socket], [], [], remaining(until, "a frame"))
            if not ready:
                continue
            try:
                data = self.socket.recv(self.read_size)
            except ConnectionResetError:
                return None
            if not data:
                return None
            self.buffer += data

    def answer(self, number, deadline=DEADLINE):
        until = time.monotonic() + deadline
        while number not in self.answers:
            frame = self.receive(remaining(until, f"the answer to request {number}"))
            if frame is None:
                raise ConnectionError("the daemon closed the connection")
            if frame.id:
                self.answers[frame.id] = frame
            else:
                self.pushes.append(frame)
        return self.answers.pop(number)

    def begin(self, method, deadline_ms=0, **fields):
        frame = pb.Frame(id=self.take_id())
        frame.request.deadline_ms = deadline_ms
        getattr(frame.request, method).SetInParent()
        target = getattr(frame.request, method)
        target.MergeFrom(type(target)(**fields))
        self.send(frame)
        return frame.id

    def finish(self, number, method, deadline=DEADLINE):
        response = self.answer(number, deadline).response
        if response.HasField("error"):
            raise ProtocolError(response.error)
        return getattr(response, method)

    def request(self, method, deadline=DEADLINE, deadline_ms=0, **fields):
        return self.finish(self.begin(method, deadline_ms, **fields), method, deadline)

    def create(self, *argv, env=None, **fields):
        pairs = [pb.EnvVar(name=k.encode(), value=v.encode()) for k, v in (env or base_env()).items()]
        return self.request("create", argv=[os.fsencode(a) for a in argv], env=pairs, **fields).session

    def push(self, deadline=DEADLINE):
        if self.pushes:
            return self.pushes.pop(0)
        frame = self.receive(deadline)
        if frame is None:
            raise ConnectionError("the daemon closed the connection")
        if frame.id:
            self.answers[frame.id] = frame
            return self.push(deadline)
        return frame

    def event(self, kind, deadline=DEADLINE):
        until = time.monotonic() + deadline
        while True:
            frame = self.push(remaining(until, pb.EventType.Name(kind)))
            if frame.HasField("event") and frame.event.type == kind:
                return frame.event

    def attach(self, session, credit=1 << 40, **fields):
        return Attached(self, self.request("attach", session=session, credit=credit, **fields))

    def wait_for_all_output(self, session):
        """The exit may be known before all output is there."""
        self.attach(session, no_replay=True, until_stream_end=True).until_ended()


class Attached:
    """An attachment: collects output and checks that its offsets have no gap."""

    def __init__(self, client, reply):
        self.client = client
        self.number = reply.attachment
        self.reply = reply
        self.offset = reply.offset
        self.data = bytearray()
        self.snapshot = bytearray()
        self.gaps = []
        self.ended = None
        self.input_offset = reply.input_offset
        self.acked = reply.input_offset
        self.limit = reply.input_limit
        self.keep = True

    def take(self, frame):
        kind = frame.WhichOneof("body")
        if kind not in ("output", "snapshot", "gap", "ended", "input_ack"):
            return
        body = getattr(frame, kind)
        if body.attachment != self.number:
            return
        if kind == "output":
            assert body.offset == self.offset, f"expected offset {self.offset}, got {body.offset}"
            self.offset += len(body.data)
            if self.keep:
                self.data += body.data
        elif kind == "snapshot":
            self.snapshot += body.data
            self.offset = body.offset
        elif kind == "gap":
            self.gaps.append((getattr(body, "from"), body.to))
        elif kind == "input_ack":
            self.acked, self.limit = body.accepted, body.limit
        else:
            self.ended = body

    def pump(self, deadline=DEADLINE):
        self.take(self.client.push(deadline))

    def until(self, condition, what, deadline=DEADLINE):
        until = time.monotonic() + deadline
        while not condition():
            self.pump(remaining(until, what))

    def expect(self, wanted, deadline=DEADLINE):
        if isinstance(wanted, str):
            wanted = wanted.encode()
        self.until(lambda: wanted in self.data or wanted in self.snapshot,
                   f"{wanted!r}; have {bytes(self.data[-500:])!r} {bytes(self.snapshot[-300:])!r}", deadline)

    def until_ended(self, deadline=DEADLINE):
        self.until(lambda: self.ended, "the end of the attachment", deadline)
        return self.ended

    def drain(self):
        """Takes what a daemon sent before it died."""
        for frame in self.client.pushes:
            self.take(frame)
        self.client.pushes.clear()
        while frame := self.client.receive():
            self.take(frame)

    def type(self, data):
        if isinstance(data, str):
            data = data.encode()
        position = 0
        while position < len(data):
            self.until(lambda: self.input_offset < self.limit, "room for input")
            size = min(self.limit - self.input_offset, 65536, len(data) - position)
            frame = pb.Frame()
            frame.input.attachment = self.number
            frame.input.offset = self.input_offset
            frame.input.data = bytes(data[position:position + size])
            self.client.send(frame)
            self.input_offset += size
            position += size

    def grant(self, amount):
        frame = pb.Frame()
        frame.credit.attachment = self.number
        frame.credit.bytes = amount
        self.client.send(frame)
