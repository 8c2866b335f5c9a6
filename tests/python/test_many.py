"""Fifty sessions at once, driven by waits alone: python3, bash, vim and less."""
import asyncio
import json
import shutil
import unittest

import support
from ptyd import until
from support import harness, within

TASKS = json.loads((harness.SOURCE / "tests" / "tasks" / "tasks.json").read_text())
PROGRAMS = ("python3", "bash", "vim", "less")


@unittest.skipUnless(all(shutil.which(program) for program in PROGRAMS), "needs " + ", ".join(PROGRAMS))
@support.both_encodings
class Many:
    async def test_twenty_tasks_in_fifty_sessions(self):
        client = await self.connect()
        tasks = TASKS["tasks"]
        self.assertEqual(20, len({task["name"] for task in tasks}))
        await within(asyncio.gather(*(self.drive(client, number, tasks[number % len(tasks)]) for number in range(50))),
                     4 * support.DEADLINE)
        self.assertEqual([], await client.list(all=True))

    async def drive(self, client, number, task):
        session = await client.create(*task["program"], env=TASKS["env"], cwd="/tmp", size=(80, 24))
        await session.wait_for(until.match(task["ready"]))
        for step in task["steps"]:
            wanted, typed = (step[key].replace("{n}", str(number)) for key in ("match", "send"))
            reply = await session.send_and_wait(typed, until.match(wanted), timeout=support.DEADLINE)
            (result,) = reply.results
            self.assertEqual(len(typed), reply.send.accepted)
            self.assertRegex(result.line, wanted)
        await session.send_and_wait(task["leave"], until.exit())
        self.assertEqual(3, (await session.wait()).code)
        await session.remove()


if __name__ == "__main__":
    support.main()
