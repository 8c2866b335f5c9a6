"""A gibibyte through the daemon with a stalled client beside, and the daemon killed on the way."""
import hashlib
import os
import signal
import subprocess
import time
import unittest

import harness
from harness import CHILD, PTYCTL, pb

# Sanitized builds are some ten times slower.
SIZE = (64 << 20) if os.environ.get("PTYD_TEST_SLOW") else (1 << 30)


def expected(seed):
    program = subprocess.Popen([CHILD, "pattern", str(seed), str(SIZE)], stdout=subprocess.PIPE)
    digest = hashlib.sha256()
    with program:
        while data := program.stdout.read(1 << 20):
            digest.update(data)
    return digest.hexdigest()


class Reader:
    """Follows the session by offsets and comes back by itself when the connection is lost."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.digest = hashlib.sha256()
        self.skip = 2  # the echo of the line that starts the program is not part of the pattern
        self.attached = self.attach(from_offset=0)
        self.resumed = 0

    def attach(self, **where):
        attached = self.daemon.client().attach("big", flow=pb.LOSSLESS, **where)
        attached.keep = False
        return attached

    def step(self):
        frame = self.attached.client.push()
        if frame.HasField("output"):
            skipped = min(self.skip, len(frame.output.data))
            self.skip -= skipped
            self.digest.update(frame.output.data[skipped:])
        self.attached.take(frame)

    def resume(self):
        offset = self.attached.offset
        self.attached.client.close()
        self.attached = self.attach(resume_offset=offset)
        assert self.attached.reply.resumed and self.attached.offset == offset
        self.resumed += 1


class Gibibyte(harness.DaemonTest):
    def test_one_client_is_stopped_and_the_daemon_killed_and_the_other_has_every_byte(self):
        with self.daemon.client() as client:
            client.create("/bin/sh", "-c", f"read x; exec {CHILD} pattern 21 {SIZE}", name="big")
        terminal = self.daemon.terminal("attach", "big", "--read-only")
        self.addCleanup(terminal.close)
        with self.daemon.client() as client:
            harness.eventually(lambda: client.request("inspect", session="big").attachments, "the window's attachment")
        os.kill(terminal.process.pid, signal.SIGSTOP)
        reader = Reader(self.daemon)
        with self.daemon.client() as client:
            client.request("send", session="big", data=b"\n")
        kills = [SIZE // 5, SIZE // 2, SIZE * 4 // 5]
        slowest = 0.0
        while not reader.attached.ended:
            try:
                reader.step()
            except ConnectionError:  # after all that the daemon had sent
                self.daemon.process.wait()
                self.daemon.start()
                reader.resume()
            if kills and reader.attached.offset > kills[0]:
                kills.pop(0)
                begun = time.monotonic()
                self.daemon.ptyctl("list")
                slowest = max(slowest, time.monotonic() - begun)
                self.daemon.process.kill()
        reader.attached.client.close()
        self.assertEqual(3, reader.resumed)
        self.assertLess(slowest, 5)
        self.assertEqual(SIZE + 2, reader.attached.ended.offset)
        self.assertEqual(expected(21), reader.digest.hexdigest())
        os.kill(terminal.process.pid, signal.SIGCONT)
        # The window that slept comes to the end as well, by itself.
        self.assertEqual(0, terminal.wait())


if __name__ == "__main__":
    harness.main()
