"""What record.py records: programs, files for them, and keys with the text that has to appear after them."""

PAGE = object()  # instead of keys: here a page is complete; its offset is kept

C_SOURCE = """/* Counts words. */
#include <ctype.h>
#include <stdio.h>

#define LIMIT 4096

static const char *const kUnits[] = {"bytes", "words", "lines"};

struct counts {
\tunsigned long bytes, words, lines;
};

static struct counts count(FILE *file) {
\tstruct counts result = {0, 0, 0};
\tint in_word = 0;
\tint character;
\twhile ((character = getc(file)) != EOF) {
\t\t++result.bytes;
\t\tif (character == '\\n') ++result.lines;
\t\tif (isspace(character)) {
\t\t\tin_word = 0;
\t\t} else if (!in_word) {
\t\t\tin_word = 1;
\t\t\t++result.words;
\t\t}
\t}
\treturn result;
}

int main(void) {
\tstruct counts all = count(stdin);
\tprintf("%lu %s, %lu %s, %lu %s\\n", all.bytes, kUnits[0], all.words, kUnits[1], all.lines, kUnits[2]);
\treturn all.bytes > LIMIT;
}
"""
PROSE = "".join(
    f"{number:4}  The quick brown fox jumps over the lazy dog; Zw\u00f6lf Boxk\u00e4mpfer jagen Viktor. "
    + ("\u65e5\u672c\u8a9e\u306e\u6587\u7ae0\u3068\u4e2d\u6587\u6587\u672c\u3002 " if number % 5 == 0 else "")
    + ("e\u0301a\u0308 \u2500\u2502\u250c\u2510 \u20ac " if number % 7 == 0 else "")
    + ("and a line that is longer than most terminals are wide, " * 4 if number % 11 == 0 else "")
    + "\n"
    for number in range(1, 241))
COLORS = "for i in $(seq 0 255); do printf '\\033[48;5;%dm%4d\\033[m' $i $i; [ $((i % 16)) = 15 ] && echo; done\n" \
         "for i in 1 2 3 4 5 7 9 21 53; do printf '\\033[%dmlook %d\\033[m ' $i $i; done; echo\n" \
         "for i in 1 2 3 4 5; do printf '\\033[4:%dm\\033[58:5:%dmunder %d\\033[m ' $i $i $i; done; echo\n" \
         "for i in $(seq 0 4 255); do printf '\\033[38;2;%d;%d;80m#\\033[m' $i $((255 - i)); done; echo\n"
VIMRC = """set nocompatible termguicolors number hlsearch incsearch ruler showcmd laststatus=2 mouse=a
syntax on
colorscheme desert
"""
FILES = {
    "count.c": C_SOURCE,
    "prose.txt": PROSE,
    "colors.sh": COLORS,
    "vimrc": VIMRC,
    "notes/one.txt": "one\n",
    "notes/two.txt": "two\n" * 50,
    "notes/three.md": "# Three\n\n- a\n- b\n",
}

ESC = "\x1b"
CTRL_B, CTRL_C, CTRL_F, CTRL_G, CTRL_L, CTRL_S, CTRL_W, CTRL_X = (chr(ord(c) - 64) for c in "BCFGLSWX")
PAGE_DOWN, DOWN, F3, F9, F10 = ESC + "[6~", ESC + "OB", ESC + "OR", ESC + "[20~", ESC + "[21~"


def smaller(columns, rows):
    return columns - 13, rows - 5


def larger(columns, rows):
    return columns + 9, rows + 3


def vim(columns, rows):
    yield "", r"Counts words[\s\S]*Top|Counts words[\s\S]*All"
    yield "/count\r", r"/count"
    yield "n", r"9,\d"
    yield ":split prose.txt\r", "Zwölf"
    yield "G", r"\b240\b"
    yield ":vsplit count.c\r", r"count\.c[\s\S]*count\.c"
    yield "gg", r"Counts words"
    yield "Vjjj", r"VISUAL LINE"
    yield ESC, r"^(?![\s\S]*VISUAL)"
    yield smaller(columns, rows), r"count\.c[\s\S]*count\.c"
    yield ":set nonumber\r", r":set nonumber"
    yield CTRL_W + "w", r""
    yield ":%s/fox/FOX/g\r", r"substitutions"
    yield "Go\u65e5\u672c\u8a9e wide e\u0301" + ESC, r"wide"
    yield (columns, rows), r"wide"
    yield ":only\r", r"prose\.txt \[\+\]"
    yield "gg" + CTRL_F + CTRL_F + CTRL_B, r"FOX"
    yield ":set nowrap\r", r":set nowrap"
    yield ":qa!\r", None


def nvim(columns, rows):
    yield "", r"Counts words"
    yield "/result\r", r"/result"
    yield ":vsplit prose.txt\r", r"The quick"
    yield ":set termguicolors number\r", r"\b2\s+.*The quick"
    yield "100G", r"\b100\b"
    yield ":split count.c\r", r"count\.c[\s\S]*count\.c"
    yield "vjj", r"VISUAL"
    yield ESC, r"^(?![\s\S]*VISUAL)"
    yield larger(columns, rows), r"count\.c[\s\S]*count\.c"
    yield ":echo 'wider'\r", r"wider"
    yield ":only\r", r"prose\.txt|count\.c"
    yield "Go\u4e2d\u6587 tail" + ESC, r"tail"
    yield ":terminal sh colors.sh\r", r"under 5"
    yield ":qa!\r", None


