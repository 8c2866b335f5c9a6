#!/usr/bin/env python3
"""Runs a build in a session of its own, shows its output, and exits as it does.

usage: run_build.py PROGRAM [ARGUMENT...]

The build goes on when this program is ended; `ptyctl attach` shows it.
"""
import asyncio
import sys

import ptyd


async def main(argv):
    async with ptyd.connect() as client:
        session = await client.create(*argv, labels={"kind": "build"})
        async for chunk in session.output(start=0):
            if isinstance(chunk, ptyd.Output):
                sys.stdout.buffer.write(chunk.data)
                sys.stdout.buffer.flush()
            elif isinstance(chunk, ptyd.Gap):
                print(f"[{chunk.end - chunk.offset} bytes of output are gone]", file=sys.stderr)
        status = await session.wait()
        if not status.known:
            print(f"the build's status is not known: {ptyd.escape_text(status.reason)}", file=sys.stderr)
            return 125
        return 128 + status.signal if status.signal else status.code


if len(sys.argv) < 2:
    sys.exit(__doc__)
try:
    sys.exit(asyncio.run(main(sys.argv[1:])))
except ptyd.Error as error:
    sys.exit(str(error))
