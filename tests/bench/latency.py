"""How soon something is there: an echo, the screen after attaching, a new size at the program."""
import os
import statistics
import subprocess

import contenders
import meters
from contenders import PEERS, Dtach, Ptyd, PtydThroughSocket, PtydWithHistory, PtydWithoutScreen, Raw, Tmux
from rounds import Metric, Scenario
from setting import program

QUANTILES = {"p50_us": Metric("median", "us", more=False), "p99_us": Metric("99th percentile", "us", more=False)}
BETWEEN_KEYS_US = 1000
ENDLESS = 1 << 50


def flooded(contender):
    """Another session, which shows an endless stream in a terminal."""
    inside = meters.Inside(contender, "flood", "ascii", ENDLESS, "raw", name="flood")
    if not isinstance(contender, Raw):
        inside.ready()
    meters.Running(contender, program("terminal_meter"), "keep", 1, "--", *inside.attach()).line()
    inside.fifos.start()


def crowded(_):
    """Two programs for each processor that want all of it."""
    for _ in range(2 * os.cpu_count()):
        subprocess.Popen(["/bin/sh", "-c", "while :; do :; done"], stdin=subprocess.DEVNULL)


def echo(cls, keys, beside=None):
    def run(folder):
        contender = cls(folder)
        inside = meters.Inside(contender, "echo")
        if not isinstance(contender, Raw):
            inside.ready()
        if beside:
            beside(contender)
        found = meters.pty_meter(contender, "echo", f"{keys},{BETWEEN_KEYS_US}", "--", *inside.attach())
        return {key: found[key] for key in QUANTILES}
    return run


def echoes(amounts):
    present, missing = contenders.present(*PEERS)

    def scenario(name, title, keys, beside=None, more=()):
        series = {cls.name: echo(cls, keys, beside) for cls in (Raw, *present, Ptyd, PtydThroughSocket, *more)}
        return Scenario(name, "relay", title, QUANTILES, series, missing=missing)

    return [scenario("echo-idle", "Echo of a typed key, a thousand a second", amounts.keys, more=(PtydWithoutScreen,)),
            scenario("echo-flood", "Echo of a typed key while another session shows a flood", amounts.flood_keys, flooded),
            scenario("echo-busy", "Echo of a typed key while other programs want all processors", amounts.flood_keys,
                     crowded)]


# ---------------------------------------------------------------- attaching

class DtachThatAsks(Dtach):
    """It keeps no screen: it asks the program to paint again."""
    redraw = "winch"


def attach(cls, lines, count):
    def run(folder):
        contender = cls(folder)
        inside = meters.Inside(contender, "paint", lines).ready()
        times = [meters.pty_meter(contender, "until", "end-of-screen", "--", *inside.attach())["us"] / 1000
                 for _ in range(count)]
        return {"ms": statistics.median(times)}
    return run


def client_start(folder):
    """What ptyctl costs before it asks for anything."""
    contender = contenders.Contender(folder)
    words = ("until", "ptyctl", "--", program("ptyctl"), "--version")
    return {"ms": statistics.median(meters.pty_meter(contender, *words)["us"] for _ in range(10)) / 1000}


def attaching(amounts):
    series = {"start of ptyctl alone": client_start}
    present, missing = contenders.present(DtachThatAsks, Tmux)
    for lines in amounts.histories:
        for cls in (*present, PtydWithHistory):
            series[f"{cls.name}, {lines} lines"] = attach(cls, lines, amounts.attaches)
    return Scenario("attach", "attach", "From starting a client to the whole screen, by lines of history",
                    {"ms": Metric("median", "ms", more=False)}, series, missing=missing)


# ---------------------------------------------------------------- sizes

def resize(cls, count):
    def run(folder):
        contender = cls(folder)
        inside = meters.Inside(contender, "sizes")
        # tmux tells programs of a size after a quarter of a second.
        found = meters.terminal_meter(contender, "resize", inside.folder, min(count, 6) if cls is Tmux else count, "--",
                                      *inside.attach())
        return {key: found[key] for key in QUANTILES}
    return run


def storm(cls, count):
    def run(folder):
        contender = cls(folder)
        inside = meters.Inside(contender, "sizes")
        return meters.terminal_meter(contender, "storm", inside.folder, count, "--", *inside.attach())
    return run


def sizes(amounts):
    present, missing = contenders.present(*PEERS)
    classes = (Raw, *present, Ptyd)
    one = Scenario("resize", "daemon", "From resizing the terminal to the program's knowing it", QUANTILES,
                   {cls.name: resize(cls, amounts.resizes) for cls in classes}, missing=missing)
    metrics = {"settled_us": Metric("from the last to the program's knowing it", "us", more=False),
               "told": Metric("sizes that the program was told", "", more=False)}
    many = Scenario("resize-storm", "daemon", "A thousand sizes in a tenth of a second", metrics,
                    {cls.name: storm(cls, amounts.connects) for cls in classes}, missing=missing)
    return [one, many]


def scenarios(amounts):
    return [*echoes(amounts), attaching(amounts), *sizes(amounts)]
