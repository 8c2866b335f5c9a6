#!/usr/bin/python3
"""Prints ptyd's speed and memory beside a plain pseudoterminal, dtach, screen and tmux, in one run, with ratios.

  tests/bench/run.py BUILD_FOLDER [--quick]

Build the preset `bench` first; see docs/HACKING.md.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("build", type=pathlib.Path)
parser.add_argument("--only", choices=("relay", "attach", "daemon", "engine"), help="one part of it")
parser.add_argument("--quick", action="store_true", help="smaller amounts: for a first look, not for figures")
options = parser.parse_args()

BUILD = options.build.resolve()
BIN = BUILD / "bin"
SOURCE = pathlib.Path(__file__).resolve().parents[2]
os.environ["PTYD_BIN_DIR"] = str(BIN)
os.environ["PTYD_SOURCE_DIR"] = str(SOURCE)
sys.path[:0] = [str(BUILD / "generated_python"), str(SOURCE / "tests/e2e")]
import attaching  # noqa: E402
import engine  # noqa: E402
import harness  # noqa: E402
from harness import CHILD, PTYCTL, pb  # noqa: E402

METER = str(BIN / "pty_meter")
BYTES = (32 if options.quick else 128) << 20
FED = (4 if options.quick else 16) << 20
ATTACHES = 5 if options.quick else 40
ROUNDS = 3 if options.quick else 5
ECHOES = 500 if options.quick else 4000
FLOOD = [CHILD, "text", str(BYTES)]
ECHO = [CHILD, "echo"]


class Plain:
    name = "raw pty"

    def run(self, program):
        return program

    def clean_up(self):
        pass


class Dtach:
    name = "dtach"

    def __init__(self, folder):
        self.socket = f"{folder}/dtach-{time.monotonic_ns()}"

    def run(self, program):
        return ["dtach", "-c", self.socket, "-r", "none", "-E", *program]

    def clean_up(self):
        subprocess.run(["pkill", "-f", self.socket], check=False)


class Screen:
    name = "screen"

    def __init__(self, folder):
        self.session = f"bench{time.monotonic_ns()}"

    def run(self, program):
        return ["screen", "-c", "/dev/null", "-S", self.session, *program]

    def clean_up(self):
        subprocess.run(["screen", "-S", self.session, "-X", "quit"], check=False, stdout=subprocess.DEVNULL)


class Tmux:
    name = "tmux"

    def __init__(self, folder):
        self.socket = f"{folder}/tmux-{time.monotonic_ns()}"

    def run(self, program):
        return ["tmux", "-f", "/dev/null", "-S", self.socket, "new-session", *program]

    def clean_up(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], check=False, stderr=subprocess.DEVNULL)


class Ptyd:
    name = "ptyd"

    def __init__(self, daemon, name="ptyd"):
        self.daemon = daemon
        self.name = name
        self.session = f"bench{time.monotonic_ns()}"

    def run(self, program):
        # Lossless, as the others are: they let the program wait for the window.
        script = ('ctl=$1; socket=$2; name=$3; shift 3; "$ctl" --socket "$socket" new -d -q "$name" -- "$@" && '
                  'exec "$ctl" --socket "$socket" attach --lossless "$name"')
        return ["/bin/sh", "-c", script, "sh", PTYCTL, str(self.daemon.socket), self.session, *program]

    def clean_up(self):
        subprocess.run([PTYCTL, "--socket", str(self.daemon.socket), "kill", "--force", self.session], check=False,
                       capture_output=True)


def meter(kind, amount, contender, program):
    env = {**os.environ, "TERM": "xterm-256color", "PTYD_AUTOSTART": "0", "HOME": "/tmp"}
    for name in ("TMUX", "STY", "PTYD_SESSION_ID", "PTYD_ANCESTRY"):
        env.pop(name, None)
    try:
        done = subprocess.run([METER, kind, str(amount), "--", *contender.run(program)], env=env, capture_output=True,
                              timeout=120, text=True)
        if done.returncode != 0:
            return {"error": done.stderr.strip()[-200:]}
        return json.loads(done.stdout)
    finally:
        contender.clean_up()


def contenders(folder, daemons):
    found = [Plain]
    found += [lambda cls=cls: cls(folder) for cls, name in ((Dtach, "dtach"), (Screen, "screen"), (Tmux, "tmux"))
              if shutil.which(name)]
    return found + [lambda name=name, daemon=daemon: Ptyd(daemon, name) for name, daemon in daemons.items()]


def measure(folder, daemons, kind, amount, program, key):
    """Median over rounds in which the contenders take turns, so that drift hits all alike."""
    values = {}
    for _ in range(ROUNDS):
        for make in contenders(folder, daemons):
            contender = make()
            result = meter(kind, amount, contender, program)
            if "error" in result:
                print(f"  {contender.name}: {result['error']}", file=sys.stderr)
                continue
            values.setdefault(contender.name, []).append(result[key])
    return {name: statistics.median(all_of_it) for name, all_of_it in values.items()}


def show(title, unit, values, against=("raw pty", "dtach")):
    print(f"\n{title}")
    for name, value in values.items():
        ratios = "  ".join(f"{value / values[other]:.2f}x {other}" for other in against if values.get(other))
        print(f"  {name:16} {value:10.1f} {unit:6} {ratios}")


def stalled_list(daemon):
    with daemon.client() as client:
        client.create("/bin/sh", "-c", f"read x; exec {CHILD} pattern 2 {1 << 30}", name="flood")
        stalled = daemon.client(receive_buffer=4096)
        stalled.attach("flood")
        client.request("send", session="flood", data=b"\n")
        times = []
        for _ in range(20):
            begin = time.monotonic()
            daemon.ptyctl("list")
            times.append((time.monotonic() - begin) * 1000)
        stalled.close()
        client.request("remove", session="flood", force=True)
    return max(times)


def create_cost(daemon):
    times = []
    with daemon.client() as client:
        for number in range(50):
            client.create("/bin/cat", name=f"c{number}")
            times.append(client.request("status").last_create_us / 1000)
        for number in range(50):
            client.request("remove", session=f"c{number}", force=True)
    return statistics.median(times), max(times)


def pss(pid):
    for line in open(f"/proc/{pid}/smaps_rollup"):
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def switches(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("voluntary_ctxt_switches"):
            return int(line.split()[1])
    return 0


def idle(daemon, count=100, seconds=10):
    with daemon.client() as client:
        for number in range(count):
            client.create("/bin/cat", name=f"i{number}")
        hosts = daemon.hosts()
        host_pss = statistics.median(pss(pid) for pid in hosts)
        daemon_pss = pss(daemon.pid)
        before = switches(daemon.pid), sum(switches(pid) for pid in hosts)
        signal.sigtimedwait([], seconds)
        after = switches(daemon.pid), sum(switches(pid) for pid in hosts)
        for number in range(count):
            client.request("remove", session=f"i{number}", force=True)
    return host_pss, daemon_pss, (after[0] - before[0]) / seconds, (after[1] - before[1]) / seconds


def relay(folder, daemons):
    values = measure(folder, daemons, "throughput", BYTES, FLOOD, "mib_per_second")
    show("Output through a window, more is better", "MiB/s", values)
    print(f"  with the screen {values['ptyd'] / values['ptyd, screen off']:.2f}x without (to hold: 0.9)")
    values = measure(folder, daemons, "echo", ECHOES, ECHO, "p50_us")
    show("Echo of a key, median, less is better", "us", values)
    if "dtach" in values:
        print(f"  ptyd - dtach: {values['ptyd'] - values['dtach']:+.1f} us (to hold: at most +100)")


def control(daemon):
    print(f"\nptyctl list with one stalled client beside a flood: at most {stalled_list(daemon):.1f} ms (to hold: 100)")
    middle, worst = create_cost(daemon)
    print(f"create, in the daemon: median {middle:.2f} ms, at most {worst:.2f} ms (to hold: 10)")
    host_pss, daemon_pss, daemon_wakes, host_wakes = idle(daemon)
    print(f"idle with 100 sessions: host {host_pss:.0f} kB PSS each (to hold: 100), daemon {daemon_pss} kB PSS,")
    print(f"  wake-ups: daemon {daemon_wakes:.1f}/s (to hold: 1), all hosts {host_wakes:.1f}/s")


def main():
    folder = tempfile.mkdtemp(prefix="ptyd-bench-")
    daemons = {"ptyd": harness.Daemon(), "ptyd, screen off": harness.Daemon("[session]\nscreen = false\n")}
    parts = {
        "relay": lambda: relay(folder, daemons),
        "attach": lambda: attaching.report(METER, folder, daemons["ptyd"], PTYCTL, ATTACHES),
        "daemon": lambda: control(daemons["ptyd"]),
        "engine": lambda: engine.report(str(BIN / "screen_meter"), folder, shutil.which("tmux"), FED),
    }
    try:
        for daemon in daemons.values():
            daemon.start()
        for name, part in parts.items():
            if options.only in (None, name):
                part()
    finally:
        for daemon in daemons.values():
            daemon.clean_up()
        shutil.rmtree(folder, ignore_errors=True)


main()
