"""Tab stops."""
from .case import case, function

GROUP = "Tab stops"
WIDE = (40, 3)
STOPS = "␛[3g␛[5G␛H␛[12G␛H␛[20G␛H␛[1G"  # at 5, 12 and 20

FUNCTIONS = [
    function("HT", "ECMA-48 8.3.60, VT510", [
        case("a stop each 8 columns at first", "␉a␉b␉c", size=WIDE, rows="        a       b       c", at=(1, 26)),
        case("from a stop to the next", "␛[9G␉", size=WIDE, at=(1, 17)),
        case("stops at the border", "␛[39G␉␉", size=WIDE, at=(1, 40)),
        case("erases nothing", "␛[1G␉", on="abcdefghij", size=WIDE, rows="abcdefghij", at=(1, 9)),
        case("stops at the right margin", "␛[?69h␛[3;6s␛[1;3H␉", at=(1, 6)),
        case("goes by stops, not margins, when left of them", "␛[?69h␛[12;20s␛[1;1H␉", size=WIDE, at=(1, 9)),
        case("in the last column a wrap stays pending", "0123456789␉x", rows="0123456789|x", source="DEC STD 070"),
        case("mode 41: a pending wrap comes first", "␛[?41h0123456789␉x", rows="0123456789|        x", at=(2, 10),
             source="xterm ctlseqs"),
        case("mode 41: not without autowrap", "␛[?41h␛[?7l0123456789␉x", rows="012345678x", source="xterm ctlseqs"),
    ]),
    function("HTS", "ECMA-48 8.3.62, VT510", [
        case("sets a stop", "␛[5G␛H␛[1G␉", size=WIDE, at=(1, 5)),
        case("keeps the others", "␛[5G␛H␛[1G␉␉", size=WIDE, at=(1, 9)),
        case("is for all rows", "␛[5G␛H␛[3;1H␉", size=WIDE, at=(3, 5)),
    ]),
    function("TBC", "ECMA-48 8.3.154, VT510", [
        case("the stop at the cursor without a parameter", "␛[9G␛[g␛[1G␉", size=WIDE, at=(1, 17)),
        case("0: the stop at the cursor", "␛[9G␛[0g␛[1G␉", size=WIDE, at=(1, 17)),
        case("0: nothing where there is none", "␛[8G␛[0g␛[1G␉", size=WIDE, at=(1, 9)),
        case("3: all stops", "␛[3g␉", size=WIDE, at=(1, 40)),
        case("another number does nothing", "␛[9G␛[9g␛[1G␉", size=WIDE, at=(1, 9)),
    ]),
    function("CHT", "ECMA-48 8.3.10", [
        case("one stop without a parameter", "␛[I", size=WIDE, at=(1, 9)),
        case("0 is 1", "␛[0I", size=WIDE, at=(1, 9)),
        case("as many stops as it says", STOPS + "␛[2I", size=WIDE, at=(1, 12)),
        case("stops at the border", "␛[99I", size=WIDE, at=(1, 40)),
        case("a count of more than 32 bits", "␛[4294967297I", size=WIDE, at=(1, 40)),
        case("stops at the right margin", "␛[?69h␛[3;12s␛[1;3H␛[9I", size=WIDE, at=(1, 12)),
    ]),
    function("CBT", "ECMA-48 8.3.7", [
        case("one stop without a parameter", "␛[20G␛[Z", size=WIDE, at=(1, 17)),
        case("0 is 1", "␛[20G␛[0Z", size=WIDE, at=(1, 17)),
        case("from a stop to the one before", "␛[17G␛[Z", size=WIDE, at=(1, 9)),
        case("as many stops as it says", STOPS + "␛[30G␛[2Z", size=WIDE, at=(1, 12)),
        case("stops at the border", "␛[30G␛[99Z", size=WIDE, at=(1, 1)),
        case("a count of more than 32 bits", "␛[30G␛[4294967297Z", size=WIDE, at=(1, 1)),
        case("does not care for the left margin", "␛[?69h␛[12;30s␛[1;20H␛[2Z", size=WIDE, at=(1, 9),
             source="xterm ctlseqs"),
        case("stops at the left margin in origin mode", "␛[?69h␛[12;30s␛[?6h␛[9G␛[9Z", size=WIDE, at=(1, 12),
             source="xterm ctlseqs"),
    ]),
    function("DECST8C", "VT510", [
        case("sets a stop each 8 columns", STOPS + "␛[?5W␉␉", size=WIDE, at=(1, 17)),
    ]),
]
