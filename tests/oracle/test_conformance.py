"""Each control function does what its specification says: the cases of conformance/, and the table of docs/SCREEN.md.

    test_conformance.py            ours passes all cases, and the table is the one of docs/SCREEN.md
    test_conformance.py --write    makes the table anew; PTYD_ORACLE_DIR is build/dev/tests

The other terminals are only counted. The column of one that is missing, or of another version than in the table, is not
compared.
"""
import json
import shutil
import subprocess
import sys
import unittest

import conformance
import oracle
from conformance.case import case, judge, pictures
from tmux import Tmux

DOCUMENT = oracle.HERE.parent.parent / "docs" / "SCREEN.md"
BEGIN = "<!-- conformance: written by tests/oracle/test_conformance.py --write -->\n"
END = "<!-- end of conformance -->\n"


def place(state):
    return state["cursor"]["row"] + 1, state["cursor"]["column"] + 1


class Ours:
    """A terminal with its name and version. see() tells, as judge() takes it, what it has after a case; `tells`: no more
    than that."""
    name, kind, tells = "ptyd", oracle.Engine, None

    def __init__(self):
        self.start()

    def start(self):
        self.pipe = self.kind()

    def close(self):
        self.pipe.close()

    def version(self):
        return ""

    def see(self, one):
        with self.pipe.new(*one.size) as terminal:
            return self.told(terminal.feed(one.data))

    def told(self, terminal):
        state = terminal.state()
        rows = oracle.screen_of(state)
        return {
            **state, **state["modes"], "rows": oracle.text_of(state), "at": place(state), "reply": terminal.replies(),
            "cells": [oracle.cells_of(row, state["columns"]) for row in rows],
            "pending": state["cursor"]["pending_wrap"],
            "wrapped": [number for number, row in enumerate(rows, 1) if row["continues"]],
            "scrollback": [oracle.plain(row) for row in state["scrollback"]] or [""],
        }


class XtermJs(Ours):
    name, kind = "xterm.js", oracle.Xterm

    def version(self):
        return json.loads((oracle.HERE / "xterm" / "package.json").read_text())["dependencies"]["@xterm/headless"]


class TmuxServer(Ours):
    name, kind, tells = "tmux", Tmux, {"rows", "at"}

    def version(self):
        return self.pipe.run("-V").split()[-1]

    def see(self, one):
        rows, (row, column) = self.pipe.show(*one.size, one.data)
        return {"rows": rows, "at": (row + 1, column + 1)}


class Libvterm(Ours):
    name, kind, tells = "libvterm", oracle.Vterm, {"rows", "at"}

    def version(self):
        if not shutil.which("pkg-config"):
            return ""
        result = subprocess.run(["pkg-config", "--modversion", "vterm"], capture_output=True, text=True)
        return result.stdout.strip()

    def told(self, terminal):
        state = terminal.state()
        return {"rows": [row.rstrip(" ") for row in state["text"]], "at": place(state)}


KINDS = Ours, XtermJs, TmuxServer, Libvterm


def started():
    """The terminals that are here, ours first."""
    terminals = []
    for kind in KINDS:
        try:
            terminals.append(kind())
        except oracle.Missing:
            continue
    return terminals


def functions():
    """(title of the group, function)"""
    return [(group.GROUP, function) for group in conformance.GROUPS for function in group.FUNCTIONS]


def attempt(terminal, one):
    """judge() of what a terminal does. One that breaks has failed, and is started anew."""
    if terminal.name in one.unfit or (terminal.tells and one.expected.keys() - terminal.tells):
        return None
    try:
        return judge(one.expected, terminal.see(one))
    except AssertionError as error:
        terminal.close()
        terminal.start()
        return [str(error)]


def count(terminal, cases):
    """(passed, judged)"""
    results = [attempt(terminal, one) for one in cases]
    return results.count([]), len(results) - results.count(None)


def cell(cases, passed, judged):
    if judged == 0:
        return "–"
    return str(passed) if judged == cases else f"{passed} of {judged}"


