"""A day's work in minutes: sessions of many kinds and clients of all manners come and go, things are killed and upgraded,
and after each hour, when all have gone, the daemon must be as small as it was."""
import contextlib
import itertools
import os
import pathlib
import signal
import statistics
import struct

import harness
from day_sessions import KINDS
from harness import CHILD, pb
from soak_load import MiB, descriptors, memory, running, soaked

MAX_SESSIONS = 10
MAX_CLIENTS = 16
# What may be left after an hour, all in all: allocators never give everything back.
GROWTH_PER_HOUR = 128 * 1024
GROWTH_OF_A_SHORT_DAY = 4 * MiB


def mixed_day(chance, short):
    """Sessions of many kinds and clients of all manners come and go, while hosts and daemons are killed and upgraded."""
    return day_of(chance, *((10, 40) if short else (48, 400)), short)


def day_of(chance, hours, steps, short):
    rough = hours // 3  # in these the daemon dies and is upgraded, in the others it lives on
    points = []
    with soaked(config='[log]\nlevel = "warn"\n') as daemon:
        day = Day(daemon, chance)
        for hour in range(hours):
            day.work(steps, rough=hour < rough)
            points.append(day.rest())
        check_descriptors(points)
        grown = check_memory([point["rss"] for point in points[rough:]], short)
    assert not list((daemon.socket.parent / "hosts").glob("*")), "sockets of hosts were left"
    return {"hours": hours, **day.done, "descriptors": points[-1]["descriptors"],
            "daemon_rss_kib": points[-1]["rss"] // 1024, "daemon_grows_kib_per_hour": round(grown / 1024, 1)}


def check_descriptors(points):
    """At rest each hour has what the first one had, whatever was killed meanwhile."""
    for hour, point in enumerate(points):
        for what in ("descriptors", "mappings", "files"):
            assert point[what] <= points[0][what], f"hour {hour}: {what} were {points[0][what]}, are {point[what]}"


def check_memory(sizes, short):
    """The median of the slopes between any two hours, once a quarter of them has warmed the daemon up. In a short day there
    are too few of them: what counts is that it did not grow by much at all."""
    settled = sizes[len(sizes) // 4:]
    pairs = itertools.combinations(enumerate(settled), 2)
    slope = statistics.median((b - a) / (j - i) for (i, a), (j, b) in pairs)
    if short:
        assert settled[-1] - settled[0] <= GROWTH_OF_A_SHORT_DAY, f"the daemon grew: {sizes}"
    else:
        assert slope <= GROWTH_PER_HOUR, f"the daemon grows by {slope} bytes an hour: {sizes}"
    return slope


class Visitor:
    """A client with an attachment."""

    def __init__(self, day, session, **fields):
        self.session = session
        self.client = day.daemon.client(receive_buffer=4096 if fields.pop("stalls", False) else None)
        try:
            self.attached = self.client.attach(session.id, **fields)
        except harness.ProtocolError:
            self.client.close()
            raise

    def leave(self, chance):
        """In an orderly way, by closing, or in the middle of a frame."""
        manner = chance.randrange(3)
        with contextlib.suppress(OSError, harness.ProtocolError):  # the session may have ended
            if manner == 0:
                self.client.request("detach", attachment=self.attached.number)
            if manner == 1:
                self.client.socket.sendall(struct.pack(">I", 1000) + b"\x12\x03")
        self.client.close()


class Day:
    """What is going on. All that is done follows from `chance` and from what was done before, never from timing."""

    def __init__(self, daemon, chance):
        self.daemon = daemon
        self.chance = chance
        self.sessions = []
        self.visitors = []
        self.numbers = itertools.count()
        self.done = dict.fromkeys(("sessions", "visits", "hosts_killed", "daemons_killed", "upgrades"), 0)
        self.client = daemon.client(name="clock")

    def work(self, steps, rough):
        calm = {self.begin: 20, self.end: 12, self.use: 30, self.come: 20, self.go: 10, self.size: 10, self.look: 8,
                self.lease: 4, self.kill_host: 5, self.command: 1}
        actions = {**calm, self.kill_daemon: 6, self.upgrade: 6} if rough else calm
        with running(self.daemon, "duplex", CHILD, self.chance.randrange(1 << 30), 2, MiB, MiB // 4) as load:
            for action in self.chance.choices(list(actions), list(actions.values()), k=steps):
                action()
            load.finish()
        if rough:
            self.upgrade()

    def begin(self):
        if len(self.sessions) < MAX_SESSIONS:
            kind = self.chance.choice(KINDS)
            self.sessions.append(kind(self, f"{kind.__name__}-{next(self.numbers)}"))
            self.done["sessions"] += 1

    def end(self):
        if self.sessions:
            self.sessions.pop(self.chance.randrange(len(self.sessions))).end(self)

    def use(self):
        if self.sessions:
            self.chance.choice(self.sessions).use(self)

    def come(self):
        if not self.sessions:
            return
        if len(self.visitors) == MAX_CLIENTS:
            self.visitors.pop(0).leave(self.chance)
        fields = {
            "flow": self.chance.choice((pb.RESYNC, pb.DISCONNECT)),
            "role": self.chance.choice((pb.CONTROLLER, pb.OBSERVER)),
            "credit": self.chance.choice((0, 1, 4096, 1 << 40)),  # most of them never read, nor grant more
            "stalls": self.chance.random() < 0.5,
            "size": pb.WindowSize(cols=self.chance.randrange(20, 200), rows=self.chance.randrange(5, 60)),
        }
        session = self.chance.choice(self.sessions)
        try:
            self.visitors.append(Visitor(self, session, **fields))
        except harness.ProtocolError:
            if session.stays:
                raise
        self.done["visits"] += 1

    def go(self):
        if self.visitors:
            self.visitors.pop(self.chance.randrange(len(self.visitors))).leave(self.chance)

    def size(self):
        if self.sessions:
            size = pb.WindowSize(cols=self.chance.randrange(2, 300), rows=self.chance.randrange(1, 80))
            with contextlib.suppress(harness.ProtocolError):  # one that ends by itself may have ended
                self.client.request("resize", session=self.chance.choice(self.sessions).id, size=size)

    def look(self):
        listed = {one.id for one in self.client.request("list", all=True).sessions}
        lost = [one.name for one in self.sessions if one.stays and one.id not in listed]
        assert not lost, f"sessions are not there any more: {lost}"
        if self.sessions:
            session = self.chance.choice(self.sessions)
            with contextlib.suppress(harness.ProtocolError):
                what, fields = self.chance.choice((
                    ("history", {"session": session.id, "max_bytes": 4096}), ("inspect", {"session": session.id}),
                    ("screen", {"session": session.id}), ("commands", {"session": session.id}),
                    ("wait", {"sessions": [session.id], "deadline_ms": 1}), ("subscribe", {"session": session.id})))
                self.client.request(what, **fields)
        self.client.pushes.clear()

    def lease(self):
        """One that ends by time, or with its connection."""
        if self.sessions:
            session = self.chance.choice(self.sessions)
            with self.daemon.client() as client, contextlib.suppress(harness.ProtocolError):
                client.request("claim", session=session.id, kind=pb.SIZE_LEASE, ttl_ms=self.chance.choice((0, 1, 200)),
                               steal=True)

    def command(self):
        assert self.daemon.ptyctl("list").returncode == 0

    def kill_host(self):
        """Of one that nobody types into just now: what it says afterwards is whole."""
        living = [one for one in self.sessions if one.stays]
        if not living:
            return
        session = self.chance.choice(living)
        before = harness.eventually(lambda: self.replaceable(session), f"that another host could follow {session.name}'s")
        os.kill(before.host_pid, signal.SIGKILL)
        harness.eventually(lambda: self.inspect(session).rehosted > before.rehosted, f"another host of {session.name}")
        self.done["hosts_killed"] += 1
        session.use(self)

    def inspect(self, session):
        return self.client.request("inspect", session=session.id).session

    def replaceable(self, session):
        seen = self.inspect(session)
        return seen if seen.rehostable else None

    def kill_daemon(self):
        self.daemon.kill()
        for visitor in self.visitors:
            visitor.client.close()
        self.visitors.clear()
        self.client.close()
        self.daemon.start()
        self.client = self.daemon.client(name="clock")
        self.done["daemons_killed"] += 1
        for session in self.sessions:
            if session.stays:
                harness.eventually(lambda one=session: self.there(one), f"that {session.name} is there again")

    def there(self, session):
        return any(one.id == session.id for one in self.client.request("list", all=True).sessions)

    def upgrade(self):
        """What keeps the daemon from it ends before."""
        for session in self.sessions:
            session.before_upgrade(self)
        self.client.request("upgrade")
        self.client.request("status")
        self.done["upgrades"] += 1

    def rest(self):
        """All go home; what the daemon still has then."""
        for visitor in self.visitors:
            visitor.leave(self.chance)
        self.visitors.clear()
        for session in self.sessions:
            session.end(self)
        self.sessions.clear()
        self.client.close()
        self.client = self.daemon.client(name="clock")
        # A daemon that has just taken over has nobody to fork hosts from before it needs one.
        last = self.client.create("/bin/true").id
        self.client.request("wait", sessions=[last])
        self.client.request("remove", session=last)
        harness.eventually(lambda: not self.client.request("list", all=True).sessions, "that no session is listed")
        harness.eventually(lambda: not self.daemon.hosts(), "the end of all hosts")
        harness.eventually(lambda: self.client.request("status").connections == 1, "the end of all connections")
        harness.eventually(lambda: not children(self.daemon.pid), "that the daemon has no child")
        maps = pathlib.Path(f"/proc/{self.daemon.pid}/maps").read_text()
        return {"descriptors": descriptors(self.daemon.pid), "rss": memory(self.daemon.pid, "RssAnon"),
                "mappings": maps.count("memfd:"),
                "files": len(list(self.daemon.socket.parent.rglob("*")))}


def children(pid):
    """But the one that new hosts are forked from."""
    def name(child):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            return pathlib.Path(f"/proc/{child}/comm").read_text().strip()
        return ""
    tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
    found = " ".join((task / "children").read_text() for task in tasks).split()
    return [child for child in found if name(child) != "ptyd-nursery"]
