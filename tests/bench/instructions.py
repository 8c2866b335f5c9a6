"""What hot paths cost in instructions: a change that makes one dearer by more than TOLERANCE fails. Counted by callgrind,
so that it is the same on each machine with the same compiler and libraries; with others it is not compared.

    instructions.py COUNTED            compares with instructions.txt
    instructions.py COUNTED --renew    writes that file: with a change that is worth what it costs, or that saves some
"""
import argparse
import ctypes
import gzip
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
EXPECTED = HERE / "instructions.txt"
RECORDING = HERE.parent / "oracle/recordings/vim.80x24.out.gz"
CASES = ("ring", "frame-write", "frame-read", "frame-read-small", "screen-plain", "screen-sgr", "screen-cjk",
         "screen-recording", "watch-sgr")
TOLERANCE = 0.05
SKIPPED = 77
# The C library chooses its copying by the processor.
ENV = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX512F,-AVX512VL,-ERMS,-FSRM,-AVX", "LC_ALL": "C"}


def said(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout.strip()


def surroundings(counted):
    """All that the counts depend on beside our sources."""
    libc_version = ctypes.CDLL(None).gnu_get_libc_version
    libc_version.restype = ctypes.c_char_p
    libraries = said("ldd", counted)
    protobuf = re.search(r"libprotobuf\.so\.(\S+)", libraries)
    return {"machine": platform.machine(), "compiler": said(counted, "--compiler"),
            "libc": libc_version().decode(),
            "protobuf": protobuf.group(1) if protobuf else "static", "valgrind": said("valgrind", "--version")}


def count(counted, name, folder):
    """Only what happens in counted_work(): neither the start of a program nor what it gets ready."""
    out = folder / f"{name}.out"
    arguments = [str(folder / "recording")] if name == "screen-recording" else []
    done = subprocess.run(["valgrind", "--tool=callgrind", "--toggle-collect=counted_work", f"--callgrind-out-file={out}",
                           counted, name, *arguments], env=ENV, capture_output=True, text=True, timeout=100)
    if done.returncode != 0:
        raise AssertionError(f"{name}: {done.stderr}")
    return int(re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.MULTILINE).group(1))


def measure(counted):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "recording").write_bytes(gzip.decompress(RECORDING.read_bytes()))
        return {case: count(counted, case, folder) for case in CASES}


def read(path):
    """What it was measured with, and what came out."""
    fields = [line.split(maxsplit=1) for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return ({name: value for name, value in fields if name not in CASES},
            {name: int(value) for name, value in fields if name in CASES})


def write(path, around, counts):
    lines = ["# Written by instructions.py --renew: what the counts depend on, and the instructions of each path."]
    lines += [f"{name} {value}" for name, value in (around | counts).items()]
    path.write_text("\n".join(lines) + "\n")


def compare(counts, expected):
    """What is too dear. What has become cheaper is only told."""
    bad = [f"{name} is not in {EXPECTED.name}" for name in counts if name not in expected]
    for name, now in counts.items():
        before = expected.get(name)
        if before is None:
            continue
        change = now / before - 1
        print(f"{name:18} {now:12,} {change:+7.2%}" + ("" if change > -TOLERANCE else "  cheaper: renew the file"))
        if change > TOLERANCE:
            bad.append(f"{name} takes {now:,} instructions, {change:+.1%} against {before:,}")
    return bad


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("counted", type=pathlib.Path)
    parser.add_argument("--renew", action="store_true")
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        print("skipped: valgrind is missing")
        return SKIPPED
    counted = str(options.counted.resolve())
    around = surroundings(counted)
    if options.renew:
        write(EXPECTED, around, measure(counted))
        print(EXPECTED.read_text(), end="")
        return 0
    recorded, expected = read(EXPECTED)
    others = [f"{name} is {value}, not {recorded.get(name)}" for name, value in around.items() if recorded.get(name) != value]
    if others:
        print(f"skipped: the counts were recorded with others: {'; '.join(others)}")
        return SKIPPED
    bad = compare(measure(counted), expected)
    for one in bad:
        print(one)
    if bad:
        print(f"If that is what it has to cost: tests/bench/instructions.py {options.counted} --renew")
    return 1 if bad else 0


sys.exit(main())
