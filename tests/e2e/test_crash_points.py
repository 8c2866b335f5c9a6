"""Every named point at which a process may be made to die is in a test; and hosts that die at theirs."""
import os
import re
import signal
import unittest

import harness
import test_crash
import test_upgrade
from harness import pb

POINT = re.compile(r'\b(?:PTYD_CRASH_POINT|crash_point)\("(\w+)"\)')
# Every host dies there; where others take over, these too. The rest of the hosts' points: test_rehost.py, tests/unit/host.
HOST_POINTS = ("host_attached", "host_takeover_bound", "host_forgotten")


class Points(unittest.TestCase):
    def test_each_is_in_a_test(self):
        code = (harness.SOURCE / "daemon").rglob("*.[ch]pp")
        found = {name for file in code for name in POINT.findall(file.read_text())}
        self.assertGreater(len(found), 30)
        tests = [*(harness.SOURCE / "tests/e2e").glob("test_*.py"), *(harness.SOURCE / "tests/unit/host").glob("*.cpp")]
        text = "".join(file.read_text() for file in tests)
        self.assertEqual([], sorted(name for name in found if not re.search(rf'["=]{name}[":]', text)))
        looped = {*test_crash.CREATE_POINTS, *test_crash.SESSION_POINTS, *test_upgrade.CRASH_POINTS, *HOST_POINTS}
        self.assertEqual(set(), looped - found)


class HostDies(harness.DaemonTest):
    def use(self, client, kill=False):
        """Makes a session and uses it to its end; it says nothing before it is told to."""
        session = client.create("/bin/sh", "-c", "read x; exit $x", name="s")
        attached = client.attach("s", from_offset=0)
        if kill:
            os.kill(client.request("inspect", session="s").session.host_pid, signal.SIGKILL)
        else:
            attached.type(b"3\n")
        return session.id, attached.until_ended()

    def remove(self, client, session):
        """A host that dies meanwhile is gone for whoever asks again."""
        try:
            client.request("remove", session=session)
        except harness.ProtocolError as error:
            self.assertEqual(pb.UNAVAILABLE, error.code)
            client.request("remove", session=session)

    def test_at_each_point_only_its_session_is_lost(self):
        for point in HOST_POINTS:
            with self.subTest(point=point):
                self.daemon.kill()
                self.daemon.start(env={"PTYD_CRASH_AT": f"{point}:1"})
                client = self.client()
                if point == "host_attached":
                    with self.assertRaises(harness.ProtocolError):
                        self.use(client)
                else:
                    session, ended = self.use(client, kill=point == "host_takeover_bound")
                    lost = (pb.HOST_LOST, False, 0) if point != "host_forgotten" else (pb.ENDED_BY_EXIT, True, 3)
                    self.assertEqual(lost, (ended.reason, ended.exit.known, ended.exit.code))
                    self.remove(client, session)
                harness.eventually(lambda: not self.daemon.hosts(), "the end of the host")
                harness.eventually(lambda: not client.request("list", all=True).sessions, "the end of the session")
                self.assertIsNone(self.daemon.process.poll())
                # It goes on, and so does the next one, whose hosts live.
                self.daemon.restart()
                session, ended = self.use(self.client())
                self.assertEqual((pb.ENDED_BY_EXIT, 3), (ended.reason, ended.exit.code))
                self.client().request("remove", session=session)


if __name__ == "__main__":
    harness.main()
