"""Random output: what programs do, mixed as none would. The same script for the same number in each run.

Left out is what KNOWN_ERRORS says is "not generated", and whatever terminals may differ in with good reason.
"""
import random

WORDS = ["a", "word", "longer text", "The quick brown fox", "x" * 30, "   ", "\u2500\u2502\u250c", "na\u00efve",
         "\u20ac5"]
WIDE = ["\u65e5\u672c\u8a9e", "\u4e2d", "\uff21\uff22", "\ud55c\uad6d"]
COMBINING = ["e\u0301", "a\u0308o\u0302", "n\u0303"]
LOOKS = ["", "0", "1", "2", "3", "5", "8", "22", "23", "25", "28", "39", "49", "1;31", "38;5;208", "38;2;10;200;30",
         "4", "7", "9", "21", "24", "27", "29", "53", "55", "32;44", "48;5;17", "48;2;90;0;90", "97;100", "4:3", "4:5",
         "4:3;58:5:9", "4;58:2::1:2:3"]
# What only ours knows.
OWN = ["\x1b]8;;http://host/a\x1b\\", "\x1b]8;id=1;http://host/b\x1b\\", "\x1b]8;;\x1b\\", "\x1b[?5h", "\x1b[?5l",
       "\x1b[?45h", "\x1b[?1007h", "\x1b[?2027h", "\x1b[?2027l", "\x1b[?2031h", "\x1b[?1005h", "\x1b[?1015h",
       "\x1b[?1016h", "\x1b[20h", "\x1b[20l", "\x1b[4h", "\x1b[4l", "\x1b[?69h\x1b[2;6s", "\x1b[?69l", "\x1b[>1u",
       "\x1b[>5u", "\x1b[=3;1u", "\x1b[<u", "\x1b]4;1;#102030\x07", "\x1b]104\x07", "\x1b]10;#aabbcc\x07",
       "\x1b]11;rgb:11/22/33\x07", "\x1b]12;#ffff00\x07", "\x1b]7;file:///home\x07", "\x1b[22;0t", "\x1b[23;0t",
       "\x1b)0", "\x0e", "\x0f", "\x1b*A", "\x1bn", "\x1bo", "\x1bN", "\x1b[>4;2m", "\x1b[>4m", "\x1b7", "\x1b8",
       "\x1b[?6h", "\x1b[?6l", "\x1b[?7l", "\x1b[?7h", "\x1b[1\"q", "\x1b[0\"q", "\U0001f469\u200d\U0001f680",
       "\u2764\ufe0f"]
SIZES = [(20, 6), (40, 12), (80, 24), (7, 5)]


