"""The parts by themselves: the screen engine beside libvterm and tmux, framing, the ring, and waits."""
import gzip
import json
import os
import pathlib
import subprocess
import shutil
import sys
import time

import corpora
from rounds import Metric, Scenario
from setting import QUICK, SOURCE, program

RECORDINGS = SOURCE / "tests/oracle/recordings"
COLOURED_LINES = 10_000


def recordings():
    for stem in ("vim", "less", "htop", "mc"):
        for size in ("80x24", "200x60"):
            path = RECORDINGS / f"{stem}.{size}.out.gz"
            columns, rows = map(int, size.split("x"))
            yield f"{stem} {size}", gzip.decompress(path.read_bytes()), columns, rows


def meter():
    return program("screen_meter")


def engines():
    probe = subprocess.run([meter(), "memory", "libvterm", "/etc/passwd", "80", "24"], capture_output=True, check=False)
    found = ["ptyd"] + (["libvterm"] if probe.returncode == 0 else []) + (["tmux"] if shutil.which("tmux") else [])
    return found, [name for name in ("libvterm", "tmux") if name not in found]


def ask(*words):
    done = subprocess.run([meter(), *map(str, words)], capture_output=True, check=True, text=True)
    return json.loads(done.stdout)


class TmuxServer:
    """A server of its own; what it costs is read from /proc, so that its terminal's speed doesn't count."""

    def __init__(self, folder, columns, rows):
        self.socket = f"{folder}/tmux-{time.monotonic_ns()}"
        self.size = str(columns), str(rows)
        env = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        env.pop("TMUX", None)
        self.env = env

    def call(self, *words):
        done = subprocess.run(["tmux", "-f", "/dev/null", "-S", self.socket, *words], env=self.env, check=True,
                              capture_output=True, text=True, timeout=300)
        return done.stdout.strip()

    def __enter__(self):
        self.call("new-session", "-d", "-x", self.size[0], "-y", self.size[1], "cat")
        self.call("set-option", "-g", "history-limit", "10000")
        self.pid = int(self.call("display-message", "-p", "#{pid}"))
        return self

    def __exit__(self, *_):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], check=False, capture_output=True)

    def play(self, path):
        self.call("new-window", f"stty raw -echo; cat '{path}'; tmux -S {self.socket} wait-for -S done; cat")
        self.call("wait-for", "done")

    def processor_seconds(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kib(self):
        for line in pathlib.Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Private_Dirty:"):
                return float(line.split()[1])
        return 0.0


def tmux_speed(folder, path, columns, rows):
    with TmuxServer(folder, columns, rows) as server:
        before = server.processor_seconds()
        server.play(path)
        spent = max(server.processor_seconds() - before, 0.01)
    return path.stat().st_size / spent / 1e6


def tmux_memory(folder, path):
    with TmuxServer(folder, 80, 24) as server:
        before = server.kib()
        server.play(path)
        return server.kib() - before


def inputs():
    yield from ((name, corpora.corpus(name), 80, 24) for name in corpora.LINES)
    yield from recordings()


def speeds(engine, amount):
    def run(folder):
        found = {}
        for name, output, columns, rows in inputs():
            path = folder / "corpus"
            path.write_bytes(output * max(1, amount // len(output)))
            found[name] = (tmux_speed(folder, path, columns, rows) if engine == "tmux" else
                           ask("feed", engine, path, columns, rows, amount)["mb_per_second"])
        return found
    return run


def memory(engine):
    def run(folder):
        path = folder / "corpus"
        path.write_bytes(corpora.corpus("coloured lines", COLOURED_LINES + 24))
        kib = tmux_memory(folder, path) if engine == "tmux" else ask("memory", engine, path, 80, 24)["kib"]
        return {"mib": kib / 1024}
    return run


def snapshots(folder):
    path = folder / "corpus"
    found = {}
    cells = "a colour per cell"
    for name, output, columns, rows in [*recordings(), (cells, corpora.corpus(cells, 100), 80, 24)]:
        if (columns, rows) == (80, 24):
            path.write_bytes(output[:len(output) // 2])  # the end of a recording is an empty screen
            found[name] = ask("snapshot", "ptyd", path, columns, rows, 0)["us"]
    path.write_bytes(corpora.corpus("coloured lines", COLOURED_LINES + 24))
    found["10,000 lines"] = ask("snapshot", "ptyd", path, 80, 24, COLOURED_LINES)["us"]
    return found


def engine_scenarios(amounts):
    found, missing = engines()
    names = [name for name, *_ in inputs()]
    pictures = [name for name in names if name.endswith("80x24")] + ["a colour per cell", "10,000 lines"]
    return [
        Scenario("engine-speed", "engine", "Screen engine: output for each second of processor time",
                 {name: Metric(name, "MB/s") for name in names}, {one: speeds(one, amounts.fed) for one in found},
                 rounds=1, missing=missing),
        Scenario("engine-memory", "engine", "Memory of a terminal with 10,000 coloured lines",
                 {"mib": Metric("median", "MiB", more=False)}, {one: memory(one) for one in found}, rounds=1,
                 missing=missing),
        Scenario("engine-snapshot", "engine", "Making a snapshot of a screen, processor time",
                 {name: Metric(name, "us", more=False) for name in pictures}, {"ptyd": snapshots}, rounds=1)]


# ---------------------------------------------------------------- framing and the ring

MICRO = {"frame_write": "header of an output frame of 64 KiB", "frame_read": "reading an output frame of 64 KiB",
         "frame_read_small": "reading an output frame of 64 bytes", "json_write": "writing a JSON frame of 4 KiB",
         "ring": "4 KiB into the ring and out of it"}


def micro(folder):
    done = subprocess.run([program("micro_bench"), "--benchmark_format=json", "--benchmark_min_time=0.05"], cwd=folder,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True)
    return {one["name"]: one["cpu_time"] for one in json.loads(done.stdout)["benchmarks"]}


def micro_scenario():
    here = pathlib.Path(program("micro_bench")).exists()
    return Scenario("micro", "engine", "Framing and the ring, processor time",
                    {key: Metric(title, "ns", more=False) for key, title in MICRO.items()}, {"ptyd": micro} if here else {},
                    missing=[] if here else ["Google Benchmark"])


# ---------------------------------------------------------------- waits

WAITS = {"fires_ms": "a wait, from the byte to its answer", "fires_beside_a_spinner_ms": "the same while the screen changes",
         "gather_protobuf_ms": "1,000 gathered requests, protobuf", "gather_json_ms": "1,000 gathered requests, JSON"}


def waits(quick):
    def run(folder):
        words = [sys.executable, str(SOURCE / "tests/bench/waits.py"), str(pathlib.Path(program("")).parent), "--json",
                 *(["--quick"] if quick else [])]
        found = json.loads(subprocess.run(words, cwd=folder, stdout=subprocess.PIPE, check=True, timeout=140).stdout)
        result = {key: found[key]["p50"] for key in WAITS}
        result.update(idle_switches=found["idle"]["switches"], idle_bytes=found["idle"]["bytes_each"])
        return result
    return run


def waits_scenario(amounts):
    metrics = {key: Metric(title, "ms", more=False) for key, title in WAITS.items()}
    metrics.update(idle_switches=Metric("wake-ups by 10,000 idle waits", "", more=False),
                   idle_bytes=Metric("memory of an idle wait", "B", more=False))
    return Scenario("waits", "waits", "Waits, median", metrics, {"ptyd": waits(amounts.idle_s <= QUICK.idle_s)}, rounds=1)


def scenarios(amounts):
    return [*engine_scenarios(amounts), micro_scenario(), waits_scenario(amounts)]
