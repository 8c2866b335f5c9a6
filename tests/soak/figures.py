"""What docs/RELIABILITY.md promises in numbers, measured in parts: figures.py BUILD_FOLDER [--for MINUTES] [NAME...], see
run.sh. Each part is a line of JSON in a file, so that what was interrupted goes on where it was. Parts of other versions
of the sources do not count."""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import time
import typing


class Figure(typing.NamedTuple):
    what: str
    parts: int
    of_each: int  # kills, upgrades, sessions
    measure: typing.Callable  # (scenarios, chance, how many)
    longest_p99_ms: float = 0  # of the pauses; 0: nothing is promised


FIGURES = {
    "daemon_kills": Figure("kills of the daemon under load both ways", 20, 500,
                           lambda of, chance, count: of.storm(chance, count, sessions=8)),
    "resume_one": Figure("the same with one session: until its client is back", 5, 200,
                         lambda of, chance, count: of.storm(chance, count, sessions=1), 50),
    "resume_crowd": Figure("the same with 100 quiet sessions: until the last client is back", 5, 100,
                           lambda of, chance, count: of.crowd(chance, count, sessions=100), 250),
    "host_kills": Figure("kills of hosts under load both ways", 5, 200,
                         lambda of, chance, count: of.hosts_killed(chance, count)),
    "upgrades": Figure("upgrades in place with 100 clients", 5, 200,
                       lambda of, chance, count: of.upgraded(chance, count, clients=100), 50),
    "short_sessions": Figure("sessions that end at once", 20, 5000,
                             lambda of, chance, count: of.short_lives(chance, count)),
}


class Record:
    """The parts that were measured, by figure."""

    def __init__(self, path, version):
        self.path = path
        self.version = version
        lines = path.read_text().splitlines() if path.exists() else []
        self.parts = [part for part in map(parsed, lines) if part and part["version"] == version]

    def of(self, name):
        return [part for part in self.parts if part["figure"] == name and part["ok"]]

    def add(self, part):
        self.parts.append(part)
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(part) + "\n")
            file.flush()
            os.fsync(file.fileno())


def parsed(line):
    """Nothing for one that an interruption has cut."""
    try:
        return json.loads(line)
    except ValueError:
        return None


def version_of(source):
    """Of the sources, also when they are changed."""
    said = [subprocess.run(["git", "-C", source, *words], capture_output=True, check=True).stdout
            for words in (["rev-parse", "HEAD"], ["diff", "HEAD"])]
    changed = "+" + str(len(said[1])) if said[1] else ""
    return said[0].decode().strip()[:12] + changed


def measure(name, number, seed, scenarios, record, in_short):
    figure = FIGURES[name]
    part = {"version": record.version, "figure": name, "part": number, "seed": seed}
    begun = time.monotonic()
    try:
        part.update(figure.measure(scenarios, random.Random(seed), figure.of_each), ok=True)
    except Exception as error:  # is the result of this part, and the others still run
        part.update(ok=False, error=f"{type(error).__name__}: {error}"[:4000])
    part["took_s"] = round(time.monotonic() - begun, 1)
    record.add(part)
    print(json.dumps(in_short(part)), flush=True)
    return part["ok"]


def summary(name, record, in_short):
    """All parts of a figure as one."""
    figure, parts = FIGURES[name], record.of(name)
    pauses = [pause for part in parts for pause in part.get("pauses_ms", ())]
    line = {"figure": name, "what": figure.what, "done": len(parts) * figure.of_each,
            "of": figure.parts * figure.of_each,
            "failed_parts": sum(part["figure"] == name and not part["ok"] for part in record.parts)}
    for count in ("out_bytes", "in_bytes"):
        if parts and count in parts[0]:
            line[count] = sum(part[count] for part in parts)
    line.update(in_short({"pauses_ms": pauses}))
    if figure.longest_p99_ms and pauses:
        line["held"] = line["pause_ms_p99"] <= figure.longest_p99_ms
    return line


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {' '.join(FIGURES)}")
    parser.add_argument("--for", type=float, default=float("inf"), dest="minutes", metavar="MINUTES",
                        help="begin no part after that")
    parser.add_argument("--file", type=pathlib.Path, help="of the parts; by default figures.jsonl in the build's folder")
    options = parser.parse_intermixed_args()
    if unknown := [name for name in options.names if name not in FIGURES]:
        parser.error(f"there is no figure {', '.join(unknown)}")

    build, source = options.build.resolve(), pathlib.Path(__file__).resolve().parents[2]
    os.environ.update(PTYD_BIN_DIR=str(build / "bin"), PTYD_SOURCE_DIR=str(source))
    os.environ.setdefault("PTYD_TEST_DEADLINE", "60")
    sys.path[:0] = [str(build / "generated_python"), str(source / "tests/e2e")]
    import scenarios  # what they import is in these folders
    from soak_load import in_short

    record = Record(options.file or build / "figures.jsonl", version_of(source))
    until = time.monotonic() + options.minutes * 60
    names = options.names or list(FIGURES)
    fine = True
    # One part of each in turn: a short time says something about all.
    for number in range(max(FIGURES[name].parts for name in names)):
        for name in names:
            if number < FIGURES[name].parts and len(record.of(name)) <= number and time.monotonic() < until:
                seed = random.SystemRandom().randrange(1 << 32)
                fine = measure(name, number, seed, scenarios, record, in_short) and fine
    for name in names:
        print(json.dumps(summary(name, record, in_short)), flush=True)
    return 0 if fine else 1


sys.exit(main())
