"""Time from the start of a client to the end of the screen that it shows, beside the start of the client alone."""
import json
import os
import shutil
import statistics
import subprocess
import time

LAST_WORD = "end-of-screen"
SCREEN = (r"""i=0; while [ $i -lt 23 ]; do printf '\033[3%dmline %d of a screen that is full of words and colours\r\n' """
          rf"""$((i % 8)) $i; i=$((i + 1)); done; printf '\033[m{LAST_WORD}'; exec cat""")


class Ptyd:
    name = "ptyd"

    def __init__(self, daemon, ptyctl):
        self.daemon, self.ptyctl = daemon, ptyctl
        with daemon.client() as client:
            client.create("/bin/sh", "-c", SCREEN, name="painted")
            client.attach("painted", from_offset=0).expect(LAST_WORD)

    def starting(self):
        return [self.ptyctl, "--version"], "ptyctl"

    def attaching(self):
        return [self.ptyctl, "--socket", str(self.daemon.socket), "attach", "painted"]

    def close(self):
        with self.daemon.client() as client:
            client.request("remove", session="painted", force=True)


class Tmux:
    name = "tmux"

    def __init__(self, folder):
        self.command = ["tmux", "-f", "/dev/null", "-S", f"{folder}/tmux-{time.monotonic_ns()}"]
        self.call("new-session", "-d", "-x", "80", "-y", "24", "-s", "painted", SCREEN)
        while LAST_WORD not in self.call("capture-pane", "-p", "-t", "painted"):
            pass

    def call(self, *words):
        return subprocess.run([*self.command, *words], check=True, capture_output=True, text=True, timeout=60).stdout

    def starting(self):
        return ["tmux", "-V"], "tmux"

    def attaching(self):
        return [*self.command, "attach", "-t", "painted"]

    def close(self):
        subprocess.run([*self.command, "kill-server"], check=False, capture_output=True)


def milliseconds(meter, word, argv):
    env = {**os.environ, "TERM": "xterm-256color", "PTYD_AUTOSTART": "0"}
    for name in ("TMUX", "STY", "PTYD_SESSION_ID", "PTYD_ANCESTRY"):
        env.pop(name, None)
    done = subprocess.run([meter, "until", word, "--", *argv], env=env, capture_output=True, check=True, timeout=60)
    return json.loads(done.stdout)["us"] / 1000


def report(meter, folder, daemon, ptyctl, rounds):
    contenders = [Ptyd(daemon, ptyctl)] + ([Tmux(folder)] if shutil.which("tmux") else [])
    times = {contender.name: ([], []) for contender in contenders}
    for _ in range(rounds):
        for contender in contenders:
            argv, word = contender.starting()
            start, attach = times[contender.name]
            start.append(milliseconds(meter, word, argv))
            attach.append(milliseconds(meter, LAST_WORD, contender.attaching()))
    print("\nAttaching until the screen is there, median")
    for contender in contenders:
        start, attach = map(statistics.median, times[contender.name])
        to_hold = "  (to hold: 5)" if contender.name == "ptyd" else ""
        print(f"  {contender.name:12} {attach:6.1f} ms, of which the client's start {start:.1f}: "
              f"{attach - start:.1f} ms{to_hold}")
        contender.close()
