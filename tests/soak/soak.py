"""Runs the soak tests of a build: soak.py BUILD_FOLDER [--short] [--seed N] [--list] [NAME...], see run.sh."""
import argparse
import json
import os
import pathlib
import random
import sys
import time

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("build", type=pathlib.Path)
parser.add_argument("names", nargs="*", metavar="NAME")
parser.add_argument("--short", action="store_true", help="shorter, for every day")
parser.add_argument("--seed", type=int, default=None, help="of all that is done at random; else a new one")
parser.add_argument("--list", action="store_true", help="the names of the tests")
options = parser.parse_intermixed_args()

BUILD = options.build.resolve()
SOURCE = pathlib.Path(__file__).resolve().parents[2]
os.environ["PTYD_BIN_DIR"] = str(BUILD / "bin")
os.environ["PTYD_SOURCE_DIR"] = str(SOURCE)
os.environ.setdefault("PTYD_TEST_DEADLINE", "60")
sys.path[:0] = [str(BUILD / "generated_python"), str(SOURCE / "tests/e2e")]
import mixed_day  # noqa: E402
import scenarios  # noqa: E402
from soak_load import in_short  # noqa: E402

ALL = [*scenarios.ALL, mixed_day.mixed_day]


def run(scenario, seed):
    begun = time.monotonic()
    line = {"test": scenario.__name__, "seed": seed}
    try:
        line.update(in_short(scenario(random.Random(seed), options.short)))
        line["ok"] = True
    except Exception as error:  # whatever went wrong is the result of this test, and the others still run
        line.update(ok=False, error=f"{type(error).__name__}: {error}"[:4000])
    line["took_s"] = round(time.monotonic() - begun, 1)
    print(json.dumps(line), flush=True)
    return line["ok"]


def main():
    known = {scenario.__name__: scenario for scenario in ALL}
    if options.list:
        for name, scenario in known.items():
            print(f"{name:14} {' '.join(scenario.__doc__.split())}")
        return 0
    unknown = [name for name in options.names if name not in known]
    if unknown:
        parser.error(f"there is no test {', '.join(unknown)}: see --list")
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 32)
    results = [run(known[name], seed) for name in options.names or known]
    return 0 if all(results) else 1


sys.exit(main())
