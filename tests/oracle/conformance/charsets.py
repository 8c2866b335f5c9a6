"""Character sets."""
import functools

from .case import case as any_case, function

GROUP = "Character sets"
# tmux tells characters of other sets as they came.
case = functools.partial(any_case, unfit=("tmux",))

FUNCTIONS = [
    function("SCS", "ECMA-35 14.3, VT510", [
        case("G0: DEC graphics", "␛(0lqqk␛(Bq", rows="┌──┐q", at=(1, 6)),
        case("DEC graphics, first half", "␛(0`afgjklmno", rows="◆▒°±┘┐┌└┼⎺", source="VT510, chapter 7"),
        case("DEC graphics, second half", "␛(0pqrstuvwxy", rows="⎻─⎼⎽├┤┴┬│≤", source="VT510, chapter 7"),
        case("DEC graphics, the rest", "␛(0z{|}~", rows="≥π≠£·", source="VT510, chapter 7"),
        case("DEC graphics of controls", "␛(0bcdehi", rows="␉␌␍␊␤␋", source="VT510, chapter 7"),
        case("0x5f of DEC graphics is a blank", "␛(0q_q", rows="─ ─", source="VT510, chapter 7"),
        case("other characters stay as they are", "␛(0ABC012", rows="ABC012"),
        case("characters beyond ASCII stay as they are", "␛(0äq日", rows="ä─日"),
        case("British has a pound", "␛(A#a␛(B#", rows="£a#", source="VT100"),
        case("a set that is designated but not in use does nothing", "␛)0q", rows="q"),
        case("a set is for what is printed from now on", "q␛(0", rows="q"),
    ]),
    function("SI, SO", "ECMA-48 8.3.119 and 8.3.126, VT510", [
        case("SO uses G1", "␛)0a␎q", rows="a─"),
        case("SI uses G0", "␛)0␎q␏q", rows="─q"),
        case("G1 is ASCII at first", "␎q", rows="q"),
        case("designating G0 while G1 is in use", "␎␛(0q␏q", rows="q─"),
        case("designating G1 while it is in use", "␎q␛)0q", rows="q─"),
    ]),
    function("LS2, LS3", "ECMA-48 8.3.78 and 8.3.80", [
        case("LS2 uses G2", "␛*0q␛nq␏q", rows="q─q"),
        case("LS3 uses G3", "␛+0q␛oq␏q", rows="q─q"),
    ]),
    function("SS2, SS3", "ECMA-48 8.3.141 and 8.3.142", [
        case("SS2 uses G2 for one character", "␛*0␛Nqq", rows="─q"),
        case("SS3 uses G3 for one character", "␛+0␛Oqq", rows="─q"),
        case("returns to G1", "␛)0␛*A␎␛N#q", rows="£─"),
    ]),
]
