"""What the figures of one run have to hold. Pure: results in, judgements out."""
import dataclasses
import typing

# What each kind of output is to reach, in MB/s, and what libvterm makes of it where that was set: another machine is held
# to as many times its own libvterm.
ENGINE = {"log lines": (250, 19), "yes": (100, 1.6), "CJK": (100, 27), "emoji": (100, 29),
          "vim 80x24": (250, 82), "vim 200x60": (250, 64), "less 80x24": (250, 22), "less 200x60": (250, 8),
          "htop 80x24": (250, 73), "htop 200x60": (250, 62), "mc 80x24": (250, 65), "mc 200x60": (250, 56)}


class Missing(Exception):
    """Something that a mark compares was not measured."""


@dataclasses.dataclass
class Mark:
    title: str
    least: bool          # the value is to be at least the limit
    limit: typing.Any    # a number, or a function of the results
    value: typing.Any    # a function of the results
    unit: str = ""


class Results:
    def __init__(self, scenarios):
        self.scenarios = scenarios

    def get(self, scenario, who, metric):
        try:
            return self.scenarios[scenario]["series"][who]["metrics"][metric]["median"]
        except KeyError:
            raise Missing(f"{scenario}: {who}") from None

    def ratio(self, scenario, who, other, metric="mb_per_second"):
        below = self.get(scenario, other, metric)
        if below == 0:
            raise Missing(f"{scenario}: {other} brought nothing through")
        return self.get(scenario, who, metric) / below

    def best_raw(self):
        return max(self.get("path", who, "mb_per_second") for who in ("raw pty, paced 10 us", "raw pty, paced 15 us"))


def ratio_mark(title, least, limit, scenario, who, other, metric="mb_per_second"):
    return Mark(f"{title}, times {other.split(',')[0]}", least, limit, lambda r: r.ratio(scenario, who, other, metric), "x")


def slowest_attach(results):
    found = [results.ratio("attach", who, who.replace("ptyd", "tmux"), "ms")
             for who in results.scenarios.get("attach", {}).get("series", {}) if who.startswith("ptyd,")]
    if not found:
        raise Missing("attach")
    return max(found)


def engine_limit(name, goal, reference):
    def limit(results):
        try:
            return min(goal, goal * results.get("engine-speed", "libvterm", name) / reference)
        except Missing:
            return goal
    return limit


def streams():
    kinds = (("ascii", "ASCII"), ("sgr", "SGR"), ("cjk", "CJK"))
    relay = [ratio_mark(f"One terminal, {kind}", True, 1.2, f"relay-{key}", "ptyd", "dtach") for key, kind in kinds]
    relay += [ratio_mark(f"One terminal through the socket, {kind}", True, 1.0, f"relay-{key}", "ptyd, through the socket",
                         "dtach") for key, kind in kinds]
    relay += [ratio_mark(f"One terminal, {kind}", True, least, f"relay-{key}", "ptyd", "tmux")
              for key, kind, least in (("ascii", "ASCII", 2), ("sgr", "SGR", 5), ("cjk", "CJK", 5))]
    return [
        Mark("Client that discards, of the best paced raw reader", True, 0.7,
             lambda r: r.get("path", "ptyd, client discards", "mb_per_second") / r.best_raw(), "x"),
        ratio_mark("Client that discards", True, 3, "path", "ptyd, client discards", "tmux, nobody"),
        *relay,
        ratio_mark("Nobody attached", True, 1.5, "path", "ptyd, nobody", "dtach, nobody"),
        ratio_mark("4 terminals", True, 1.5, "fan-4", "ptyd", "abduco"),
        ratio_mark("16 terminals", True, 2, "fan-16", "ptyd", "abduco"),
        Mark("Readers beside a stalled client, of those without", True, 0.95,
             lambda r: r.ratio("stalled", "ptyd, 3 readers and a stalled one", "ptyd, 3 readers"), "x"),
        Mark("Daemon's memory for a stalled client", False, 1024,
             lambda r: r.get("stalled", "ptyd, 3 readers and a stalled one", "stalled_kib"), "KiB"),
    ]


