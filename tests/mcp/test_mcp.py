#!/usr/bin/env python3
"""`ptyctl mcp` with the official client in Node. Exit status 77: node or its modules can't be had here."""
import pathlib
import subprocess
import sys

import harness

HERE = pathlib.Path(__file__).resolve().parent


def main():
    modules = harness.npm_modules(HERE)
    with harness.Daemon() as daemon:
        return subprocess.run(["node", HERE / "client.mjs", modules, harness.PTYCTL,
                               harness.SOURCE / "tests" / "tasks" / "tasks.json"], env=daemon.env,
                              timeout=250).returncode


if __name__ == "__main__":
    sys.exit(main())
