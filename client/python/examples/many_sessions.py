#!/usr/bin/env python3
"""Runs a command in many sessions at once over one connection, and counts their exit statuses.

usage: many_sessions.py COUNT PROGRAM [ARGUMENT...]

Each session has its number in the environment, as NUMBER.
"""
import asyncio
import collections
import os
import sys

import ptyd


async def run_one(client, number, argv):
    session = await client.create(*argv, env={**os.environ, "NUMBER": str(number)})
    status = await session.wait()
    last = (await session.logs(tail_lines=1)).decode(errors="replace").strip()
    await session.remove()
    return status.code, last


async def main(count, argv):
    async with ptyd.connect() as client:
        results = await asyncio.gather(*(run_one(client, number, argv) for number in range(count)))
    for number, (code, last) in enumerate(results):
        print(f"{number}: {code}: {ptyd.escape_text(last)}")
    codes = collections.Counter(code for code, _ in results)
    print(", ".join(f"{amount} ended with {code}" for code, amount in sorted(codes.items())))
    return 0 if set(codes) == {0} else 1


if len(sys.argv) < 3:
    sys.exit(__doc__)
try:
    sys.exit(asyncio.run(main(int(sys.argv[1]), sys.argv[2:])))
except ptyd.Error as error:
    sys.exit(str(error))
