"""Much input at once."""
import subprocess

import harness
from harness import CHILD, pb
from soak_load import MiB, soaked


def pastes(chance, short):
    """A mebibyte at once: into a program in raw mode, in lines into one that reads lines, and as one line, which is too
    long and is told so."""
    raw, lined, single = (10, 3, 3) if short else (200, 50, 10)
    with soaked() as daemon, daemon.client() as client, daemon.client() as listener:
        listener.request("subscribe")
        for number in range(lined):
            paste_lines(client, chance, number)
        for _ in range(single):
            paste_one_line(client, listener)
        for number in range(raw):
            data = chance.randbytes(MiB)
            session = client.create(CHILD, "sink", str(MiB), name="paste")
            attached = client.attach(session.id, from_offset=0)
            attached.expect("ready")
            attached.type(data)
            attached.until_ended()
            assert f"{harness.fnv1a(data):016x} {MiB}".encode() in attached.data, f"paste {number} was not whole"
            client.request("remove", session=session.id)
            client.pushes.clear()
    return {"raw": raw, "lined": lined, "single": single}


def paste_lines(client, chance, number):
    lines = [chance.randbytes(39).hex().encode() + b"\n" for _ in range(MiB // 79)]
    program = f"stty -echo; printf ready; head -n {len(lines)} | cksum"
    wanted = subprocess.run(["cksum"], input=b"".join(lines), capture_output=True, check=True).stdout.strip()
    session = client.create("/bin/sh", "-c", program, name="paste")
    attached = client.attach(session.id, from_offset=0)
    attached.expect("ready")
    attached.type(b"".join(lines))
    attached.until_ended()
    assert wanted in attached.data, f"paste {number} in lines was not whole: {attached.data[-100:]}"
    client.request("remove", session=session.id)
    client.pushes.clear()


def paste_one_line(client, listener):
    """The kernel's line has 4,095 bytes: the rest is gone, which is said, and the program is not stuck."""
    session = client.create("/bin/sh", "-c", "stty -echo; printf ready; head -n 1 | wc -c", name="paste")
    attached = client.attach(session.id, from_offset=0)
    attached.expect("ready")
    attached.type(b"x" * MiB + b"\n")
    attached.until_ended()
    assert b"4096" in attached.data, attached.data[-100:]
    assert listener.event(pb.LINE_TOO_LONG).session.id == session.id
    client.request("remove", session=session.id)
    client.pushes.clear()
