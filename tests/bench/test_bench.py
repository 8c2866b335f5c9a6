"""The benchmark still runs, and its results have the form that others read. No figure is looked at: any is right here."""
import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ["PTYD_BIN_DIR"]).parent
sys.path.insert(0, str(HERE))
import marks  # noqa: E402
import plots  # noqa: E402
import publish  # noqa: E402
import rounds  # noqa: E402
import sample  # noqa: E402
import table  # noqa: E402


def figures(*values):
    middle = sorted(values)[len(values) // 2]
    return {"metrics": {"mb_per_second": {"median": middle, "low": min(values), "high": max(values), "values": list(values)}},
            "busy": False, "foreign": [0.0], "repeated": 0}


def scenario(**series):
    return {"group": "relay", "title": "A title", "rounds": 3, "missing": ["abduco"], "took_s": 1.0, "series": series,
            "metrics": {"mb_per_second": {"title": "rate", "unit": "MB/s", "more": True}}}


class Run(unittest.TestCase):
    """All scenarios that need no peer, with the smallest amounts."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        file = pathlib.Path(folder.name) / "results.json"
        env = {**os.environ, "PTYD_BENCH_BUILT": "1", "BUILD": str(BUILD), "BENCH_DEADLINE_MS": "120000"}
        cls.done = subprocess.run([HERE / "run.sh", "--tiny", "--json", file], env=env, capture_output=True, text=True)
        if not file.exists():
            raise AssertionError(f"it left no results: {cls.done.stdout[-2000:]}{cls.done.stderr[-2000:]}")
        cls.results = json.loads(file.read_text())

    def test_nothing_fails_and_every_byte_is_right(self):
        self.assertEqual(0, self.done.returncode, self.done.stdout[-6000:] + self.done.stderr[-2000:])

    def test_every_scenario_has_its_figures(self):
        found = self.results["scenarios"]
        self.assertLessEqual({"relay-ascii-cooked", "relay-cjk", "path", "fan-4", "stalled", "echo-idle", "echo-flood",
                              "attach", "resize", "resize-storm", "create", "control", "memory", "history", "idle", "scale",
                              "connect", "resume"}, set(found))
        for name, one in found.items():
            with self.subTest(name):
                self.assertTrue(one["title"] and one["metrics"] and one["series"])
                for who, series in one["series"].items():
                    self.assertEqual(1, len(series["foreign"]), who)
                    for figure in series["metrics"].values():
                        self.assertEqual([figure["median"]], figure["values"])
                for metric in one["metrics"]:
                    self.assertTrue(any(metric in series["metrics"] for series in one["series"].values()), metric)

    def test_streams_say_that_every_byte_was_compared(self):
        for name in ("relay-ascii-cooked", "relay-cjk", "path", "fan-4", "stalled"):
            for who, one in self.results["scenarios"][name]["series"].items():
                self.assertIs(True, one["exact"], f"{name}: {who}")

    def test_marks_are_judged_or_say_what_is_missing(self):
        self.assertTrue(self.results["marks"])
        for mark in self.results["marks"]:
            self.assertTrue(mark["title"])
            self.assertIn(mark["holds"], (True, False, None))
            self.assertEqual(mark["holds"] is None, bool(mark.get("why")), mark)
        judged = {mark["title"] for mark in self.results["marks"] if mark["holds"] is not None}
        self.assertIn("Client that discards, of the best paced raw reader", judged)
        self.assertIn("Sessions created on one connection", judged)

    def test_results_tell_where_they_come_from(self):
        self.assertEqual(1, self.results["format"])
        self.assertEqual([], self.results["left_out"])
        self.assertLessEqual({"when", "mode", "machine", "took_s", "foreign"}, set(self.results))
        self.assertIn("ptyd", self.results["machine"]["versions"])

    def test_they_can_be_published(self):
        with tempfile.TemporaryDirectory() as name:
            docs = pathlib.Path(name)
            page = docs / "PERFORMANCE.md"
            page.write_text(f"before\n{publish.BEGIN}\nold\n{publish.END}\nafter\n")
            for _ in range(2):
                publish.publish(self.results, docs)
            self.assertTrue(page.read_text().startswith(f"before\n{publish.BEGIN}\n") and
                            page.read_text().endswith(f"{publish.END}\nafter\n"))
            self.assertNotIn("\nold\n", page.read_text())
            self.assertEqual(self.results, json.loads((docs / "plots/figures.json").read_text()))
            for picture in (docs / "plots").glob("*.svg"):
                xml.etree.ElementTree.parse(picture)
                self.assertIn(f"plots/{picture.name})", page.read_text())


class Marks(unittest.TestCase):
    def path(self, discarding):
        return {"path": scenario(**{"raw pty, paced 10 us": figures(80, 100, 90), "raw pty, paced 15 us": figures(50),
                                    "ptyd, client discards": figures(discarding)})}

    def of(self, scenarios, title):
        return next(mark for mark in marks.judged(scenarios) if mark["title"] == title)

    def test_hold_or_not_by_the_medians_of_one_run(self):
        title = "Client that discards, of the best paced raw reader"
        self.assertEqual((True, 0.7), (self.of(self.path(63), title)["holds"], self.of(self.path(63), title)["value"]))
        self.assertIs(False, self.of(self.path(62), title)["holds"])

    def test_of_what_was_not_measured_is_neither(self):
        mark = self.of(self.path(63), "Client that discards, times tmux")
        self.assertIsNone(mark["holds"])
        self.assertEqual("path: tmux, nobody", mark["why"])

    def test_that_do_not_hold_are_printed_as_such(self):
        scenarios = self.path(10)
        shown = table.marks_text({"marks": marks.judged(scenarios), "scenarios": scenarios})
        self.assertIn("DOES NOT HOLD", shown)
        self.assertIn("not measured (path: tmux, nobody)", shown)


class Tables(unittest.TestCase):
    def test_tell_wrong_bytes_others_at_work_and_failures(self):
        bad = {**figures(1.0), "exact": False, "busy": True, "foreign": [0.7], "error": "it broke"}
        shown = table.scenario_text("name", scenario(ptyd=bad, dtach=figures(2.0)))
        for words in ("BYTES WERE WRONG OR MISSING", "others used 0.70 processors", "failed: it broke",
                      "not installed: abduco"):
            self.assertIn(words, shown)
        self.assertIn("0.50", shown)  # times dtach

    def test_plots_are_drawn_of_what_can_be_compared(self):
        self.assertIsNone(plots.plot(scenario(ptyd=figures(1))))
        drawn = plots.plot(scenario(ptyd=figures(1, 2, 3), dtach=figures(4000)))
        xml.etree.ElementTree.fromstring(drawn)
        self.assertIn("logarithmic", drawn)


class Samples(unittest.TestCase):
    def test_what_a_measurement_leaves_behind_ends_with_it(self):
        def leave(folder):
            script = f"(sleep 1000 & echo $! >{folder}/pid) & wait"
            subprocess.run(["setsid", "sh", "-c", script], check=True)
            return {"folder": str(folder), "pid": int((folder / "pid").read_text())}
        found = sample.run(leave).result
        self.assertFalse(pathlib.Path(found["folder"]).exists())
        self.assertFalse(pathlib.Path(f"/proc/{found['pid']}").exists())

    def test_a_measurement_that_breaks_says_where(self):
        def broken(_):
            raise ValueError("no good")
        self.assertRegex(sample.run(broken).result["error"], r"^ValueError at test_bench.py:\d+: no good$")

    def test_what_others_disturbed_is_measured_again_and_the_quietest_counts(self):
        found = iter((0.9, 0.4, 0.5))
        taken = copy.copy(sample.run)
        try:
            sample.run = lambda measure: sample.Sample({"mb_per_second": 1}, 1.0, next(found), 0.5)
            said = []
            best, repeats = rounds.measured("ptyd", None, rounds.Patience(100, 100, 100), said.append)
        finally:
            sample.run = taken
        self.assertEqual((0.4, 2, 2), (best.foreign, repeats, len(said)))


if __name__ == "__main__":
    unittest.main(verbosity=2)
