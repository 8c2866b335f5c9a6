#!/usr/bin/env python3
"""Runs the example clients of docs/PROTOCOL.md against a daemon of their own.

usage: check_clients.py ROOT PTYD_BINARY

The Python block that ends in `asyncio.run(...)` must print what it typed; the Lua block, in Neovim where that is
installed, must list the session that is there.
"""
import base64
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

LIMIT_S = 30
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.S | re.M)


def start_daemon(binary, folder, environment):
    reading, writing = os.pipe()
    daemon = subprocess.Popen([binary, "--log-target", "stderr", "--log-level", "warn", "--ready-fd", str(writing)],
                              pass_fds=[writing], env=environment, cwd=folder)
    os.close(writing)
    with os.fdopen(reading) as ready:
        if not ready.readline():  # the daemon ended and with it the other end
            sys.exit(f"{binary} did not start")
    return daemon


def ask(path, *frames):
    """The last of the answers to the frames, one each."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(LIMIT_S)
        connection.connect(path)
        connection.sendall("".join(json.dumps(frame) + "\n" for frame in frames).encode())
        with connection.makefile() as lines:
            answers = [json.loads(lines.readline()) for _ in frames]
    return answers[-1]


def hello():
    return {"id": "1", "hello": {"protocolMin": 1, "protocolMax": 1, "clientName": "check"}}


def run(command, environment):
    try:
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=LIMIT_S, check=False)
    except subprocess.TimeoutExpired as error:
        return f"`{' '.join(command)}` did not end in {LIMIT_S} s: {error.stdout}", ""
    return (None if done.returncode == 0 else f"`{' '.join(command)}` ended with {done.returncode}: {done.stdout}",
            done.stdout)


def check(root, folder, environment):
    path = os.path.join(folder, "ptyd", "ptyd.sock")
    with open(os.path.join(root, "docs/PROTOCOL.md"), encoding="utf-8") as file:
        blocks = BLOCK.findall(file.read())
    python = [body for kind, body in blocks if kind == "python" and "\nasyncio.run(" in body]
    lua = [body for kind, body in blocks if kind == "lua"]
    if len(python) != 1 or len(lua) != 1:
        return [f"{len(python)} Python and {len(lua)} Lua clients found: the search is broken"]
    problems = []
    for name, body in (("client.py", python[0]), ("client.lua", lua[0])):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(body)

    problem, output = run([sys.executable, os.path.join(folder, "client.py"), path], environment)
    if problem or "hello" not in output:
        problems.append(problem or f"the Python client printed: {output}")

    if not shutil.which("nvim"):
        print("Neovim is not installed: its client was not run")
        return problems
    cat = base64.b64encode(b"cat").decode()
    made = ask(path, hello(), {"id": "2", "request": {"create": {"name": "listed", "argv": [cat]}}})
    if "create" not in made.get("response", {}):
        return problems + [f"no session for the Lua client: {made}"]
    problem, output = run(["nvim", "--headless", "-u", "NONE", "-i", "NONE", "-c",
                           f"luafile {os.path.join(folder, 'client.lua')}", "-c", "qa!"], environment)
    if problem or "listed RUNNING" not in output:
        problems.append(problem or f"the Lua client printed: {output}")
    return problems


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    root, binary = map(os.path.abspath, sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="ptyd-") as folder:
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(("PTYD_", "XDG_", "NVIM", "LISTEN_", "NOTIFY_"))}
        environment.update(XDG_RUNTIME_DIR=folder, HOME=folder)
        daemon = start_daemon(binary, folder, environment)
        try:
            problems = check(root, folder, environment)
            ask(os.path.join(folder, "ptyd", "ptyd.sock"), hello(),
                {"id": "2", "request": {"shutdown": {"killSessions": True}}})
            status = daemon.wait(LIMIT_S)
            if status != 0:
                problems.append(f"the daemon ended with {status}")
        finally:
            if daemon.poll() is None:
                daemon.send_signal(signal.SIGKILL)
                daemon.wait()
    print("\n".join(problems) if problems else "clients: ok")
    return 1 if problems else 0


sys.exit(main())
