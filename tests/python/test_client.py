"""Requests: each method, many at once, errors, deadlines, cancellation, lost connections."""
import asyncio
import os
import signal

import ptyd
import support
from ptyd import requests
from support import CHILD, ENV, within

Code = ptyd.ErrorCode


@support.both_encodings
class Methods:
    async def test_a_session_from_its_start_to_its_end(self):
        client = await self.connect()
        self.assertEqual(self.encoding, client.encoding)
        self.assertIn("resume", client.welcome.features)
        session = await client.create(CHILD, "echo", name="s", env=ENV, cwd="/", size=(100, 30), labels={"a": "b"})
        self.assertEqual(("s", {"a": "b"}, ptyd.SessionState.RUNNING), (session.name, session.labels, session.state))
        self.assertEqual((100, 30), (session.info.size.cols, session.info.size.rows))
        self.assertEqual((CHILD.encode(), b"echo"), tuple(session.info.argv))
        self.assertEqual(session.id, (await client.get("s")).id)
        self.assertEqual([session.id], [one.id for one in await client.list(labels={"a": "b"})])
        self.assertEqual([], await client.list(labels={"a": "c"}))
        self.assertEqual("t", (await session.rename("t")).name)
        self.assertEqual({"c": "d"}, await session.label({"c": "d"}, remove=["a"]))
        self.assertEqual(77, (await session.resize(77, 20)).cols)
        status = await within(session.kill(force=True))
        self.assertEqual(signal.SIGKILL, status.signal)
        self.assertEqual(status, await within(session.wait()))
        self.assertEqual([], await client.list())
        self.assertEqual(1, await client.remove_exited())
        self.assertEqual([], await client.list(all=True))

    async def test_typing_and_looking(self):
        client = await self.connect()
        session = await client.create(CHILD, "echo", env=ENV)
        async with await session.attach(start=0) as terminal:
            await within(terminal.expect("ready"))
            self.assertEqual(6, (await session.send("ä and\r".replace(" ", ""))).accepted)
            await within(terminal.expect("äand"))
            await session.keys("C-a", "x")
            await within(terminal.expect("x"))
            await session.paste("pasted")
            await within(terminal.expect("pasted"))
        page = await session.history()
        self.assertTrue(page.data.startswith(b"ready"))
        self.assertEqual((0, True), (page.offset, page.end))
        self.assertIn(b"\x01xpasted", await session.logs())
        self.assertIn("pasted", await session.snapshot())
        self.assertIn("<html", await session.snapshot("html"))
        screen = (await session.screen()).screen
        self.assertIn("ready", "".join(run.text for run in screen.rows[0].runs))
        self.assertIsInstance(screen.rows[0].index, int)
        self.assertIn("rows", (await session.snapshot_json())["screen"])
        found = await session.search("past(ed)?")
        self.assertEqual("pasted", found.matches[0].text[found.matches[0].begin:found.matches[0].end])
        inspected = await session.inspect()
        self.assertEqual(inspected.counters.input_bytes, session.info.input)
        await self.assert_code(Code.INVALID_ARGUMENT, session.snapshot("png"))

    async def test_logs_are_whole_over_many_pages(self):
        client = await self.connect()
        session = await client.create(CHILD, "pattern", "3", "300000", env=ENV)
        await within(session.wait())
        self.assertEqual(support.harness.pattern(3, 0, 300000), await session.logs())

    async def test_much_text_is_sent_in_pieces(self):
        client = await self.connect()
        text = "ä€😀" * 20000
        session = await client.create(CHILD, "sink", str(len(text.encode())), env=ENV)
        async with await session.attach(start=0) as terminal:
            await within(terminal.expect("ready"))
            reply = await within(session.send(text))
            self.assertEqual(len(text.encode()), reply.accepted)
            await within(terminal.expect(f"{support.harness.fnv1a(text.encode()):016x}"))

    async def test_signals_and_statuses(self):
        client = await self.connect()
        session = await client.create(CHILD, "signals", env=ENV)
        async with await session.attach(start=0) as terminal:
            await within(terminal.expect("ready"))
            await session.signal("usr1")
            await within(terminal.expect(f"signal {int(signal.SIGUSR1)}"))
            await session.signal(signal.SIGINT, foreground=True)
            await within(terminal.expect(f"signal {int(signal.SIGINT)}"))
        await self.assert_code(Code.INVALID_ARGUMENT, session.signal("nonsense"))
        sessions = [await client.create(CHILD, "exit", str(code), env=ENV) for code in (0, 7)]
        ended = await within(client.wait(sessions))
        self.assertEqual([0, 7], [one.exit.code for one in ended])
        for one in ended:
            self.assertIsInstance(one.usage, ptyd.ResourceUsage)
            self.assertGreater(one.usage.max_rss_bytes, 100_000)
        again = await sessions[1].restart()
        self.assertEqual((sessions[1].name, 7), (again.name, (await within(again.wait())).code))
        self.assertNotEqual(sessions[1].id, again.id)

    async def test_events(self):
        client = await self.connect()
        events = client.events()
        first = asyncio.ensure_future(events.__anext__())
        # The subscription is there as soon as an event comes: sessions are made until one does.
        while not first.done():
            session = await client.create(CHILD, "exit", "4", env=ENV)
            await within(session.wait())
        self.assertGreater(first.result().seq, 0)
        last = await client.create(CHILD, "exit", "9", env=ENV)
        while True:
            event = await within(events.__anext__())
            if event.type is ptyd.EventType.SESSION_EXITED and event.session.id == last.id:
                break
        self.assertEqual(9, event.session.exit.code)
        await events.aclose()

    async def test_the_daemon_is_ended(self):
        client = await self.connect()
        await client.create("/bin/cat", env=ENV)
        self.assertEqual(1, (await client.status()).running)
        self.assertEqual(0, await within(client.shutdown(kill_sessions=True)))
        await asyncio.get_running_loop().run_in_executor(None, self.daemon.process.wait, support.DEADLINE)
        await self.assert_code(Code.UNAVAILABLE, client.request(requests.ListRequest()))


