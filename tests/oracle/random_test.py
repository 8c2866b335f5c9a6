"""What tests of random scripts share."""
import unittest

import oracle
from scripts import Script

SCRIPTS = range(1000, 1200)
DIRTY = (b"\x1b[41;1mleft over\r\n\x1b[2;3r\x1b[?1000;1004;2004h\x1b[?6h\x1b(0\x1b[4h\x1b=\x1b[5 q\x1b[?25l"
         b"\x1b[?1049h\x1b[3g")


class RandomTest(unittest.TestCase):
    kinds = oracle.Engine, oracle.Xterm
    profile = "xterm"

    @classmethod
    def setUpClass(cls):
        cls.pipes = {kind: oracle.start(cls, kind) for kind in cls.kinds}

    def each(self, check):
        """`check(script, our terminal after it)` returns what is wrong."""
        def wrong(script):
            with self.after(oracle.Engine, script) as ours:
                return check(script, ours)

        for number in SCRIPTS:
            with self.subTest(script=number):
                script = Script(number, self.profile)
                if wrong(script):
                    script.reduce(wrong)
                    self.fail(f"{script.columns}x{script.rows} {script.text!r}\n" + "\n".join(wrong(script)))

    def after(self, kind, script, data=None):
        return self.pipes[kind].new(script.columns, script.rows).feed(script.data if data is None else data)

    def state(self, kind, script, data=None):
        with self.after(kind, script, data) as terminal:
            return terminal.state()
