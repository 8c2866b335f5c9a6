"""One measurement, in a process of its own: all that it starts ends with it, and what others used meanwhile is known."""
import ctypes
import dataclasses
import json
import os
import pathlib
import resource
import select
import shutil
import signal
import tempfile
import time
import traceback

TICKS = os.sysconf("SC_CLK_TCK")
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
LIMIT_S = max(150, int(os.environ.get("BENCH_DEADLINE_MS", 0)) // 400)  # of one measurement

_folders = []


@dataclasses.dataclass
class Sample:
    result: dict     # what the measurement returned, or {"error": why}
    seconds: float
    foreign: float   # processors that others kept busy
    own: float       # and we


def also_remove(folder):
    """Called inside a measurement: removes a folder behind it."""
    _folders.append(folder)


def parent_of(entry):
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return -1


def processes():
    return [entry for entry in pathlib.Path("/proc").iterdir() if entry.name.isdigit()]


def end_children():
    """Ends all descendants: those whose parent has ended are ours by then."""
    while True:
        for entry in processes():
            if parent_of(entry) == os.getpid():
                try:
                    os.kill(int(entry.name), signal.SIGKILL)
                except ProcessLookupError:
                    pass
        try:
            os.waitpid(-1, 0)
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return


def body(measure, report):
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = tempfile.mkdtemp(prefix="ptyd-bench-", dir="/tmp")
    also_remove(folder)
    try:
        result = measure(pathlib.Path(folder))
    except KeyboardInterrupt:
        result = {"error": "it was ended from outside, or took too long"}
    except Exception as error:  # whatever went wrong is the result, and the others are still measured
        place = traceback.extract_tb(error.__traceback__)[-1]
        result = {"error": f"{type(error).__name__} at {pathlib.Path(place.filename).name}:{place.lineno}: {error}"[:1000]}
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_children()
    for one in _folders:
        shutil.rmtree(one, ignore_errors=True)
    with os.fdopen(report, "w") as file:
        json.dump(result, file)


def read_all(report, limit):
    """What comes until the other end is closed; less when that takes too long."""
    data, until = b"", time.monotonic() + limit
    while select.select([report], [], [], max(0, until - time.monotonic()))[0]:
        piece = os.read(report, 65536)
        if not piece:
            break
        data += piece
    return data


def in_a_process(measure):
    report, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(report)
            body(measure, write)
        finally:
            os._exit(0)
    os.close(write)
    try:
        data = read_all(report, LIMIT_S)
        if not data:
            os.kill(pid, signal.SIGINT)
            data = read_all(report, 30)
    except KeyboardInterrupt:
        read_all(report, 30)  # it was interrupted as well
        raise
    finally:
        os.close(report)
        os.waitpid(pid, 0)
    return json.loads(data or b'{"error": "it left no result"}')


def busy():
    """Ticks of all processors, and of each of the kernel's own threads, which work for whom ever."""
    line = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()
    threads = {}
    for entry in processes():
        if parent_of(entry) == 2:
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                threads[entry.name] = int(fields[11]) + int(fields[12])
            except (OSError, IndexError):
                continue
    return sum(map(int, line[1:4])), threads


def seconds_between(before, after):
    """Of processors, without the kernel's threads. These come and go."""
    threads = sum(ticks - before[1].get(name, 0) for name, ticks in after[1].items())
    return (after[0] - before[0] - threads) / TICKS


def own_seconds():
    return sum(used.ru_utime + used.ru_stime
               for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def run(measure):
    """`measure` gets an empty folder and returns a dictionary."""
    before, own, begun = busy(), own_seconds(), time.monotonic()
    result = in_a_process(measure)
    used, own, seconds = seconds_between(before, busy()), own_seconds() - own, time.monotonic() - begun
    return Sample(result, seconds, max(0.0, (used - own) / seconds), own / seconds)
