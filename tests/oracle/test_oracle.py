"""That the comparison itself sees differences, and that xterm.js's program tells what is there."""
import copy
import time
import unittest

import oracle
from known_errors import comparable

OUTPUT = ("one \x1b[1;31mred\x1b[m \u65e5\u672c e\u0301\r\n" + "wrapped " * 12 + "\r\n"
          "\x1b[4:3;58:5:9mcurly\x1b[m \x1b]8;;http://host/\x1b\\link\x1b]8;;\x1b\\ \x1b[44m\x1b[K\x1b[m"
          "\x1b[?2004;1002;1006h\x1b[2;5r\x1b7\x1b[3;4H\x1b[7m\x1b]2;a title\x07\x1b[6 q").encode()


class OracleTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.xterm = oracle.start(cls, oracle.Xterm)

    def state(self, output=OUTPUT, columns=40, rows=8):
        with self.xterm.new(columns, rows) as terminal:
            return terminal.feed(output).state()

    def test_tells_what_is_there(self):
        state = self.state()
        tail = oracle.TAIL
        rows = state["primary"]
        self.assertEqual({"text": f"one red \u65e5{tail}\u672c{tail} \x01e\u0301\x02",
                          "looks": [[4, ""], [3, "fg=1 bold"], [7, ""]], "continues": False}, rows[0])
        self.assertEqual([False, True, True, False], [row["continues"] for row in rows[1:5]])
        self.assertEqual([[5, "underline=3 ul=9"], [1, ""], [4, "link=http://host/"], [1, ""], [29, "bg=4"]],
                         rows[4]["looks"])
        self.assertEqual({"row": 2, "column": 3, "pending_wrap": False}, state["cursor"])
        keys = "mouse", "mouse_encoding", "cursor_shape", "title", "pen", "margins"
        self.assertEqual((1002, 1006, 6, "a title", "inverse", [1, 4]), tuple(state[key] for key in keys))
        self.assertTrue(state["modes"]["bracketed_paste"])
        self.assertEqual((0, 0), (state["saved"]["primary"]["row"], state["saved"]["primary"]["column"]))
        self.assertEqual("one red \u65e5\u672c e\u0301", oracle.text_of(state)[0])

    def test_tells_of_the_alternate_screen_and_scrollback(self):
        state = self.state(b"1\r\n2\r\n3\r\n4\x1b[?1049hother", rows=2)
        self.assertEqual(["1", "2"], [oracle.plain(row) for row in state["scrollback"]])
        self.assertEqual(["3", "4"], [oracle.plain(row) for row in state["primary"]])
        self.assertEqual(1, state["saved"]["primary"]["row"])
        self.assertEqual(["", " other"], oracle.text_of(state))

    def test_each_difference_is_seen(self):
        state = self.state()
        changes = {
            "text": lambda s: s["primary"][0].update(text=s["primary"][0]["text"].replace("one", "oen")),
            "look": lambda s: s["primary"][0]["looks"][1].__setitem__(1, "fg=2 bold"),
            "wrap": lambda s: s["primary"][2].update(continues=False),
            "cursor": lambda s: s["cursor"].update(column=4),
            "pending": lambda s: s["cursor"].update(pending_wrap=True),
            "saved": lambda s: s["saved"]["primary"].update(row=1),
            "margins": lambda s: s["margins"].__setitem__(0, 0),
            "tabs": lambda s: s["tabs"].remove(8),
            "mode": lambda s: s["modes"].update(origin=True),
            "mouse": lambda s: s.update(mouse=1000),
            "charset": lambda s: s["charset"].update(current="0"),
            "pen": lambda s: s.update(pen=""),
            "title": lambda s: s.update(title=""),
            "cursor shape": lambda s: s.update(cursor_shape=5),
            "scrollback": lambda s: s["scrollback"].append(s["primary"][0]),
            "alternate": lambda s: s.update(alternate=s["primary"]),
        }
        self.assertFalse(oracle.differences(comparable(state), comparable(copy.deepcopy(state))))
        for name, change in changes.items():
            with self.subTest(name):
                changed = copy.deepcopy(state)
                change(changed)
                self.assertTrue(oracle.differences(comparable(state), comparable(changed)))

    def test_what_a_person_can_not_see_is_no_difference(self):
        shown = oracle.visible(self.state(b"a\x1b[31m \x1b[m b"))
        self.assertEqual(shown, oracle.visible(self.state(b"a \x1b[1m \x1b[mb")))
        self.assertNotEqual(shown, oracle.visible(self.state(b"a\x1b[41m \x1b[m b")))

    def test_the_largest_counts_end(self):
        begin = time.monotonic()
        for final in "@PXLMSTIZb":
            self.state(f"a\x1b[2147483647{final}".encode())
        self.assertLess(time.monotonic() - begin, oracle.LIMIT)


if __name__ == "__main__":
    oracle.main()
