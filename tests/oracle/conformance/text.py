"""Text: what is printed, repeated, wide, combined."""
from .case import case, function

GROUP = "Text"
UTF8 = "Unicode 16, 3.9 (U+FFFD for each maximal subpart)"
WIDTHS = "Unicode 16, UAX #11"
CLUSTERS = "Unicode 16, UAX #29"
FLAG = "\U0001f1ef\U0001f1f5"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # man, woman, girl, joined by U+200D

FUNCTIONS = [
    function("REP", "ECMA-48 8.3.103", [
        case("once without a parameter", "ab␛[b", rows="abb", at=(1, 4)),
        case("0 is 1", "ab␛[0b", rows="abb"),
        case("as often as it says", "ab␛[3b", rows="abbbb", at=(1, 6)),
        case("goes on in the next row", "ab␛[10b", rows="abbbbbbbbb|bb", at=(2, 3), source="xterm ctlseqs"),
        case("a wide character", "日␛[2b", rows="日日日", at=(1, 7)),
        case("nothing when nothing was printed", "␛[5bx", rows="x", at=(1, 2), unfit=("libvterm",)),
        case("nothing after a control function", "+␛[C␛[3b", rows="+", at=(1, 3)),
        case("a count of more than 32 bits ends", "a␛[4294967297b␛[2J␛[Hx", rows="x"),
        case("a character of the DEC graphics", "␛(0q␛[2b", rows="───", unfit=("tmux",)),
    ]),
    function("UTF-8", UTF8, [
        case("characters of 1 to 4 bytes", "aä€\U0001d11e", rows="aä€\U0001d11e", at=(1, 5)),
        case("a byte that begins nothing", b"a\xffb", rows="a\ufffdb"),
        case("a continuation byte alone", b"a\x80b", rows="a\ufffdb"),
        case("a sequence that is cut off", b"a\xe2\x82b", rows="a\ufffdb"),
        case("one that is cut off by a control", b"a\xc3\r\nb", rows="a\ufffd|b"),
        case("overlong forms", b"a\xc0\xafb", rows="a\ufffd\ufffdb"),
        case("surrogates", b"a\xed\xa0\x80b", rows="a\ufffd\ufffd\ufffdb"),
        case("beyond U+10FFFF", b"a\xf4\x90\x80\x80b", rows="a\ufffd\ufffd\ufffd\ufffdb"),
        case("a character after one that is cut off", b"a\xe2\xe2\x82\xacb", rows="a\ufffd\u20acb"),
    ]),
    function("Widths", WIDTHS, [
        case("East Asian wide and fullwidth", "日ＡＢx", rows="日ＡＢx", at=(1, 8)),
        case("Hangul syllables", "한국x", rows="한국x", at=(1, 6)),
        case("halfwidth katakana", "ｱｲx", rows="ｱｲx", at=(1, 4)),
        case("ambiguous ones are narrow", "§°─αx", rows="§°─αx", at=(1, 6)),
        case("emoji are wide", "\U0001f600x", rows="\U0001f600x", at=(1, 4)),
        case("emoji of Unicode 16", "\U0001fae9x", rows="\U0001fae9x", at=(1, 4)),
        case("one that is narrow without a selector", "\u2764x", rows="\u2764x", at=(1, 3)),
        case("ideographs of plane 2", "\U00020000x", rows="\U00020000x", at=(1, 4)),
        case("private use is narrow", "\ue0b0x", rows="\ue0b0x", at=(1, 3)),
    ]),
    function("Combining characters", "Unicode 16, 3.6", [
        case("stay with the character before", "e\u0301x", rows="e\u0301x", at=(1, 3)),
        case("several", "e\u0301\u0323x", rows="e\u0301\u0323x", at=(1, 3)),
        case("with a wide character", "日\u0301x", rows="日\u0301x", at=(1, 4)),
        case("with the one in the last column", "0123456789\u0301x", rows="0123456789\u0301|x"),
        case("writing over a character takes its marks away", "e\u0301␍x", rows="x"),
        case("vowels and finals of Hangul join", "\u1112\u1161\u11abx", rows="\u1112\u1161\u11abx", at=(1, 4)),
        case("ZERO WIDTH SPACE takes no column", "a\u200bb", at=(1, 3)),
        case("variation selectors take no column", "\u2764\ufe0fx", rows="\u2764\ufe0fx", at=(1, 3)),
    ]),
    function("Grapheme clusters (2027)", CLUSTERS, [
        case("is known, and off at first", "␛[?2027$p", reply="␛[?2027;2$y", source="Terminal Unicode Core"),
        case("a joined family is one wide character", f"␛[?2027h{FAMILY}x", rows=f"{FAMILY}x", at=(1, 4)),
        case("off: its characters count one by one", f"{FAMILY}x", at=(1, 8), source=WIDTHS),
        case("an emoji selector widens", "␛[?2027h\u2764\ufe0fx", rows="\u2764\ufe0fx", at=(1, 4)),
        case("a flag is one wide character", f"␛[?2027h{FLAG}x", rows=f"{FLAG}x", at=(1, 4)),
        case("a modifier of skin belongs to its emoji", "␛[?2027h\U0001f44d\U0001f3fdx", rows="\U0001f44d\U0001f3fdx",
             at=(1, 4)),
        case("cells hold clusters", f"␛[?2027h{FAMILY}x␛[1G␛[P", rows=" x", at=(1, 1),
             source="xterm, of wide characters"),
    ]),
    function("Controls in text", "ECMA-48, VT510", [
        case("NUL is ignored", "a␀b", rows="ab", at=(1, 3)),
        case("DEL is ignored", "a␡b", rows="ab", at=(1, 3)),
        case("BEL moves nothing", "a␇b", rows="ab", at=(1, 3)),
        case("ENQ prints nothing", "a\x05b", rows="ab", at=(1, 3)),
        case("DC1 and DC3 print nothing", "a\x11\x13b", rows="ab", at=(1, 3)),
        case("others print nothing", "a\x01\x02\x03\x04\x06\x10\x12\x14\x15\x16\x17\x19\x1c\x1d\x1e\x1fb", rows="ab"),
    ]),
]
