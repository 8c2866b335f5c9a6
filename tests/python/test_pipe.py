"""The stream for named pipes of Windows, on asyncio's transport for Unix sockets: what the system's pipe does itself is seen
on Windows only."""
import asyncio
import random
from unittest import mock

import ptyd
import support
from ptyd import _stream_windows, until
from support import ENV, within

MiB = 1 << 20


async def open_stream(path, *_):
    loop = asyncio.get_running_loop()
    with mock.patch.object(loop, "create_pipe_connection", loop.create_unix_connection, create=True):
        try:
            return await _stream_windows.open_pipe(path)
        except OSError as error:
            raise ptyd.Error(ptyd.ErrorCode.UNAVAILABLE, str(error)) from error


@support.both_encodings
class Pipe:
    async def connect(self, **options):
        patch = mock.patch("ptyd.client.open_stream", open_stream)
        patch.start()
        self.addCleanup(patch.stop)
        client = await super().connect(**options)
        self.assertIsInstance(client._connection._stream, _stream_windows.PipeStream)
        return client

    async def test_a_session_from_start_to_end(self):
        client = await self.connect()
        session = await client.create("/bin/sh", "-c", "read x; echo got $x; exit 3", env=ENV)
        await within(session.send_and_wait("it\n", until.text("got it")))
        self.assertEqual(3, (await within(session.wait())).code)
        await session.remove()
        self.assertEqual([], await client.list(all=True))

    async def test_much_in_both_directions_over_killed_daemons(self):
        client = await self.connect()
        session = await client.create("/bin/sh", "-c", "stty raw -echo; echo ready; exec cat", env=ENV)
        await within(session.wait_for(until.text("ready")))
        typed = bytes(random.Random(5).choices(range(32, 127), k=MiB))
        async with await session.attach(flow=ptyd.FlowPolicy.LOSSLESS) as terminal:
            found, kills = bytearray(), 0
            writing = asyncio.ensure_future(terminal.send(typed))
            while not found.endswith(typed[-100:]):
                chunk = await within(terminal.read())
                if isinstance(chunk, ptyd.Output):
                    found += chunk.data
                if len(found) > (kills + 1) * MiB // 4 and kills < 3:
                    kills += 1
                    await self.restart_daemon()
            await within(writing)
        self.assertEqual(typed, bytes(found[-len(typed):]))
        self.assertEqual(3, kills)


if __name__ == "__main__":
    support.main()
