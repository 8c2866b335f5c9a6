"""Sessions: making them, what idle ones cost, connections, and coming back after the daemon's death."""
import statistics
import subprocess
import time

import contenders
import harness
import meters
from contenders import PEERS, Abduco, Dtach, Ptyd, PtydWithHistory, PtydWithoutScreen, Screen, Tmux
from processes import anonymous_kib, kib, named, switches
from rounds import Metric, Scenario
from setting import program


# ---------------------------------------------------------------- making

def create_on_one_connection(count, ahead):
    def run(folder):
        contender = Ptyd(folder)
        return {"per_second": meters.client_meter(contender, "create", contender.socket(""), count, ahead)["per_second"]}
    return run


def create_by_commands(cls, command, count):
    """A command each, one after the other, by a shell."""
    def run(folder):
        contender = cls(folder)
        script = f"i=0; while [ $i -lt {count} ]; do i=$((i + 1)); {command(contender)} || exit 1; done"
        begun = time.monotonic()
        contender.call("/bin/sh", "-c", script)
        return {"per_second": count / (time.monotonic() - begun)}
    return run


COMMANDS = {
    Ptyd: lambda one: f"{harness.PTYCTL} --socket {one.socket('')} new -d -q s$i -- /bin/cat",
    Dtach: lambda one: f"dtach -n {one.folder}/s$i -r none -E /bin/cat",
    Abduco: lambda one: f"abduco -n {one.folder}/s$i /bin/cat",
    Screen: lambda one: f"screen -c {one.config} -dmS s$i /bin/cat",
    Tmux: lambda one: f"{' '.join(one.words)} new-session -d -s s$i /bin/cat",
}


