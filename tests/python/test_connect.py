"""Connecting: where the daemon is, who listens there, what it speaks, starting it."""
import asyncio
import os
import pathlib
import tempfile
import unittest
from unittest import mock

import ptyd
import support
from ptyd import _endpoint
from support import DEADLINE, ENV, PACKAGE, child_environment, within

Code = ptyd.ErrorCode


class FakeDaemon:
    """Listens, answers the first bytes with `answer`, and then does nothing, or closes."""

    def __init__(self, answer, close=False):
        self.answer = answer
        self.close = close

    async def __aenter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="ptyd-", dir="/tmp")
        self.path = os.path.join(self.folder.name, "sock")
        self.writers = []
        self.server = await asyncio.start_unix_server(self.serve, self.path)
        return self

    async def __aexit__(self, *_):
        self.server.close()
        for writer in self.writers:
            writer.close()
        self.folder.cleanup()

    async def serve(self, reader, writer):
        self.writers.append(writer)
        await reader.read(100)
        writer.write(self.answer)
        if self.close:
            writer.close()


@support.both_encodings
class Peers:
    async def test_garbage(self):
        answers = [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0\0\0\0", b"\0\0\0\x02\xff\xff", b"\xff" * 1000, b"null\n",
                   b"[1]\n", b'{"id":"x","welcome":{}}\n', b'{"id":"1","welcome":7}\n', b"[" * 5000 + b"\n",
                   b'{"id":"1","welcome":{"protocol":9}}\n', b'\0\0\0\x06\x08\x01\x1a\x02\x08\x09', b"\n" + b"x" * 10]
        for answer in answers:
            with self.subTest(answer=answer[:30]):
                # What is no garbage in this encoding is a beginning of which the rest never comes.
                async with FakeDaemon(answer) as fake:
                    connecting = ptyd.connect(fake.path, encoding=self.encoding, autostart=False, timeout=0.5)
                    with self.assertRaises(ptyd.Error) as caught:
                        await within(connecting._connect())
                    self.assertIn(caught.exception.code, (Code.MALFORMED, Code.DEADLINE_EXCEEDED))
                    self.assertTrue(caught.exception.hint)
                    if answer.startswith((b"HTTP", b"\xff")) and self.encoding == "protobuf" or answer == b"null\n" \
                            and self.encoding == "json":
                        self.assertIs(Code.MALFORMED, caught.exception.code)

    async def test_a_line_without_an_end(self):
        async with FakeDaemon(b"x" * (20 << 20)) as fake:
            await self.assert_code(Code.MALFORMED, self.to(fake, timeout=DEADLINE))

    async def test_silence(self):
        async with FakeDaemon(b"") as fake:
            await self.assert_code(Code.DEADLINE_EXCEEDED, self.to(fake, timeout=0.2))

    async def test_somebody_who_hangs_up(self):
        async with FakeDaemon(b"", close=True) as fake:
            await self.assert_code(Code.UNAVAILABLE, self.to(fake))

    def to(self, fake, **options):
        return ptyd.connect(fake.path, encoding=self.encoding, autostart=False, **options)._connect()

    async def test_versions_that_the_daemon_refuses(self):
        error = await self.assert_code(Code.UNSUPPORTED_VERSION, self.connect(protocol=(7, 9)))
        self.assertEqual((1, 1), error.versions)
        self.assertIn("7 to 9", error.message)

    async def test_garbage_in_the_middle(self):
        client = await self.connect()
        waiting = asyncio.ensure_future((await client.create("/bin/cat", env=ENV)).wait())
        await client.status()
        client._connection._received(b"\0\0\0\x02\xff\xff" if self.encoding == "protobuf" else b"{]\n")
        await self.assert_code(Code.MALFORMED, waiting)
        self.assertEqual(self.daemon.pid, (await within(client.status())).server_pid)

    async def test_a_daemon_that_sends_too_much(self):
        client = await self.connect()
        session = await client.create("/bin/cat", env=ENV)
        terminal = await session.attach(start=0)
        terminal._attachment.take(ptyd._frames.Output(offset=0, data=b"abc"))
        with self.assertRaises(ptyd.Error) as caught:
            terminal._attachment.take(ptyd._frames.Output(offset=9, data=b"abc"))
        self.assertIs(Code.MALFORMED, caught.exception.code)


