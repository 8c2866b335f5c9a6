"""Attachments: exact bytes over killed daemons, gaps, credit, input exactly once."""
import asyncio
import os
import random

import ptyd
import support
from ptyd import chunks
from support import CHILD, ENV, within

MiB = 1 << 20
LOSSLESS = ptyd.FlowPolicy.LOSSLESS


class Bytes:
    """Collects output and checks that offsets have no hole."""

    def __init__(self, offset=0):
        self.offset = offset
        self.data = bytearray()
        self.seen = []

    def take(self, test, chunk):
        self.seen.append(type(chunk))
        if isinstance(chunk, ptyd.Output):
            test.assertEqual(self.offset, chunk.offset)
            self.offset += len(chunk.data)
            self.data += chunk.data
        return chunk


@support.both_encodings
class Output:
    def pattern(self, seed, size):
        return support.harness.pattern(seed, 0, size)

    async def attach_to_pattern(self, client, seed, size, history_bytes=0, **options):
        """The program begins when the attachment is there: before, nobody holds it back."""
        gate = self.daemon.folder / f"gate{seed}"
        os.mkfifo(gate)
        session = await client.create("/bin/sh", "-c", f"read x < {gate}; exec {CHILD} pattern {seed} {size}", env=ENV,
                                      history_bytes=history_bytes)
        terminal = await session.attach(start=0, **options)
        await asyncio.get_running_loop().run_in_executor(None, gate.write_text, "\n")
        return terminal

    async def test_bytes_are_exact_over_killed_daemons(self):
        size = 12 * MiB
        client = await self.connect()
        terminal = await self.attach_to_pattern(client, 21, size, flow=LOSSLESS)
        rounds, found, kills = random.Random(7), Bytes(), 0
        next_kill = rounds.randrange(MiB)
        restarting = None
        while not isinstance(found.take(self, await within(terminal.read())), ptyd.Ended):
            if found.offset >= next_kill and (restarting is None or restarting.done()):
                restarting = asyncio.ensure_future(self.restart_daemon())
                kills += 1
                next_kill = found.offset + rounds.randrange(2 * MiB)
        await restarting
        self.assertEqual(self.pattern(21, size), bytes(found.data))
        self.assertEqual(0, terminal.ended.exit.code)
        self.assertGreaterEqual(kills, 3)
        self.assertNotIn(ptyd.Gap, found.seen)
        self.assertGreaterEqual(found.seen.count(ptyd.Lost), 3)

    async def test_output_of_many_sessions_over_one_lost_connection(self):
        client = await self.connect()
        sizes = [300_000 + number for number in range(12)]
        terminals = [await self.attach_to_pattern(client, number, size, flow=LOSSLESS)
                     for number, size in enumerate(sizes)]

        async def follow(number, terminal):
            found = Bytes()
            async with terminal:
                async for chunk in terminal.output():
                    found.take(self, chunk)
            self.assertEqual(self.pattern(number, sizes[number]), bytes(found.data))

        following = asyncio.gather(*(follow(number, terminal) for number, terminal in enumerate(terminals)))
        await self.restart_daemon()
        await within(following)

    async def test_the_session_is_an_iterator(self):
        client = await self.connect()
        session = await client.create("/bin/sh", "-c", "printf one; exit 5", env=ENV)
        got = []
        async for chunk in session.output():
            got.append(chunk)
        self.assertEqual(b"one", b"".join(chunk.data for chunk in got))
        self.assertEqual((ptyd.EndReason.ENDED_BY_EXIT, 5, 3), (got[-1].reason, got[-1].exit.code, got[-1].offset))

    async def test_leaving_the_loop_detaches(self):
        client = await self.connect()
        session = await client.create(CHILD, "echo", env=ENV)
        async for chunk in session.output():
            break
        self.assertEqual(b"ready", chunk.data[:5])

        async def until_detached():
            while (await session.inspect()).attachments:
                pass

        await within(until_detached())

    async def test_a_snapshot_comes_first(self):
        client = await self.connect()
        session = await client.create("/bin/sh", "-c", "printf 'on the screen'; exec cat", env=ENV)
        async with await session.attach(start=0) as first:
            await within(first.expect("on the screen"))
            async with await session.attach() as terminal:
                chunk = await within(terminal.read())
                self.assertIsInstance(chunk, ptyd.Snapshot)
                self.assertEqual((True, 13), (chunk.first, chunk.offset))
                self.assertIn(b"on the screen", chunk.data)
                await terminal.send("x")
                while not isinstance(chunk := await within(terminal.read()), ptyd.Output):
                    self.assertIsInstance(chunk, ptyd.Snapshot)
                self.assertEqual((13, b"x"), (chunk.offset, chunk.data[:1]))
            async with await session.attach(start="now") as terminal:
                await first.send("y")
                chunk = await within(terminal.read())
                self.assertEqual(b"y", chunk.data[:1])

    async def test_the_oldest_that_is_kept(self):
        client = await self.connect()
        session = await client.create(CHILD, "pattern", "5", "1000000", env=ENV, history_bytes=65536)
        await within(session.wait())
        found = [chunk async for chunk in session.output()]
        first = found[0].offset
        self.assertGreater(first, 900_000)
        self.assertEqual(support.harness.pattern(5, first, 1000000), b"".join(chunk.data for chunk in found))
        with self.assertRaises(ptyd.Error) as caught:
            await session.attach(start=0)
        self.assertEqual((ptyd.ErrorCode.OUT_OF_RANGE, (first, 1000000)),
                         (caught.exception.code, caught.exception.offsets))

    async def test_a_slow_consumer_holds_only_itself_back(self):
        client = await self.connect()
        slow = await self.attach_to_pattern(client, 31, 8 * MiB, window_bytes=20_000)
        async with await slow.session.attach(start="oldest", flow=LOSSLESS) as another:
            last = None
            async for last in another.output():
                self.assertLessEqual(sum(len(chunk.data) for chunk in slow._attachment._inbox), 20_000)
        self.assertEqual(8 * MiB, last.offset)
        self.assertEqual(self.daemon.pid, (await within(client.status())).server_pid)

    async def test_what_was_overwritten_is_a_gap(self):
        client = await self.connect()
        slow = await self.attach_to_pattern(client, 32, 4 * MiB, history_bytes=65536, window_bytes=4096)
        await within(slow.session.wait())
        found, gaps, offset = Bytes(), [], None
        while not isinstance(chunk := await within(slow.read()), ptyd.Ended):
            if isinstance(chunk, ptyd.Gap):
                self.assertEqual(found.offset, chunk.offset)
                self.assertGreater(chunk.end, chunk.offset)
                found.offset = chunk.end
                gaps.append(chunk)
            elif isinstance(chunk, ptyd.Snapshot):
                self.assertEqual(found.offset, chunk.offset)
            else:
                offset = chunk.offset
                self.assertEqual(support.harness.pattern(32, offset, offset + len(chunk.data)), chunk.data)
                found.take(self, chunk)
        self.assertTrue(gaps)
        self.assertEqual(4 * MiB, chunk.offset)

    async def test_a_gap_after_a_lost_daemon_is_typed(self):
        client = await self.connect()
        script = f"{CHILD} pattern 33 1000; read x; exec {CHILD} pattern 33 400000"
        session = await client.create("/bin/sh", "-c", script, env=ENV, history_bytes=65536)
        terminal = await session.attach(start=0, window_bytes=1000)
        found = Bytes()
        while found.offset < 1000:
            found.take(self, await within(terminal.read()))
        # One window more is granted now, and stays unread while the rest of the output runs away.
        await session.send("\n")
        await within(session.wait())
        await self.restart_daemon()
        kinds = []
        while not isinstance(chunk := await within(terminal.read()), ptyd.Ended):
            kinds.append(type(chunk))
            if isinstance(chunk, ptyd.Gap):
                self.assertEqual(found.offset, chunk.offset)
                found.offset = chunk.end
            else:
                found.take(self, chunk)
        self.assertIn(ptyd.Gap, kinds)
        self.assertEqual(chunk.offset, found.offset)

    async def test_nobody_comes_back(self):
        client = await self.connect()
        session = await client.create("/bin/cat", env=ENV)
        terminal = await session.attach(start=0, reconnect=0.3)
        self.daemon.kill()
        self.assertIsInstance(await within(terminal.read()), ptyd.Lost)
        await self.assert_code(ptyd.ErrorCode.UNAVAILABLE, terminal.read())
        await self.assert_code(ptyd.ErrorCode.UNAVAILABLE, terminal.send("x"))
        await terminal.close()
        self.daemon.start()

    async def test_a_stopped_daemon_is_waited_for(self):
        client = await self.connect()
        session = await client.create(CHILD, "echo", env=ENV)
        terminal = await session.attach(start=0)
        await within(terminal.expect("ready"))
        await client.shutdown()
        self.assertIsInstance(await within(terminal.read()), ptyd.Lost)
        await asyncio.get_running_loop().run_in_executor(None, self.daemon.process.wait, support.DEADLINE)
        self.daemon.start()
        await terminal.send("back")
        self.assertTrue(await within(terminal.drain()))
        await within(terminal.expect("back"))

    async def test_ends_that_are_no_exit(self):
        client = await self.connect()
        session = await client.create("/bin/cat", env=ENV)
        first = await session.attach(start=0)
        second = await session.attach(steal=True)
        self.assertIs(ptyd.EndReason.DISPLACED, (await within(first.read())).reason)
        await self.assert_code(ptyd.ErrorCode.SESSION_ENDED, first.send("x"))
        with self.assertRaises(ptyd.ExpectEnded):
            await within(first.expect("x"))
        self.assertEqual(1, await session.detach_all())
        chunk = None
        async for chunk in second.output():
            pass
        self.assertIs(ptyd.EndReason.DETACHED, chunk.reason)


