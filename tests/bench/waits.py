#!/usr/bin/python3
"""What waits cost, and how soon they are answered: from the byte that a wait is for to its answer in the client, the
daemon's time of processor while waits are idle, and requests that Python gathers.

  [PYTHONPATH=...] tests/bench/waits.py BUILD_FOLDER [--quick] [--json]

Build the preset `bench` first. Alone on the machine; figures of a busy one say how busy it is.
"""
import argparse
import asyncio
import json
import os
import pathlib
import sys
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("build", type=pathlib.Path)
parser.add_argument("--quick", action="store_true", help="smaller amounts: for a first look, not for figures")
parser.add_argument("--json", action="store_true", help="one line of JSON instead of the table")
options = parser.parse_args()

BUILD = options.build.resolve()
SOURCE = pathlib.Path(__file__).resolve().parents[2]
os.environ["PTYD_BIN_DIR"] = str(BUILD / "bin")
os.environ["PTYD_SOURCE_DIR"] = str(SOURCE)
sys.path[:0] = [str(BUILD / "generated_python"), str(SOURCE / "tests/e2e"), str(SOURCE / "client/python")]
import harness  # noqa: E402
import ptyd  # noqa: E402
from harness import pb  # noqa: E402

FIRES = 200 if options.quick else 2000
IDLE = 10_000
IDLE_S = 2 if options.quick else 20
GATHERS = 5 if options.quick else 30
REQUESTS = 1000

# For each line it is given, the moment just before it writes the answer, by the clock that all processes share.
TELLER = """import os, time
n = 0
while os.read(0, 100):
    n += 1
    os.write(1, b"mark %d at %d.\\r\\n" % (n, time.monotonic_ns()))
"""
# The same in a shell that paints a spinner beside it, so that the screen changes all the time.
SPINNER = """import os, select, time
n = 0
while True:
    if select.select([0], [], [], 0.005)[0]:
        os.read(0, 100)
        n += 1
        os.write(1, b"\\r\\nmark %d at %d.\\r\\n" % (n, time.monotonic_ns()))
    os.write(1, b"\\r" + b"|/-x"[int(time.monotonic() * 200) % 4:][:1])
"""


def quantile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def spread(values):
    return {"p50": quantile(values, 0.5), "p99": quantile(values, 0.99), "max": max(values)}


