#!/usr/bin/python3
"""Measures ptyd beside a plain pseudoterminal, dtach, abduco, screen and tmux, in one run, and judges it by its marks.

  tests/bench/run.py BUILD_FOLDER [--quick] [--only NAME]

tests/bench/run.sh builds first. See docs/PERFORMANCE.md for what is measured. Ends with status 1 when something failed or a
byte was wrong: a mark that does not hold is told, and no failure.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import sys
import time

import setting

sys.dont_write_bytecode = True
FORMAT = 1
PEERS = ("dtach", "abduco", "screen", "tmux")
# For repeated measurements, until one round must do, and until what is left is left out.
SECONDS = {"tiny": (0, 600, 600), "quick": (20, 100, 280), "usual": (90, 380, 560), "full": (600, 3600, 7200)}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--only", metavar="NAME", action="append",
                        help="this scenario or group: see --list; can be repeated")
    parser.add_argument("--list", action="store_true", help="the names, and what they measure")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the results there, too")
    parser.add_argument("--publish", action="store_true",
                        help="put the results, plots of them and the table into docs/PERFORMANCE.md and docs/plots")
    parser.add_argument("--publish-from", type=pathlib.Path, metavar="FILE", help="the same from the JSON of an earlier run")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--quick", dest="mode", action="store_const", const="quick", help="a first look: no figures to keep")
    mode.add_argument("--full", dest="mode", action="store_const", const="full", help="more rounds and larger amounts")
    mode.add_argument("--tiny", dest="mode", action="store_const", const="tiny", help="only whether it runs; without peers")
    parser.set_defaults(mode="usual")
    return parser, parser.parse_args()


def all_scenarios(amounts):
    import engine
    import latency
    import sessions
    import streams
    found = [*streams.scenarios(amounts), *latency.scenarios(amounts), *sessions.scenarios(amounts),
             *engine.scenarios(amounts)]
    return {scenario.name: scenario for scenario in found}


def chosen(parser, scenarios, names):
    if not names:
        return scenarios
    known = {*scenarios, *(scenario.group for scenario in scenarios.values())}
    if unknown := [name for name in names if name not in known]:
        parser.error(f"there is no {', '.join(unknown)}: see --list")
    return {name: scenario for name, scenario in scenarios.items() if name in names or scenario.group in names}


def machine():
    import contenders
    model = [line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]
    return {"processors": os.cpu_count(), "model": model[0] if model else platform.machine(),
            "system": f"{platform.system()} {platform.release()}", "versions": contenders.versions()}


def measure(scenarios, amounts, mode):
    import marks
    import rounds
    import table
    begun, when = time.monotonic(), datetime.datetime.now(datetime.timezone.utc)
    patience = rounds.Patience(*SECONDS[mode])
    results = {"format": FORMAT, "when": when.isoformat(timespec="seconds"), "mode": mode, "machine": machine(),
               "left_out": [], "scenarios": {}}
    for name, scenario in scenarios.items():
        if patience.is_over():
            print(f"\n{name}: left out, as the others took too long", flush=True)
            results["left_out"].append(name)
            continue
        found = rounds.run(scenario, amounts.rounds, patience)
        results["scenarios"][name] = found
        print(f"\n{table.scenario_text(name, found)}", flush=True)
    foreign = [value for scenario in results["scenarios"].values() for one in scenario["series"].values()
               for value in one["foreign"]]
    results.update(took_s=round(time.monotonic() - begun, 1), foreign=max(foreign, default=0),
                   marks=marks.judged(results["scenarios"]))
    print(f"\n{table.marks_text(results)}\n\n{table.machine_words(results)}")
    return results


def has_failed(results):
    """Peers may lose bytes: that is told. ptyd, and the plain pseudoterminal, may not."""
    return any(("error" in one or not one.get("exact", True)) and not who.startswith(PEERS)
               for scenario in results["scenarios"].values() for who, one in scenario["series"].items())


def without_peers(scenarios):
    """For the smallest run: what needs nobody else, once each."""
    left_out = ("relay-ascii", "relay-sgr", "fan-16", "engine-speed", "engine-memory", "engine-snapshot", "waits")
    for name, scenario in scenarios.items():
        scenario.series = {who: one for who, one in scenario.series.items() if not who.startswith(PEERS)}
        if scenario.series and name not in left_out:
            yield name, scenario


def main():
    parser, options = arguments()
    if options.publish_from:
        import publish
        publish.publish(json.loads(options.publish_from.read_text()))
        return 0
    setting.set_up(options.build)
    amounts = {"tiny": setting.TINY, "quick": setting.QUICK, "usual": setting.USUAL, "full": setting.FULL}[options.mode]
    scenarios = all_scenarios(amounts)
    if options.list:
        for name, scenario in scenarios.items():
            print(f"{name:20} {scenario.group:8} {scenario.title}")
        return 0
    scenarios = chosen(parser, scenarios, options.only)
    if options.mode == "tiny":
        scenarios = dict(without_peers(scenarios))
    results = measure(scenarios, amounts, options.mode)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    if options.publish:
        import publish
        publish.publish(results)
    return 1 if has_failed(results) else 0


sys.exit(main())
