"""Where the build under measurement is, and how much is measured. set_up() comes before any import of the harness."""
import dataclasses
import os
import pathlib
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
MIB = 1 << 20


@dataclasses.dataclass
class Amounts:
    rounds: int
    stream: int      # bytes
    keys: int        # typed
    flood_keys: int
    attaches: int
    histories: tuple  # lines
    sessions: int    # created, kept idle, resumed
    crowds: tuple    # sessions, few and many, that others are made beside
    resizes: int
    connects: int
    idle_s: float
    fed: int         # bytes for an engine
    lines: int       # of history, to weigh them


TINY = Amounts(1, MIB // 4, 20, 20, 2, (0, 100), 3, (1, 4), 5, 20, 0.2, 64 * 1024, 2000)
QUICK = Amounts(2, 16 * MIB, 300, 300, 5, (0, 100_000), 100, (10, 200), 50, 1000, 2, MIB, 100_000)
USUAL = Amounts(3, 64 * MIB, 1000, 1000, 10, (0, 10_000, 100_000), 100, (10, 1000), 200, 1000, 5, 2 * MIB, 100_000)
FULL = Amounts(7, 128 * MIB, 2000, 2000, 20, (0, 10_000, 100_000), 100, (10, 1000), 500, 1000, 20, 8 * MIB, 100_000)


def set_up(build):
    build = pathlib.Path(build).resolve()
    if not (build / "bin" / "ptyd").exists():
        raise SystemExit(f"{build} is no build of ptyd: cmake --preset bench && cmake --build --preset bench")
    os.environ["PTYD_BIN_DIR"] = str(build / "bin")
    os.environ["PTYD_SOURCE_DIR"] = str(SOURCE)
    sys.path[:0] = [str(build / "generated_python"), str(SOURCE / "tests/e2e")]


def program(name):
    return str(pathlib.Path(os.environ["PTYD_BIN_DIR"]) / name)
