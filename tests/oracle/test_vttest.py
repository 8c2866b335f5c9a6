"""The pages of vttest: ours look as xterm.js's do."""
import unittest

import oracle
from recordings import Player, Recording

# Pages with left and right margins (DECLRMM), which xterm.js does not have.
WITH_SIDE_MARGINS = (93, 95, 96, 101, 103, 104)


class VttestTest(unittest.TestCase):
    def setUp(self):
        self.recording = Recording("vttest.80x24")
        self.assertGreater(len(self.recording.pages), 100)
        self.engine, self.xterm = oracle.start(self, oracle.Engine), oracle.start(self, oracle.Xterm)

    def same(self, ours, theirs):
        found = oracle.differences(oracle.visible(ours), oracle.visible(theirs))
        lines = [*found, "ours:", *oracle.text_of(ours), "xterm.js:", *oracle.text_of(theirs)]
        self.assertFalse(found, "\n".join(lines))

    def test_all_pages_look_as_in_xterm(self):
        ours, theirs = Player(self.engine, self.recording), Player(self.xterm, self.recording)
        for page, offset in enumerate(self.recording.pages, 1):
            seen, wanted = ours.go(offset).state(), theirs.go(offset).state()
            if page in WITH_SIDE_MARGINS:
                continue
            with self.subTest(page=page):
                self.same(seen, wanted)

    def test_snapshots_of_all_pages_look_the_same_in_xterm(self):
        ours = Player(self.engine, self.recording)
        for page, offset in enumerate(self.recording.pages, 1):
            with self.subTest(page=page):
                shown = Player.resumed(self.xterm, self.recording, offset, ours.go(offset).terminal.snapshot())
                self.same(ours.state(), shown.state())
                shown.close()


if __name__ == "__main__":
    oracle.main()
