"""Real programs' output, cut at many places: our engine's state, and what a snapshot makes of another terminal."""
import sys
import unittest

import oracle
from known_errors import comparable
from recordings import Player, Recording

CUTS = 12
AHEAD = 4096  # bytes that are fed behind a snapshot


class RecordingTest(unittest.TestCase):
    name = None

    @classmethod
    def setUpClass(cls):
        cls.recording = Recording(cls.name)
        cls.cuts = cls.recording.cuts(CUTS)
        cls.xterm = oracle.start(cls, oracle.Xterm)
        cls.engine = oracle.start(cls, oracle.Engine)
        cls.history = cls.states(cls.xterm)

    @classmethod
    def states(cls, pipe):
        """What the terminal is at each cut, and AHEAD bytes later: {offset: state}."""
        player = Player(pipe, cls.recording)
        states = {offset: player.go(offset).state() for offset in sorted({*cls.cuts, *map(cls.ahead, cls.cuts)})}
        player.close()
        return states

    @classmethod
    def ahead(cls, cut):
        return min(cut + AHEAD, len(cls.recording.output))

    def same(self, what, cut, ours, theirs):
        found = oracle.differences(comparable(ours), comparable(theirs))
        self.assertFalse(found, f"{what} {self.name} at byte {cut}:\n" + "\n".join(found))

    def snapshots(self):
        player = Player(self.engine, self.recording)
        self.addCleanup(player.close)
        for cut in self.cuts:
            yield cut, player.go(cut).terminal.snapshot("fresh", 10000)

    def test_our_state_is_that_of_xterm(self):
        for offset, state in self.states(self.engine).items():
            with self.subTest(offset=offset):
                self.same("engine != xterm in", offset, state, self.history[offset])

    def test_xterm_fed_a_snapshot_is_as_xterm_fed_everything(self):
        for cut, snapshot in self.snapshots():
            with self.subTest(cut=cut):
                player = Player.resumed(self.xterm, self.recording, cut, snapshot)
                self.same("snapshot:", cut, player.state(), self.history[cut])
                end = self.ahead(cut)
                self.same(f"snapshot and {end - cut} bytes:", cut, player.go(end).state(), self.history[end])
                player.close()

    def test_our_engine_fed_a_snapshot_is_as_it_was(self):
        history = self.states(self.engine)
        for cut, snapshot in self.snapshots():
            with self.subTest(cut=cut):
                player = Player.resumed(self.engine, self.recording, cut, snapshot)
                self.assertEqual(snapshot, player.terminal.snapshot("fresh", 10000))
                self.assertFalse(oracle.differences(player.state(), history[cut]))
                end = self.ahead(cut)
                self.assertFalse(oracle.differences(player.go(end).state(), history[end]))
                player.close()


if __name__ == "__main__":
    RecordingTest.name = sys.argv.pop(1)
    oracle.main()
