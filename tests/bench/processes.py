"""What the system knows of processes."""
import os
import pathlib

import sample


def kib(pid, what, file="smaps_rollup"):
    for line in pathlib.Path(f"/proc/{pid}/{file}").read_text().splitlines():
        if line.startswith(what + ":"):
            return int(line.split()[1])
    raise KeyError(what)


def anonymous_kib(pid):
    """Its own memory, without rings, which are shared."""
    return kib(pid, "RssAnon", "status")


def named(*names):
    """Descendants of ours whose program is called so."""
    parents = {int(entry.name): sample.parent_of(entry) for entry in sample.processes()}

    def ours(pid):
        while pid > 1:
            pid = parents.get(pid, 0)
            if pid == os.getpid():
                return True
        return False
    found = []
    for pid in parents:
        try:
            if ours(pid) and pathlib.Path(f"/proc/{pid}/comm").read_text().strip() in names:
                found.append(pid)
        except OSError:
            continue
    return found


def switches(pids):
    return sum(int(line.split()[1]) for pid in pids for task in pathlib.Path(f"/proc/{pid}/task").iterdir()
               for line in (task / "status").read_text().splitlines() if line.startswith("voluntary_ctxt"))
