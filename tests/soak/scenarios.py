"""The soak tests. Each is a function of a source of chance and of whether it is to be short; it raises when something
was wrong, and returns its figures, `pauses_ms` as a list."""
import contextlib
import os
import pathlib
import signal
import socket
import struct
import time

import harness
from harness import CHILD, pb
from paste_scenario import pastes
from soak_load import MiB, cpu_seconds, descriptors, memory, percentile, pss, running, soaked, switches


def kill_storm(chance, short):
    """Sessions write and read at full speed while the daemon is killed every few milliseconds."""
    return storm(chance, 300 if short else 10_000, sessions=8)


def lone_storm(chance, short):
    """The same with one session: how long it is away."""
    return storm(chance, 100 if short else 1000, sessions=1)


def killed(daemon, load, chance, kills, longest):
    """Kills the daemon at any moment of its work, `longest` seconds after it came at most; how long each time all clients
    were away, in ms."""
    pauses = []
    for _ in range(kills):
        time.sleep(chance.uniform(0.005, longest))  # chance says when, nothing is waited for
        begun = time.monotonic()
        daemon.kill()
        daemon.start()
        load.wait_for("up")
        pauses.append((time.monotonic() - begun) * 1000)
    return pauses


def storm(chance, kills, sessions):
    with soaked() as daemon, \
            running(daemon, "duplex", CHILD, chance.randrange(1 << 30), sessions, 16 * MiB, 2 * MiB) as load:
        load.wait_for("up")
        pauses = killed(daemon, load, chance, kills, 0.015)
        figures = load.finish()
        with daemon.client() as client:
            left = client.request("list", all=True).sessions
            assert not left, f"sessions were left: {[one.name for one in left]}"
    return {**figures, "kills": kills, "pauses_ms": pauses}


def crowd_storm(chance, short):
    """Many quiet sessions, each with a client, while the daemon is killed: until the last of them is back."""
    return crowd(chance, 20 if short else 200, sessions=20 if short else 100)


def running_ones(client):
    """How many sessions there are: a list may take several answers."""
    count, reply = 0, client.request("list")
    while True:
        count += sum(one.state == pb.RUNNING for one in reply.sessions)
        if not reply.truncated:
            return count
        reply = client.request("list", after=reply.sessions[-1].id)


def crowd(chance, kills, sessions):
    with soaked(PTYD_LOG="warn") as daemon, running(daemon, "idle", sessions) as load:
        load.wait_for("attached")
        pauses = killed(daemon, load, chance, kills, 0.1)
        with daemon.client() as client:
            there = running_ones(client)
            assert there == sessions, f"{there} sessions are left"
        figures = load.finish()
    assert figures["resumed"] >= kills * sessions, figures
    return {**figures, "kills": kills, "sessions": sessions, "pauses_ms": pauses}


def upgrades(chance, short):
    """The daemon is upgraded in place over and over, under load and with many attached clients: none notices."""
    return upgraded(chance, *((20, 20) if short else (1000, 100)))


def upgraded(chance, count, clients):
    pauses = []
    with soaked() as daemon, \
            running(daemon, "duplex", CHILD, chance.randrange(1 << 30), 8, 16 * MiB, 2 * MiB) as load, \
            running(daemon, "idle", clients) as others, daemon.client() as client:
        others.wait_for("attached")
        before = descriptors(daemon.pid)
        for number in range(1, count + 1):
            reply = client.request("upgrade")
            assert reply.upgrades == number, reply
            pauses.append(reply.pause_us / 1000)
        idle_ones = others.finish()
        figures = load.finish()
        resumed = idle_ones["resumed"] + figures["resumed"]
        assert resumed == 0, f"{resumed} connections were lost"
        grown = descriptors(daemon.pid) - before
        assert grown <= 0, f"{grown} descriptors were left"
    return {**figures, "upgrades": count, "clients": clients, "pauses_ms": pauses}


def host_storm(chance, short):
    """Hosts are killed at any moment of their work, at full load both ways: sessions go on, and no byte is lost."""
    return hosts_killed(chance, 300 if short else 10_000)