def table(terminals):
    """Lines of Markdown: a row for each group and each of its functions."""
    rows, total = [], None
    for group, function in functions():
        counts = [(len(function.cases), *count(terminal, function.cases)) for terminal in terminals]
        if total is None or total[0] != group:
            total = (group, [[0, 0, 0] for _ in terminals])
            rows.append((f"**{group}**", total[1]))
        rows.append((function.name, counts))
        for sums, numbers in zip(total[1], counts):
            sums[:] = map(sum, zip(sums, numbers))
    names = [f"{terminal.name} {terminal.version()}".strip() for terminal in terminals]
    yield "| | cases | " + " | ".join(names) + " |"
    yield "|---" * (len(names) + 2) + "|"
    for title, counts in rows:
        yield f"| {title} | {counts[0][0]} | " + " | ".join(cell(*numbers) for numbers in counts) + " |"


def columns(lines):
    """{head: {row's title: cell}}"""
    head, _, *rows = [[part.strip() for part in line.strip("|").split("|")] for line in lines]
    return {name: {row[0]: row[at] for row in rows} for at, name in enumerate(head)}


def parts(document):
    """What is before, in and after the table."""
    before, rest = document.split(BEGIN)
    inside, after = rest.split(END)
    return before, inside, after


class ConformanceTest(unittest.TestCase):
    def ours(self):
        ours = Ours()
        self.addCleanup(ours.close)
        return ours

    def test_ours_passes_all_cases(self):
        ours = self.ours()
        for _, function in functions():
            for one in function.cases:
                with self.subTest(f"{function.name}: {one.shows}"):
                    found = judge(one.expected, ours.see(one))
                    if found != []:
                        wrong = "; ".join(found or ["the state does not tell"])
                        self.fail(f"{pictures(one.data)[:400]}: {wrong} (by {one.source})")

    def test_a_wrong_expectation_is_seen(self):
        seen = self.ours().see(case("all kinds", "␛[31mab␛[m␍␊0123456789x␛[6n", rows=""))
        right = {"rows": ["ab", "0123456789", "x", "", ""], "at": (3, 2), "pending": False, "wrapped": [3],
                 "scrollback": [""], "looks": {(1, 1): "fg=1"}, "reply": b"\x1b[3;2R", "answers": "␛.*R",
                 "insert": False, "title": ""}
        wrong = {"rows": ["ab"], "at": (3, 3), "pending": True, "wrapped": [], "scrollback": ["ab"],
                 "looks": {(1, 3): "fg=1"}, "reply": b"", "answers": ".*n", "insert": True, "title": "ab"}
        self.assertEqual([], judge(right, seen))
        for key, value in wrong.items():
            self.assertEqual(1, len(judge({**right, key: value}, seen)), key)
        self.assertIsNone(judge(right, {"rows": right["rows"], "at": right["at"]}))

    def test_names_are_unique(self):
        names = [f"{function.name}: {one.shows}" for _, function in functions() for one in function.cases]
        self.assertEqual([], sorted({name for name in names if names.count(name) > 1}))

    def test_the_table_in_the_document_is_of_these_cases(self):
        terminals = started()
        for terminal in terminals:
            self.addCleanup(terminal.close)
        made = columns(list(table(terminals)))
        written = columns(parts(DOCUMENT.read_text())[1].splitlines())
        renew = "to be renewed with test_conformance.py --write"
        self.assertEqual(list(made[""]), list(written[""]), renew)
        for head in made.keys() & (written.keys() | {"cases", "ptyd"}):
            there = written.get(head, {})
            stale = [f"{title}: {number} instead of {there.get(title)}" for title, number in made[head].items()
                     if number != there.get(title)]
            self.assertEqual([], stale, f"{head}, {renew}")
        if len(terminals) < len(KINDS):
            self.skipTest("needs xterm.js, tmux and libvterm to compare all columns")


def write():
    terminals = started()
    if len(terminals) < len(KINDS):
        sys.exit("needs xterm.js, tmux and libvterm")
    before, _, after = parts(DOCUMENT.read_text())
    made = "\n".join(table(terminals))
    for terminal in terminals:
        terminal.close()
    DOCUMENT.write_text(f"{before}{BEGIN}{made}\n{END}{after}")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    else:
        oracle.main()
