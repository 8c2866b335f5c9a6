"""Modes."""
from .case import case, function

GROUP = "Modes"
ROWS = "aaaaaa|bbbbbb|cccccc|dddddd|eeeeee"
XTERM = "xterm ctlseqs"
BACK = "␛[?45h"


def reported(number, private=True):
    """DECRQM of a mode that is switched on and off again."""
    mark = "?" if private else ""
    ask = f"␛[{mark}{number}$p"
    return case(f"{mark}{number} is set and reset", f"␛[{mark}{number}h{ask}␛[{mark}{number}l{ask}",
                reply=f"␛[{mark}{number};1$y␛[{mark}{number};2$y")


FUNCTIONS = [
    function("SM, RM, DECSET, DECRST", "ECMA-48 8.3.125 and 8.3.106, VT510", [
        case("several modes at once", "␛[?7;6h␛[2;4r␛[?6;7l␛[3;9Hxyz", rows="||        xz", at=(3, 10)),
        case("one that is not known is passed over", "␛[?9999;6h␛[2;4r␛[H", at=(2, 1)),
        case("ECMA-48's and DEC's numbers are different modes", "␛[?4h␛[1Gx", on="abc", rows="xbc"),
        case("DEC's modes need their mark", "␛[7lx␛[1;10Hyz", rows="x        y|z"),
        case("no parameter is no mode", "␛[h␛[?h␛[l␛[?lx", rows="x", at=(1, 2)),
        case("132 columns need leave (40)", "␛[?3h␛[3;3Hx", on="abc", rows="abc||  x", at=(3, 4), source=XTERM),
    ]),
    function("IRM", "ECMA-48 7.2.10, VT510", [
        case("pushes what is there to the right", "␛[4h␛[2Gxy", on="abc", rows="axybc", at=(1, 4)),
        case("what passes the border is lost", "␛[4h␛[1Gx", on="0123456789|z", rows="x012345678|z"),
        case("what passes the right margin is lost", "␛[?69h␛[2;5s␛[4h␛[1;3Hx", on="0123456789", rows="01x2356789"),
        case("off replaces", "␛[4h␛[4l␛[2Gx", on="abc", rows="axc"),
        case("a wide character pushes by two", "␛[4h␛[2G日", on="abc", rows="a日bc", at=(1, 4)),
        case("a character that wraps is inserted in the next row", "␛[4h␛[1;10Hxy", on="012345678|ab",
             rows="012345678x|yab"),
        case("the last column is replaced", "␛[4h␛[1;10Hx", on="0123456789", rows="012345678x", at=(1, 10)),
    ]),
    function("LNM", "VT510", [
        case("LF goes to the first column", "␛[20hab␊c", rows="ab|c"),
        case("VT and FF, too", "␛[20hab␋c␌d", rows="ab|c|d"),
        case("off leaves the column", "␛[20h␛[20lab␊c", rows="ab|  c"),
        case("IND does not care", "␛[20hab␛Dc", rows="ab|  c"),
        case("goes to the left margin", "␛[?69h␛[3;6s␛[20h␛[1;5H␊", at=(2, 3)),
    ]),
    function("DECOM", "VT510", [
        case("homes the cursor when set", "␛[2;4r␛[5;5H␛[?6h", at=(2, 1)),
        case("homes the cursor when reset", "␛[2;4r␛[?6h␛[2;2H␛[?6l", at=(1, 1)),
        case("homes the cursor to the side margins", "␛[2;4r␛[?69h␛[3;6s␛[?6h", at=(2, 3)),
        case("CUU and CUD stay within the margins", "␛[2;4r␛[?6h␛[9A␛[9B", at=(4, 1)),
        case("without margins it is the screen", "␛[?6h␛[3;4H", at=(3, 4)),
    ]),
    function("DECAWM", "VT510, DEC STD 070", [
        case("text goes on in the next row", "0123456789ab", rows="0123456789|ab", at=(2, 3), wrapped=[2]),
        case("the cursor stays in the last column", "0123456789", rows="0123456789", at=(1, 10), pending=True),
        case("the wrap comes with the next character", "0123456789x", rows="0123456789|x", at=(2, 2)),
        case("scrolls at the bottom", "␛[5;9Hxyz", on=ROWS, rows="bbbbbb|cccccc|dddddd|eeeeee  xy|z", at=(5, 2)),
        case("below the margins text stays in the last row", "␛[2;3r␛[5;9Hxyz", on=ROWS, rows=ROWS[:28] + "zeeeee  xy",
             at=(5, 2)),
        case("off: text stays in the last column", "␛[?7l0123456789ab", rows="012345678b", at=(1, 10)),
        case("off: the wrap waits until it is on again", "␛[?7l0123456789␛[?7hx", rows="0123456789|x", at=(2, 2),
             source="xterm"),
        case("off: takes a pending wrap back", "0123456789␛[?7lx", rows="012345678x", at=(1, 10)),
        case("SGR leaves a wrap pending", "0123456789␛[1mx", rows="0123456789|x"),
        case("a wide character that does not fit goes to the next row", "012345678日", rows="012345678|日", at=(2, 3),
             source="xterm"),
        case("a wide character in the last two columns", "01234567日", rows="01234567日", at=(1, 10), pending=True,
             source="xterm"),
    ]),
    function("Reverse wrap (45, 1045)", "xterm ctlseqs", [
        case("BS goes to the end of the row that wrapped", BACK + "0123456789ab␈␈␈x", rows="012345678x|ab", at=(1, 10)),
        case("CUB, too", BACK + "0123456789ab␛[4Dx", rows="01234567x9|ab", at=(1, 10)),
        case("not to a row that did not wrap", BACK + "ab␍␊cd␛[9D", rows="ab|cd", at=(2, 1)),
        case("the first step takes a pending wrap back", BACK + "0123456789␈x", rows="012345678x", at=(1, 10)),
        case("not without autowrap", BACK + "0123456789ab␛[?7l␛[9D", rows="0123456789|ab", at=(2, 1)),
        case("off stops at the border", BACK + "␛[?45l0123456789ab␛[9D", rows="0123456789|ab", at=(2, 1)),
        case("not over the top", BACK + "ab␛[9D", rows="ab", at=(1, 1)),
        case("1045: also to a row that did not wrap", "␛[?1045hab␍␊cd␛[3Dx", rows="ab       x|cd", at=(1, 10)),
        case("1045: from the top to the bottom", "␛[?1045hab␛[3D", rows="ab", at=(5, 10)),
    ]),
    function("Screens (47, 1047, 1048, 1049)", "xterm ctlseqs", [
        case("47: shows the alternate screen, the cursor stays", "abc␛[?47hx", rows="   x", at=(1, 5)),
        case("47: shows the primary screen again", "abc␛[?47h␛[Hxyz␛[?47l", rows="abc", at=(1, 4)),
        case("47: keeps what is on the alternate screen", "␛[?47hxyz␛[?47l␛[?47h", rows="xyz"),
        case("1047: shows the alternate screen, the cursor stays", "abc␛[?1047hx", rows="   x", at=(1, 5)),
        case("1047: clears it when it is left", "␛[?1047hxyz␛[?1047l␛[?1047h", rows=""),
        case("1048: saves and restores the cursor", "␛[3;4H␛[?1048h␛[H␛[?1048l", at=(3, 4)),
        case("1049: shows a cleared alternate screen", "␛[?47hxyz␛[?47l␛[H␛[?1049h", rows="", at=(1, 1)),
        case("1049: the cursor does not move", "abc␛[?1049h", rows="", at=(1, 4)),
        case("1049: restores screen and cursor", "abc␛[?1049h␛[3;5Hxyz␛[?1049l", rows="abc", at=(1, 4)),
        case("1049: restores the looks", "␛[1;31m␛[?1049h␛[m␛[?1049lx", rows="x", looks={(1, 1): "fg=1 bold"}),
        case("1049: once more clears it again, the cursor does not move", "ab␛[?1049hcd␛[?1049h", rows="", at=(1, 5)),
        case("nothing goes to the scrollback on the alternate screen", "␛[?1049h␛[5H␊␊␊", rows="", scrollback=""),
        case("margins are those of both screens", "␛[2;4r␛[?47h␛[4H␊", rows="", at=(4, 1)),
    ]),
    function("DECTCEM, DECSCNM, DECCKM, DECNKM", "VT510", [
        case("DECTCEM: hides and shows the cursor", "␛[?25l", cursor_visible=False),
        case("DECTCEM: at first it is shown", "x", cursor_visible=True),
        case("DECSCNM: reverses the screen, not the cells", "␛[?5hx", rows="x", looks={(1, 1): ""}, reverse_video=True),
        case("DECCKM: cursor keys send other sequences", "␛[?1h", application_cursor=True),
        case("DECNKM: the keypad's keys send sequences", "␛[?66h", application_keypad=True),
        case("DECKPAM and DECKPNM are the same", "␛=␛[?66$p␛>␛[?66$p", reply="␛[?66;1$y␛[?66;2$y"),
    ]),
    function("Mouse, focus, paste", "xterm ctlseqs", [
        case("one tracking mode ends another", "␛[?1000h␛[?1003h", mouse=1003),
        case("resetting any ends tracking", "␛[?1003h␛[?1000l", mouse=0),
        case("9: X10's", "␛[?9h", mouse=9),
        case("1002: with buttons held", "␛[?1002h", mouse=1002),
        case("one encoding ends another", "␛[?1006h␛[?1016h", mouse_encoding=1016),
        case("resetting another encoding changes nothing", "␛[?1006h␛[?1016l", mouse_encoding=1006),
        case("encoding and tracking are independent", "␛[?1006h␛[?1000h␛[?1000l", mouse=0, mouse_encoding=1006),
        case("1004: focus events", "␛[?1004h", focus_events=True),
        case("2004: bracketed paste", "␛[?2004h", bracketed_paste=True),
    ]),
    function("Synchronized output (2026)", "Synchronized output specification", [
        case("is known, and off at first", "␛[?2026$p", reply="␛[?2026;2$y"),
        case("is set and reset", "␛[?2026h␛[?2026$p␛[?2026l␛[?2026$p", reply="␛[?2026;1$y␛[?2026;2$y"),
        case("output goes on", "␛[?2026hab␛[3;3H", rows="ab", at=(3, 3)),
    ]),
    function("XTSAVE, XTRESTORE", "xterm ctlseqs", [
        case("a mode that was on", "␛[?6h␛[2;4r␛[?6s␛[?6l␛[?6r␛[H", at=(2, 1)),
        case("a mode that was off", "␛[?7s␛[?7l␛[?7r0123456789x", rows="0123456789|x"),
        case("several", "␛[?1;2004h␛[?1;2004s␛[?1;2004l␛[?1;2004r␛[?1$p␛[?2004$p", reply="␛[?1;1$y␛[?2004;1$y"),
    ]),
    function("DECRQM", "VT510, xterm ctlseqs", [
        *[reported(number, private=False) for number in (4, 20)],
        *[reported(number) for number in (1, 5, 6, 7, 9, 12, 25, 41, 45, 47, 66, 69, 1000, 1002, 1003, 1004, 1005, 1006,
                                          1007, 1015, 1016, 1045, 1047, 1049, 2004, 2027, 2031)],
        case("modes that are not known", "␛[9999$p␛[?9999$p", reply="␛[9999;0$y␛[?9999;0$y"),
        case("what is on at first", "␛[?7$p␛[?25$p", reply="␛[?7;1$y␛[?25;1$y"),
    ]),
]
