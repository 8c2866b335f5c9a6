"""Those who take part: how each starts a session that runs a program, and shows it in a terminal."""
import os
import select
import shutil
import subprocess
import time

import harness
import sample

HISTORY = 110_000  # lines that those who keep any may keep


def environment(folder):
    env = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "HOME": str(folder), "PTYD_AUTOSTART": "0",
           "SCREENDIR": str(folder / "screens"), "SHELL": "/bin/sh"}
    for name in ("TMUX", "STY", "PTYD_SESSION", "PTYD_SESSION_ID", "PTYD_ANCESTRY"):
        env.pop(name, None)
    return env


class Contender:
    """In a folder of its own. `exact`: it brings the program's own bytes, and not a screen drawn of them."""
    exact = True
    command = None     # what must be installed
    share = 1          # of the bytes that others get: it is that much slower
    shared = False     # one server for all sessions

    def __init__(self, folder):
        self.folder = folder
        self.env = environment(folder)

    @classmethod
    def installed(cls):
        return cls.command is None or shutil.which(cls.command) is not None

    def call(self, *words):
        """Some leave a server behind that keeps what it got as output: it must be nothing that is waited for."""
        subprocess.run(words, env=self.env, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=60)

    def ask(self, *words):
        return subprocess.run(words, env=self.env, check=True, stdout=subprocess.PIPE, timeout=60, text=True).stdout

    def create(self, name, program):
        """Starts a session that nobody is attached to."""
        raise NotImplementedError

    def create_without_history(self, name, program):
        self.create(name, program)

    def attach(self, name):
        """The command of a client."""
        raise NotImplementedError

    def server(self, name):
        """The process that keeps the session and its history."""
        raise NotImplementedError


class Raw(Contender):
    """The program itself on the terminal that is measured: what there is to lose."""
    name = "raw pty"

    def __init__(self, folder):
        super().__init__(folder)
        self.programs = {}

    def create(self, name, program):
        self.programs[name] = program

    def attach(self, name):
        return self.programs[name]


class Dtach(Contender):
    name = command = "dtach"
    redraw = "none"

    def socket(self, name):
        return str(self.folder / f"{name}.sock")

    def create(self, name, program):
        self.call("dtach", "-n", self.socket(name), "-r", self.redraw, "-E", *program)

    def attach(self, name):
        return ["dtach", "-a", self.socket(name), "-r", self.redraw, "-E"]


class Abduco(Contender):
    name = command = "abduco"

    def socket(self, name):
        return str(self.folder / f"{name}.sock")

    def create(self, name, program):
        self.call("abduco", "-n", self.socket(name), *program)

    def attach(self, name):
        return ["abduco", "-a", self.socket(name)]


class Screen(Contender):
    name = command = "screen"
    exact = False
    share = 1 / 8

    def __init__(self, folder):
        super().__init__(folder)
        (folder / "screens").mkdir(mode=0o700)
        self.config = folder / "screenrc"
        self.config.write_text(f"defscrollback {HISTORY}\nstartup_message off\n")

    def create(self, name, program):
        self.call("screen", "-U", "-c", str(self.config), "-dmS", name, *program)

    def create_without_history(self, name, program):
        """It takes the memory for all of it at once."""
        self.call("screen", "-U", "-c", "/dev/null", "-h", "0", "-dmS", name, *program)

    def attach(self, name):
        return ["screen", "-U", "-c", str(self.config), "-x", name]

    def server(self, name):
        return int(next((self.folder / "screens").glob(f"*.{name}")).name.split(".")[0])


class Tmux(Contender):
    name = command = "tmux"
    exact = False
    share = 1 / 4
    shared = True

    def __init__(self, folder):
        super().__init__(folder)
        self.config = folder / "tmux.conf"
        self.config.write_text(f"set -g history-limit {HISTORY}\n")
        self.socket_path = str(folder / "tmux.sock")
        self.words = ["tmux", "-u", "-f", str(self.config), "-S", self.socket_path]

    def socket(self, _):
        return self.socket_path

    def create(self, name, program):
        self.call(*self.words, "new-session", "-d", "-x", "80", "-y", "24", "-s", name, *program)

    def attach(self, name):
        return [*self.words, "attach", "-t", name]

    def server(self, _):
        return int(self.ask(*self.words, "display-message", "-p", "#{pid}"))


class Ptyd(Contender):
    name = "ptyd"
    shared = True
    config = ""
    flow = ("--lossless",)  # as the others are: the program waits for the terminal

    def __init__(self, folder):
        super().__init__(folder)
        self.daemon = harness.Daemon(self.config)
        sample.also_remove(self.daemon.folder)
        self.daemon.start()

    def socket(self, _):
        return str(self.daemon.socket)

    def create(self, name, program):
        with self.daemon.client() as client:
            client.create(*program, name=name)

    def attach(self, name):
        return [harness.PTYCTL, "--socket", str(self.daemon.socket), "attach", *self.flow, name]

    def server(self, _):
        return self.daemon.pid


class PtydThroughSocket(Ptyd):
    """As editors are attached, and terminals where there is no direct way."""
    name = "ptyd, through the socket"
    flow = (*Ptyd.flow, "--no-direct")


class PtydWithoutScreen(Ptyd):
    name = "ptyd, no screen"
    config = "[session]\nscreen = false\n"


class PtydWithHistory(Ptyd):
    config = f'[session]\nscrollback_lines = {HISTORY}\nscrollback = "256MiB"\n'


PEERS = (Dtach, Abduco, Screen, Tmux)


def present(*classes):
    """Those of them that are installed, and the names of the others."""
    return [one for one in classes if one.installed()], [one.name for one in classes if not one.installed()]


class Fifos:
    """Those of bench_child, in a folder."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(exist_ok=True)
        for name in ("start", "report"):
            if not (folder / name).exists():
                os.mkfifo(folder / name)
        self.start_end = os.open(folder / "start", os.O_RDWR)
        self.report_end = os.open(folder / "report", os.O_RDWR | os.O_NONBLOCK)
        self.unread = b""

    def start(self):
        os.write(self.start_end, b"s")

    def line(self, beginning, deadline=120):
        """The words of the next report that begins so."""
        until = time.monotonic() + deadline
        while True:
            while b"\n" in self.unread:
                line, self.unread = self.unread.split(b"\n", 1)
                if line.decode().startswith(beginning):
                    return line.decode().split()
            if not select.select([self.report_end], [], [], max(0, until - time.monotonic()))[0]:
                raise TimeoutError(f"the program did not report {beginning}")
            self.unread += os.read(self.report_end, 4096)


def versions():
    """Of those that are installed, as they say it."""
    found = {}
    for words in (["dtach", "--version"], ["abduco", "-v"], ["screen", "--version"], ["tmux", "-V"]):
        if shutil.which(words[0]):
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            found[words[0]] = (done.stdout + done.stderr).strip().splitlines()[0]
    found["ptyd"] = subprocess.run([harness.PTYCTL, "--version"], capture_output=True, text=True,
                                   check=False).stdout.splitlines()[0]
    return found
