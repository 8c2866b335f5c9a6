#!/usr/bin/env python3
"""A client in Node beside the daemon of this system. Exit status 77: node or its modules can't be had here."""
import json
import pathlib
import subprocess
import sys

import harness

HERE = pathlib.Path(__file__).resolve().parent
ECHO = ["/bin/sh", "-c", 'while read -r line && [ "$line" != end ]; do echo "[$line]"; done']


def main():
    modules = harness.npm_modules(HERE)
    with harness.Daemon() as daemon:
        ended = subprocess.run(
            ["node", HERE / "client.js", modules, harness.SOURCE / "proto/ptyd/v1/ptyd.proto", daemon.socket,
             json.dumps(ECHO), harness.PTYD, "--socket", daemon.socket, "--log-target", "file"],
            env=daemon.env, timeout=250)
        daemon.ptyctl("daemon", "stop", "--sessions=kill", check=False)  # the one that it started
        return ended.returncode


if __name__ == "__main__":
    sys.exit(main())
