"""What is kept of a session whose program has ended, also by a daemon that came later."""
import json
import unittest

import harness
from harness import pb


class AfterItsEnd(harness.DaemonTest):
    def end_one(self, client, name="s", code=3):
        client.create("/bin/sh", "-c", f"printf 'first\\n\\033[1mlast words\\033[0m'; exit {code}", name=name)
        client.request("wait", sessions=[name])
        return client.request("screen", session=name)

    def look(self, screen):
        client = self.client()
        info = client.request("wait", sessions=["s"]).sessions[0]
        self.assertEqual((pb.EXITED, True, 3), (info.state, info.exit.known, info.exit.code))
        self.assertTrue(info.stream_ended)
        again = client.request("screen", session="s")
        self.assertEqual((screen.hash, screen.data, False), (again.hash, again.data, again.approximate))
        self.assertIn(b"last words", client.request("history", session="s").data)
        self.assertEqual(["last words"], [match.text for match in
                                          client.request("search", session="s", pattern="last").matches])
        attached = client.attach("s", from_offset=0)
        self.assertEqual((pb.ENDED_BY_EXIT, 3), (attached.until_ended().reason, attached.ended.exit.code))
        self.assertIn(b"last words", attached.data)

    def test_status_screen_and_output_stay(self):
        self.look(self.end_one(self.client()))

    def test_they_survive_daemons_that_die_or_stop(self):
        screen = self.end_one(self.client())
        for _ in range(2):
            self.daemon.restart()
            self.look(screen)
            self.daemon.terminate()
            self.daemon.start()
            self.look(screen)

    def test_they_survive_an_upgrade(self):
        screen = self.end_one(self.client())
        self.client().request("upgrade")
        self.look(screen)

    def test_ptyctl_shows_them_until_they_are_removed(self):
        self.end_one(self.client())
        self.daemon.restart()
        self.assertEqual([], json.loads(self.daemon.ptyctl("list", "--json").stdout)["sessions"])
        listed = json.loads(self.daemon.ptyctl("list", "-a", "--json").stdout)["sessions"]
        self.assertEqual(["s"], [one["name"] for one in listed])
        self.assertEqual(3, self.daemon.ptyctl("wait", "s", check=False).returncode)
        self.assertIn(b"last words", self.daemon.ptyctl("logs", "s").stdout)
        self.assertIn(b"last words", self.daemon.ptyctl("snapshot", "s").stdout)
        self.daemon.ptyctl("rm", "s")
        harness.eventually(lambda: not self.daemon.hosts(), "the end of the host")

    def test_a_later_daemon_forgets_them_in_time(self):
        self.end_one(self.client())
        self.daemon.config.write_text("[session]\nkeep_exited = \"0s\"\n")
        self.daemon.restart()
        harness.eventually(lambda: not self.client().request("list", all=True).sessions, "the session to be forgotten")
        harness.eventually(lambda: not self.daemon.hosts(), "the end of the host")


if __name__ == "__main__":
    harness.main()