def fires(daemon, program):
    """Milliseconds from the byte to the answer, which a Python client has read by then."""
    with daemon.client() as client:
        client.create("/bin/sh", "-c", f"stty raw -echo; printf ready; exec {sys.executable} -c '{program}'", name="teller")
        client.request("wait", sessions=["teller"], conditions=[pb.WaitCondition(kind=pb.WAIT_TEXT, text="ready")])
        found = []
        for number in range(1, FIRES + 1):
            waited = client.begin("wait", sessions=["teller"],
                                  conditions=[pb.WaitCondition(kind=pb.WAIT_MATCH, text=rf"mark {number} at [0-9]+\.")])
            client.request("send", session="teller", data=b"x")
            reply = client.finish(waited, "wait")
            came = time.monotonic_ns()
            wrote = int(reply.results[0].line.split("at ")[1].rstrip("."))
            found.append((came - wrote) / 1e6)
        client.request("remove", session="teller", force=True)
    return spread(found[FIRES // 20:])


def processor_seconds(pid):
    """Of all threads, by the scheduler's own count of nanoseconds."""
    return sum(int((task / "schedstat").read_text().split()[0]) for task in pathlib.Path(f"/proc/{pid}/task").iterdir()) / 1e9


def switches(pid):
    return sum(int(line.split()[1]) for task in pathlib.Path(f"/proc/{pid}/task").iterdir()
               for line in (task / "status").read_text().splitlines() if "ctxt_switches" in line)


def memory(pid):
    return sum(int(line.split()[1]) for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
               if line.startswith("Private_"))


def idle(daemon):
    """Percent of a processor that the daemon takes while its waits have nothing to do."""
    kinds = [dict(kind=pb.WAIT_TEXT, text="never"), dict(kind=pb.WAIT_MATCH, text="^never [0-9]+$"),
             dict(kind=pb.WAIT_COMMAND), dict(kind=pb.WAIT_CHANGED, text="never"), dict(kind=pb.WAIT_EXIT)]
    clients = [daemon.client() for _ in range(20)]
    first = clients[0]
    for number in range(50):
        first.create("/bin/cat", name=f"idle{number}")
    hashes = [first.request("screen", session=f"idle{number}", hash_only=True).hash for number in range(50)]
    before = memory(daemon.pid)
    for number in range(IDLE):
        kind = dict(kinds[number % len(kinds)])
        if kind["kind"] == pb.WAIT_CHANGED:
            kind["text"] = hashes[number % 50]
        clients[number % len(clients)].begin("wait", sessions=[f"idle{number % 50}"], conditions=[pb.WaitCondition(**kind)])
    for client in clients:
        client.request("status")
    bytes_each = (memory(daemon.pid) - before) * 1024 / IDLE
    if not (processor_seconds(daemon.pid) > 0 and switches(daemon.pid) > 0):
        raise SystemExit("this system does not tell what a process has used")
    used, woken, began = processor_seconds(daemon.pid), switches(daemon.pid), time.monotonic()
    time.sleep(IDLE_S)  # nothing is waited for: what this time costs is the figure
    took = time.monotonic() - began
    found = {"percent": 100 * (processor_seconds(daemon.pid) - used) / took, "seconds": took,
             "switches": switches(daemon.pid) - woken, "bytes_each": round(bytes_each)}
    for client in clients:
        client.close()
    with daemon.client() as client:
        for number in range(50):
            client.request("remove", session=f"idle{number}", force=True)
    return found


async def gather(socket, encoding):
    """Milliseconds for all the answers."""
    found = []
    async with ptyd.connect(socket, autostart=False, encoding=encoding) as client:
        session = await client.create("/bin/cat")
        for _ in range(GATHERS + 1):
            await asyncio.sleep(0.1)  # who has a real-time priority is stopped after 0.95 s without a rest
            began = time.perf_counter()
            replies = await asyncio.gather(*(session.inspect() for _ in range(REQUESTS)))
            found.append((time.perf_counter() - began) * 1000)
            assert len(replies) == REQUESTS and all(reply.session.id == session.id for reply in replies)
        await session.remove(force=True)
    return spread(found[1:])


def main():
    daemon = harness.Daemon()
    try:
        daemon.start()
        result = {"fires_ms": fires(daemon, TELLER), "fires_beside_a_spinner_ms": fires(daemon, SPINNER),
                  "idle": idle(daemon)}
        for encoding in ("protobuf", "json"):
            result[f"gather_{encoding}_ms"] = asyncio.run(gather(str(daemon.socket), encoding))
    finally:
        daemon.clean_up()
    if options.json:
        print(json.dumps(result))
        return
    print(f"{'':44}{'p50':>8}{'p99':>8}{'max':>8}")
    for name, what in (("fires_ms", "a wait, from the byte to the answer, ms"),
                       ("fires_beside_a_spinner_ms", "the same while the screen changes, ms"),
                       ("gather_protobuf_ms", f"{REQUESTS} gathered requests, protobuf, ms"),
                       ("gather_json_ms", f"{REQUESTS} gathered requests, JSON, ms")):
        one = result[name]
        print(f"{what:44}{one['p50']:8.2f}{one['p99']:8.2f}{one['max']:8.2f}")
    at_rest = result["idle"]
    print(f"{IDLE} idle waits: {at_rest['percent']:.3f} % of a processor, {at_rest['switches']} switches in "
          f"{at_rest['seconds']:.0f} s, {at_rest['bytes_each']} bytes each")


main()
