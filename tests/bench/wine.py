#!/usr/bin/env python3
"""Prints what ptyd costs on Windows beside a bare pseudoconsole, in one run under Wine, with ratios.

  tests/bench/wine.py BUILD_FOLDER [--rounds N]

Build the preset `mingw-bench` first; see docs/HACKING.md. The two take turns, so that drift hits both alike; the
figures are medians of the rounds.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
WINE = HERE.parent / "wine"
ECHOES = 1000
BYTES = 8 << 20

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("build", type=pathlib.Path)
parser.add_argument("--rounds", type=int, default=7)
parser.add_argument("--echoes", type=int, default=ECHOES)
parser.add_argument("--bytes", type=int, default=BYTES)
options = parser.parse_args()

BIN = options.build.resolve() / "bin"
PREFIX = options.build.resolve() / "wine"


def windows_path(path):
    return "Z:" + str(path).replace("/", "\\")


class Runner:
    """Programs under Wine keep what they got as stdout open in what they start, so it is a file."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        (self.folder / "ptyd.toml").write_text("")
        self.socket = rf"\\.\pipe\ptyd-bench-{os.getpid()}"
        self.env = {**os.environ, "PTYD_SOCKET": self.socket,
                    "PTYD_CONFIG": windows_path(self.folder / "ptyd.toml")}
        self.sessions = 0

    def run(self, name, *args):
        with open(self.folder / "out", "wb+") as out:
            subprocess.run([WINE / "run.sh", PREFIX, BIN / f"{name}.exe", *args], env=self.env, check=True, timeout=300,
                           stdin=subprocess.DEVNULL, stdout=out, stderr=sys.stderr)
            out.seek(0)
            return out.read().decode()

    def bare(self, kind, amount):
        return json.loads(self.run("console_meter", "bare", kind, str(amount)))

    def ptyd(self, kind, amount):
        self.sessions += 1
        name = f"bench{self.sessions}"
        self.run("ptyctl", "new", "-d", "-q", "--size", "80x24", name, "--",
                 windows_path(BIN / "console_meter.exe"), "child", kind, str(amount))
        try:
            return json.loads(self.run("console_meter", "ptyd", self.socket, name, kind, str(amount)))
        finally:
            self.run("ptyctl", "kill", "--force", "-q", name)


def median(results, key):
    return statistics.median(one[key] for one in results)


def report(bare, through):
    print(f"\n{'':34}{'bare':>12}{'ptyd':>12}{'ratio':>9}   mark")
    rows = (("echo of a key, p50, us", "echo", "p50_us", "at most 2"),
            ("echo of a key, p95, us", "echo", "p95_us", ""),
            ("output drained, MiB/s", "flood", "mib_per_second", "at least 0.8"))
    for title, kind, key, mark in rows:
        one, other = median(bare[kind], key), median(through[kind], key)
        print(f"{title:34}{one:12.1f}{other:12.1f}{other / one:9.2f}   {mark}")


def main():
    subprocess.run([WINE / "up.sh", PREFIX], check=True)
    bare, through = {"echo": [], "flood": []}, {"echo": [], "flood": []}
    try:
        with tempfile.TemporaryDirectory(prefix="ptyd-bench-") as folder:
            runner = Runner(folder)
            try:
                for number in range(options.rounds):
                    for kind, amount in (("echo", options.echoes), ("flood", options.bytes)):
                        bare[kind].append(runner.bare(kind, amount))
                        through[kind].append(runner.ptyd(kind, amount))
                        print(f"round {number + 1} {kind}: bare {bare[kind][-1]} ptyd {through[kind][-1]}", flush=True)
            finally:
                runner.run("ptyctl", "daemon", "stop", "--sessions=kill")
    finally:
        subprocess.run([WINE / "down.sh", PREFIX], check=False)
    report(bare, through)


main()
