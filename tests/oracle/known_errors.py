"""Where the other terminals are known to be wrong, or know less, and how the comparisons deal with it.

How: "repaired" in the terminal's program; "passed over" by comparable(); "not generated" by scripts.py; "converted",
when both say the same in different words.
"""

KNOWN_ERRORS = [
    # (terminal, what is wrong, how the tests deal with it)
    ("xterm.js", "a count of 2^31-1 to IL, DL, SU, SD, CHT, CBT, REP, ICH, DCH, ECH loops for minutes", "repaired"),
    ("xterm.js", "DECSC keeps an absolute row, so that a saved cursor moves up when the screen scrolls", "repaired"),
    ("xterm.js", "widths are those of Unicode 6 unless addon-unicode11 is there", "repaired"),
    ("xterm.js", "the half that is left of a wide character gets the look of what was written into the other half",
     "repaired"),
    ("xterm.js", "what is behind the edge of an alternate screen that got narrower comes back when it gets wider",
     "repaired"),
    ("xterm.js", "0x5f of the DEC graphics is no blank", "repaired"),
    ("xterm.js", "a cell with a link says underline style 5", "repaired"),
    ("xterm.js", "SGR 59 sets the underline colour to white", "converted"),
    ("xterm.js", "column 0 always has a tab stop, which no control can go to but CBT, which goes there anyway",
     "passed over"),
    ("xterm.js", "each screen has tab stops of its own; the alternate's are reset whenever it is left", "passed over"),
    ("xterm.js", "each screen has margins of its own", "not generated"),
    ("xterm.js", "DECSC keeps no underline style and colour, and of the character sets only the one in use",
     "passed over"),
    ("xterm.js", "DECSC keeps neither origin mode nor a pending wrap", "not generated"),
    ("xterm.js", "icon names and titles have stacks of their own, xterm has one", "passed over"),
    ("xterm.js", "a line that goes on ends there only when its second row is erased from its beginning, not when its "
     "first row is erased to its end; of no consequence on the alternate screen, which is never laid out anew",
     "passed over"),
    ("ours", "the scrollback does not tell what was protected, as nothing can be erased there", "passed over"),
    ("xterm.js", "SD fills with the default background", "repaired"),
    ("xterm.js", "what SU scrolls off the top does not get into the scrollback", "repaired"),
    ("xterm.js", "DECALN fills with the pen's look, and leaves the pen, the margins and origin mode as they are",
     "repaired"),
    ("xterm.js", "while a wrap is pending, ED and EL leave the last column as it is, CHT and CBT do nothing",
     "not generated"),
    ("xterm.js", "IL and DL end a pending wrap also outside of the margins", "not generated"),
    ("xterm.js", "CHA, HPA and VPA count from the margin's top in origin mode", "not generated"),
    ("xterm.js", "RIS leaves the cursor hidden", "not generated"),
    ("xterm.js", "ICH and DCH leave halves of wide characters", "not generated"),
    ("xterm.js", "bytes that are not UTF-8 vanish; encoded C1 controls are carried out", "not generated"),
    ("xterm.js", "no DECLRMM, DECSCNM, modes 1005, 1007, 1015, 2027, 2031, 2048, kitty keyboard, palette, OSC 7, SS2, "
     "SS3", "passed over"),
    ("xterm.js", "38:2:R:G:B, without a colour space, is taken for 38:2:SPACE:R:G", "not generated"),
    ("xterm.js", "CPR says column COLUMNS + 1 while a wrap is pending", "passed over"),
    ("xterm.js", "knows no protection of blanks that were never written", "not generated"),
    ("xterm.js", "ED 1 in the last cell of the screen throws", "not generated"),
    ("xterm.js, tmux, libvterm", "ED, EL, DECSED, DECSEL and ECH leave a wrap pending; xterm takes it back",
     "not generated"),
    ("tmux, libvterm", "IL and DL leave the column as it is; ECMA-48 and xterm go to the line's beginning",
     "not generated"),
    ("tmux, libvterm", "erasing the right half of a wide character leaves the left one", "not generated"),
    ("tmux, libvterm", "REP ends at the last column", "not generated"),
    ("tmux, libvterm", "in the last column no wrap is pending when autowrap is turned on afterwards",
     "not generated"),
    ("libvterm", "more than 16 parameters write behind an array", "not generated"),
    ("libvterm", "REP before the first character never ends", "not generated"),
    ("libvterm", "no memory of a line that wrapped into the next", "passed over"),
    ("tmux", "no protected cells, no left and right margins", "not generated"),
    ("tmux", "widths are the C library's", "passed over"),
]


def look_as_saved(look):
    """A saved look as xterm.js keeps it."""
    words = [word for word in look.split() if not word.startswith("ul=")]
    return " ".join("underline=1" if word.startswith("underline=") else word for word in words)


def without_protection(row):
    looks = []
    for count, look in row["looks"]:
        look = " ".join(word for word in look.split(" ") if word != "protected")
        if looks and looks[-1][1] == look:
            looks[-1][0] += count
        else:
            looks.append([count, look])
    return {**row, "looks": looks}


def comparable(state):
    """A copy of a state in which what is "passed over" for xterm.js is the same in all terminals."""
    state = dict(state)
    state["tabs"] = [column for column in state["tabs"] if column > 0] if state["alternate"] is None else []
    state["saved"] = {
        screen: saved and {**saved, "look": look_as_saved(saved["look"])} for screen, saved in state["saved"].items()}
    state["charset"] = {"current": state["charset"]["current"]}
    state["titles"] = []
    state["scrollback"] = [without_protection(row) for row in state["scrollback"]]
    state["alternate"] = state["alternate"] and [{**row, "continues": False} for row in state["alternate"]]
    return state
