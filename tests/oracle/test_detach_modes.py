"""Settings of the window that no oracle knows: every DEC private mode, those of keys, the pointer, stacks of colours.

They are kept by number, as the terminals that have them keep them, with no idea what they mean.
"""
import re

import oracle
import test_detach

# Off at first, unless a user has set them: xterm's, and those of kitty, iTerm2, mintty, contour and Windows Terminal.
OFF = [1, 3, 4, 5, 9, 12, 41, 42, 44, 45, 66, 69, 95, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 1045, 1050,
       1051, 1052, 1053, 1060, 1061, 1337, 2001, 2002, 2003, 2004, 2005, 2006, 2026, 2027, 2029, 2031, 2048, 5522, 7727,
       7728, 8452, 9001]
ON = [7, 8, 25, 1046]
# On or off at first as the terminal or its user like it.
OWN = [30, 35, 40, 67, 80, 1007, 1010, 1011, 1014, 1034, 1035, 1036, 1037, 1039, 1040, 1041, 1042, 1043, 1044, 1070,
       2500, 2501]
# Never kept by XTSAVE and brought back: that would ask, clear or move.
NOT_SAVED = [2, 3, 6, 47, 1047, 1048, 1049, 2026, 2048]
ANSI = {2: False, 3: False, 4: False, 12: True, 20: False}

TOKEN = re.compile(rb"\x1b\[(?P<marker>[<=>?]?)(?P<numbers>[0-9;:]*)(?P<intermediate>[ -/]?)(?P<final>[@-~])"
                   rb"|\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)|\x1b(?P<escape>[<=>c])", re.S)


class Ledger:
    """What has been set, by number. `saves`: it has XTSAVE."""

    def __init__(self, saves, own):
        self.saves = saves
        self.modes = {**dict.fromkeys(OFF, False), **dict.fromkeys(ON, True), **dict.fromkeys(OWN, own)}
        self.saved, self.palette, self.palettes = {}, {}, []
        self.ansi, self.keys, self.strings = dict(ANSI), {}, {}
        self.vt52 = self.locator = False

    def state(self):
        return {**self.modes, "ansi": dict(self.ansi), "keys": dict(self.keys), "vt52": self.vt52,
                "strings": {name: text for name, text in self.strings.items() if text}, "locator": self.locator,
                "palette": dict(self.palette), "palettes": len(self.palettes)}

    def feed(self, data):
        for token in TOKEN.finditer(data):
            if token["osc"] is not None:
                self.osc(token["osc"].decode())
            elif token["escape"] == b"<":
                self.vt52 = False
            elif token["final"]:
                numbers = [int(number or b"0") for number in re.split(rb"[;:]", token["numbers"])]
                self.csi((token["marker"] + token["intermediate"] + token["final"]).decode(), numbers)

    def csi(self, function, numbers):
        first, second = (numbers + [0])[:2]
        if function in ("?h", "?l"):
            self.set_private(numbers, function == "?h")
        elif function == "?s" and self.saves:
            self.saved.update({number: self.modes[number] for number in numbers if number in self.modes})
        elif function == "?r" and self.saves:
            for number in numbers:
                assert number not in NOT_SAVED, f"mode {number} was brought back"
                self.set_private([number], self.saved.get(number, False))
        elif function in ("h", "l"):
            self.ansi.update({number: function == "h" for number in numbers if number in self.ansi})
        elif function in (">m", ">f"):
            self.keys[function, first] = second
            if len(numbers) == 1:
                del self.keys[function, first]
        elif function == "'z":
            self.locator = first != 0
        elif function == "#P":
            self.palettes.append(dict(self.palette))
        elif function == "#Q" and self.palettes:
            self.palette = self.palettes.pop()

    def set_private(self, numbers, on):
        for number in numbers:
            if number == 2 and not on:
                self.vt52 = True
            elif number in self.modes:
                self.modes[number] = on

    def osc(self, text):
        name, _, value = text.partition(";")
        if name == "9" and value.startswith("4;"):
            self.strings["progress"] = value if value[2] != "0" else ""
        elif name == "22":
            self.strings["pointer"] = value
        elif name == "4":
            index, color = value.split(";")
            self.palette.update({index: color} if color != "?" else {})
        elif name in ("10", "11", "12", "17", "19"):
            self.palette.update({name: value} if value != "?" else {})
        elif name == "104":
            self.palette = {index: color for index, color in self.palette.items() if int(index) >= 10}
        elif name.startswith("11") and len(name) == 3:
            self.palette.pop(name[1:], None)


