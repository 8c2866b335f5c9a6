"""Output: how fast it comes through, to how many, and what a client that reads nothing does to the others. Every byte of
those that bring the program's own is compared."""
import subprocess
import sys

import contenders
import meters
from contenders import PEERS, Ptyd, PtydThroughSocket, PtydWithoutScreen, Raw
from processes import anonymous_kib
from rounds import Metric, Scenario

RATE = {"mb_per_second": Metric("output of the program", "MB/s")}
KINDS = {"ascii": "ASCII", "sgr": "SGR, a colour a word", "cjk": "UTF-8, CJK"}
PACES = (10, 15)
SEGMENT = 64 * 1024


def size_of(amount, contender, kind="ascii"):
    share = contender.share / (2 if contender.share < 1 and kind != "ascii" else 1)
    return max(SEGMENT, int(amount * share))


def through_terminals(kind, mode, amount, clients=1, pace=0):
    def measure(cls):
        def run(folder):
            contender = cls(folder)
            size = size_of(amount, contender, kind)
            inside = meters.Inside(contender, "flood", kind, size, mode)
            if not isinstance(contender, Raw):
                inside.ready()
            found = meters.terminal_meter(contender, "stream", inside.folder, kind, size, mode,
                                          "exact" if contender.exact else "drawn", pace, clients, "--", *inside.attach())
            result = {"mb_per_second": found["mb_per_second"]}
            if contender.exact:
                result["exact"] = found["exact"] == clients
            return result
        return run
    return measure


def through_the_socket(kind, mode, amount, readers=1, cls=Ptyd):
    def run(folder):
        contender = cls(folder)
        inside = meters.Inside(contender, "flood", kind, amount, mode).ready()
        found = meters.client_meter(contender, "stream", contender.socket(""), inside.name, inside.folder, kind, amount,
                                    mode, readers)
        return {"mb_per_second": found["mb_per_second"], "exact": found["exact"] == readers}
    return run


def kept_output_is_right(contender, inside, kind, amount, mode):
    """Whether the history ends as the stream does."""
    whole = subprocess.run([meters.BENCH_CHILD, "print", kind, str(amount), mode], stdout=subprocess.PIPE, check=True).stdout
    with contender.daemon.client() as client:
        head = client.request("inspect", session=inside.name).session.output.to
        begin = max(head - min(len(whole), 1 << 20), 0)
        attached = client.attach(inside.name, from_offset=begin)
        attached.until(lambda: attached.offset >= head, "the history")
    return whole.endswith(bytes(attached.data))


def nobody_attached(kind, mode, amount):
    """By the program's own clock: nobody else is there to see."""
    def measure(cls):
        def run(folder):
            contender = cls(folder)
            size = size_of(amount, contender, kind)
            inside = meters.Inside(contender, "flood", kind, size, mode).ready()
            inside.fifos.start()
            seconds = int(inside.fifos.line("wrote")[1]) / 1e9
            result = {"mb_per_second": size / seconds / 1e6}
            if isinstance(contender, Ptyd):
                result["exact"] = kept_output_is_right(contender, inside, kind, size, mode)
            return result
        return run
    return measure


def raw_readers(kind, mode, amount):
    found = {"raw pty": through_terminals(kind, mode, amount)(Raw)}
    found.update({f"raw pty, paced {pace} us": through_terminals(kind, mode, amount, pace=pace)(Raw) for pace in PACES})
    return found


def relay(kind, mode, amounts):
    present, missing = contenders.present(*PEERS)
    measure = through_terminals(kind, mode, amounts.stream)
    series = raw_readers(kind, mode, amounts.stream)
    series.update({cls.name: measure(cls) for cls in (*present, Ptyd, PtydThroughSocket, PtydWithoutScreen)})
    return Scenario(f"relay-{kind}" + ("-cooked" if mode == "cooked" else ""), "relay",
                    f"Output to one attached terminal: {KINDS[kind]}, {mode}", RATE, series, missing=missing)


