#!/usr/bin/python3
"""Takes each defence out of a copy of the sources, and checks that the test that is to guard it fails without it. A test
that passes all the same guards nothing.

  tests/defences/run.py [--list | --check] [NAME...]

The copy and its build are in build/defences. Needs root, as some of the tests do, and about a minute for each.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

from table import DEFENCES

SOURCE = pathlib.Path(__file__).resolve().parents[2]
COPY = SOURCE / "build/defences/source"
BUILD = COPY / "build/dev"  # where it is in the sources, too: then the compiler cache knows nearly all of it
LOG = SOURCE / "build/defences/log"
SYSTEM_PYTHON = "/usr/bin/python3"  # it has the system's protobuf
PYTHON = SYSTEM_PYTHON if os.path.exists(SYSTEM_PYTHON) else sys.executable
ENVIRONMENT = {**os.environ, "PTYD_BIN_DIR": str(BUILD / "bin"), "PTYD_SOURCE_DIR": str(COPY),
               "PYTHONPATH": str(BUILD / "generated_python")}


def run(*command, **more):
    """True when it went well. What it says is kept for those who want to know why not."""
    with open(LOG, "ab") as log:
        return subprocess.run(list(map(str, command)), check=False, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                              cwd=COPY, **more).returncode == 0


def prepare():
    """Copies what git knows, and only what has changed, so that little is compiled again."""
    COPY.mkdir(parents=True, exist_ok=True)
    LOG.write_bytes(b"")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=SOURCE, check=True, capture_output=True).stdout
    for name in filter(None, os.fsdecode(listed).split("\0")):
        here, there = SOURCE / name, COPY / name
        if not there.exists() or there.read_bytes() != here.read_bytes():
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(here, there)
    assert run("cmake", "--preset", "dev"), f"cmake failed: {LOG}"


def build(targets):
    return run("cmake", "--build", BUILD, "--parallel", os.cpu_count(), "--target", *targets)


def passes(test):
    """A test is (file of tests/e2e, name) or (program, GoogleTest filter)."""
    program, name = test
    if program.startswith("test_"):
        return run(PYTHON, "-B", COPY / "tests/e2e" / f"{program}.py", "-k", name, env=ENVIRONMENT, timeout=300)
    return run(BUILD / "tests" / program, f"--gtest_filter={name}", env=ENVIRONMENT, timeout=300)


def targets_of(test):
    return ["ptyd", "ptyd-host", "ptyctl", "pty_child", "ptyd_python_proto"] if test[0].startswith("test_") else \
        [test[0], "ptyd-host"]


def check(defence):
    """What is wrong with the guard of this defence; nothing when all is well."""
    path = COPY / defence.file
    text = path.read_text()
    if text.count(defence.code) != 1:
        return f"{defence.code!r} is not once in {defence.file}"
    if not build(targets_of(defence.test)):
        return "the test can't be built"
    if not passes(defence.test):
        return "the test fails with the defence in place"
    path.write_text(text.replace(defence.code, defence.without))
    try:
        if not build(targets_of(defence.test)):
            return "without it nothing can be built"
        return "the test passes without it" if passes(defence.test) else None
    finally:
        path.write_text(text)


def stale(defence):
    """What is no longer true of the table; nothing when all is."""
    if (SOURCE / defence.file).read_text().count(defence.code) != 1:
        return f"{defence.code!r} is not once in {defence.file}"
    program, name = defence.test
    if f"| `{defence.name}` | {defence.against} | `{program}`: {name} |" not in (SOURCE / "docs/SECURITY.md").read_text():
        return "docs/SECURITY.md does not have it, or another test"
    if not there(program, name):
        return f"there is no test {name} in {program}"
    return None


def there(program, name):
    if program.startswith("test_"):
        return f"def {name}(" in (SOURCE / f"tests/e2e/{program}.py").read_text()
    suite, test = name.split(".")
    wanted = re.compile(rf"TEST(_F|_P)?\({suite}, {test}\)")
    return any(wanted.search(file.read_text()) for file in (SOURCE / "tests/unit").rglob("*_test*.cpp"))


def unknown_rows():
    """Defences that only the document knows."""
    rows = re.findall(r"^\| `([a-z-]+)` \|", (SOURCE / "docs/SECURITY.md").read_text(), re.MULTILINE)
    return sorted(set(rows) - {defence.name for defence in DEFENCES})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--list", action="store_true", help="the names, and what each defends against")
    parser.add_argument("--check", action="store_true", help="only that the table fits the sources and the document")
    options = parser.parse_args()
    if options.check:
        problems = [f"{defence.name}: {stale(defence)}" for defence in DEFENCES if stale(defence)]
        problems += [f"{name}: only docs/SECURITY.md has it" for name in unknown_rows()]
        print("\n".join(problems) or "the table fits")
        return 1 if problems else 0
    if options.list:
        for defence in DEFENCES:
            print(f"{defence.name:18} {defence.against}")
        return 0
    prepare()
    wrong = 0
    for defence in DEFENCES:
        if options.names and defence.name not in options.names:
            continue
        problem = check(defence)
        print(f"{defence.name:18} {problem or 'guarded'}", flush=True)
        wrong += problem is not None
    return 1 if wrong else 0


sys.exit(main())