def less(columns, rows):
    yield "", r"prose\.txt"
    yield " ", r"\b(22|9\d)  The"
    yield "/Viktor\r", r"Viktor"
    yield "nnn", r"Viktor"
    yield "G", r"\(END\)"
    yield "-S", r"Chop long lines"
    yield "\r", r"240  The"
    yield ESC + "[C", r"(?m)^(?!.*240  The)"
    yield "g" + ESC + "[D", r"\b5  The"
    yield "kkjj/and a line\r", r"and a"
    yield "h", r"SUMMARY OF LESS"
    yield "q", r"The quick"
    yield "q", None


def htop(columns, rows):
    yield "", r"F10\s*Quit"
    yield ESC + "OQ", r"Setup|Categories"
    yield DOWN + DOWN, r"Colors"
    yield ESC + ESC, r"F10\s*Quit"
    yield "/", r"Search:"
    yield "sleep\r", r"F10\s*Quit"
    yield "t", r"List|Tree"
    yield smaller(columns, rows), r"F\d"
    yield "h", r"[Hh]top .*|Press any key"
    yield " ", r"F10?|F9"
    yield F10, None


def mc(columns, rows):
    yield "", r"10\s*Quit"
    yield DOWN * 5, r"\.\w+"
    yield F9, r"Left\s+File\s+Command"
    yield DOWN, r"Listing|Info"
    yield ESC + ESC, r"10\s*Quit"
    yield CTRL_S + "prose", r"prose"
    yield F3, r"The quick brown"
    yield PAGE_DOWN * 3, r"\d+  The quick"
    yield larger(columns, rows), r"The quick"
    yield F10, r"Command|Menu"
    yield F10, None


def emacs(columns, rows):
    yield "", r"Counts words"
    yield CTRL_X + "2", r"count\.c[\s\S]*count\.c"
    yield CTRL_X + "o" + CTRL_X + CTRL_F, r"Find file"
    yield "prose.txt\r", r"prose\.txt[\s\S]*Text|Fundamental"
    yield ESC + ">", r"Bot"
    yield ESC + "<" + CTRL_S + "Viktor" + CTRL_S, r"I-search"
    yield "\r", r"Mark saved|prose"
    yield CTRL_X + "3", r"prose\.txt[\s\S]*prose\.txt"
    yield smaller(columns, rows), r"prose\.txt[\s\S]*prose\.txt"
    yield CTRL_X + "h", r"Mark set"
    yield CTRL_G, r"Quit"
    yield CTRL_X + "1", r"^(?![\s\S]*prose\.txt[\s\S]*prose\.txt)"
    yield ESC + "xlist-colors-display\r", r"medium|gray|black"
    yield CTRL_X + CTRL_C, None


def shell(columns, rows):
    """No alternate screen: text that scrolls away, and lines that wrap."""
    yield "", r"^\$"
    yield "PS1='demo:\\w> '\r", r"\ndemo:~>"
    yield "ls -la --color=always\r", r"vimrc\n.*demo:~>"
    yield "cat prose.txt\r", r"\b240  The.*\n[\s\S]*demo:~>"
    yield "sh colors.sh\r", r"under 5.*\n[\s\S]*demo:~>"
    yield "printf '\\033]0;a title\\007\\033[3 q\\033[?2004h'; seq -s ' ' 1 300\r", r"299 300\n[\s\S]*demo:~>"
    yield "tput smcup; echo inside; tput cup 3 70; tput rev; printf 'across the edge'; tput sgr0; echo\r", r"across"
    yield "tput rmcup\r", r"299 300\n[\s\S]*tput smcup"
    yield "printf '\\342\\224\\200%.0s' $(seq 1 100); echo; head -c 3000 count.c | tr '\\n' ' '; echo\r", r"LIMIT; }"
    yield "echo a long line that stays in the editor " + "and goes on " * 20, r"goes on $|goes on\s*$"
    yield CTRL_C, r"\^C"
    yield CTRL_L, r"^demo:~>"
    yield "exit\r", None


VTTEST_PROMPT = rb"Push <RETURN>|Enter choice number.*: "


def vttest(_columns, _rows):
    """Those pages that stand still: cursor movements, screen features, character sets, VT102; of the others what VT220,
    ISO 6429 and xterm have beyond that."""
    yield "", VTTEST_PROMPT
    yield from vttest_menu("1", "2", "3", "8", (
        "11", ("1", ("2", "3", "4"), "6"), ("5", *"123456789"),
        ("6", *"2345", ("6", *"123"), ("7", *"23456"), "9"), ("7", *"23456"), ("8", ("7", *"1234"))))
    yield "0\r", None


def vttest_menu(*choices):
    """Each choice is a number, or a menu's number and choices in it."""
    for choice in choices:
        number, *below = choice if isinstance(choice, tuple) else (choice,)
        found = yield number + "\r", VTTEST_PROMPT
        while found.startswith(b"Push"):
            yield PAGE, None
            found = yield "\r", VTTEST_PROMPT
        if below:
            yield from vttest_menu(*below)
            yield "0\r", VTTEST_PROMPT


SCENARIOS = {
    "vim": (["vim", "-u", "vimrc", "-i", "NONE", "-n", "count.c"], vim),
    "nvim": (["nvim", "-u", "NONE", "-i", "NONE", "-n", "count.c"], nvim),
    "less": (["less", "-i", "prose.txt"], less),
    # The sleep is something for its list to show; nothing waits for it.
    "htop": (["sh", "-c", "sleep 1000 & exec htop"], htop),
    "mc": (["mc", "--nosubshell", ".", "notes"], mc),
    "emacs": (["emacs", "-nw", "-Q", "count.c"], emacs),
    "vttest": (["vttest"], vttest),
    "shell": (["bash", "--norc", "--noprofile"], shell),
}