def latencies():
    return [
        ratio_mark("Echo, idle, median", False, 1.0, "echo-idle", "ptyd", "dtach", "p50_us"),
        ratio_mark("Echo, idle, 99th percentile", False, 1.0, "echo-idle", "ptyd", "dtach", "p99_us"),
        Mark("Echo through the socket, idle, median, beyond dtach", False, 60, lambda r: r.get(
            "echo-idle", "ptyd, through the socket", "p50_us") - r.get("echo-idle", "dtach", "p50_us"), "us"),
        ratio_mark("Echo under flood, median", False, 0.75, "echo-flood", "ptyd", "dtach", "p50_us"),
        Mark("Echo under flood, 99th percentile, beyond twice the raw pty", False, 100,
             lambda r: r.get("echo-flood", "ptyd", "p99_us") - 2 * r.get("echo-flood", "raw pty", "p99_us"), "us"),
        Mark("Attaching, any history, times tmux", False, 2.5 / 3.0, slowest_attach, "x"),
        ratio_mark("Resize to the program, median", False, 1.0, "resize", "ptyd", "dtach", "p50_us"),
    ]


def sessions():
    return [
        Mark("Sessions created on one connection", True, 1000,
             lambda r: r.get("create", "ptyd, one connection, 8 under way", "per_second"), "1/s"),
        ratio_mark("Sessions created by a command each", True, 1.0, "create", "ptyd, a ptyctl each", "dtach, a command each",
                   "per_second"),
        Mark("Host of an idle session", False, 80, lambda r: r.get("memory", "ptyd", "host_kib"), "KiB PSS"),
        Mark("Daemon's part of an idle session", False, 8, lambda r: r.get("memory", "ptyd", "daemon_kib"), "KiB PSS"),
        Mark("A line of history", False, 150, lambda r: r.get("history", "ptyd", "bytes"), "B"),
        Mark("Wake-ups with idle sessions, each attached", False, 0,
             lambda r: r.get("idle", "ptyd, hosts and daemon", "wakeups"), "1/s"),
        Mark("Connect and close", False, 25, lambda r: r.get("connect", "ptyd", "us"), "us"),
        Mark("ptyctl list beside a flood, longest", False, 100, lambda r: r.get(
            "control", "ptyctl list, beside a flood and a client that reads nothing", "worst_ms"), "ms"),
        Mark("Creating, in the daemon, longest", False, 10,
             lambda r: r.get("control", "create, in the daemon", "worst_ms"), "ms"),
    ]


def engine():
    speeds = [Mark(f"Engine, {name}", True, engine_limit(name, *goal),
                   lambda r, name=name: r.get("engine-speed", "ptyd", name), "MB/s") for name, goal in ENGINE.items()]
    pictures = [Mark(f"Snapshot, {name}", False, 15_000 if "lines" in name else 50,
                     lambda r, name=name: r.get("engine-snapshot", "ptyd", name), "us")
                for name in ("vim 80x24", "less 80x24", "htop 80x24", "mc 80x24", "a colour per cell", "10,000 lines")]
    return [*speeds, *pictures,
            Mark("Terminal with 10,000 coloured lines", False, 1.5e6 / 2 ** 20,
                 lambda r: r.get("engine-memory", "ptyd", "mib"), "MiB")]


def judge(mark, results):
    judged = {"title": mark.title, "unit": mark.unit, "least": mark.least}
    judged["limit"] = mark.limit(results) if callable(mark.limit) else mark.limit
    try:
        judged["value"] = mark.value(results)
        judged["holds"] = judged["value"] >= judged["limit"] if mark.least else judged["value"] <= judged["limit"]
    except Missing as why:
        judged.update(value=None, holds=None, why=str(why))
    return judged


def judged(scenarios):
    """Of the scenarios of a run, as in its JSON. A mark that could not be judged has `holds` null, and says why."""
    results = Results(scenarios)
    return [judge(mark, results) for mark in (*streams(), *latencies(), *sessions(), *engine())]
