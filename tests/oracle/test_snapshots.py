"""Random scripts: a snapshot is a fixed point, keeps all state, and is right at any byte; by our engine alone."""
import oracle
from random_test import DIRTY, RandomTest
from scripts import Script


class SnapshotTest(RandomTest):
    kinds = oracle.Engine,
    profile = "all"

    def test_a_snapshot_is_a_fixed_point(self):
        def check(script, ours):
            snapshot = ours.snapshot("fresh", 1000)
            with self.after(oracle.Engine, script, snapshot) as again:
                return oracle.differences([str(again.snapshot("fresh", 1000))], [str(snapshot)])
        self.each(check)

    def test_a_snapshot_keeps_all_state(self):
        def check(script, ours):
            return oracle.differences(self.state(oracle.Engine, script, ours.snapshot("fresh", 1000)), ours.state())
        self.each(check)

    def test_a_person_is_shown_the_same_whatever_was_there(self):
        def check(script, ours):
            shown = self.state(oracle.Engine, script, DIRTY + ours.snapshot("person"))
            return oracle.differences(oracle.visible(shown), oracle.visible(ours.state()))
        self.each(check)

    def test_a_snapshot_for_another_size_shows_what_a_resize_shows(self):
        def check(script, ours):
            columns, rows = script.columns + (script.number % 9) - 3, script.rows + (script.number % 5) - 2
            snapshot = ours.snapshot("fresh", 1000, rows, columns)
            ours.resize(columns, rows)
            with self.pipes[oracle.Engine].new(columns, rows) as shown:
                return oracle.differences(oracle.visible(shown.feed(snapshot).state()), oracle.visible(ours.state()))
        self.each(check)

    def test_output_goes_on_behind_a_snapshot_at_any_byte(self):
        for number in range(3000, 3010):
            script = Script(number, self.profile, length=15)
            end = self.state(oracle.Engine, script)
            for cut in range(len(script.data)):
                with self.after(oracle.Engine, script, script.data[:cut]) as ours:
                    resumed = ours.snapshot("fresh", 1000) + script.data[cut:]
                found = oracle.differences(self.state(oracle.Engine, script, resumed), end)
                self.assertFalse(found, f"{script.columns}x{script.rows} {script.data[:cut]} {script.data[cut:]}")


if __name__ == "__main__":
    oracle.main()
