"""Clients that others wrote: asyncio, Neovim."""
import asyncio
import json
import os
import shutil
import struct
import subprocess
import unittest

import harness
from harness import pb


class AsyncioClient(harness.DaemonTest):
    """The failure this guards against: replies to requests made at once sat unread in a queue."""

    async def talk(self):
        reader, writer = await asyncio.open_unix_connection(str(self.daemon.socket))
        waiting = {}

        def send(frame):
            data = frame.SerializeToString()
            writer.write(struct.pack(">I", len(data)) + data)

        async def read():
            while True:
                size = struct.unpack(">I", await reader.readexactly(4))[0]
                frame = pb.Frame.FromString(await reader.readexactly(size))
                waiting.pop(frame.id).set_result(frame)

        async def ask(frame):
            waiting[frame.id] = asyncio.get_running_loop().create_future()
            send(frame)
            await writer.drain()
            return await waiting.get(frame.id, asyncio.sleep(0)) if frame.id in waiting else None

        reading = asyncio.ensure_future(read())
        hello = pb.Frame(id=1)
        hello.hello.protocol_min = hello.hello.protocol_max = 1
        await ask(hello)
        frames = []
        for number in range(2, 1002):
            frame = pb.Frame(id=number)
            if number % 3 == 0:
                frame.request.inspect.session = "c"
            elif number % 3 == 1:
                frame.request.resize.session = "c"
                frame.request.resize.size.cols, frame.request.resize.size.rows = number % 200 + 1, 24
            else:
                frame.request.list.all = True
            frames.append(frame)
        futures = {frame.id: asyncio.get_running_loop().create_future() for frame in frames}
        waiting.update(futures)
        for frame in frames:
            send(frame)
        answers = await asyncio.wait_for(asyncio.gather(*futures.values()), harness.DEADLINE)
        reading.cancel()
        writer.close()
        return answers

    def test_a_thousand_requests_by_gather_are_all_answered(self):
        with self.daemon.client() as client:
            client.create("/bin/cat", name="c")
        answers = asyncio.run(self.talk())
        self.assertEqual(1000, len(answers))
        for answer in answers:
            self.assertFalse(answer.response.HasField("error"), answer)
            self.assertEqual({0: "inspect", 1: "resize", 2: "list"}[answer.id % 3], answer.response.WhichOneof("result"))


LUA = """
local socket, out = %s, %s
local answers = {}
local rest = ''
local channel = vim.fn.sockconnect('pipe', socket, {on_data = function(_, data, _)
  rest = rest .. data[1]
  for i = 2, #data do
    if rest ~= '' then table.insert(answers, rest) end
    rest = data[i]
  end
end})
local function ask(id, body)
  body.id = id
  vim.fn.chansend(channel, vim.fn.json_encode(body) .. '\\n')
  local want = #answers + 1
  assert(vim.wait(%d, function() return #answers >= want end, 5), 'no answer')
  return vim.fn.json_decode(answers[want])
end
ask('1', {hello = {protocolMin = 1, protocolMax = 1, clientName = 'nvim'}})
local reply = ask('2', {request = {list = {all = true}}})
local names = {}
for _, session in ipairs(reply.response.list.sessions) do table.insert(names, session.name) end
vim.fn.writefile(names, out)
"""


class Crowd(harness.DaemonTest):
    """Five hundred attachments of the client library lose the daemon at the same moment."""

    COUNT = 500
    config = "[daemon]\nmax_connections = 600\n"

    def expect(self, crowd, wanted):
        for line in crowd.stdout:
            if line.startswith(wanted):
                return line
        self.fail(f"the crowd is gone before all were {wanted}")

    def test_all_come_back_and_go_on(self):
        with self.daemon.client() as client:
            client.create("/bin/sh", "-c", "stty raw -echo; exec cat", name="c")
        crowd = subprocess.Popen([harness.BIN / "crowd", self.daemon.socket, "c", str(self.COUNT)], env=self.daemon.env,
                                 stdout=subprocess.PIPE, text=True)
        self.addCleanup(crowd.stdout.close)
        self.addCleanup(crowd.kill)
        self.expect(crowd, "attached")
        for _ in range(2):
            self.daemon.restart()
            print(self.expect(crowd, "resumed").strip() + " ms", end=" ", flush=True)
            with self.daemon.client() as client:
                client.request("send", session="c", data=b"x")
            self.expect(crowd, "heard")
        with self.daemon.client() as client:
            client.request("kill", session="c", force=True)
        self.expect(crowd, "ended")
        self.assertEqual(0, crowd.wait(harness.DEADLINE))


@unittest.skipUnless(shutil.which("nvim"), "Neovim is not installed")
class Neovim(harness.DaemonTest):
    def test_it_lists_sessions_by_sockconnect(self):
        with self.daemon.client() as client:
            for name in ("build", "shell"):
                client.create("/bin/cat", name=name)
        out = self.daemon.folder / "names"
        script = self.daemon.folder / "list.lua"
        script.write_text(LUA % (json.dumps(str(self.daemon.socket)), json.dumps(str(out)), harness.DEADLINE * 1000))
        result = subprocess.run(["nvim", "--headless", "-u", "NONE", "-i", "NONE", "-c", f"luafile {script}", "-c", "qa!"],
                                env=self.daemon.env, capture_output=True, timeout=harness.DEADLINE, text=True)
        self.assertTrue(out.exists(), result.stderr)
        self.assertEqual(["build", "shell"], sorted(out.read_text().split()))


if __name__ == "__main__":
    harness.main()
