"""Waiting in the daemon, guards, and dialogs without an attachment."""
import re

import ptyd
import support
from ptyd import until
from support import ENV, within

SHELL = ("/bin/sh", "-c", 'stty -echo; echo ready; while read -r line; do eval "$line"; done')


@support.both_encodings
class Waiting:
    async def shell(self):
        client = await self.connect()
        session = await client.create(*SHELL, env=ENV)
        await within(session.wait_for(until.text("ready")))
        return session

    async def test_conditions_and_what_they_tell(self):
        session = await self.shell()
        reply = await within(session.send_and_wait("echo Two of 3\n", until.match(re.compile("two of [0-9]", re.I)),
                                                   until.text("never"), any=True, screen=True))
        (result,) = reply.results
        self.assertEqual((0, "Two of 3", "Two of 3"), (result.condition, result.text, result.line))
        self.assertEqual(14, reply.send.accepted)
        self.assertIn("Two of 3", reply.screen.data.decode())
        again = await within(session.wait_for(until.text("of"), from_offset=result.offset - 6))
        self.assertEqual(result.offset - 2, again.results[0].offset)
        await within(session.wait_for(until.quiet(0.01), until.settled(0.01)))
        before = (await session.screen(hash_only=True)).hash
        await within(session.send_and_wait("echo x\n", until.changed(before), until.quiet(0.01, min_bytes=1)))

    async def test_a_command_and_an_attachment(self):
        session = await self.shell()
        reply = await within(session.send_and_wait("printf '\\033]133;C\\007\\033]133;D;4\\007'\n", until.command()))
        self.assertEqual(4, reply.results[0].exit_code)
        async with await session.attach():
            await within(session.wait_for(until.attached()))

    async def test_the_end_and_the_deadline_are_errors(self):
        session = await self.shell()
        await self.assert_code(ptyd.ErrorCode.DEADLINE_EXCEEDED, session.wait_for(until.text("never"), timeout=0.05))
        await self.assert_code(ptyd.ErrorCode.INVALID_ARGUMENT, session.wait_for(until.match("(")))
        await self.assert_code(ptyd.ErrorCode.SESSION_ENDED, session.send_and_wait("exit 3\n", until.text("never")))
        self.assertEqual(3, session.exit.code)
        reply = await within(session.wait_for(until.exit()))
        self.assertEqual(3, reply.sessions[0].exit.code)

    async def test_guards(self):
        session = await self.shell()
        shown = await session.screen(hash_only=True)
        await within(session.send("echo first\n", if_screen=shown.hash, if_match="^ready$"))
        await within(session.wait_for(until.text("first")))
        error = await self.assert_code(ptyd.ErrorCode.FAILED_PRECONDITION, session.send("no\n", if_screen=shown.hash))
        self.assertEqual("guard", error.subject)
        await self.assert_code(ptyd.ErrorCode.FAILED_PRECONDITION, session.paste("no\n", if_match="^never$"))
        await self.assert_code(ptyd.ErrorCode.FAILED_PRECONDITION,
                               session.send_and_wait("no\n", until.text("x"), if_match="^never$"))
        self.assertNotIn("no", await session.snapshot())

    async def test_a_dialog(self):
        session = await self.shell()
        dialog = await session.dialog()
        found = await within(dialog.send("echo one; echo two; echo one\n", "one"))
        self.assertEqual((0, "one"), (found.index, found.line))
        found = await within(dialog.expect("never", re.compile("^t.*o$")))
        self.assertEqual((1, "two"), (found.index, found.text))
        second = await within(dialog.expect("one"))
        self.assertGreater(second.offset, found.offset)
        await self.assert_code(ptyd.ErrorCode.DEADLINE_EXCEEDED, dialog.expect("one", timeout=0.05))

    async def test_a_wait_goes_on_with_the_next_daemon(self):
        session = await self.shell()
        waiting = support.asyncio.ensure_future(session.wait_for(until.text("later")))
        await support.asyncio.sleep(0)
        await self.restart_daemon()
        await within(session.send("echo later\n"))
        self.assertEqual("later", (await within(waiting)).results[0].line)


if __name__ == "__main__":
    support.main()