class Modes(test_detach.DetachTest):
    kinds = {"ours": oracle.Engine}

    def left(self, script, saves=True, own=False, before=b""):
        """What is not as it was before `script` was written: {what: (now, before)}, seen by a ledger."""
        client = self.start(f"head -c{len(script)}; exec cat >/dev/null")
        shown = self.snapshot("s")
        window = self.window("attach", "s", *test_detach.KEYS)
        window.expect(re.escape(shown))
        client.request("send", session="s", data=script)
        window.expect(re.escape(script))
        window.send(test_detach.DETACH)
        window.wait()
        client.request("remove", session="s", force=True)
        ledger = Ledger(saves, own)
        ledger.feed(before)
        kept = ledger.state()
        ledger.feed(window.seen)
        self.written = window.seen
        left = ledger.state()
        return {what: (left[what], kept[what]) for what in kept if left[what] != kept[what]}

    def test_modes_that_are_off_at_first(self):
        self.assertEqual({}, self.left(b"".join(b"\x1b[?%dh" % number for number in OFF), saves=False))

    def test_modes_that_are_on_at_first(self):
        self.assertEqual({}, self.left(b"".join(b"\x1b[?%dl" % number for number in ON), saves=False))

    def test_modes_that_users_choose(self):
        for own in False, True:
            other = b"l" if own else b"h"
            with self.subTest(own=own):
                self.assertEqual({}, self.left(b"".join(b"\x1b[?%d%b" % (number, other) for number in OWN), own=own))

    def test_modes_that_the_window_had_not_as_usual(self):
        before = [number for number in OFF if number not in NOT_SAVED]
        script = b"".join(b"\x1b[?%dh\x1b[?%dl" % (number, number) for number in OFF)
        self.assertEqual({}, self.left(script, before=b"".join(b"\x1b[?%dh" % number for number in before)))

    def test_what_a_program_has_saved_does_not_come_back(self):
        numbers = [number for number in OFF if number not in NOT_SAVED]
        on = b"".join(b"\x1b[?%dh" % number for number in numbers)
        off = b"".join(b"\x1b[?%dl" % number for number in numbers)
        save = b"".join(b"\x1b[?%ds" % number for number in numbers)
        self.assertEqual({}, self.left(on + save + off))

    def test_ansi_modes(self):
        self.assertEqual({}, self.left(b"\x1b[2;3;4;20h\x1b[12l"))

    def test_modes_of_keys(self):
        self.assertEqual({}, self.left(b"\x1b[>1;3m\x1b[>2;3m\x1b[>4;2m\x1b[>4;1f"))

    def test_a_terminal_of_1973_comes_back(self):
        self.assertEqual({}, self.left(b"\x1b[?2l"))

    def test_locator_pointer_and_progress(self):
        self.assertEqual({}, self.left(b"\x1b[1;1'z\x1b]22;wait\x1b\\\x1b]9;4;1;50\x1b\\"))

    def test_colours_that_the_window_had(self):
        before = b"\x1b]4;1;#111111\x1b\\\x1b]11;#222222\x1b\\"
        for script in (b"\x1b]4;1;#ff0000\x07\x1b]11;#00ff00\x07", b"\x1b]104\x07\x1b]111\x07",
                       b"\x1b]10;?\x07\x1b]11;#fff\x07"):
            with self.subTest(script):
                self.assertEqual({}, self.left(script, before=before))

    def test_asking_for_colours_saves_none(self):
        self.assertEqual({}, self.left(b"\x1b]11;?\x07\x1b]4;1;?\x07"))
        self.assertNotIn(b"#P", self.written)


if __name__ == "__main__":
    oracle.main()
