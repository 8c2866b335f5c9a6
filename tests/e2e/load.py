"""Many clients at once, each typing into a session that sends everything back, and checking every byte."""
import base64
import json
import os
import selectors
import socket
import struct
import threading

from ptyd.v1 import ptyd_pb2 as pb

BLOCK = os.urandom(1 << 16).replace(b"\x1b", b"\x1c")  # no beginnings of what terminals answer
CREDIT = 256 * 1024
AHEAD = 24 * 1024  # typed and not yet back


def stream(seed, begin, size):
    """Bytes of an endless stream."""
    at = (begin + seed * 977) % len(BLOCK)
    data = BLOCK[at:at + size]
    while len(data) < size:
        data += BLOCK[:size - len(data)]
    return data


class Peer:
    """A client on one session, which runs `pty_child echo`."""

    def __init__(self, path, session, seed, encoding):
        self.seed, self.session, self.encoding = seed, session, encoding
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(str(path))
        self.inbox = bytearray()
        self.outbox = bytearray()
        self.error = None
        self.attachment = 0
        self.offset = 0     # of the next byte of output
        self.start = None   # offset of the first byte that comes back
        self.limit = 0
        self.sent = 0
        self.used = 0       # output since the last grant
        self.put({"id": 1, "hello": {"protocol_min": 1, "protocol_max": 1, "client_name": f"load{seed}"}})
        self.put({"id": 2, "request": {"attach": {"session": session, "from_offset": 0, "flow": "LOSSLESS",
                                                  "credit": CREDIT}}})
        self.socket.setblocking(False)

    @property
    def back(self):
        return 0 if self.start is None else self.offset - self.start

    def put(self, frame):
        from google.protobuf import json_format
        if self.encoding == "json":
            self.outbox += json.dumps(frame).encode() + b"\n"
        else:
            data = json_format.ParseDict(frame, pb.Frame()).SerializeToString()
            self.outbox += struct.pack(">I", len(data)) + data

    def type(self):
        while self.attachment and self.start is not None and self.sent - self.back < AHEAD and self.sent < self.limit:
            size = min(4096, self.limit - self.sent)
            data = stream(self.seed, self.sent, size)
            if self.encoding == "json":
                self.put({"input": {"attachment": self.attachment, "offset": self.sent,
                                    "data": base64.b64encode(data).decode()}})
            else:
                frame = pb.Frame(input=pb.Input(attachment=self.attachment, offset=self.sent, data=data))
                data = frame.SerializeToString()
                self.outbox += struct.pack(">I", len(data)) + data
            self.sent += size

    def frames(self):
        while True:
            if self.encoding == "json":
                end = self.inbox.find(b"\n")
                if end < 0:
                    return
                frame = json.loads(self.inbox[:end])
                del self.inbox[:end + 1]
                yield frame
            else:
                if len(self.inbox) < 4:
                    return
                size = struct.unpack(">I", self.inbox[:4])[0]
                if len(self.inbox) < 4 + size:
                    return
                frame = pb.Frame.FromString(bytes(self.inbox[4:4 + size]))
                del self.inbox[:4 + size]
                yield frame

    def take(self, frame):
        if self.encoding == "json":
            kind = next(key for key in frame if key != "id")
            body = frame[kind]
            if kind == "response":
                if "error" in body:
                    raise AssertionError(body["error"])
                self.attached(int(body["attach"]["attachment"]), int(body["attach"].get("inputLimit", 0)))
            elif kind == "output":
                self.output(int(body.get("offset", 0)), base64.b64decode(body["data"]))
            elif kind == "inputAck":
                self.limit = int(body["limit"])
            elif kind != "welcome":
                raise AssertionError(f"unexpected {kind}: {body}")
            return
        kind = frame.WhichOneof("body")
        if kind == "response":
            if frame.response.HasField("error"):
                raise AssertionError(frame.response.error)
            self.attached(frame.response.attach.attachment, frame.response.attach.input_limit)
        elif kind == "output":
            self.output(frame.output.offset, frame.output.data)
        elif kind == "input_ack":
            self.limit = frame.input_ack.limit
        elif kind != "welcome":
            raise AssertionError(f"unexpected {kind}: {frame}")

    def attached(self, number, limit):
        self.attachment, self.limit = number, limit

    def output(self, offset, data):
        if offset != self.offset:
            raise AssertionError(f"{self.session}: output at {offset}, expected {self.offset}")
        self.offset += len(data)
        self.used += len(data)
        if self.start is None:
            if not data.endswith(b"ready\n") and not data.endswith(b"ready\r\n"):
                return
            self.start = self.offset
        elif data != stream(self.seed, offset - self.start, len(data)):
            raise AssertionError(f"{self.session}: other bytes came back at {offset - self.start}")
        if self.used > CREDIT // 4:
            self.put({"credit": {"attachment": self.attachment, "bytes": self.used}})
            self.used = 0


class Load:
    """Serves its peers on a thread of its own until it is closed."""

    def __init__(self, peers):
        self.peers = peers
        self.stopping = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        selector = selectors.DefaultSelector()
        for peer in self.peers:
            selector.register(peer.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, peer)
        while not self.stopping:
            for key, _ in selector.select(0.05):
                peer = key.data
                try:
                    self.serve(peer)
                except Exception as error:  # told by check()
                    peer.error = error
                    selector.unregister(peer.socket)
                    continue
                wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if peer.outbox else 0)
                selector.modify(peer.socket, wanted, peer)

    @staticmethod
    def serve(peer):
        try:
            data = peer.socket.recv(1 << 18)
            if not data:
                raise ConnectionError(f"{peer.session}: the daemon closed the connection")
            peer.inbox += data
        except BlockingIOError:
            pass
        for frame in peer.frames():
            peer.take(frame)
        peer.type()
        if peer.outbox:
            try:
                del peer.outbox[:peer.socket.send(peer.outbox[:1 << 16])]
            except BlockingIOError:
                pass

    def check(self):
        for peer in self.peers:
            if peer.error:
                raise peer.error

    def progress(self):
        self.check()
        return [peer.back for peer in self.peers]

    def close(self):
        self.stopping = True
        self.thread.join()
        for peer in self.peers:
            peer.socket.close()