def hosts_killed(chance, kills):
    pauses = []
    with soaked() as daemon, \
            running(daemon, "duplex", CHILD, chance.randrange(1 << 30), 4, 16 * MiB, 2 * MiB) as load, \
            daemon.client() as client, daemon.client() as listener:
        listener.request("subscribe", types=[pb.HOST_REPLACED])
        done = uncertain = 0
        while done < kills:
            time.sleep(chance.uniform(0.002, 0.02))  # the host dies at any moment of its work
            sessions = [one for one in client.request("list").sessions if one.rehostable]
            assert load.process.poll() is None, load.check()
            if not sessions:
                continue
            victim = chance.choice(sessions)
            begun = time.monotonic()
            with contextlib.suppress(ProcessLookupError):
                os.kill(victim.host_pid, signal.SIGKILL)
            done += 1
            if done % 10 == 0 and replaced(listener, victim.id, victim.rehosted):
                pauses.append((time.monotonic() - begun) * 1000)
            uncertain += sum(push.event.count for push in listener.pushes)
            listener.pushes.clear()
        figures = load.finish(deadline=300)
        assert figures["resumed"] == 0, f"{figures['resumed']} connections were lost"
        assert uncertain == 0, f"{uncertain} bytes of input were not certain"
    return {**figures, "kills": kills, "pauses_ms": pauses}


def replaced(listener, session, before):
    """Waits until the session has another host. False: its program ended first."""
    while True:
        with contextlib.suppress(harness.Timeout):
            event = listener.event(pb.HOST_REPLACED, deadline=2)
            if event.session.id == session and event.session.rehosted > before:
                return True
            continue
        return False


def lost_hosts(chance, short):
    """Hosts that are not replaced are killed: only their own sessions end, as lost, and nothing else is disturbed."""
    kills = 20 if short else 300
    with soaked() as daemon, \
            running(daemon, "duplex", CHILD, chance.randrange(1 << 30), 4, 16 * MiB, 2 * MiB) as load:
        load.wait_for("up")
        for number in range(kills):
            with daemon.client() as client:
                session = client.create("/bin/sh", "-c", "echo first words; exec cat", name="victim")
            daemon.start_no_hosts()
            load.wait_for("up")
            with daemon.client() as client:
                attached = client.attach(session.id, from_offset=0, credit=1 << 20)
                attached.expect("first words")
                os.kill(client.request("inspect", session=session.id).session.host_pid, signal.SIGKILL)
                ended = attached.until_ended()
                assert ended.reason == pb.HOST_LOST and not ended.exit.known and ended.exit.reason, ended
                assert b"first words" in client.request("history", session=session.id).data
                client.request("remove", session=session.id)
            daemon.restart()
        figures = load.finish(hosts_lacked=True)
    return {**figures, "kills": kills}


def idle(chance, short):
    """Many sessions, each with an attached client, that do nothing."""
    del chance
    count, watched = (100, 5) if short else (1000, 30)
    with soaked(PTYD_LOG="warn") as daemon, \
            running(daemon, "idle", count) as load:
        load.wait_for("attached")
        hosts = daemon.hosts()
        assert len(hosts) == count, f"{len(hosts)} hosts"
        before = [(switches(pid), cpu_seconds(pid)) for pid in (daemon.pid, *hosts)]
        time.sleep(watched)  # what is measured is that nothing happens
        after = [(switches(pid), cpu_seconds(pid)) for pid in (daemon.pid, *hosts)]
        figures = {
            "sessions": count, "daemon_rss_mib": round(memory(daemon.pid, "VmRSS") / MiB, 1),
            "host_pss_kb": round(sum(map(pss, hosts[:50])) / len(hosts[:50]) / 1000, 1),
            "daemon_wakeups_per_s": round((after[0][0] - before[0][0]) / watched, 2),
            "daemon_cpu_percent": round((after[0][1] - before[0][1]) / watched * 100, 2),
            "host_wakeups_per_s": round(sum(b[0] - a[0] for a, b in zip(before[1:], after[1:])) / watched / count, 4),
        }
        load.finish()
    return figures


def churn(chance, short):
    """Short sessions, twenty at a time: each one's output and status is there to the last byte, and nothing is left."""
    return short_lives(chance, 3000 if short else 100_000)