class Script:
    """`data` is the script as bytes. `profile`: "all" that ours knows; "xterm": without what xterm.js gets wrong;
    "plain": what the simplest of the terminals can do."""

    def __init__(self, number, profile="all", length=60):
        self.number, self.random = number, random.Random(number)
        self.columns, self.rows = self.random.choice(SIZES)
        self.profile = profile
        self.alternate = False
        # What others can't mix is in different scripts.
        self.has_wide = profile == "all" or self.random.random() < 0.5
        self.has_screens = profile == "all" or self.random.random() < 0.5
        self.pieces = [self.random.choices(*self.kinds())[0]() for _ in range(length)]

    @property
    def text(self):
        return "".join(self.pieces)

    @property
    def data(self):
        return self.text.encode()

    def reduce(self, fails):
        """Leaves out pieces as long as `fails(self)` stays true."""
        size = len(self.pieces) // 2
        while size > 0:
            at = 0
            while at < len(self.pieces):
                whole = self.pieces
                self.pieces = whole[:at] + whole[at + size:]
                if not fails(self):
                    self.pieces = whole
                    at += size
            size //= 2
        return self

    def kinds(self):
        """The kinds of pieces and their weights."""
        everything, plain = self.profile == "all", self.profile == "plain"
        kinds = {
            self.words: 14, self.wide: 4 * self.has_wide, self.line_end: 8, self.move: 10, self.place: 8, self.look: 10,
            self.erase: 7 * (not plain or not self.has_wide), self.edit_lines: 5,
            self.edit_cells: 5 * (everything or not self.has_wide), self.scroll: 3, self.margins: 2, self.tab: 2,
            self.save: 1, self.insert_mode: 1, self.wrap_mode: 1, self.charset: 1, self.repeat: 2, self.index: 3,
        }
        if not plain:
            kinds |= {
                self.combining: 2, self.screen: self.has_screens, self.protect: 1, self.modes: 3, self.title: 1,
                self.reset: 0.3, self.tab_stop: everything or not self.has_screens, self.back_tab: 1, self.origin: 0.5,
                self.long_line: 2,
            }
        if everything:
            kinds[self.own] = 6
        return list(kinds), list(kinds.values())

    def own(self):
        return self.random.choice(OWN)

    def count(self):
        return self.random.choice(["", "", "1", "2", "3", "5", "99"])

    def words(self):
        return self.random.choice(WORDS)

    def wide(self):
        return self.random.choice(WIDE)

    def combining(self):
        return self.random.choice(COMBINING)

    def long_line(self):
        return "".join(self.random.choice(WORDS + WIDE * self.has_wide) for _ in range(self.columns // 3))

    def line_end(self):
        return self.random.choice(["\r\n", "\r\n", "\r\n\r\n", "\n", "\r"])

    def move(self):
        return f"\x1b[{self.count()}{self.random.choice('ABCDEF')}"

    def place(self):
        row, column = self.random.randint(1, self.rows), self.random.randint(1, self.columns)
        return self.random.choice([f"\x1b[{row};{column}H", f"\x1b[{column}G", f"\x1b[{row}d", f"\x1b[{row};{column}f",
                                   "\x1b[H"])

    def before(self, correction):
        """What the other terminals have to be told first, so that they do not go wrong: see KNOWN_ERRORS."""
        return "" if self.profile == "all" else correction

    def erase(self):
        return self.before("\x1b[D") + self.random.choice(
            ["\x1b[K", "\x1b[K", "\x1b[1K", "\x1b[2K", "\x1b[J", "\x1b[1J", "\x1b[2J", f"\x1b[{self.count()}X"])

    def look(self):
        return f"\x1b[{self.random.choice(LOOKS)}m"

    def edit_cells(self):
        return f"\x1b[{self.count()}{self.random.choice('@P')}"

    def edit_lines(self):
        return self.before("\r") + f"\x1b[{self.count()}{self.random.choice('LM')}"

    def scroll(self):
        return f"\x1b[{self.count()}{self.random.choice('ST')}"

    def index(self):
        return self.random.choice(["\x1bD", "\x1bM", "\x1bE"])

    def margins(self):
        top = self.random.randint(1, self.rows - 1)
        return self.random.choice(["\x1b[r", f"\x1b[{top};{self.random.randint(top + 1, self.rows)}r"])

    def tab(self):
        return "\t" * self.random.randint(1, 3)

    def back_tab(self):
        return self.before("\x1b[D") + f"\x1b[{self.random.choice(['', '1', '2'])}{self.random.choice('IZ')}"

    def tab_stop(self):
        return self.random.choice(["\x1bH", "\x1b[g", "\x1b[3g\x1bH"])

    def save(self):
        """Saved and restored in one piece, as a restore may come much later than xterm.js remembers."""
        return self.before("\x1b[m\r") + f"\x1b7{self.place()}{self.look()}{self.words()}\x1b8" + self.before("\x1b[m")

    def insert_mode(self):
        return f"\x1b[4h{self.words()}\x1b[4l"

    def wrap_mode(self):
        return f"\x1b[?7l{self.words()}{self.words()}\x1b[?7h" + ("\r" if self.profile == "plain" else "")

    def charset(self):
        return f"\x1b(0{self.random.choice(['lqqk', 'x  x', 'mqqj'])}\x1b(B"

    def repeat(self):
        if self.profile == "plain":
            return f"\r{self.random.choice('xyz-')}\x1b[{self.random.randint(1, 4)}b"
        return f"{self.random.choice('xyz-')}\x1b[{self.random.randint(1, 9)}b"

    def protect(self):
        erase = self.random.choice(["\x1b[?K", "\x1b[?1K", "\x1b[?2K", ""])
        return f"\x1b[1\"q{self.words()}\x1b[0\"q" + self.before("\x1b[D") + erase

    def origin(self):
        return f"\x1b[?6h\x1b[{self.random.randint(1, self.rows)};{self.random.randint(1, 5)}H{self.words()}\x1b[?6l"

    def screen(self):
        self.alternate = not self.alternate
        change = "\x1b[?1049" + ("h" if self.alternate else "l")
        return "\x1b[r" + self.before("\x1b[m") + change + self.before("\x1b[m")

    def modes(self):
        mode = self.random.choice(["?1", "?25", "?1000", "?1002", "?1003", "?1006", "?1004", "?2004", "?12"])
        return self.random.choice([f"\x1b[{mode}h", f"\x1b[{mode}l", "\x1b=", "\x1b>",
                                   f"\x1b[{self.random.randint(0, 6)} q"])

    def title(self):
        return f"\x1b]{self.random.choice('02')};title {self.random.randint(1, 99)}\x07"

    def reset(self):
        if self.alternate:
            return ""
        return self.random.choice(["\x1b[!p", self.before("\x1b[?25h") + "\x1bc", "\x1b#8"])