def creating(amounts):
    present, missing = contenders.present(*PEERS)
    count = amounts.sessions * 2
    series = {"ptyd, one connection, one at a time": create_on_one_connection(count, 1),
              "ptyd, one connection, 8 under way": create_on_one_connection(count, 8),
              "ptyd, a ptyctl each": create_by_commands(Ptyd, COMMANDS[Ptyd], count)}
    series.update({f"{cls.name}, a command each": create_by_commands(cls, COMMANDS[cls], count // 2) for cls in present})
    return Scenario("create", "daemon", "Sessions created", {"per_second": Metric("rate", "1/s")}, series, missing=missing)


def create_inside(count):
    def run(folder):
        contender = Ptyd(folder)
        times = []
        with contender.daemon.client() as client:
            for number in range(count):
                client.create("/bin/cat", name=f"c{number}")
                times.append(client.request("status").last_create_us / 1000)
        return {"ms": statistics.median(times), "worst_ms": max(times)}
    return run


# ---------------------------------------------------------------- idle ones

FIRST = 10  # sessions, after which the daemon has all of its code and tables


def weigh(cls, count):
    def run(folder):
        contender = cls(folder)
        for number in range(FIRST):
            contender.create(f"first{number}", ["/bin/cat"])
        daemon = contender.server("") if cls.shared else None
        before = kib(daemon, "Pss") if daemon else 0
        for number in range(count):
            contender.create(f"w{number}", ["/bin/cat"])
        each = (kib(daemon, "Pss") - before) / count if daemon else 0
        if isinstance(contender, Ptyd):
            host = statistics.median(kib(pid, "Pss") for pid in contender.daemon.hosts())
            return {"kib": host + each, "host_kib": host, "daemon_kib": each}
        if daemon:
            return {"kib": each}
        return {"kib": statistics.median(kib(pid, "Pss") for pid in named(cls.command))}
    return run


def memory(amounts):
    present, missing = contenders.present(Dtach, Abduco, Tmux)
    metrics = {"kib": Metric("all of it", "KiB PSS", more=False), "host_kib": Metric("its host", "KiB PSS", more=False),
               "daemon_kib": Metric("in the daemon", "KiB PSS", more=False)}
    return Scenario("memory", "daemon", f"Memory of an idle session, of {amounts.sessions}", metrics,
                    {cls.name: weigh(cls, amounts.sessions) for cls in (*present, Ptyd, PtydWithoutScreen)}, missing=missing)


def history(cls, lines):
    def run(folder):
        contender = cls(folder)
        contender.create_without_history("empty", ["/bin/cat"])
        before = anonymous_kib(contender.server("empty"))
        inside = meters.Inside(contender, "paint", lines, name="full").ready()
        meters.pty_meter(contender, "until", "end-of-screen", "--", *inside.attach())  # all has been read by then
        return {"bytes": (anonymous_kib(contender.server("full")) - before) * 1024 / lines}
    return run


def histories(amounts):
    present, missing = contenders.present(Screen, Tmux)
    return Scenario("history", "daemon", f"Memory of a line of history with 62 letters, of {amounts.lines}",
                    {"bytes": Metric("median", "B", more=False)},
                    {cls.name: history(cls, amounts.lines) for cls in (*present, PtydWithHistory)}, missing=missing)


def wake_ups(pids, seconds):
    time.sleep(min(1.0, seconds))  # for what is left to do: that it is done nobody tells
    before = switches(pids)
    time.sleep(seconds)  # nothing is waited for: what this time costs is the figure
    return {"wakeups": (switches(pids) - before) / seconds}


def crowd(contender, count):
    """So many sessions that do nothing, each with a client."""
    load = subprocess.Popen([program("soak_load"), "idle", contender.socket(""), str(count)], env=contender.env,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    if b"attached\n" not in load.stdout:  # up to that line
        raise RuntimeError("not all clients were attached")
    return load


def idle(count, seconds):
    def run(folder):
        contender = Ptyd(folder)
        crowd(contender, count)
        hosts = contender.daemon.hosts()
        if len(hosts) != count:
            raise RuntimeError(f"{len(hosts)} hosts of {count} sessions")
        return wake_ups([contender.daemon.pid, *hosts], seconds)
    return run


def idle_peer(cls, count, seconds):
    def run(folder):
        contender = cls(folder)
        all_of_it = [meters.Inside(contender, "flood", "ascii", 1, "raw", name=f"s{number}").ready()
                     for number in range(count)]
        servers = [contender.server("")] if cls is Tmux else named(cls.command)
        clients = [meters.Running(contender, program("terminal_meter"), "keep", 1, "--", *inside.attach())
                   for inside in all_of_it]
        for client in clients:
            client.line()
        return wake_ups(servers, seconds)
    return run


def idling(amounts):
    present, missing = contenders.present(Dtach, Tmux)
    series = {cls.name: idle_peer(cls, amounts.sessions, amounts.idle_s) for cls in present}
    series["ptyd, hosts and daemon"] = idle(amounts.sessions, amounts.idle_s)
    return Scenario("idle", "daemon", f"Wake-ups with {amounts.sessions} idle sessions, each with a client",
                    {"wakeups": Metric("of all servers", "1/s", more=False)}, series, missing=missing, rounds=1)


# ---------------------------------------------------------------- many

class PtydOfMany(Ptyd):
    config = '[daemon]\nmax_connections = 4096\n[session]\nmax_sessions = 4096\nmax_history = "16GiB"\n'


def milliseconds(times, act):
    taken = []
    for number in range(times):
        begun = time.monotonic()
        act(number)
        taken.append((time.monotonic() - begun) * 1000)
    return statistics.median(taken)


def list_all(client):
    reply = client.request("list")
    while reply.truncated:
        reply = client.request("list", after=reply.sessions[-1].id)


def beside(count, times):
    """What one client's requests take beside so many sessions, each with a client of its own."""
    def run(folder):
        contender = PtydOfMany(folder)
        daemon = contender.daemon
        before = kib(daemon.pid, "Pss")
        load = crowd(contender, count)
        each = (kib(daemon.pid, "Pss") - before) / count + statistics.median(kib(pid, "Pss") for pid in daemon.hosts())
        with daemon.client() as client:
            session = client.create(harness.CHILD, "echo", name="echo")
            attached = client.attach(session.id, from_offset=0)
            attached.expect("ready")

            def attach(_):
                with daemon.client() as another:
                    another.attach(session.id, from_offset=0).expect("ready")

            def echo(_):
                have = len(attached.data)
                attached.type(b"x")
                attached.until(lambda: len(attached.data) > have, "the echo")

            figures = {"echo_ms": milliseconds(times, echo), "attach_ms": milliseconds(times, attach),
                       "list_ms": milliseconds(times, lambda _: list_all(client)),
                       "create_ms": milliseconds(times, lambda n: client.create("/bin/cat", name=f"more{n}"))}
        load.stdin.close()
        load.wait(60)
        return {**figures, "kib": each}
    return run


def scaling(amounts):
    metrics = {"list_ms": Metric("list of all", "ms", more=False), "create_ms": Metric("create", "ms", more=False),
               "attach_ms": Metric("connect and attach", "ms", more=False), "echo_ms": Metric("echo", "ms", more=False),
               "kib": Metric("memory of each", "KiB PSS", more=False)}
    few, many = amounts.crowds
    return Scenario("scale", "daemon", f"Beside {few} and {many} sessions, each with a client", metrics,
                    {f"ptyd, {count} sessions": beside(count, max(5, amounts.sessions // 2)) for count in (few, many)}, rounds=1)


# ---------------------------------------------------------------- connections

def connect(cls, count):
    def run(folder):
        contender = cls(folder)
        contender.create("one", ["/bin/cat"])
        result = {"us": meters.client_meter(contender, "connect", contender.socket("one"), count)["us_each"]}
        if isinstance(contender, Ptyd):
            with contender.daemon.client() as client:
                harness.eventually(lambda: len(client.request("list").sessions) == 1 and
                                   client.request("status").connections == 1, "only one connection")
        return result
    return run


def connecting(amounts):
    present, missing = contenders.present(Dtach, Abduco, Tmux)
    return Scenario("connect", "daemon", f"{amounts.connects} connections that close at once",
                    {"us": Metric("each", "us", more=False)},
                    {cls.name: connect(cls, amounts.connects) for cls in (*present, Ptyd)}, missing=missing)


def resume(count):
    def run(folder):
        contender = Ptyd(folder)
        all_of_it = [meters.Inside(contender, "echo", name=f"s{number}").ready() for number in range(count)]
        client = meters.Running(contender, program("client_meter"), "resume", contender.socket(""),
                                *(inside.name for inside in all_of_it))
        client.line()
        begun = time.monotonic_ns()
        contender.daemon.kill()
        contender.daemon.start()
        started = time.monotonic_ns()
        return {"ms": (int(client.line()[1]) - begun) / 1e6, "daemon_ms": (started - begun) / 1e6}
    return run


def resuming(amounts):
    metrics = {"ms": Metric("until each has echoed a key", "ms", more=False),
               "daemon_ms": Metric("until the new daemon answers", "ms", more=False)}
    return Scenario("resume", "daemon", "From a SIGKILL of the daemon until sessions go on in the same clients", metrics,
                    {f"ptyd, {count} sessions": resume(count) for count in (1, amounts.sessions)})


def list_beside_a_flood(folder):
    contender = Ptyd(folder)
    inside = meters.Inside(contender, "flood", "ascii", 1 << 50, "raw").ready()
    with contender.daemon.client(receive_buffer=4096) as stalled:
        stalled.attach(inside.name)
        inside.fifos.start()
        times = []
        for _ in range(20):
            begun = time.monotonic()
            contender.daemon.ptyctl("list")
            times.append((time.monotonic() - begun) * 1000)
    return {"ms": statistics.median(times), "worst_ms": max(times)}


def control(amounts):
    metrics = {"ms": Metric("median", "ms", more=False), "worst_ms": Metric("longest", "ms", more=False)}
    return Scenario("control", "daemon", "Requests", metrics,
                    {"ptyctl list, beside a flood and a client that reads nothing": list_beside_a_flood,
                     "create, in the daemon": create_inside(amounts.sessions // 2)})


def scenarios(amounts):
    return [creating(amounts), control(amounts), memory(amounts), histories(amounts), idling(amounts), scaling(amounts),
            connecting(amounts), resuming(amounts)]
