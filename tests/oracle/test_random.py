"""Random scripts: xterm.js shows what ours shows, of the script and of a snapshot."""
import oracle
from random_test import DIRTY, RandomTest


class RandomBesideXtermTest(RandomTest):
    def test_xterm_shows_what_ours_shows(self):
        def check(script, ours):
            return oracle.differences(oracle.visible(ours.state()), oracle.visible(self.state(oracle.Xterm, script)))
        self.each(check)

    def test_xterm_fed_a_snapshot_shows_the_same(self):
        def check(script, ours):
            shown = self.state(oracle.Xterm, script, ours.snapshot("fresh", 1000))
            return oracle.differences(oracle.visible(shown), oracle.visible(self.state(oracle.Xterm, script)))
        self.each(check)

    def test_xterm_shows_a_person_the_same_whatever_was_there(self):
        def check(script, ours):
            shown = self.state(oracle.Xterm, script, DIRTY + ours.snapshot("person"))
            return oracle.differences(oracle.visible(shown), oracle.visible(ours.state()))
        self.each(check)


if __name__ == "__main__":
    oracle.main()