@support.both_encodings
class Input:
    async def test_it_is_typed_once_over_killed_daemons(self):
        size = 2 * MiB
        data = support.harness.pattern(41, 0, size)
        client = await self.connect()
        session = await client.create(CHILD, "sink", str(size), env=ENV)
        terminal = await session.attach(start=0, flow=LOSSLESS)
        await within(terminal.expect("ready"))
        rounds = random.Random(9)
        kills = 0

        async def type_all():
            at = 0
            while at < size:
                piece = data[at:at + rounds.randrange(1, 150_000)]
                await terminal.send(piece)
                at += len(piece)

        typing = asyncio.ensure_future(type_all())
        expecting = asyncio.ensure_future(terminal.expect(f"{support.harness.fnv1a(data):016x}", support.DEADLINE))
        while not expecting.done() and kills < 6:
            await self.restart_daemon()
            kills += 1
        await within(typing)
        await within(expecting)
        self.assertEqual(size, (await session.inspect()).counters.input_bytes)

    async def test_a_program_that_does_not_read_holds_the_sender_back(self):
        client = await self.connect()
        session = await client.create("/bin/sh", "-c", "stty raw -echo; printf ready; exec tail -f /dev/null", env=ENV)
        terminal = await session.attach(start=0, input_bytes=100_000)
        await within(terminal.expect("ready"))
        # More than the terminal, the host and the daemon keep for a program that does not read.
        sending = asyncio.ensure_future(terminal.send(bytes(16 * MiB)))
        while not terminal._attachment._backlog:
            await asyncio.sleep(0)
        self.assertFalse(await terminal.drain(0.3))
        self.assertFalse(sending.done())
        self.assertEqual(100_000, len(terminal._attachment._backlog))
        sending.cancel()
        await asyncio.wait({sending})
        await session.kill(force=True)

    async def test_an_observer_only_looks(self):
        client = await self.connect()
        session = await client.create(CHILD, "echo", env=ENV)
        terminal = await session.attach(start=0, role=ptyd.Role.OBSERVER)
        await within(terminal.expect("ready"))
        await self.assert_code(ptyd.ErrorCode.PERMISSION_DENIED, terminal.send("x"))

    async def test_a_size_is_told_again(self):
        client = await self.connect()
        session = await client.create(CHILD, "sizes", env=ENV)
        terminal = await session.attach(start=0, size=(90, 25))
        await within(terminal.expect("90x25"))
        terminal.set_size(91, 26)
        await within(terminal.expect("91x26"))
        await self.restart_daemon()
        while not isinstance(await within(terminal.read()), chunks.Resumed):
            pass
        await session.inspect()
        self.assertEqual((91, 26), (session.info.size.cols, session.info.size.rows))


if __name__ == "__main__":
    support.main()
