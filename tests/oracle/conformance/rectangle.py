"""Rectangular areas."""
from .case import case, function

GROUP = "Rectangles"
ROWS = "abcdef|ghijkl|mnopqr|stuvwx"
ORIGIN = "␛[2;4r␛[?69h␛[2;5s␛[?6h"

FUNCTIONS = [
    function("DECFRA", "VT510", [
        case("fills with a character, the cursor stays", "␛[4;6H␛[88;2;2;3;4$x", on=ROWS,
             rows="abcdef|gXXXkl|mXXXqr|stuvwx", at=(4, 6)),
        case("without corners fills the screen", "␛[88$x", on=ROWS, rows="|".join(["XXXXXXXXXX"] * 5)),
        case("stops at the borders", "␛[88;2;5;99;99$x", on=ROWS,
             rows="abcdef|ghijXXXXXX|mnopXXXXXX|stuvXXXXXX|    XXXXXX"),
        case("in the looks of the pen", "␛[1;31m␛[88;2;2;2;3$x", on=ROWS, rows="abcdef|gXXjkl|mnopqr|stuvwx",
             looks={(2, 1): "", (2, 2): "fg=1 bold", (2, 4): ""}),
        case("counts from the margins in origin mode", ORIGIN + "␛[88;1;1;2;2$x", on=ROWS,
             rows="abcdef|gXXjkl|mXXpqr|stuvwx"),
        case("nothing with corners in the wrong order", "␛[88;3;3;2;2$x", on=ROWS, rows=ROWS),
        case("nothing with a control character", "␛[7;1;1;2;2$x", on=ROWS, rows=ROWS),
    ]),
    function("DECERA", "VT510", [
        case("erases, the cursor stays", "␛[4;6H␛[2;2;3;4$z", on=ROWS, rows="abcdef|g   kl|m   qr|stuvwx", at=(4, 6)),
        case("without corners erases the screen", "␛[$z", on=ROWS, rows=""),
        case("erases what is protected", '␛[1"qabc␛[0"q␛[1;2;1;3$z', rows="a"),
        case("counts from the margins in origin mode", ORIGIN + "␛[1;1;2;2$z", on=ROWS,
             rows="abcdef|g  jkl|m  pqr|stuvwx"),
        case("does not care for margins without origin mode", "␛[2;3r␛[1;1;1;3$z", on=ROWS,
             rows="   def|ghijkl|mnopqr|stuvwx"),
    ]),
    function("DECSERA", "VT510", [
        case("erases, the cursor stays", "␛[4;6H␛[2;2;3;4${", on=ROWS, rows="abcdef|g   kl|m   qr|stuvwx", at=(4, 6)),
        case("leaves what is protected", 'a␛[1"qb␛[0"qcd␛[1;1;1;3${', rows=" b d"),
    ]),
    function("DECCRA", "VT510", [
        case("copies, the cursor stays", "␛[4;6H␛[1;1;2;3;1;3;7;1$v", on=ROWS, rows="abcdef|ghijkl|mnopqrabc|stuvwxghi",
             at=(4, 6)),
        case("an area over itself, down and right", "␛[1;1;3;3;1;2;2;1$v", on=ROWS, rows="abcdef|gabckl|mghiqr|smnowx"),
        case("an area over itself, up and left", "␛[2;2;4;4;1;1;1;1$v", on=ROWS, rows="hijdef|nopjkl|tuvpqr|stuvwx"),
        case("what does not fit is left out", "␛[1;1;2;3;1;5;9;1$v", on=ROWS,
             rows="abcdef|ghijkl|mnopqr|stuvwx|        ab"),
        case("looks are copied, too", "␛[31mab␛[m␛[1;1;1;2;1;2;1;1$v", rows="ab|ab",
             looks={(2, 1): "fg=1", (2, 2): "fg=1"}),
    ]),
]
