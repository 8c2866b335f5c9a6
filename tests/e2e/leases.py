"""What tests of leases share."""
import harness
from harness import CHILD, pb

HOUR = 3600 * 1000
ENDS = {number: name for name, number in pb.LeaseEnd.items()}


class Leases(harness.DaemonTest):
    def setUp(self):
        super().setUp()
        self.control = self.client(name="control")

    def sink(self, size, name="s"):
        """A program that reads so many bytes and then says which; and a watcher of what it says."""
        self.control.create(CHILD, "sink", str(size), name=name)
        watcher = self.client().attach(name, from_offset=0, role=pb.OBSERVER)
        watcher.expect("ready")
        return watcher

    def expect_typed(self, watcher, data):
        watcher.expect(f"{harness.fnv1a(data):016x}")

    def claim(self, client, session="s", kind=pb.INPUT_LEASE, **fields):
        return client.request("claim", session=session, kind=kind, **fields)

    def send(self, client, data, session="s", **fields):
        return client.request("send", session=session, data=data, **fields)

    def leases(self, session="s"):
        return list(self.control.request("inspect", session=session).leases)

    def refused(self, client, *args, **fields):
        return self.assertCode(pb.BUSY, self.send, client, *args, **fields)

    def type(self, attached, data, offset=None):
        """One frame of input with an id; its number."""
        frame = pb.Frame(id=attached.client.take_id())
        frame.input.attachment = attached.number
        frame.input.offset = attached.input_offset if offset is None else offset
        frame.input.data = data
        attached.client.send(frame)
        if offset is None:
            attached.input_offset += len(data)
        return frame.id

    def assertRefused(self, attached, number):
        error = attached.client.answer(number).response.error
        self.assertEqual(pb.BUSY, error.code, error)
        self.assertEqual(f"attachment {attached.number}", error.subject)
        return error

    def settle(self, attached):
        """Until all that was typed counts as taken."""
        self.type(attached, b"")
        attached.until(lambda: attached.acked == attached.input_offset, "what was typed to be taken")

    def watcher(self, session="s"):
        client = self.client()
        client.request("subscribe", session=session, types=[pb.LEASE_CHANGED])
        return client

    def expect_events(self, watcher, *wanted):
        """Each as (name of the holder, how it ended or None)."""
        for holder, end in wanted:
            event = watcher.event(pb.LEASE_CHANGED)
            told = ENDS[event.lease_end] if event.lease_end else None
            self.assertEqual((holder, end), (event.lease.holder.name, told))
        return event
