#!/usr/bin/env python3
"""Asks a Python prompt on a terminal a few things, and prints what it answers.

usage: drive_repl.py [EXPRESSION...]
"""
import asyncio
import os
import sys

import ptyd

PROMPT = ">>> "


async def ask(terminal, expression):
    await terminal.send_line(expression)
    await terminal.expect(expression + "\n")  # its echo
    return (await terminal.expect(PROMPT)).before.rstrip()


async def main(expressions):
    # Python 3.13 draws its prompt in colors and moves about in it, unless told not to.
    env = {**os.environ, "TERM": "dumb", "PYTHON_BASIC_REPL": "1", "NO_COLOR": "1"}
    async with ptyd.connect() as client, await client.spawn(sys.executable, "-q", env=env) as terminal:
        await terminal.expect(PROMPT)
        for expression in expressions:
            print(f"{expression} = {ptyd.escape_text(await ask(terminal, expression))}")
        await terminal.send_line("raise SystemExit(0)")
        status = await terminal.expect_exit()
        await terminal.session.remove()
        return status.code


try:
    sys.exit(asyncio.run(main(sys.argv[1:] or ["6 * 7", "'ptyd'.upper()"])))
except ptyd.Error as error:
    sys.exit(str(error))
