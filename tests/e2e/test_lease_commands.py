"""Leases by ptyctl, on terminals and in JSON."""
import base64
import json
import socket

import harness
from harness import pb
from leases import Leases
from waiting import DEADLINE, eventually


class Commands(Leases, harness.CommandTest):
    """The same by ptyctl and on terminals."""

    def cat(self, name="s"):
        self.ok("new", "-d", name, "--", "/bin/sh", "-c", "stty -echo; echo ready; exec cat")
        self.ok("wait", name, "--text", "ready")

    def screen(self):
        return self.ok("snapshot", "s")

    def test_claim_type_and_release(self):
        self.cat()
        token = self.ok("claim", "s").strip()
        self.assertRegex(token, "^[0-9a-f]{32}$")
        (lease,) = self.leases()
        self.assertEqual(300_000, lease.expires_ms - lease.since_ms)
        self.assertEqual("ptyctl", lease.holder.name)
        self.assertIn("ptyctl (process", self.fails(68, "send", "s", "XX", "--enter"))
        self.fails(68, "keys", "s", "C-c")
        self.fails(68, "send", "s", "XX", "--text", "XX")
        self.fails(68, "claim", "s")
        self.fails(68, "send", "s", "XX", "--lease", "0" * 32)
        self.fails(68, "release", "s")
        self.ok("send", "s", "one", "--enter", "--lease", token)
        self.ok("keys", "s", "t", "w", "o", "Enter", env={"PTYD_LEASE": token})
        self.ok("send", "s", "three", "--enter", "--text", "three", env={"PTYD_LEASE": token})
        self.assertEqual(token, self.ok("claim", "s", "--lease", token, "--ttl", "1h").strip())
        self.assertIn("input, ptyctl (process", self.ok("inspect", "s"))
        inspected = self.json("inspect", "s")["leases"]
        self.assertEqual([("input", False, "ptyctl")],
                         [(one["kind"], one["person"], one["holder"]["name"]) for one in inspected])
        self.ok("release", "s", env={"PTYD_LEASE": token})
        self.assertIn("nobody held it", self.daemon.ptyctl("release", "s").stderr.decode())
        self.fails(68, "send", "s", "XX", "--lease", token)
        self.ok("send", "s", "four", "--enter", "--text", "four")
        self.assertEqual(["ready", "one", "two", "three", "four"], self.screen().split())

    def test_json_and_force(self):
        self.cat()
        claimed = self.json("claim", "s", "--input", "--size=100x30", "--ttl", "10s")
        self.assertEqual(["input", "size"], [lease["kind"] for lease in claimed["leases"]])
        size = self.json("inspect", "s")["session"]["size"]
        self.assertEqual((100, 30), (size["cols"], size["rows"]))
        self.assertIn("ptyctl", self.fails(68, "resize", "s", "90x20"))
        self.ok("resize", "s", "90x20", "--lease", claimed["lease"])
        self.fails(68, "release", "s", "--size")
        self.assertEqual({"v": 1, "released": True}, self.json("release", "s", "--size", "--force"))
        self.assertEqual({"v": 1, "released": False}, self.json("release", "s", "--size", "--force"))
        self.ok("claim", "s", "--steal")
        self.fails(68, "send", "s", "x", "--lease", claimed["lease"])
        failed = json.loads(self.daemon.ptyctl("--json", "send", "s", "x", check=False).stdout)
        self.assertEqual("busy", failed["error"]["code"])
        self.fails(2, "send", "s", "x", "--lease", "nonsense")
        self.fails(66, "claim", "nobody")

    def test_both_or_none(self):
        self.cat()
        self.ok("claim", "s", "--size")
        self.fails(68, "claim", "s", "--input", "--size")
        self.assertEqual([pb.SIZE_LEASE], [lease.kind for lease in self.leases()])

    def test_the_size_of_this_terminal(self):
        self.cat()
        with self.daemon.terminal("claim", "s", "--size", cols=111, rows=33) as terminal:
            terminal.expect("[0-9a-f]{32}")
            self.assertEqual(0, terminal.wait())
        size = self.json("inspect", "s")["session"]["size"]
        self.assertEqual((111, 33), (size["cols"], size["rows"]))

    def test_events(self):
        self.cat()
        token = self.ok("claim", "s").strip()
        self.ok("release", "s", "--lease", token)
        told = [json.loads(line) for line in
                self.ok("events", "--type", "lease", "--since", "1", "--json").splitlines()]
        self.assertEqual([("lease", None), ("lease", "released")], [(one["type"], one["end"]) for one in told])

    def test_a_person_takes_over_on_a_terminal(self):
        self.cat()
        token = self.ok("claim", "s", "--ttl", "1h").strip()
        with self.daemon.terminal("attach", "s") as first, self.daemon.terminal("attach", "s") as second:
            first.expect("ready")
            second.expect("ready")
            self.ok("send", "s", "agent", "--enter", "--lease", token)
            first.expect("agent")
            first.send("person\r")
            second.expect("person")
            self.assertIn("a person", self.fails(68, "send", "s", "XX", "--enter"))
            self.fails(68, "send", "s", "XX", "--enter", "--lease", token)
            self.fails(68, "claim", "s")
            second.send("another\r")
            first.expect("another")
            self.assertIn("a person at ptyctl", self.ok("inspect", "s"))
            stolen = self.ok("claim", "s", "--steal").strip()
            self.ok("send", "s", "stolen", "--enter", "--lease", stolen)
            first.expect("stolen")
        self.assertEqual(["ready", "agent", "person", "another", "stolen"], self.screen().split())

    def test_attached_under_a_lease_nobody_is_put_off(self):
        self.cat()
        token = self.ok("claim", "s", "--ttl", "1h").strip()
        with self.daemon.terminal("attach", "s", "--lease", token) as terminal:
            terminal.expect("ready")
            terminal.send("mine\r")
            terminal.expect("mine")
            self.assertEqual([False], [lease.person for lease in self.leases()])

    def test_a_size_lease_and_attached_terminals(self):
        self.cat()
        token = self.ok("claim", "s", "--size", "90x20").strip()
        with self.daemon.terminal("attach", "s", cols=70, rows=15) as terminal:
            terminal.expect("ready")
            size = self.json("inspect", "s")["session"]["size"]
            self.assertEqual((90, 20), (size["cols"], size["rows"]))
            self.ok("release", "s", "--size", "--lease", token)
            eventually(lambda: self.json("inspect", "s")["session"]["size"]["cols"] == 70, "the terminal's size")


