"""Shells: the variables they refresh, and what they tell of prompts, commands and folders."""
import json
import os
import pathlib
import shutil
import subprocess
import unittest

import harness
from harness import pb
from waiting import DEADLINE, eventually

HARD = "it's \"a\" \\ $HOME `id` $(id) %PATH% ;|&<>*?[]{}!#~\n\ttwo  \u00e9\u2019\u2018 end'"
NAMES = ["DISPLAY", "SSH_TTY", "WAYLAND_DISPLAY", "XAUTHORITY"]


def has(program):
    return shutil.which(program) is not None


class Env(harness.DaemonTest):
    def attach(self, **variables):
        client = self.client()
        env = [pb.EnvVar(name=name.encode(), value=value.encode()) for name, value in variables.items()]
        return client.attach("c", env=env, env_complete=True)

    def shell(self, syntax, *command):
        """What the shell has in the variables after it ran the text: name by name, None for one that is not there."""
        text = self.daemon.ptyctl("env", "c", *syntax).stdout
        program = "import json, os; print(json.dumps([os.environ.get(n) for n in %r]))" % NAMES
        env = {"PATH": os.environ["PATH"], "HOME": str(self.daemon.folder), "XAUTHORITY": "old", "LC_ALL": "C.UTF-8",
               "PROGRAM": program}
        result = subprocess.run(command, input=text, env=env, capture_output=True, timeout=DEADLINE)
        self.assertEqual(b"", result.stderr)
        return json.loads(result.stdout)

    def check(self, syntax, *command):
        self.client().create("/bin/cat", name="c")
        self.attach(DISPLAY=":1", SSH_TTY="old")
        self.attach(DISPLAY=HARD, WAYLAND_DISPLAY="")
        self.assertEqual([HARD, None, "", None], self.shell(syntax, *command))

    def test_sh(self):
        self.check([], "/bin/sh", "-c", 'eval "$(cat)"; exec python3 -c "$PROGRAM"')

    @unittest.skipUnless(has("bash"), "needs bash")
    def test_bash(self):
        self.check(["--sh"], "bash", "-c", 'eval "$(cat)"; exec python3 -c "$PROGRAM"')

    @unittest.skipUnless(has("zsh"), "needs zsh")
    def test_zsh(self):
        self.check(["--sh"], "zsh", "-fc", 'eval "$(cat)"; exec python3 -c "$PROGRAM"')

    @unittest.skipUnless(has("fish"), "needs fish")
    def test_fish(self):
        self.check(["--fish"], "fish", "--no-config", "-c", 'source; exec python3 -c "$PROGRAM"')

    @unittest.skipUnless(has("pwsh"), "needs pwsh")
    def test_powershell(self):
        self.check(["--powershell"], "pwsh", "-NoProfile", "-Command",
                   '$input | Out-String | Invoke-Expression; python3 -c "$env:PROGRAM"')

    def test_json_and_the_agent(self):
        client = self.client()
        client.create("/bin/cat", name="c", env=harness.base_env(SSH_AUTH_SOCK="/tmp/agent", DISPLAY=":0"))
        reply = json.loads(self.daemon.ptyctl("env", "c", "--json").stdout)
        told = {entry["name"]["text"]: entry["value"]["text"] for entry in reply["set"]}
        self.assertEqual(":0", told["DISPLAY"])
        self.assertEqual("/tmp/agent", os.readlink(told["SSH_AUTH_SOCK"]))
        self.assertIn("SSH_TTY", [name["text"] for name in reply["unset"]])
        self.assertNotIn("SSH_AUTH_SOCK", [name["text"] for name in reply["unset"]])

    def test_an_observer_changes_nothing(self):
        client = self.client()
        client.create("/bin/cat", name="c", env=harness.base_env(DISPLAY=":0"))
        client.attach("c", role=pb.OBSERVER, env=[pb.EnvVar(name=b"DISPLAY", value=b":9")], env_complete=True)
        client.attach("c", env=[pb.EnvVar(name=b"PATH", value=b"/evil")])
        told = {entry.name: entry.value for entry in client.request("environment", session="c").env}
        self.assertEqual({b"DISPLAY": b":0"}, told)


