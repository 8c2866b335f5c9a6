"""What the terminal answers."""
from .case import case, function

GROUP = "Reports"
REGION = "␛[2;4r"
SIDES = "␛[?69h␛[3;6s"
SHAPES = "blinking block", "block", "blinking underline", "underline", "blinking bar", "bar"


def setting(shows, name, before, value):
    """DECRQSS after `before` tells the value."""
    return case(f"{name.strip()}, {shows}", f"{before}␛P$q{name}␛\\", reply=f"␛P1$r{value}{name}␛\\")


FUNCTIONS = [
    function("DA1, DA2, DA3", "ECMA-48 8.3.24, VT510", [
        case("DA1", "␛[c", answers=r"␛\[\?6?[1-5][0-9;]*c"),
        case("DA1 with 0", "␛[0c", answers=r"␛\[\?6?[1-5][0-9;]*c"),
        case("DA1 with another number is not answered", "␛[1c", reply=""),
        case("DECID is DA1", "␛Z", answers=r"␛\[\?6?[1-5][0-9;]*c", source="VT510"),
        case("DA2", "␛[>c", answers=r"␛\[>[0-9]+;[0-9]+;[0-9]+c"),
        case("DA3", "␛[=c", answers=r"␛P!\|[0-9A-F]{8}␛\\"),
        case("XTVERSION", "␛[>0q", answers=r"␛P>\|.+␛\\", source="xterm ctlseqs"),
    ]),
    function("DSR, CPR, DECXCPR", "ECMA-48 8.3.35 and 8.3.14, VT510", [
        case("DSR 5: ready", "␛[5n", reply="␛[0n"),
        case("CPR", "␛[3;7H␛[6n", reply="␛[3;7R"),
        case("CPR in origin mode counts from the margins", REGION + SIDES + "␛[?6h␛[2;2H␛[6n", reply="␛[2;2R"),
        case("CPR with margins but no origin mode", REGION + SIDES + "␛[4;5H␛[6n", reply="␛[4;5R"),
        case("CPR with a pending wrap tells the last column", "0123456789␛[6n", reply="␛[1;10R"),
        case("the wrap stays pending", "0123456789␛[6nx", rows="0123456789|x"),
        case("DECXCPR", "␛[3;7H␛[?6n", answers=r"␛\[\?3;7(;1)?R"),
        case("DSR with another number is not answered", "␛[99n", reply=""),
        case("the colour scheme", "␛]11;#000000␛\\␛[?996n␛]11;#ffffff␛\\␛[?996n", reply="␛[?997;1n␛[?997;2n",
             source="color palette update notifications"),
    ]),
    function("DECRQSS", "VT510", [
        setting("margins", "r", REGION, "2;4"),
        setting("no margins", "r", "", "1;5"),
        setting("side margins", "s", SIDES, "3;6"),
        setting("a cursor's shape", " q", "␛[4 q", "4"),
        setting("protected", '"q', '␛[1"q', "1"),
        setting("not protected", '"q', "", "0"),
        setting("default looks", "m", "", "0"),
        setting("attributes and a colour", "m", "␛[3;4;31m", "0;3;4;31"),
        setting("bright colours", "m", "␛[1;3;9;91;44m", "0;1;3;9;91;44"),
        case("m, an indexed colour", "␛[38;5;208m␛P$qm␛\\", reply="␛P1$r0;38:5:208m␛\\", source="xterm"),
        case("one that is not known", "␛P$qxyz␛\\", reply="␛P0$r␛\\", source="xterm"),
    ]),
    function("DECSCUSR", "VT510, xterm ctlseqs", [
        *[case(shape, f"␛[{number} q␛P$q q␛\\", reply=f"␛P1$r{number} q␛\\") for number, shape in enumerate(SHAPES, 1)],
        case("a shape that is not known changes nothing", "␛[4 q␛[9 q␛P$q q␛\\", reply="␛P1$r4 q␛\\"),
        case("moves and prints nothing", "ab␛[4 q", rows="ab", at=(1, 3)),
    ]),
    function("XTGETTCAP", "xterm ctlseqs", [
        case("TN, the terminal's name", "␛P+q544e␛\\", answers=r"␛P1\+r544[eE]=([0-9A-Fa-f]{2})+␛\\"),
        case("Co, colours", "␛P+q436f␛\\", answers=r"␛P1\+r436[fF]=323536␛\\"),
        case("one that is not known", "␛P+q5858␛\\", answers=r"␛P0\+r.*␛\\"),
    ]),
    function("XTWINOPS 14, 16, 18", "xterm ctlseqs", [
        case("18: rows and columns", "␛[18t", reply="␛[8;5;10t"),
        case("18: of this size", "␛[18t", reply="␛[8;3;40t", size=(40, 3)),
        case("20 and 21: titles are not told", "␛]2;x␛\\␛[20t␛[21t", reply=""),
    ]),
    function("In-band resize (2048)", "in-band window resize notifications", [
        case("tells the size when switched on", "␛[?2048h", answers=r"␛\[48;5;10;[0-9]+;[0-9]+t"),
    ]),
]
