"""Scenarios, and how they are measured: those who take part take turns, so that drift hits all alike."""
import dataclasses
import statistics
import sys
import time

import sample

BUSY = 0.15      # processors that others may use
SHARE = 0.06     # more, of what we use: the system counts in ticks
REPEATS = 2      # of one measurement


@dataclasses.dataclass
class Metric:
    title: str
    unit: str
    more: bool = True  # is better


@dataclasses.dataclass
class Scenario:
    name: str
    group: str
    title: str
    metrics: dict                       # key: Metric
    series: dict                        # who: a function of a folder
    rounds: int = 0                     # 0: as many as asked for
    missing: list = dataclasses.field(default_factory=list)  # who could have taken part
    needs_peers: bool = False           # nothing of it works without a peer


class Patience:
    """How long measurements may be repeated, all in all, when the whole run has to hurry, and when it has to end."""

    def __init__(self, repeats_s, hurry_s, end_s):
        self.left = repeats_s
        self.hurry_at = time.monotonic() + hurry_s
        self.end_at = time.monotonic() + end_s

    def spend(self, seconds):
        self.left -= seconds

    def is_late(self):
        return time.monotonic() > self.hurry_at

    def is_over(self):
        return time.monotonic() > self.end_at


def is_busy(one):
    return one.foreign > BUSY + SHARE * one.own


def measured(who, measure, patience, say):
    """The quietest of at most REPEATS + 1."""
    tries = [sample.run(measure)]
    while (is_busy(tries[-1]) and len(tries) <= REPEATS and patience.left > tries[-1].seconds
           and "error" not in tries[-1].result):
        say(f"  {who}: others used {tries[-1].foreign:.2f} processors: once more")
        patience.spend(tries[-1].seconds)
        tries.append(sample.run(measure))
    best = min(tries, key=lambda one: ("error" in one.result, one.foreign))
    return best, len(tries) - 1


def summary(samples, repeats, metrics):
    good = [one for one in samples if "error" not in one.result]
    found = {"foreign": [round(one.foreign, 3) for one in samples], "repeated": repeats,
             "busy": any(map(is_busy, samples)), "metrics": {}}
    errors = [one.result["error"] for one in samples if "error" in one.result]
    if errors:
        found["error"] = errors[0]
    exact = [one.result["exact"] for one in good if "exact" in one.result]
    if exact:
        found["exact"] = all(exact)
    for key in metrics:
        values = [one.result[key] for one in good if one.result.get(key) is not None]
        if values:
            found["metrics"][key] = {"median": statistics.median(values), "low": min(values), "high": max(values),
                                     "values": values}
    return found


def run(scenario, rounds, patience, say=lambda text: print(text, file=sys.stderr, flush=True)):
    """The scenario's part of the results."""
    begun = time.monotonic()
    taken = {who: [] for who in scenario.series}
    repeats = dict.fromkeys(scenario.series, 0)
    for number in range(scenario.rounds or rounds):
        if number and patience.is_late():
            say(f"{scenario.name}: one round only, as this takes long")
            break
        for who, measure in scenario.series.items():
            if patience.is_over():
                say(f"  {who}: left out, as the others took too long")
                continue
            one, again = measured(who, measure, patience, say)
            taken[who].append(one)
            repeats[who] += again
            if "error" in one.result:
                say(f"  {who}: {one.result['error']}")
    return {"group": scenario.group, "title": scenario.title, "rounds": max(map(len, taken.values()), default=0),
            "metrics": {key: dataclasses.asdict(metric) for key, metric in scenario.metrics.items()},
            "series": {who: summary(samples, repeats[who], scenario.metrics) for who, samples in taken.items()},
            "missing": scenario.missing, "took_s": round(time.monotonic() - begun, 1)}