def short_lives(chance, count):
    with soaked(PTYD_LOG="warn") as daemon:
        def burst(number):
            with running(daemon, "churn", CHILD, chance.randrange(1 << 30), number, 20) as load:
                return load.finish(deadline=3600)
        burst(200)
        before = descriptors(daemon.pid)
        resident = memory(daemon.pid, "RssAnon")
        figures = burst(count)
        harness.eventually(lambda: descriptors(daemon.pid) <= before, "as many descriptors as before")
        grown = memory(daemon.pid, "RssAnon") - resident
        assert grown < 16 * MiB, f"the daemon grew by {grown} bytes"
        return {**figures, "daemon_grew_kib": grown // 1024}


def fan_out(chance, short):
    """One flood for many readers, without and with one that never reads and one that reads slowly."""
    amount = (16 if short else 128) * MiB
    readers = 8 if short else 64
    rates = {}
    with soaked() as daemon:
        for name, stalled, slow in (("free", 0, 0), ("stalled", 1, 1)):
            seed = chance.randrange(1 << 30)
            with daemon.client() as client:
                client.create(CHILD, "pattern-wait", str(seed), str(amount), name=name)
            with running(daemon, "fan", name, seed, amount, readers, stalled, slow) as load:
                rates[name] = load.finish(deadline=600)
        peak = memory(daemon.pid, "VmHWM")
        assert peak < 96 * MiB, f"the daemon used {peak} bytes"
    share = rates["stalled"]["mb_per_second_each"] / rates["free"]["mb_per_second_each"]
    return {"readers": readers, "free_mb_per_s_each": rates["free"]["mb_per_second_each"],
            "with_stalled_mb_per_s_each": rates["stalled"]["mb_per_second_each"], "share": round(share, 3),
            "daemon_peak_mib": round(peak / MiB, 1)}


def interactive(chance, short):
    """Echoes of one session while another one floods its readers."""
    amount = (64 if short else 512) * MiB
    with soaked() as daemon, daemon.client() as client:
        client.create(CHILD, "pattern-wait", "5", str(amount), name="flood")
        client.create(CHILD, "echo", name="echo")
        attached = client.attach("echo", from_offset=0)
        attached.expect("ready")
        with running(daemon, "fan", "flood", 5, amount, 4, 1, 0) as load:
            times = []
            while load.process.poll() is None and len(times) < 20_000:
                byte = chance.randbytes(1)
                before = len(attached.data)
                begun = time.monotonic()
                attached.type(byte)
                attached.until(lambda: len(attached.data) > before, "the echo")
                times.append((time.monotonic() - begun) * 1000)
                time.sleep(0.01)  # as fast as a person types
            load.finish(deadline=600)
    return {"echoes": len(times), "echo_ms_p50": round(percentile(times, 0.5), 2),
            "echo_ms_p99": round(percentile(times, 0.99), 2), "echo_ms_max": round(max(times), 2)}


def framed(frame):
    data = frame.SerializeToString()
    return struct.pack(">I", len(data)) + data


def attach_detach(chance, short):
    """Clients that attach and go, many of them in the middle of a frame."""
    cycles = 4000 if short else 50_000
    hello = pb.Frame(id=1)
    hello.hello.protocol_min = hello.hello.protocol_max = 1
    attach = pb.Frame(id=2)
    attach.request.attach.session = "busy"
    attach.request.attach.credit = 1 << 20
    typed = pb.Frame()
    typed.input.data = b"word\n" * 20
    conversation = framed(hello) + framed(attach) + framed(typed)
    with soaked(PTYD_LOG="warn") as daemon, daemon.client() as client:
        client.create(CHILD, "echo", name="busy")
        before = descriptors(daemon.pid)
        resident = 0
        for cycle in range(cycles):
            if cycle == cycles // 10:
                resident = memory(daemon.pid, "RssAnon")
            with socket.socket(socket.AF_UNIX) as one:
                one.settimeout(harness.DEADLINE)
                one.connect(str(daemon.socket))
                one.sendall(conversation[:chance.randrange(len(conversation) + 1)])
                if chance.random() < 0.5:
                    one.shutdown(socket.SHUT_WR)
                    while one.recv(65536):
                        pass
        client.request("status")
        harness.eventually(lambda: descriptors(daemon.pid) <= before, "as many descriptors as before")
        harness.eventually(lambda: client.request("inspect", session="busy").session.attachments == 0, "no attachment")
        grown = memory(daemon.pid, "RssAnon") - resident
        assert grown < 16 * MiB, f"the daemon grew by {grown} bytes"
    return {"cycles": cycles, "daemon_grew_kib": grown // 1024}


def malformed(chance, short):
    """Frames that no client should send, while sessions stream: nobody notices, and the daemon does not grow."""
    frames = 200_000 if short else 10_000_000
    # Screens and their scrollback come and go with the sessions, and would hide what frames cost.
    with soaked(config="[session]\nscreen = false\n", PTYD_LOG="error") as daemon, \
            running(daemon, "duplex", CHILD, chance.randrange(1 << 30), 8, 16 * MiB, 2 * MiB) as load:
        with running(daemon, "malformed", chance.randrange(1 << 30), frames // 20) as first:
            first.finish(deadline=3600)
        resident = memory(daemon.pid, "RssAnon")
        with running(daemon, "malformed", chance.randrange(1 << 30), frames) as second:
            figures = second.finish(deadline=3600)
        figures["daemon_grew_kib"] = (memory(daemon.pid, "RssAnon") - resident) // 1024
        streamed = load.finish(deadline=120)
        assert figures["daemon_grew_kib"] < 8 * 1024, f"the daemon grew by {figures['daemon_grew_kib']} KiB"
    return {**figures, "streamed_bytes": streamed["out_bytes"] + streamed["in_bytes"]}


def bad_company(chance, short):
    """Clients that trickle, that say nothing and that send garbage, while the daemon is killed under load."""
    kills = 30 if short else 500
    with soaked(PTYD_LOG="error") as daemon, \
            running(daemon, "duplex", CHILD, chance.randrange(1 << 30), 4, 8 * MiB, MiB) as load:
        pauses = []
        load.wait_for("up")
        for _ in range(kills):
            crowd = [misbehave(daemon, chance) for _ in range(90)]
            begun = time.monotonic()
            daemon.kill()
            daemon.start()
            load.wait_for("up")
            pauses.append((time.monotonic() - begun) * 1000)
            for one in crowd:
                one.close()
        figures = load.finish()
    return {**figures, "kills": kills, "pauses_ms": pauses}


def misbehave(daemon, chance):
    one = socket.socket(socket.AF_UNIX)
    one.settimeout(harness.DEADLINE)
    one.connect(str(daemon.socket))
    kind = chance.randrange(3)
    with contextlib.suppress(OSError):
        if kind == 1:
            one.sendall(b"\0\0")  # the beginning of a length, and no more
        if kind == 2:
            one.sendall(chance.randbytes(1000))
    return one


def out_of_memory(chance, short):
    """Programs that eat all memory of the group they run in with the daemon: each ends alone."""
    rounds = 5 if short else 50
    with memory_group(160 * MiB) as enter:
        if not enter:
            return {"skipped": "there is no memory cgroup that can be used here"}
        with soaked(prefix=enter) as daemon, daemon.client() as client:
            client.create(CHILD, "echo", name="other")
            other = client.attach("other", from_offset=0)
            other.expect("ready")
            for _ in range(rounds):
                client.create("/bin/sh", "-c", "exec tail /dev/zero", name="hungry")
                ended = client.request("wait", sessions=["hungry"], deadline=120).sessions[0]
                assert ended.exit.known and ended.exit.signal == signal.SIGKILL, ended
                assert ended.state == pb.EXITED, ended
                client.request("remove", session="hungry")
                word = chance.randbytes(8).hex()
                other.type(word)
                other.expect(word)
            assert daemon.process.poll() is None
    return {"ended_for_memory": rounds}


@contextlib.contextmanager
def memory_group(limit):
    """A command that runs others in a cgroup with a limit of memory; nothing where there can be none."""
    old, new = pathlib.Path("/sys/fs/cgroup/memory"), pathlib.Path("/sys/fs/cgroup")
    base, name = (old, "memory.limit_in_bytes") if (old / "memory.limit_in_bytes").exists() else (new, "memory.max")
    group = base / f"ptyd-soak-{os.getpid()}"
    try:
        group.mkdir()
        (group / name).write_text(str(limit))
    except OSError:
        with contextlib.suppress(OSError):
            group.rmdir()
        yield None
        return
    try:
        yield ["/bin/sh", "-c", f'echo $$ > {group}/cgroup.procs; exec "$@"', "sh"]
    finally:
        harness.eventually(lambda: not (group / "cgroup.procs").read_text(), "an empty group")
        group.rmdir()


ALL = [kill_storm, lone_storm, crowd_storm, upgrades, host_storm, lost_hosts, idle, churn, fan_out, interactive, attach_detach, malformed, bad_company,
       pastes, out_of_memory]
