"""Starts daemons and soak_load, and measures processes."""
import contextlib
import json
import os
import pathlib
import subprocess

import harness
from waiting import DEADLINE

MiB = 1 << 20
SOAK_LOAD = str(harness.BIN / "soak_load")


class Load:
    """A running soak_load. Its end of input asks it to end in an orderly way."""

    def __init__(self, daemon, verb, *arguments):
        self.errors = open(daemon.folder / f"{verb}.err", "w+b")
        self.process = subprocess.Popen([SOAK_LOAD, verb, str(daemon.socket), *map(str, arguments)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
                                        env={**daemon.env})

    def line(self):
        """The next line that it prints; it fails when there is none."""
        line = self.process.stdout.readline().decode().strip()
        if not line:
            self.check()
            raise AssertionError("soak_load ended early")
        return line

    def wait_for(self, wanted):
        while (line := self.line()) != wanted:
            pass
        return line

    def finish(self, deadline=None, hosts_lacked=False):
        """Its figures, at the end. Unless there were times without hosts, each session must have been created."""
        self.process.stdin.close()
        lines = self.process.stdout.read().decode().splitlines()
        self.process.wait(deadline or DEADLINE)
        self.check()
        figures = json.loads(lines[-1])
        assert hosts_lacked or not figures.get("not_created"), figures
        return figures

    def check(self):
        status = self.process.wait(DEADLINE)
        if status != 0:
            self.errors.seek(0)
            raise AssertionError(f"soak_load ended with {status}: {self.errors.read().decode(errors='replace')}")

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.errors.close()


@contextlib.contextmanager
def running(daemon, *arguments):
    load = Load(daemon, *arguments)
    try:
        yield load
    finally:
        load.kill()


@contextlib.contextmanager
def soaked(prefix=(), config="", **env):
    """A daemon; of its sessions and their hosts nothing is left when it is told to end them."""
    with harness.Daemon(config, env=env, prefix=prefix) as daemon:
        yield daemon
        with daemon.client() as client:
            client.request("shutdown", kill_sessions=True)
        assert daemon.process.wait(harness.DEADLINE) == 0, daemon.log_text()[-2000:]
        harness.eventually(lambda: not daemon.hosts(), "the end of all hosts")


def memory(pid, what):
    """VmRSS, VmHWM, ... in bytes. RssAnon is without the rings, which are shared and come and go with sessions."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(what + ":"):
            return int(line.split()[1]) * 1024
    raise KeyError(what)


def pss(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise KeyError("Pss")


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def switches(pid):
    """How often its threads began to wait."""
    return sum(int(line.split()[1]) for task in pathlib.Path(f"/proc/{pid}/task").iterdir()
               for line in (task / "status").read_text().splitlines() if line.startswith("voluntary_ctxt"))


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def in_short(figures):
    """With the spread of the pauses in the place of all of them."""
    short = {name: value for name, value in figures.items() if name != "pauses_ms"}
    if pauses := figures.get("pauses_ms"):
        short.update(pause_ms_p50=round(percentile(pauses, 0.5), 1), pause_ms_p99=round(percentile(pauses, 0.99), 1),
                     pause_ms_max=round(max(pauses), 1))
    return short


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
