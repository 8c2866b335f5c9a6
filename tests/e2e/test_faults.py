"""One call of the system fails, the first, the second, the third of its kind, until there are no more of them.

Whatever fails, in the daemon, in the one after it, or in a host: each step of a session's life succeeds or is refused
with an error that says why, and succeeds when it is asked for again. Nobody crashes or hangs, and nothing is left behind.
`PTYD_FAULTS=all` takes every call; without it, ever larger steps are made.
"""
import collections
import concurrent.futures
import contextlib
import errno
import itertools
import os
import pathlib
import re
import unittest

import harness
from harness import pb

LIBRARY = harness.BIN / "libfail_call.so"
ALL = os.environ.get("PTYD_FAULTS") == "all"
WORKERS = 4
PROGRAM = 'stty -echo; echo ready; while read x; do echo "got $x"; [ "$x" = end ] && exit 7; done'
NEVER = 1 << 40

# Of what each call may run out.
COMMON = {
    "bind": [errno.ENOMEM], "connect": [errno.EAGAIN], "dup2": [errno.EMFILE], "epoll_create1": [errno.EMFILE],
    "epoll_ctl": [errno.ENOMEM], "eventfd": [errno.EMFILE], "execve": [errno.ENOMEM], "fcntl": [errno.EMFILE],
    "flock": [errno.ENOLCK], "fork": [errno.EAGAIN], "ftruncate": [errno.ENOMEM],
    "listen": [errno.ENOMEM], "lstat": [errno.EIO], "memfd_create": [errno.EMFILE],
    "mmap": [errno.ENOMEM], "open": [errno.EMFILE, errno.EIO], "openat": [errno.ENFILE], "pipe": [errno.EMFILE],
    "pread": [errno.EIO], "pwrite": [errno.ENOSPC], "recvmsg": [errno.EINTR, errno.ENOMEM], "rename": [errno.ENOSPC],
    "sendmsg": [errno.ENOBUFS, errno.ENOMEM], "setrlimit": [errno.EPERM], "socket": [errno.EMFILE], "unlink": [errno.EIO],
    "write": [errno.ENOSPC, errno.EIO],
}
OF_DAEMON = {
    **COMMON, "accept": [errno.EMFILE, errno.ECONNABORTED, errno.ENOMEM], "mkdir": [errno.ENOSPC],
    "mkdirat": [errno.EDQUOT], "pipe2": [errno.EMFILE], "pthread_create": [errno.EAGAIN], "read": [errno.EIO],
    "symlink": [errno.ENOSPC], "timerfd_create": [errno.EMFILE],
}
OF_HOST = {
    **COMMON, "accept4": [errno.EMFILE, errno.ECONNABORTED, errno.ENOMEM], "chdir": [errno.EIO],
    "ioctl": [errno.EMFILE], "prctl": [errno.EPERM], "read": [errno.EIO], "tcgetattr": [errno.EIO],
    "tcsetattr": [errno.EIO],
}


# By its first ones Asio sets up how its loops are woken and its timers, without a look at whether that worked.
FIRST = {"epoll_ctl": 5}


def numbers(call):
    every = itertools.count(1) if ALL else (3 ** step for step in itertools.count())
    return (number for number in every if number >= FIRST.get(call, 1))


class Broken(AssertionError):
    """What happened is not what is allowed to happen."""


@contextlib.contextmanager
def allowed(code):
    """It was done, and the answer was lost."""
    try:
        yield
    except harness.ProtocolError as error:
        if error.code != code:
            raise


