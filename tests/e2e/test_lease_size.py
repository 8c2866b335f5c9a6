"""One client alone sizes a session."""
import os

import harness
from harness import pb
from leases import HOUR, Leases
from waiting import eventually


class Size(Leases):
    def cat(self, **fields):
        self.control.create("/bin/cat", name="s", **fields)

    def size(self):
        size = self.control.request("inspect", session="s").session.size
        return size.cols, size.rows

    def attach(self, cols, rows, client=None, **fields):
        return (client or self.client()).attach("s", size=pb.WindowSize(cols=cols, rows=rows), **fields)

    def resize(self, client, cols, rows, **fields):
        return client.request("resize", session="s", size=pb.WindowSize(cols=cols, rows=rows), **fields)

    def claim_size(self, client, cols=0, rows=0, **fields):
        if cols:
            fields["size"] = pb.WindowSize(cols=cols, rows=rows)
        return self.claim(client, kind=pb.SIZE_LEASE, **fields)

    def test_nobody_else_sizes(self):
        self.cat()
        first = self.attach(80, 24)
        agent, other = self.client(name="agent"), self.client()
        self.claim_size(agent, 132, 50)
        self.assertEqual((132, 50), self.size())
        self.assertIn("agent", self.assertCode(pb.BUSY, self.resize, other, 90, 30).message)
        second = self.attach(100, 30)
        self.assertEqual((132, 50), (second.reply.session.size.cols, second.reply.session.size.rows))
        reply = first.client.request("set_size", attachment=first.number, size=pb.WindowSize(cols=81, rows=25))
        self.assertEqual(132, reply.size.cols)
        first.type("x")
        self.settle(first)
        second.client.close()
        self.assertEqual((132, 50), self.size())
        agent.request("release", session="s", kind=pb.SIZE_LEASE)
        # The terminal that reported or typed last decides again.
        self.assertEqual((81, 25), self.size())

    def test_without_a_size_it_stays(self):
        self.cat(size=pb.WindowSize(cols=70, rows=20))
        agent = self.client()
        self.claim_size(agent)
        self.attach(100, 30)
        self.assertEqual((70, 20), self.size())
        agent.close()
        eventually(lambda: self.size() == (100, 30), "the size of the attached terminal")

    def test_the_policy_is_back_when_it_expires_or_is_stolen(self):
        self.cat()
        self.attach(100, 30)
        self.attach(90, 40)
        self.control.request("resize", session="s", size=pb.WindowSize(cols=90, rows=30), policy=pb.SMALLEST)
        agent, thief = self.client(), self.client()
        self.claim_size(agent, 50, 10, ttl_ms=HOUR)
        self.claim_size(thief, 60, 11, steal=True)
        self.assertEqual((60, 11), self.size())
        self.claim_size(thief, ttl_ms=1)
        eventually(lambda: self.size() == (90, 30), "the size by the policy")

    def test_its_holder_sizes(self):
        self.cat()
        agent, other = self.client(), self.client()
        token = self.claim_size(agent, 50, 10, ttl_ms=HOUR).lease
        self.resize(agent, 51, 10)
        self.assertEqual(52, self.resize(other, 52, 10, lease=token).size.cols)
        self.assertEqual(pb.LATEST, self.control.request("inspect", session="s").session.policy)
        named = self.attach(61, 21, lease=token)
        self.assertEqual((61, 21), self.size())
        named.client.request("set_size", attachment=named.number, size=pb.WindowSize(cols=62, rows=22))
        self.assertEqual((62, 22), self.size())
        self.attach(33, 33, client=agent)
        self.assertEqual((33, 33), self.size())
        self.resize(agent, 34, 34, policy=pb.MANUAL)
        agent.request("release", session="s", kind=pb.SIZE_LEASE)
        self.assertEqual((34, 34), self.size())
        self.assertCode(pb.BUSY, self.resize, other, 53, 10, lease=token)

    def test_both_kinds_may_have_one_token(self):
        self.cat()
        agent, other = self.client(name="agent"), self.client(name="other")
        token = self.claim(agent, ttl_ms=HOUR).lease
        self.assertEqual(token, self.claim_size(other, lease=token, ttl_ms=HOUR).lease)
        self.assertEqual([(pb.INPUT_LEASE, "agent"), (pb.SIZE_LEASE, "other")],
                         [(lease.kind, lease.holder.name) for lease in self.leases()])
        self.send(other, b"a", lease=token)
        third = self.client()
        self.assertCode(pb.BUSY, self.claim_size, third, lease=os.urandom(16))
        self.assertNotEqual(token, self.claim_size(third, steal=True).lease)
        # A person takes the keys, and not the size.
        person = self.client().attach("s", person=True)
        person.type("x")
        self.settle(person)
        self.assertEqual([(pb.INPUT_LEASE, True), (pb.SIZE_LEASE, False)],
                         [(lease.kind, lease.person) for lease in self.leases()])


if __name__ == "__main__":
    harness.main()
