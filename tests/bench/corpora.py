"""Terminal output to measure engines with: the same bytes in each run."""
import random
import sys

sys.dont_write_bytecode = True


def words(chosen, count, low=2, high=9):
    return ["".join(chosen.choices("etaoinshrdlucmfwypvbgkqjxz", k=chosen.randint(low, high))) for _ in range(count)]


def log_lines(chosen, count):
    vocabulary = words(chosen, 500)
    for number in range(count):
        text = " ".join(chosen.choices(vocabulary, k=chosen.randint(4, 14)))
        yield f"2026-01-{number % 28 + 1:02} 12:{number // 60 % 60:02}:{number % 60:02}.{number % 1000:03} INFO {text}"


def coloured_lines(chosen, count):
    vocabulary = words(chosen, 500)
    for _ in range(count):
        yield " ".join(f"\x1b[{chosen.choice((1, 3, 4, 7))};{chosen.randint(31, 37)}m{word}\x1b[m"
                       for word in chosen.choices(vocabulary, k=chosen.randint(6, 11)))


def colour_per_cell(chosen, count):
    for _ in range(count):
        yield "".join(f"\x1b[38;2;{chosen.randint(0, 255)};{chosen.randint(0, 255)};{chosen.randint(0, 255)}"
                      f";48;5;{chosen.randint(0, 255)}m{chosen.choice('abcdef#@')}" for _ in range(60)) + "\x1b[m"


def cjk_lines(chosen, count):
    for _ in range(count):
        yield "".join(chr(chosen.randint(0x4e00, 0x9fa5)) for _ in range(chosen.randint(15, 38)))


def emoji_lines(chosen, count):
    pool = ["\U0001f600", "\U0001f680", "\u2764\ufe0f", "\U0001f44d\U0001f3fd", "e\u0301", "a\u0308", "ok", " ",
            "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1ef\U0001f1f5"]
    for _ in range(count):
        yield "".join(chosen.choices(pool, k=24))


def box_lines(chosen, count):
    pool = "─│┌┐└┘├┤┬┴┼═║éèàüöäñç"
    for _ in range(count):
        yield "".join(chosen.choices(pool, k=chosen.randint(30, 78)))


def motion(chosen, count):
    for _ in range(count):
        yield (f"\x1b[{chosen.randint(1, 24)};{chosen.randint(1, 80)}H" + "".join(chosen.choices("abcdefgh", k=6)) +
               chosen.choice(("\x1b[2L", "\x1b[M", "\x1b[4@", "\x1b[3P", "\x1b[K", "\x1b[5;20r", "\x1b[r", "\x1b[J",
                              "\x1b[2S", "\x1b[T")))


# Name: how lines are made, and how many make a file of a few megabytes.
LINES = {
    "log lines": (log_lines, 40_000),
    "yes": (lambda _, count: ("y" for _ in range(count)), 500_000),
    "coloured lines": (coloured_lines, 20_000),
    "a colour per cell": (colour_per_cell, 2_500),
    "cursor motion": (motion, 150_000),
    "CJK": (cjk_lines, 40_000),
    "emoji": (emoji_lines, 20_000),
    "box drawing": (box_lines, 30_000),
}


def corpus(name, count=None):
    make, usual = LINES[name]
    end = "" if name == "cursor motion" else "\r\n"
    return "".join(line + end for line in make(random.Random(name), count or usual)).encode()
