"""What is kept of a session whose program has ended, also by a daemon that came later."""
import json
import pathlib
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

    def burn(self, client):
        client.create("/bin/sh", "-c", "read go; (i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done); exit 3", name="s")
        self.assertFalse(client.request("inspect", session="s").session.HasField("usage"), "it runs")
        client.request("send", session="s", data=b"\n")

    def look_at_usage(self, info):
        self.assertEqual(3, info.exit.code)
        self.assertGreater(info.usage.user_us, 5_000)
        self.assertLess(info.usage.user_us + info.usage.system_us, 60_000_000)
        self.assertGreater(info.usage.max_rss_bytes, 100_000)
        self.assertLess(info.usage.max_rss_bytes, 1 << 30)

    def test_what_it_has_used_is_told_with_the_status(self):
        client = self.client()
        self.burn(client)
        self.look_at_usage(client.request("wait", sessions=["s"]).sessions[0])
        shown = json.loads(self.daemon.ptyctl("inspect", "s", "--json").stdout)["session"]["usage"]
        self.assertGreater(int(shown["user_us"]), 5_000)
        self.assertRegex(self.daemon.ptyctl("inspect", "s").stdout.decode(),
                         r"used +\d+\.\d{3} s user, \d+\.\d{3} s system, at most \d+ KiB")

    def test_what_it_has_used_is_kept_for_a_daemon_that_was_not_there(self):
        client = self.client()
        self.burn(client)
        program = client.request("inspect", session="s").session.pid
        self.daemon.kill()
        harness.eventually(lambda: not pathlib.Path(f"/proc/{program}").exists(), "the program's end")
        for _ in range(2):
            self.daemon.start()
            self.look_at_usage(self.client().request("wait", sessions=["s"]).sessions[0])
            self.daemon.kill()
        self.daemon.start()
        self.client().request("upgrade")
        self.look_at_usage(self.client().request("inspect", session="s").session)

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