class Life:
    """A session's life, while one call fails. Each step may be refused; asked for again, it must succeed."""

    def __init__(self, program, call, error, nth, later=False):
        self.name = f"{program}{' that comes later' if later else ''}: {call} {nth} fails with {errno.errorcode[error]}"
        self.daemon = harness.Daemon()
        self.mark = self.daemon.folder / "failed"
        fault = {"LD_PRELOAD": str(LIBRARY), "PTYD_FAIL_PROGRAM": program, "PTYD_FAIL_CALL": call,
                 "PTYD_FAIL_ERROR": str(error), "PTYD_FAIL_NTH": str(nth), "PTYD_FAIL_MARK": str(self.mark)}
        self.first, self.next = ({}, fault) if later else (fault, {})
        self.client = None
        self.refusals = []
        self.descriptors = 0
        self.more = 1 if call == "eventfd" else 0  # Asio makes a pipe then
        self.touched = False

    @property
    def hit(self):
        return self.mark.exists()

    def start(self, env):
        try:
            self.daemon.start(env=env)
        except AssertionError as error:
            status = self.daemon.process.wait(harness.DEADLINE)
            self.refusals.append(self.daemon.log_text())
            if status != 1 or not self.hit or not re.search("^ptyd: | critical ", self.daemon.log_text(), re.M):
                raise Broken(f"{self.name}: the start ended with {status}: {self.daemon.log_text()}") from error
            self.daemon.start(env=env)

    def ask(self, step):
        """Does it by a client that is connected. What is lost with a connection, or refused, is asked for again."""
        for last in (False, False, True):
            try:
                self.client = self.client or self.daemon.client()
                return step(self.client)
            except harness.ProtocolError as error:
                self.refusals.append(str(error))
                if last or not self.hit or not error.error.message:
                    raise Broken(f"{self.name}: {error}") from error
            except OSError as error:
                self.refusals.append(str(error))
                if last or not self.hit:
                    raise Broken(f"{self.name}: {error}; {self.daemon.log_text()[-1500:]}") from error
                self.drop_client()
            except harness.Timeout as error:
                raise Broken(f"{self.name}: nothing came: {error}; {self.daemon.log_text()[-1500:]}") from error
        return None

    def drop_client(self):
        if self.client:
            self.client.close()
        self.client = None

    def look_at(self, wanted, call, what):
        found = self.ask(call)
        if found != wanted:
            raise Broken(f"{self.name}: {what}: {found} and not {wanted}")

    def type(self, client, line):
        """What a person does: types again when the connection was lost."""
        attached = client.attach("s", from_offset=0)
        before = attached.data.count(f"got {line}".encode())
        attached.type(line + "\n")
        attached.until(lambda: attached.data.count(f"got {line}".encode()) > before, f"the answer to {line}")
        client.request("detach", attachment=attached.number)

    def record(self, client):
        path = self.daemon.folder / f"{len(self.refusals)}.cast"
        with allowed(pb.ALREADY_EXISTS):
            client.request("record", session="s", spec=pb.RecordSpec(path=os.fsencode(path)))

    def remove(self, client, name):
        if any(one.name == name for one in client.request("list", all=True).sessions):
            client.request("remove", session=name)

    def while_it_runs(self):
        env = harness.base_env(SSH_AUTH_SOCK="/tmp/no-agent")  # a link is made for it
        self.ask(lambda client: client.create("/bin/sh", "-c", PROGRAM, name="s", id=b"5" * 16, env=env))
        self.ask(self.record)
        self.ask(lambda client: self.type(client, "one"))
        size = pb.WindowSize(cols=100, rows=40)
        self.ask(lambda client: client.request("resize", session="s", size=size))
        self.look_at(100, lambda client: client.request("inspect", session="s").session.size.cols, "the size")
        self.look_at(True, lambda client: b"got one" in client.request("screen", session="s").data, "the screen")

    def ends(self):
        self.ask(self.end)
        self.look_at((True, 7), self.status, "the status")

    def end(self, client):
        with allowed(pb.SESSION_ENDED):
            client.request("send", session="s", data=b"end\n", deadline_ms=5000)

    def status(self, client):
        exit_status = client.request("wait", sessions=["s"], deadline_ms=10_000).sessions[0].exit
        return exit_status.known, exit_status.code

    def next_daemon(self):
        self.daemon.kill()
        self.drop_client()
        self.start(self.next)
        # A host that could not be taken over is asked again after a while.
        self.wait_for(lambda: self.ask(lambda client: client.request("list", all=True)).sessions, "the session is gone")
        self.look_at(["s"], lambda client: [one.name for one in client.request("list", all=True).sessions], "the sessions")
        self.look_at(True, lambda client: b"got one" in client.request("history", session="s").data, "the history")

    def afterwards(self):
        """The next session is served, and what was begun is gone."""
        self.ask(lambda client: self.remove(client, "s"))
        self.ask(lambda client: client.create("/bin/cat", name="t", id=b"7" * 16))
        self.ask(lambda client: client.attach("t").type("again\n"))
        self.ask(lambda client: client.request("kill", session="t", force=True))
        self.ask(lambda client: self.remove(client, "t"))
        self.drop_client()
        if self.daemon.process.poll() is not None:
            raise Broken(f"{self.name}: the daemon ended: {self.daemon.log_text()[-1500:]}")
        self.wait_for(lambda: not self.daemon.hosts(), "a host is left")
        self.wait_for(lambda: not self.children(), "a child is left")
        folder = pathlib.Path(f"/proc/{self.daemon.pid}/fd")
        most = self.descriptors + self.more
        self.wait_for(lambda: not self.descriptors or len(list(folder.iterdir())) <= most, "descriptors are left")
        return len(list(folder.iterdir()))

    def wait_for(self, condition, what):
        try:
            harness.eventually(condition, what)
        except harness.Timeout as error:
            raise Broken(f"{self.name}: {what}; {self.daemon.log_text()[-1500:]}") from error

    def children(self):
        """But the one that new hosts are forked from."""
        def name(child):
            with contextlib.suppress(FileNotFoundError):
                return pathlib.Path(f"/proc/{child}/comm").read_text().strip()
            return ""
        tasks = pathlib.Path(f"/proc/{self.daemon.pid}/task").iterdir()
        children = [child for task in tasks for child in (task / "children").read_text().split()]
        return [child for child in children if name(child) != "ptyd-nursery"]

    def live(self, descriptors=0):
        """The descriptors that are open at the end; at most `descriptors`, unless that is 0."""
        self.descriptors = descriptors
        try:
            self.start(self.first)
            self.while_it_runs()
            if self.next:
                self.next_daemon()
                self.ends()
            else:
                self.ends()
                self.next_daemon()
            return self.afterwards()
        finally:
            self.touched = self.hit
            self.drop_client()
            self.daemon.clean_up()