class Json(Leases):
    def test_in_the_other_encoding(self):
        self.sink(2)
        one = socket.socket(socket.AF_UNIX)
        self.addCleanup(one.close)
        one.settimeout(DEADLINE)
        one.connect(str(self.daemon.socket))
        lines = one.makefile("rwb")

        def ask(number, **request):
            lines.write(json.dumps({"id": str(number), **request}).encode() + b"\n")
            lines.flush()
            while True:
                frame = json.loads(lines.readline())
                if frame.get("id") == str(number):
                    return frame.get("response", frame)

        ask(1, hello={"protocolMin": 1, "protocolMax": 1, "clientName": "script"})
        claimed = ask(2, request={"claim": {"session": "s", "kind": "INPUT_LEASE", "ttlMs": "60000"}})["claim"]
        token = base64.b64decode(claimed["lease"])
        self.assertEqual("script", claimed["info"]["holder"]["name"])
        self.refused(self.control, b"X")
        self.send(self.control, b"a", lease=token)
        ask(3, request={"subscribe": {"types": ["LEASE_CHANGED"]}})
        lines.write(json.dumps({"id": "4", "request": {"release": {"session": "s", "lease": claimed["lease"]}}}).encode()
                    + b"\n")
        lines.flush()
        frames = [json.loads(lines.readline()), json.loads(lines.readline())]
        event = next(frame["event"] for frame in frames if "event" in frame)
        self.assertEqual(("LEASE_RELEASED", "script"), (event["leaseEnd"], event["lease"]["holder"]["name"]))
        self.claim(self.client(name="agent"))
        self.assertEqual("BUSY", ask(5, request={"send": {"session": "s", "data": "WA=="}})["error"]["code"])


if __name__ == "__main__":
    harness.main()
