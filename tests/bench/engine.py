"""Speed and memory of the screen engine beside libvterm and tmux."""
import gzip
import json
import os
import pathlib
import subprocess
import time

import corpora

SOURCE = pathlib.Path(__file__).resolve().parents[2]
RECORDINGS = SOURCE / "tests/oracle/recordings"
COLOURED_LINES = 10_000
# What each kind of output is to reach, in MB/s, and what libvterm makes of it where that was set: another machine is held
# to as many times its own libvterm.
GOALS = {"log lines": (250, 19), "yes": (100, 1.6), "CJK": (100, 27), "emoji": (100, 29),
         "vim 80x24": (250, 82), "vim 200x60": (250, 64), "less 80x24": (250, 22), "less 200x60": (250, 8),
         "htop 80x24": (250, 73), "htop 200x60": (250, 62), "mc 80x24": (250, 65), "mc 200x60": (250, 56)}


def recordings():
    for stem in ("vim", "less", "htop", "mc"):
        for size in ("80x24", "200x60"):
            path = RECORDINGS / f"{stem}.{size}.out.gz"
            columns, rows = map(int, size.split("x"))
            yield f"{stem} {size}", gzip.decompress(path.read_bytes()), columns, rows


def engines(meter):
    probe = subprocess.run([meter, "memory", "libvterm", "/etc/passwd", "80", "24"], capture_output=True, check=False)
    return ["ptyd", "libvterm"] if probe.returncode == 0 else ["ptyd"]


def ask(meter, *words):
    done = subprocess.run([meter, *map(str, words)], capture_output=True, check=True, text=True)
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


def ratios(values, worse_is_more):
    own = values["ptyd"]
    return "  ".join(f"{(values[name] / own if worse_is_more else own / values[name]):.1f}x {name}"
                     for name in values if name != "ptyd" and values[name])


def to_hold(name, values):
    if name not in GOALS:
        return ""
    goal, reference = GOALS[name]
    here = f", here {min(goal, goal * values['libvterm'] / reference):.0f}" if values.get("libvterm") else ""
    return f"  (to hold: {goal}{here})"


def speeds(meter, folder, has_tmux, amount):
    print("\nScreen engine, MB of output for each second of processor time, more is better")
    names = engines(meter)
    inputs = [(name, corpora.corpus(name), 80, 24) for name in corpora.LINES]
    inputs += recordings()
    for name, output, columns, rows in inputs:
        path = pathlib.Path(folder) / "corpus"
        path.write_bytes(output * max(1, amount // len(output)))
        values = {engine: ask(meter, "feed", engine, path, columns, rows, amount)["mb_per_second"] for engine in names}
        if has_tmux:
            values["tmux"] = tmux_speed(folder, path, columns, rows)
        print(f"  {name:18} {values['ptyd']:7.0f}  {ratios(values, False)}{to_hold(name, values)}")


def memory(meter, folder, has_tmux):
    path = pathlib.Path(folder) / "corpus"
    path.write_bytes(corpora.corpus("coloured lines", COLOURED_LINES + 24))
    values = {engine: ask(meter, "memory", engine, path, 80, 24)["kib"] for engine in engines(meter)}
    if has_tmux:
        values["tmux"] = tmux_memory(folder, path)
    print(f"\nMemory of a terminal with 10,000 coloured lines: {values['ptyd'] / 1024:.2f} MiB  "
          f"{ratios(values, True)}  (to hold: 1.5 MB)")


def snapshots(meter, folder):
    path = pathlib.Path(folder) / "corpus"
    print("\nSnapshot, median")
    for name, output, columns, rows in [*recordings(), ("a colour per cell", corpora.corpus("a colour per cell", 100),
                                                        80, 24)]:
        if (columns, rows) != (80, 24):
            continue
        path.write_bytes(output[:len(output) // 2])  # the end of a recording is an empty screen
        made = ask(meter, "snapshot", "ptyd", path, columns, rows, 0)
        print(f"  {name:18} {made['us']:7.0f} us  {made['bytes']} bytes  (to hold: 50 us)")
    path.write_bytes(corpora.corpus("coloured lines", COLOURED_LINES + 24))
    made = ask(meter, "snapshot", "ptyd", path, 80, 24, COLOURED_LINES)
    print(f"  10,000 lines       {made['us'] / 1000:7.1f} ms  {made['bytes']} bytes  (to hold: 15 ms)")


def report(meter, folder, has_tmux, amount):
    speeds(meter, folder, has_tmux, amount)
    memory(meter, folder, has_tmux)
    snapshots(meter, folder)
