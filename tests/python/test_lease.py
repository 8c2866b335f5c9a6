"""Leases of a session's input and size."""
import ptyd
import support
from ptyd import until
from ptyd.values import LeaseEnd, LeaseKind
from support import ENV, within

BUSY = ptyd.ErrorCode.BUSY
CAT = ("/bin/sh", "-c", "stty -echo; echo ready; exec cat")


@support.both_encodings
class Leases:
    async def start(self):
        owner, other = await self.connect(name="owner"), await self.connect(name="other")
        session = await owner.create(*CAT, env=ENV)
        await within(session.wait_for(until.text("ready")))
        return session, await other.get(session.id)

    async def test_others_are_refused_until_it_is_released(self):
        session, other = await self.start()
        async with await session.claim() as lease:
            self.assertEqual(16, len(lease.token))
            self.assertEqual("owner", lease.info.holder.name)
            error = await self.assert_code(BUSY, other.send("X\n"))
            self.assertIn("owner", str(error))
            await self.assert_code(BUSY, other.keys("C-c"))
            await self.assert_code(BUSY, other.send_and_wait("X\n", until.text("X")))
            await self.assert_code(BUSY, other.claim())
            await within(session.send("one\n"))
            await within(other.send("two\n", lease=lease.token))
            await within(other.paste("three\n", lease=lease.token))
            await within(other.keys("a", "Enter", lease=lease.token))
            await within(other.send_and_wait("four\n", until.text("four"), lease=lease.token))
            (told,) = (await session.inspect()).leases
            self.assertEqual((LeaseKind.INPUT_LEASE, "owner"), (told.kind, told.holder.name))
        await within(other.send("five\n"))
        await within(other.wait_for(until.text("five")))
        self.assertNotIn("X", await session.snapshot())
        self.assertFalse(await lease.release())
        await self.assert_code(BUSY, lease.prolong())
        await self.assert_code(BUSY, other.send("X\n", lease=lease.token))

    async def test_it_is_prolonged_stolen_and_left(self):
        session, other = await self.start()
        lease = await session.claim(ttl=60)
        events = other.client.events(session.id, since=1, types=[ptyd.EventType.LEASE_CHANGED])
        began = await within(events.__anext__())
        self.assertEqual(("owner", LeaseEnd.LEASE_END_UNSPECIFIED), (began.lease.holder.name, began.lease_end))
        before = lease.info.expires_ms
        await lease.prolong(3600)
        self.assertGreater(lease.info.expires_ms, before)
        async with lease:
            await other.claim(steal=True)
            await self.assert_code(BUSY, session.send("X\n"))
        ended = await within(events.__anext__())
        self.assertEqual((LeaseEnd.LEASE_STOLEN, "other"), (ended.lease_end, ended.client.name))
        await events.aclose()

    async def test_an_attachment_is_told_what_was_refused(self):
        session, other = await self.start()
        lease = await session.claim(ttl=60)
        async with await other.attach(start="now") as terminal, await other.attach(start="now", lease=lease.token) as mine:
            await terminal.send("XX")
            refused = await within(terminal.read())
            self.assertIsInstance(refused, ptyd.InputRefused)
            self.assertIs(BUSY, refused.error.code)
            self.assertTrue(await within(terminal.drain(10)))
            await mine.send("mine\n")
            await within(mine.expect("mine"))
            await lease.release()
            await terminal.send("again\n")
            await within(terminal.expect("again"))
        self.assertNotIn("X", await session.snapshot())

    async def test_a_person_takes_over(self):
        session, other = await self.start()
        await session.claim()
        async with await other.attach(start="now", person=True) as terminal:
            await terminal.send("person\n")
            await within(terminal.expect("person"))
            (told,) = (await session.inspect()).leases
            self.assertTrue(told.person)
            await self.assert_code(BUSY, session.send("X\n"))

    async def test_the_size(self):
        session, other = await self.start()
        lease = await session.claim(LeaseKind.SIZE_LEASE, size=(101, 31))
        await self.assert_code(BUSY, other.resize(90, 30))
        self.assertEqual(102, (await other.resize(102, 31, lease=lease.token)).cols)
        async with await other.attach(size=(70, 20)):
            self.assertEqual(102, (await session.inspect()).session.size.cols)
            await lease.release()
            self.assertEqual(70, (await session.inspect()).session.size.cols)

    async def test_it_outlives_the_daemon(self):
        session, other = await self.start()
        lease = await session.claim(ttl=600)
        await self.restart_daemon()
        await self.assert_code(BUSY, other.keys("x"))
        await within(session.send("typed\n", lease=lease.token))
        await lease.prolong(600)
        await within(session.keys("x"))


if __name__ == "__main__":
    support.main()