def path(amounts):
    present, missing = contenders.present(*PEERS)
    nobody = nobody_attached("ascii", "raw", amounts.stream)
    series = raw_readers("ascii", "raw", amounts.stream)
    series["ptyd, client discards"] = through_the_socket("ascii", "raw", amounts.stream)
    series["ptyd, no screen, client discards"] = through_the_socket("ascii", "raw", amounts.stream,
                                                                    cls=PtydWithoutScreen)
    series.update({f"{cls.name}, nobody": nobody(cls) for cls in (*present, Ptyd)})
    return Scenario("path", "relay", "Output without a terminal: a client that discards it, or nobody attached", RATE, series,
                    missing=missing)


def fan(clients, amounts):
    present, missing = contenders.present(*PEERS)
    amount = amounts.stream // (4 if clients <= 4 else 8)
    measure = through_terminals("ascii", "raw", amount, clients)
    series = {cls.name: measure(cls) for cls in (*present, Ptyd, PtydThroughSocket)
              if clients <= 4 or cls is not contenders.Screen}
    series["ptyd, clients discard"] = through_the_socket("ascii", "raw", amount, clients)
    return Scenario(f"fan-{clients}", "relay", f"Output to {clients} clients at once, each on a terminal", RATE, series,
                    missing=missing)


# ---------------------------------------------------------------- one that reads nothing

def stop_reading(contender, name):
    """Attaches with all the credit that it could want, and never reads."""
    client = contender.daemon.client(receive_buffer=4096)
    client.attach(name)
    return client


def three_readers(contender, amount, name, stalled):
    inside = meters.Inside(contender, "flood", "ascii", amount, "raw", name=name).ready()
    held = stop_reading(contender, inside.name) if stalled else None
    found = meters.client_meter(contender, "stream", contender.socket(""), inside.name, inside.folder, "ascii", amount, "raw", 3)
    result = {"mb_per_second": found["mb_per_second"], "exact": found["exact"] == 3,
              "daemon_kib": anonymous_kib(contender.daemon.pid)}
    if held:
        held.close()
    with contender.daemon.client() as client:
        client.request("remove", session=name, force=True)
    return result


def without_a_stalled_client(amount):
    return lambda folder: three_readers(Ptyd(folder), amount, "measured", False)


def beside_a_stalled_client(amount):
    """What the daemon takes for it is told by the same daemon without it, a moment before: two daemons differ by more."""
    def run(folder):
        contender = Ptyd(folder)
        before = three_readers(contender, amount, "before", False)
        result = three_readers(contender, amount, "measured", True)
        return {**result, "exact": before["exact"] and result["exact"],
                "stalled_kib": result["daemon_kib"] - before["daemon_kib"]}
    return run


def peer_beside_a_stalled_client(cls, amount):
    def run(folder):
        contender = cls(folder)
        size = size_of(amount, contender)
        inside = meters.Inside(contender, "flood", "ascii", size, "raw").ready()
        stalled = meters.Running(contender, sys.executable, "-c", STALLED, *inside.attach())
        stalled.line()
        found = meters.terminal_meter(contender, "stream", inside.folder, "ascii", size, "raw",
                                      "exact" if cls.exact else "drawn", 0, 3, "--", *inside.attach())
        result = {"mb_per_second": found["mb_per_second"]}
        if cls.exact:
            result["exact"] = found["exact"] == 3
        return result
    return run


# A client on a terminal that nobody reads, once it has shown something.
STALLED = """import os, pty, signal, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
os.read(terminal, 4096)
print("attached", flush=True)
signal.pause()
"""


def stalled(amounts):
    present, missing = contenders.present(*(cls for cls in PEERS if cls is not contenders.Screen))
    series = {"ptyd, 3 readers": without_a_stalled_client(amounts.stream),
              "ptyd, 3 readers and a stalled one": beside_a_stalled_client(amounts.stream)}
    series.update({f"{cls.name}, 3 readers and a stalled one": peer_beside_a_stalled_client(cls, amounts.stream // 4)
                   for cls in present})
    metrics = {**RATE, "daemon_kib": Metric("daemon's own memory", "KiB", more=False),
               "stalled_kib": Metric("of it for the stalled one", "KiB", more=False)}
    return Scenario("stalled", "relay", "Three clients that read beside one that does not", metrics, series, missing=missing)


def scenarios(amounts):
    return [relay("ascii", "raw", amounts), relay("ascii", "cooked", amounts), relay("sgr", "raw", amounts),
            relay("cjk", "raw", amounts), path(amounts), fan(4, amounts), fan(16, amounts), stalled(amounts)]
