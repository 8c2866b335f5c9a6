"""What the tests of the Python package share: the end-to-end tests' daemon, and both encodings."""
import asyncio
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

import harness  # noqa: E402
import ptyd  # noqa: E402
from waiting import DEADLINE  # noqa: E402

CHILD = harness.CHILD
ENV = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/", "LANG": "C.UTF-8", "SHELL": "/bin/sh"}
PACKAGE = harness.SOURCE / "client" / "python"


class Case(unittest.IsolatedAsyncioTestCase):
    """A test with a daemon of its own; `encoding` is what its clients speak."""
    encoding = None
    config = ""

    def setUp(self):
        self.daemon = harness.Daemon(self.config)
        self.addCleanup(self.daemon.clean_up)
        self.daemon.start()

    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)  # it would be measured with all that streams

    async def connect(self, **options):
        options = {"autostart": False, "encoding": self.encoding, **options}
        client = await within(ptyd.connect(str(self.daemon.socket), **options)._connect())
        self.addAsyncCleanup(client.close)
        return client

    async def assert_code(self, code, awaitable):
        with self.assertRaises(ptyd.Error) as caught:
            await within(awaitable)
        self.assertIs(code, caught.exception.code, str(caught.exception))
        self.assertTrue(caught.exception.message)
        return caught.exception

    async def restart_daemon(self):
        """Without blocking the loop, so that clients see it go."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self.daemon.restart)


async def within(awaitable, seconds=DEADLINE):
    return await asyncio.wait_for(awaitable, seconds)


def both_encodings(case):
    """Class decorator: the tests of `case`, a class without a base, with protobuf and with JSON."""
    module = sys.modules[case.__module__]
    for encoding in ("protobuf", "json"):
        name = f"{case.__name__}_{encoding}"
        setattr(module, name, type(name, (case, Case), {"encoding": encoding, "__module__": case.__module__}))
    return case


def child_environment(daemon, path=PACKAGE, **more):
    """For a program of its own that uses the package in `path`."""
    return {**daemon.env, "PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1",
            "PATH": f"{harness.BIN}:{os.environ.get('PATH', '/usr/bin:/bin')}", **more}


def main():
    unittest.main(verbosity=2)