class Integration(harness.DaemonTest):
    def setUp(self):
        super().setUp()
        self.home = pathlib.Path(self.daemon.folder) / "home"
        self.home.mkdir()
        self.work = self.home / "a b%c\u00e9"
        self.work.mkdir()

    def start(self, shell, *options, **files):
        for name, text in files.items():
            (self.home / ("." + name)).write_text(text)
        env = {"HOME": str(self.home), "SHELL": shutil.which(shell), "LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": str(self.home / "config"),
               "XDG_DATA_HOME": str(self.home / "data")}
        self.watcher = self.client()
        self.watcher.request("subscribe", types=[pb.COMMAND_STARTED, pb.COMMAND_ENDED, pb.CWD_CHANGED])
        self.daemon.ptyctl("new", "-d", "s", "--shell-integration", "-C", str(self.work), *options, env=env)
        self.typist = self.client()
        self.wait_for(pb.SHELL_INPUT)

    def state(self):
        return self.typist.request("screen", session="s", format=pb.STRUCTURED).screen

    def wait_for(self, phase):
        eventually(lambda: self.state().shell.phase == phase, pb.ShellPhase.Name(phase))

    def command(self, line):
        before = self.state().shell.commands
        self.typist.request("send", session="s", data=line.encode() + b"\r")
        started = self.watcher.event(pb.COMMAND_STARTED)
        ended = self.watcher.event(pb.COMMAND_ENDED)
        eventually(lambda: self.state().shell.commands > before, "the end of the command")
        self.wait_for(pb.SHELL_INPUT)
        output = self.typist.request("history", session="s", from_offset=started.offset).data
        return ended.exit_code, output[:ended.offset - started.offset]

    def check(self):
        host = self.state().cwd
        self.assertTrue(host.startswith("file://"), host)
        self.assertTrue(host.endswith("/a%20b%25c%C3%A9"), host)
        status, output = self.command("echo out; false")
        self.assertEqual(1, status)
        self.assertIn(b"out", output)
        self.assertEqual(0, self.command("true")[0])
        self.typist.request("send", session="s", data=b"\r")  # an empty line is no command
        self.assertEqual(0, self.command("cd /")[0])
        self.assertTrue(self.state().cwd.endswith("/"))
        self.assertEqual(3, self.state().shell.commands)

    def variable(self, line):
        return self.command(line)[1]

    @unittest.skipUnless(has("bash"), "needs bash")
    def test_bash(self):
        self.start("bash", bashrc="MINE=of-the-user\nPS1='mine> '\nPROMPT_COMMAND='LAST=$?'\n")
        self.check()
        self.assertIn(b"of-the-user", self.variable("echo $MINE"))
        self.assertIn(b"none", self.variable("echo ${PTYD_SHELL_INTEGRATION-none}"))
        # The user's own hook still sees the status.
        self.command("(exit 7)")
        self.assertIn(b"seven", self.variable("[ $LAST = 7 ] && echo seven"))

    @unittest.skipUnless(has("bash"), "needs bash")
    def test_bash_as_a_login_shell(self):
        self.start("bash", "--login", bash_profile="MINE=of-the-profile\n", bashrc="MINE=of-bashrc\n")
        self.check()
        self.assertIn(b"of-the-profile", self.variable("echo $MINE"))

    @unittest.skipUnless(has("zsh"), "needs zsh")
    def test_zsh(self):
        self.start("zsh", zshrc="MINE=of-the-user\nPS1='mine> '\nunsetopt global_rcs\n", zshenv="ALSO=env\n")
        self.check()
        self.assertIn(b"of-the-user env", self.variable("echo $MINE $ALSO"))

    @unittest.skipUnless(has("zsh"), "needs zsh")
    def test_zsh_with_marks_of_its_own(self):
        self.start("zsh", zshrc="PS1='mine> '\nPROMPT_EOL_MARK=MINE\n")
        self.assertEqual((0, b"no end\x1b]133;D;0\x07"), self.command("printf 'no end'"))
        eventually(lambda: b"MINE" in self.typist.request("screen", session="s").data, "zsh's mark")

    @unittest.skipUnless(has("zsh"), "needs zsh")
    def test_zsh_without_marks_of_its_own(self):
        self.start("zsh", zshrc="PS1='mine> '\nunsetopt prompt_sp\n")
        self.check()
        self.assertEqual((3, b"no end\x1b]133;D;3\x07"), self.command("printf 'no end'; (exit 3)"))

    @unittest.skipUnless(has("fish"), "needs fish")
    def test_fish(self):
        config = self.home / "config" / "fish"
        config.mkdir(parents=True)
        (config / "config.fish").write_text("set -g MINE of-the-user\nfunction fish_prompt; echo \"mine $status> \"; end\n")
        self.start("fish")
        self.check()
        self.assertIn(b"of-the-user", self.variable("echo $MINE"))

    def test_what_can_not_be_integrated(self):
        for program in (["/bin/cat"], ["bash", "-c", "true"]):
            result = self.daemon.ptyctl("new", "-d", "--shell-integration", "--", *program, check=False)
            self.assertEqual(2, result.returncode, program)


if __name__ == "__main__":
    harness.main()
