"""Commands in a shell that tells of them."""
import asyncio
import pathlib
import shutil
import unittest

import ptyd
import support
from ptyd import _typed_command, until
from support import ENV, harness, within

FOLDER = harness.BIN.parent / "share" / "ptyd" / "shell-integration"


@unittest.skipUnless(shutil.which("bash"), "needs bash")
@support.both_encodings
class Shell:
    async def shell(self):
        client = await self.connect()
        home = pathlib.Path(self.daemon.folder)
        env = {**ENV, "HOME": str(home), "PTYD_SHELL_INTEGRATION": str(FOLDER)}
        return await client.create("bash", "--rcfile", str(FOLDER / "bashrc"), env=env, cwd=str(home))

    async def test_output_and_status(self):
        session = await self.shell()
        done = await within(session.exec("echo one; false"))
        self.assertEqual(("one\n", b"one\r\n", 1, 0), (done.output, done.data, done.status, done.lost))
        done = await within(session.exec("printf", "[%s]", "it's \\ \n\t$HOME!"))
        self.assertEqual(("[it's \\ \n\t$HOME!]", 0), (done.output, done.status))
        done = await within(session.exec("for i in 1 2; do\n echo $i\ndone"))
        self.assertEqual("1\n2\n", done.output)
        done = await within(session.exec("seq 20000"))
        self.assertEqual("".join(f"{n}\n" for n in range(1, 20001)), done.output)
        found = await session.commands()
        self.assertEqual([1, 2, 3, 4], [one.number for one in found])
        self.assertEqual(("seq 20000", 0, False), (found[3].text, found[3].exit_code, found[3].running))
        self.assertEqual(b"one\r\n", await session.output_of(found[0]))
        self.assertEqual([4], [one.number for one in await session.commands(tail=1)])
        self.assertEqual([3, 4], [one.number for one in await session.commands(after=2)])

    async def test_errors(self):
        session = await self.shell()
        await within(session.exec("true"))
        await self.assert_code(ptyd.ErrorCode.DEADLINE_EXCEEDED, session.exec("cat", timeout=0.3))
        await self.assert_code(ptyd.ErrorCode.BUSY, session.exec("true"))
        reply = await within(session.keys("C-c"))
        self.assertEqual(1, reply.accepted)
        await within(session.wait_for(until.match("\\^C")))
        while (await session.commands(tail=1))[0].running:
            await within(session.wait_for(until.quiet(0.01)))
        self.assertEqual("on\n", (await within(session.exec("echo on"))).output)
        for wrong in ((), (" ",), ("a\0b",), ("x" * 40000,)):
            await self.assert_code(ptyd.ErrorCode.INVALID_ARGUMENT, session.exec(*wrong))
        await self.assert_code(ptyd.ErrorCode.SESSION_ENDED, session.exec("exit 3"))
        await self.assert_code(ptyd.ErrorCode.SESSION_ENDED, session.exec("true"))

    async def test_nobody_else_types_meanwhile(self):
        session = await self.shell()
        other = await (await self.connect(name="other")).get(session.id)
        await within(session.exec("true"))
        asking = asyncio.ensure_future(session.exec("read x; (exit $x)"))
        await self.assert_code(ptyd.ErrorCode.BUSY, session.exec("echo X"))
        while not (await session.inspect()).leases:
            pass
        await self.assert_code(ptyd.ErrorCode.BUSY, other.send("X\n"))
        await self.assert_code(ptyd.ErrorCode.BUSY, other.exec("echo X"))
        await within(self.running_read(session))
        await within(session.send("3\r"))
        self.assertEqual(3, (await within(asking)).status)
        self.assertEqual([], list((await session.inspect()).leases))
        asking = asyncio.ensure_future(session.exec("cat"))
        await within(self.running_read(session))
        asking.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await asking
        self.assertEqual(1, (await within(other.keys("C-c"))).accepted)

    async def running_read(self, session):
        while not (await session.commands(tail=1))[0].running:
            await session.wait_for(until.quiet(0.01))

    async def test_under_a_lease(self):
        session = await self.shell()
        other = await (await self.connect(name="other")).get(session.id)
        async with await session.claim(ttl=60) as lease:
            self.assertEqual("one\n", (await within(session.exec("echo one"))).output)
            self.assertEqual("two\n", (await within(other.exec("echo two", lease=lease.token))).output)
            await self.assert_code(ptyd.ErrorCode.BUSY, other.exec("echo X"))
            self.assertEqual(1, len((await session.inspect()).leases))
        await self.assert_code(ptyd.ErrorCode.BUSY, other.exec("echo X", lease=lease.token))
        self.assertEqual("three\n", (await within(session.exec("echo three"))).output)

    async def test_upgrade(self):
        session = await self.shell()
        await within(session.exec("echo before"))
        reply = await within(session.client.upgrade())
        self.assertEqual((1, 1), (reply.sessions, reply.upgrades))
        self.assertEqual("after\n", (await within(session.exec("echo after"))).output)
        self.assertEqual(["echo before", "echo after"], [one.text for one in await session.commands()])


class Typed(unittest.TestCase):
    def test_as_ptyctl_types_them(self):
        for words, shell, typed in (
                (["make", "test"], "sh", "make test"), (["make test"], "sh", "make test"),
                (["echo", "a b", "", "it's"], "sh", "echo 'a b' '' 'it'\\''s'"),
                (["echo", "it's", "a\\b"], "fish", "echo 'it\\'s' 'a\\\\b'"), (["if", "x"], "sh", "'if' x"),
                (["cd /src && make"], "sh", "eval 'cd /src && make'"), (["for"], "sh", "eval for"),
                (["if true; then\n echo 'a!'\nfi"], "sh", "eval $'if true; then\\012 echo \\047a\\041\\047\\012fi'"),
                (["a\\b\tc"], "sh", "eval $'a\\\\b\\011c'"),
                (["echo 'a'\necho b"], "fish", "eval 'echo \\'a\\''\\012'echo b'"),
                (["ls", "a'b"], "powershell", "& ls 'a''b'"), (["Get-Item x; ls"], "powershell", "Get-Item x; ls")):
            self.assertEqual(typed, _typed_command.typed_command(words, shell))

    def test_shells_by_name(self):
        for name, shell in (("-fish", "fish"), ("/bin/bash", "sh"), ("C:\\x\\pwsh.exe", "powershell"), ("", "sh")):
            self.assertEqual(shell, _typed_command.shell_of(name))


if __name__ == "__main__":
    support.main()
