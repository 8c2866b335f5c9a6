"""The programs that measure, and what else the measurements share."""
import json
import os
import pathlib
import subprocess

from contenders import Fifos
from setting import program

BENCH_CHILD = program("bench_child")
LIMIT_S = max(120, int(os.environ.get("BENCH_DEADLINE_MS", 0)) // 500)


def ask(words, env=None):
    """The JSON that a meter prints."""
    done = subprocess.run([str(word) for word in words], env=env, capture_output=True, text=True, timeout=LIMIT_S)
    if done.returncode != 0:
        raise RuntimeError(f"{pathlib.Path(words[0]).name} {words[1]}: {done.stderr.strip()[-300:] or done.returncode}")
    return json.loads(done.stdout)


def terminal_meter(contender, *words):
    return ask([program("terminal_meter"), *words], contender.env)


def pty_meter(contender, *words):
    return ask([program("pty_meter"), *words], contender.env)


def client_meter(contender, *words):
    return ask([program("client_meter"), *words], contender.env)


class Inside:
    """A session of a contender that runs bench_child."""

    def __init__(self, contender, verb, *words, name="measured"):
        self.contender, self.name = contender, name
        self.fifos = Fifos(contender.folder / f"fifos-{name}")
        self.program = [BENCH_CHILD, verb, str(self.fifos.folder), *map(str, words)]
        contender.create(name, self.program)

    def ready(self):
        self.fifos.line("ready")
        return self

    @property
    def folder(self):
        return self.fifos.folder

    def attach(self):
        return self.contender.attach(self.name)


class Running:
    """A meter that goes on until it is told to end, or until the measurement does. It prints lines meanwhile."""

    def __init__(self, contender, *words):
        self.process = subprocess.Popen([str(word) for word in words], env=contender.env, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)

    def line(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args[0]}: {self.process.stderr.read().strip()[-300:]}")
        return line.split()