@support.both_encodings
class Concurrency:
    async def test_a_thousand_requests_by_gather(self):
        client = await self.connect()
        session = await client.create("/bin/cat", name="c", env=ENV)

        async def one(number):
            if number % 3 == 0:
                return (await session.inspect()).session.id
            if number % 3 == 1:
                return (await session.resize(number % 200 + 1, 24)).cols
            return len(await client.list(all=True))

        answers = await within(asyncio.gather(*map(one, range(1000))))
        wanted = [session.id if n % 3 == 0 else n % 200 + 1 if n % 3 == 1 else 1 for n in range(1000)]
        self.assertEqual([w for n, w in enumerate(wanted) if n % 3 != 1],
                         [a for n, a in enumerate(answers) if n % 3 != 1])
        self.assertEqual(wanted[999], answers[999])

    async def test_more_requests_than_may_be_open(self):
        client = await self.connect()
        answers = await within(asyncio.gather(*(client.status() for _ in range(5000))))
        self.assertEqual({self.daemon.pid}, {answer.server_pid for answer in answers})

    async def test_a_cancelled_request_leaves_the_others_alone(self):
        client = await self.connect()
        session = await client.create("/bin/cat", env=ENV)
        waiting = [asyncio.ensure_future(session.wait()) for _ in range(20)]
        await client.status()
        for one in waiting[::2]:
            one.cancel()
        await asyncio.wait(waiting[::2])
        self.assertTrue(all(one.cancelled() for one in waiting[::2]))
        await session.kill(force=True)
        statuses = await within(asyncio.gather(*waiting[1::2]))
        self.assertEqual({9}, {status.signal for status in statuses})

    async def test_a_cancelled_attach_is_ended(self):
        client = await self.connect()
        session = await client.create("/bin/cat", env=ENV)
        for _ in range(20):
            attaching = asyncio.ensure_future(session.attach())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            attaching.cancel()
            await asyncio.wait({attaching})
        async def until_all_are_gone():
            while (await session.inspect()).attachments:
                pass

        await within(until_all_are_gone())

    async def test_deadlines(self):
        client = await self.connect()
        session = await client.create("/bin/cat", env=ENV)
        await self.assert_code(Code.DEADLINE_EXCEEDED, session.wait(timeout=0.05))
        os.kill(self.daemon.pid, signal.SIGSTOP)
        try:
            # Nobody answers: the client has a clock of its own.
            await self.assert_code(Code.DEADLINE_EXCEEDED, client.request(requests.StatusRequest(), deadline=0.05))
        finally:
            os.kill(self.daemon.pid, signal.SIGCONT)
        self.assertEqual(self.daemon.pid, (await within(client.status())).server_pid)


