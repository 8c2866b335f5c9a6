"""What all clients together may take: beyond it, the refusal names the setting."""
import harness
from harness import pb


class Limits(harness.DaemonTest):
    config = "[session]\nmax_sessions = 2\n"

    def test_a_full_daemon_says_so_and_ended_sessions_make_room(self):
        client = self.client()
        client.create("/bin/cat", name="a")
        client.create("/bin/cat", name="b")
        self.assertCode(pb.RESOURCE_EXHAUSTED, client.create, "/bin/cat", name="c")
        client.request("kill", session="a", force=True)
        client.create("/bin/cat", name="c")
        self.assertEqual({"b", "c"}, {s.name for s in client.request("list", all=True).sessions})


class GlobalLimits(harness.DaemonTest):
    config = ('[daemon]\nmax_attachments = 2\nmax_recordings = 1\nmax_connections = 4\n'
              '[session]\nmax_history = "1MiB"\nhistory = "256KiB"\n')

    def refused(self, setting, call, *args, **kwargs):
        error = self.assertCode(pb.RESOURCE_EXHAUSTED, call, *args, **kwargs)
        self.assertIn(setting, error.hint)

    def test_history_of_all_sessions(self):
        client = self.client()
        for name in "abc":
            client.create("/bin/cat", name=name)
        self.refused("session.max_history", client.create, "/bin/cat", name="d", history_bytes=512 << 10)
        client.create("/bin/cat", name="d")
        self.refused("session.max_history", client.create, "/bin/cat", name="e", history_bytes=64 << 10)
        for name in "bd":
            client.request("kill", session=name, force=True)
        client.create("/bin/cat", name="e")
        self.assertEqual(set("acde"), {s.name for s in client.request("list", all=True).sessions}, "the older one made room")
        client.create("/bin/cat", name="c2", history_bytes=64 << 10)
        self.assertEqual({"a", "c", "e", "c2"}, {s.name for s in client.request("list", all=True).sessions})

    def test_attachments_of_all_clients(self):
        client, other = self.client(), self.client()
        client.create("/bin/cat", name="a")
        client.create("/bin/cat", name="b")
        first = client.attach("a")
        other.attach("b")
        self.refused("daemon.max_attachments", client.attach, "b")
        self.refused("daemon.max_attachments", other.attach, "a")
        client.request("detach", attachment=first.number)
        other.attach("a").type("x\n")

    def test_recordings(self):
        client = self.client()
        client.create("/bin/cat", name="a")
        client.create("/bin/cat", name="b")
        path = lambda name: pb.RecordSpec(path=str(self.daemon.folder / name).encode())  # noqa: E731
        client.request("record", session="a", spec=path("a"))
        self.refused("daemon.max_recordings", client.request, "record", session="b", spec=path("b"))
        self.refused("daemon.max_recordings", client.create, "/bin/cat", name="c", record=path("c"))
        self.assertFalse((self.daemon.folder / "b").exists())
        self.assertEqual({"a", "b"}, {s.name for s in client.request("list").sessions}, "nothing was started")
        client.request("record_change", session="a", stop=True)
        client.request("record", session="b", spec=path("b"))

    def test_connections(self):
        kept = [self.client() for _ in range(4)]
        self.refused("daemon.max_connections", self.client)
        kept.pop().close()
        harness.eventually(lambda: self.tries(), "room for another client")

    def test_connections_are_counted_on_over_an_upgrade(self):
        kept = [self.client() for _ in range(4)]
        kept[0].request("upgrade")
        self.refused("daemon.max_connections", self.client)
        kept.pop().close()
        harness.eventually(lambda: self.tries(), "room for another client")

    def tries(self):
        try:
            return self.client().request("status")
        except harness.ProtocolError:
            return None


if __name__ == "__main__":
    harness.main()
