"""The kinds of sessions of mixed_day: each can be begun, used and ended at any time, and checks what it is told."""
import contextlib
import signal

import harness
from harness import CHILD, pb

CALM = 200  # ms that a program has to end after it was told


class Kind:
    """A program that lives until it is told otherwise."""

    stays = True  # until end()
    argv = (CHILD, "echo")
    fields = {}

    def __init__(self, day, name):
        self.name = name
        self.id = day.client.create(*self.argv, name=name, **self.fields).id

    def use(self, day):
        pass

    def before_upgrade(self, day):
        pass

    def converse(self, day, typed, wanted, **fields):
        """What is typed by a client of its own, and what comes; then it goes."""
        with day.daemon.client() as client:
            attached = client.attach(self.id, no_replay=True, **fields)
            attached.type(typed)
            attached.until(lambda: wanted in attached.data, f"{wanted!r} of {self.name}")

    def end(self, day):
        reply = day.client.request("kill", session=self.id, grace_ms=CALM, tree=True)
        assert reply.exit.known and reply.exit.signal in (signal.SIGHUP, signal.SIGKILL), (self.name, reply)
        self.remove(day)

    def remove(self, day):
        day.client.request("remove", session=self.id)

    def code(self, day, wanted):
        """The program ends by itself with this code."""
        ended = day.client.request("wait", sessions=[self.id]).sessions[0].exit
        assert ended.known and not ended.signal and ended.code == wanted, (self.name, ended)


class Echo(Kind):
    """Says what it is told; also when others watch it, do not read, or hold its size."""

    def __init__(self, day, name):
        super().__init__(day, name)
        with day.daemon.client() as client:
            client.attach(self.id, from_offset=0).expect("ready")

    def use(self, day):
        word = day.chance.randbytes(day.chance.randrange(1, 3000)).hex().encode()
        self.converse(day, word, word)


class Shell(Kind):
    argv = ("/bin/sh",)

    def use(self, day):
        number = day.chance.randrange(10_000, 99_999)
        self.converse(day, f"echo $(({number} + 1))\n", str(number + 1).encode())

    def end(self, day):
        code = day.chance.randrange(256)
        with day.daemon.client() as client:
            client.attach(self.id).type(f"exit {code}\n")
            self.code(day, code)
        self.remove(day)


class FullScreen(Kind):
    """Paints on the alternate screen."""

    argv = ("/bin/sh", "-c", r"stty raw -echo; printf '\033[?1049h\033[2Jpainted'; exec cat")

    def __init__(self, day, name):
        super().__init__(day, name)
        with day.daemon.client() as client:
            client.attach(self.id, from_offset=0).expect("painted")

    def use(self, day):
        paint = b"".join(b"\x1b[%d;%dH\x1b[3%dm%c" % tuple(map(day.chance.randrange, (1, 1, 0, 65), (50, 180, 8, 91)))
                         for _ in range(200))
        self.converse(day, paint, paint)


class Recorded(Echo):
    """With a recording, which is whole in the end."""

    def __init__(self, day, name):
        super().__init__(day, name)
        self.path = day.daemon.folder / f"{name}.cast"
        day.client.request("record", session=self.id, spec=pb.RecordSpec(path=str(self.path).encode()))

    def before_upgrade(self, day):
        with contextlib.suppress(harness.ProtocolError):  # a daemon that was killed did not go on with it
            day.client.request("record_change", session=self.id, stop=True)

    def end(self, day):
        super().end(day)
        assert harness.eventually(lambda: self.path.read_text().endswith("\n"), "a whole recording")
        self.path.unlink()


class Flood(Kind):
    """Waits, then prints much at once, all of which must arrive with one that reads."""

    def __init__(self, day, name):
        self.seed = day.chance.randrange(1 << 30)
        self.size = day.chance.randrange(1, 1 << 19)
        self.argv = (CHILD, "pattern-wait", str(self.seed), str(self.size))
        super().__init__(day, name)

    def end(self, day):
        with day.daemon.client() as client:
            attached = client.attach(self.id, from_offset=0, flow=pb.LOSSLESS)
            attached.type("\n")
            attached.until_ended()
            assert attached.data.endswith(harness.pattern(self.seed, 0, self.size)), f"{self.name}: wrong bytes"
        self.code(day, 0)
        self.remove(day)


class Short(Kind):
    """Ends at once, with a status of its own; it stays listed."""

    stays = False

    def __init__(self, day, name):
        self.seed = day.chance.randrange(1 << 30)
        self.size = day.chance.randrange(1, 4000)
        self.status = day.chance.randrange(256)
        self.argv = (CHILD, "pattern", str(self.seed), str(self.size), str(self.status))
        super().__init__(day, name)

    def end(self, day):
        self.code(day, self.status)
        with day.daemon.client() as client:
            client.wait_for_all_output(self.id)
        data = day.client.request("history", session=self.id, max_bytes=65536).data
        assert data == harness.pattern(self.seed, 0, self.size), f"{self.name}: wrong bytes"
        self.remove(day)


class Fleeting(Kind):
    """Is forgotten when it ends."""

    stays = False
    argv = (CHILD, "exit", "0")
    fields = {"remove_on_exit": True}

    def end(self, day):
        """Nobody waits here for as long as a client has to come back for its status."""
        with contextlib.suppress(harness.ProtocolError):
            self.remove(day)


class Mortal(Kind):
    """Has little time to live."""

    stays = False
    argv = (CHILD, "wait")
    fields = {"ttl_ms": 300}

    def end(self, day):
        ended = day.client.request("wait", sessions=[self.id]).sessions[0].exit
        assert ended.known and ended.signal == signal.SIGHUP, (self.name, ended)
        self.remove(day)


class Stubborn(Kind):
    """Has to be forced."""

    argv = (CHILD, "ignore-hup")


class Family(Kind):
    """A chain of processes, half of them orphans."""

    argv = (CHILD, "tree", "4")


KINDS = [Echo, Shell, FullScreen, Recorded, Flood, Short, Fleeting, Mortal, Stubborn, Family]