@support.both_encodings
class Errors:
    async def test_errors_of_the_daemon_are_typed(self):
        client = await self.connect()
        error = await self.assert_code(Code.NOT_FOUND, client.get("nobody"))
        self.assertTrue(error.subject)
        self.assertIn("nobody", str(error))
        error = await self.assert_code(Code.SPAWN_FAILED, client.create("/no/such/program", env=ENV))
        self.assertEqual(("exec", 2), (error.step, error.os_error))
        session = await client.create("/bin/cat", name="taken", env=ENV)
        await self.assert_code(Code.ALREADY_EXISTS, client.create("/bin/cat", name="taken", env=ENV))
        await self.assert_code(Code.FAILED_PRECONDITION, session.remove())
        error = await self.assert_code(Code.OUT_OF_RANGE, session.attach(start=1 << 40))
        self.assertEqual((0, 0), error.offsets)
        self.assertFalse(error.lost)

    async def test_what_can_not_be_sent_harms_nobody(self):
        client = await self.connect()
        waiting = asyncio.ensure_future(client.request(requests.StatusRequest()))
        for request in (requests.InspectRequest(session=7), requests.InspectRequest(session="\ud800"),
                        requests.SendRequest(session="x", data="text"), requests.ListRequest(labels=["no"]),
                        requests.SignalRequest(session="x", signal=1 << 32),
                        requests.HistoryRequest(session="x", from_offset=-1)):
            await self.assert_code(Code.INVALID_ARGUMENT, client.request(request))
        large = requests.SendRequest(session="x", data=bytes(70000))
        await self.assert_code(Code.FRAME_TOO_LARGE, client.request(large))
        self.assertEqual(self.daemon.pid, (await within(waiting)).server_pid)

    async def test_a_killed_daemon_fails_what_can_not_be_repeated(self):
        client = await self.connect()
        session = await client.create("/bin/cat", env=ENV)
        killing = asyncio.ensure_future(client.request(requests.WaitRequest(sessions=[session.id]), deadline=None))
        await client.status()
        self.daemon.kill()
        error = await self.assert_code(Code.UNAVAILABLE, killing)
        self.assertTrue(error.lost)
        error = await self.assert_code(Code.UNAVAILABLE, client.request(requests.StatusRequest()))
        self.assertFalse(error.lost)
        self.daemon.start()

    async def test_what_can_be_repeated_goes_on_with_the_next_daemon(self):
        client = await self.connect()
        session = await client.create(CHILD, "pattern-wait", "1", "100", env=ENV)
        waiting = asyncio.ensure_future(session.wait())
        before = client.welcome.server_instance
        await client.status()
        await self.restart_daemon()
        self.assertEqual(session.id, (await within(client.get(session.id))).id)
        self.assertNotEqual(before, client.welcome.server_instance)
        await within(session.send("\r"))
        self.assertEqual(0, (await within(waiting)).code)

    async def test_a_closed_client(self):
        client = await self.connect()
        session = await client.create("/bin/cat", env=ENV)
        terminal = await session.attach(start=0)
        waiting = asyncio.ensure_future(client.request(requests.WaitRequest(sessions=[session.id]), deadline=None))
        await client.status()
        await client.close()
        await self.assert_code(Code.UNAVAILABLE, waiting)
        await self.assert_code(Code.FAILED_PRECONDITION, client.status())
        await self.assert_code(Code.FAILED_PRECONDITION, session.wait())
        self.assertIsInstance(await within(terminal.read()), ptyd.Lost)
        await self.assert_code(Code.FAILED_PRECONDITION, terminal.read())


if __name__ == "__main__":
    support.main()