class Places(support.Case):
    async def test_sockets_that_are_none(self):
        folder = self.daemon.folder
        (folder / "file").write_text("")
        for path, code in ((folder / "none", Code.UNAVAILABLE), (folder / "file", Code.UNAVAILABLE),
                           ("relative", Code.INVALID_ARGUMENT), ("/" + "x" * 300, Code.INVALID_ARGUMENT),
                           ("/a\0b", Code.INVALID_ARGUMENT), (folder / "file" / "x", Code.UNAVAILABLE)):
            with self.subTest(path=path):
                error = await self.assert_code(code, ptyd.connect(str(path), autostart=False)._connect())
                self.assertIn(str(path)[:20].replace("\0", "\\x00"), error.message)

    async def test_another_users_socket(self):
        with mock.patch.object(_endpoint.os, "geteuid", lambda: 12345):
            error = await self.assert_code(Code.PERMISSION_DENIED,
                                           ptyd.connect(str(self.daemon.socket), autostart=False)._connect())
        self.assertIn("12345", error.message)

    def test_where_it_is(self):
        for values, path in (({"PTYD_SOCKET": "/a/b"}, "/a/b"), ({"XDG_RUNTIME_DIR": "/run/"}, "/run/ptyd/ptyd.sock"),
                             ({"PTYD_SOCKET": "", "XDG_RUNTIME_DIR": ""}, f"/tmp/ptyd-{os.geteuid()}/ptyd.sock")):
            self.assertEqual(path, _endpoint.default_socket(values))
        for name in ("PTYD_SOCKET", "XDG_RUNTIME_DIR"):
            with self.assertRaises(ptyd.Error) as caught:
                _endpoint.default_socket({name: "relative"})
            self.assertEqual((Code.INVALID_ARGUMENT, name), (caught.exception.code, caught.exception.subject))

    async def test_the_environment_names_it(self):
        with mock.patch.dict(os.environ, PTYD_SOCKET=str(self.daemon.socket)):
            async with ptyd.connect() as client:
                self.assertEqual(self.daemon.pid, (await client.status()).server_pid)

    async def test_no_such_encoding(self):
        await self.assert_code(Code.INVALID_ARGUMENT,
                               ptyd.connect(str(self.daemon.socket), encoding="xml", autostart=False)._connect())


class Autostart(support.Case):
    def setUp(self):
        super().setUp()
        self.daemon.terminate()

    def connecting(self, **options):
        return ptyd.connect(str(self.daemon.socket), **options)._connect()

    async def test_the_daemon_is_started(self):
        with mock.patch.dict(os.environ, child_environment(self.daemon, PTYD_AUTOSTART="1")):
            client = await within(self.connecting(timeout=DEADLINE))
            self.addAsyncCleanup(client.close)
            self.assertGreater((await client.status()).server_pid, 0)
            await client.shutdown(kill_sessions=True)

    async def test_it_is_not_when_that_is_forbidden(self):
        with mock.patch.dict(os.environ, PTYD_AUTOSTART="0"):
            await self.assert_code(Code.UNAVAILABLE, self.connecting())
        with mock.patch.dict(os.environ, PTYD_AUTOSTART="1"):
            await self.assert_code(Code.UNAVAILABLE, self.connecting(autostart=False))

    async def test_it_can_not_be(self):
        with mock.patch.dict(os.environ, PTYD_AUTOSTART="1", PATH="relative:/nowhere"):
            error = await self.assert_code(Code.UNAVAILABLE, self.connecting())
            self.assertIn("PATH", error.message)
            error = await self.assert_code(Code.UNAVAILABLE, self.connecting(ptyctl="/no/ptyctl"))
            self.assertEqual(2, error.os_error)
            error = await self.assert_code(Code.UNAVAILABLE, self.connecting(ptyctl="/bin/false"))
            self.assertIn("ended with 1", error.message)


class WithoutProtobuf(unittest.TestCase):
    def test_json_is_chosen(self):
        program = "import ptyd._codec as c; print(c.make_codec(None).name)"
        # -S: without the folders in which protobuf is installed.
        done = support.harness.subprocess.run(
            [support.sys.executable, "-B", "-S", "-c", program], env={"PYTHONPATH": str(PACKAGE)}, capture_output=True,
            timeout=DEADLINE, text=True)
        self.assertEqual("json\n", done.stdout, done.stderr)
        self.assertTrue(pathlib.Path(PACKAGE, "ptyd", "py.typed").exists())


if __name__ == "__main__":
    support.main()
