"""Random scripts that the simplest terminal knows all of: text and cursor beside xterm.js, tmux and libvterm. Each of
those errs somewhere; where two of them agree, ours has to agree with them."""
import unittest

import oracle
from scripts import Script
from tmux import Tmux

SCRIPTS = range(2000, 2120)


class MajorityTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pipes = {"ours": oracle.start(cls, oracle.Engine), "xterm": oracle.start(cls, oracle.Xterm),
                     "libvterm": oracle.start(cls, oracle.Vterm)}
        cls.tmux = oracle.start(cls, Tmux)

    def shown(self, script):
        """{terminal: (rows' text, (row, column) of the cursor)}"""
        shown = {}
        for name, pipe in self.pipes.items():
            with pipe.new(script.columns, script.rows) as terminal:
                state = terminal.feed(script.data).state()
            text = [row.rstrip(" ") for row in state["text"]] if "text" in state else oracle.text_of(state)
            shown[name] = text, (state["cursor"]["row"], state["cursor"]["column"])
        shown["tmux"] = self.tmux.show(script.columns, script.rows, script.data)
        return shown

    def outvoted(self, script):
        """Where two of the others agree against ours, as text."""
        shown = self.shown(script)
        ours = shown.pop("ours")
        for part, what in enumerate(("text", "cursor")):
            others = [value[part] for value in shown.values()]
            for other in others:
                if other != ours[part] and others.count(other) >= 2:
                    all_shown = {"ours": ours, **shown}
                    return "\n".join([what, *(f"{name}: {value[part]}" for name, value in all_shown.items())])
        return None

    def test_no_two_terminals_agree_against_ours(self):
        for number in SCRIPTS:
            with self.subTest(script=number):
                script = Script(number, profile="plain")
                if self.outvoted(script):
                    script.reduce(self.outvoted)
                    self.fail(f"{script.columns}x{script.rows} {script.text!r}: {self.outvoted(script)}")


if __name__ == "__main__":
    oracle.main()