@unittest.skipUnless(LIBRARY.exists(), "sanitizers have calls of their own")
class Faults(unittest.TestCase):
    def go_through(self, program, call, error, later):
        """Lives until one is not touched. How many were."""
        for count, nth in enumerate(numbers(call)):
            life = Life(program, call, error, nth, later)
            life.live(self.descriptors)
            if not life.touched:
                return count
        return 0

    def check(self, program, table, later=False):
        self.descriptors = Life(program, "open", errno.EMFILE, NEVER, later).live()
        kinds = [(call, error) for call, errors in table.items() for error in errors]
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            works = {pool.submit(self.go_through, program, call, error, later): call for call, error in kinds}
            broken = [str(work.exception()) for work in concurrent.futures.as_completed(works) if work.exception()]
        if broken:
            self.fail("\n".join(sorted(broken)))
        touched = collections.Counter()
        for work, call in works.items():
            touched[call] += work.result()
        print(f"{program}{' that comes later' if later else ''}: {touched.total()} calls failed, {dict(touched)}")
        return touched

    def test_in_a_daemon(self):
        touched = self.check("ptyd", OF_DAEMON)
        self.assertGreater(min(touched[call] for call in ("accept", "mmap", "fork", "recvmsg", "sendmsg", "open")), 0)

    def test_in_the_daemon_after_it(self):
        touched = self.check("ptyd", OF_DAEMON, later=True)
        self.assertGreater(min(touched[call] for call in ("accept", "mmap", "connect", "recvmsg", "sendmsg")), 0)

    def test_in_a_host(self):
        touched = self.check("ptyd-host", OF_HOST)
        self.assertGreater(min(touched[call] for call in ("accept4", "mmap", "fork", "recvmsg", "sendmsg", "fcntl")), 0)


if __name__ == "__main__":
    harness.main()
