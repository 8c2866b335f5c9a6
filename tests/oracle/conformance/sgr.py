"""Looks of characters."""
from .case import case, function

GROUP = "Looks (SGR)"
T416 = "ITU-T T.416 13.1.8"
XTERM = "xterm ctlseqs"
STYLED = "kitty's underline styles"


def look(shows, parameters, wanted, **more):
    """A character that is printed after SGR looks as wanted."""
    return case(shows, f"␛[{parameters}mx", rows="x", looks={(1, 1): wanted}, **more)


FUNCTIONS = [
    function("SGR 0 to 29, 53, 55", "ECMA-48 8.3.117", [
        look("bold", "1", "bold"),
        look("faint", "2", "dim"),
        look("italic", "3", "italic"),
        look("underlined", "4", "underline=1"),
        look("blinking", "5", "blink"),
        look("blinking fast is blinking", "6", "blink", source=XTERM),
        look("inverse", "7", "inverse"),
        look("concealed", "8", "conceal"),
        look("crossed out", "9", "strike"),
        look("doubly underlined", "21", "underline=2"),
        look("overlined", "53", "overline"),
        look("all at once", "1;2;3;4;5;7;8;9;53",
             "bold dim italic underline=1 blink inverse conceal strike overline"),
        look("22 ends bold and faint", "1;2;3;22", "italic"),
        look("23 ends italic", "1;3;23", "bold"),
        look("24 ends underlines", "1;21;24", "bold"),
        look("25 ends blinking", "1;5;25", "bold"),
        look("27 ends inverse", "1;7;27", "bold"),
        look("28 ends concealed", "1;8;28", "bold"),
        look("29 ends crossed out", "1;9;29", "bold"),
        look("55 ends overlined", "1;53;55", "bold"),
        look("0 ends all", "1;3;4;7;31;42;0", ""),
        look("no parameter is 0", "1;31m␛[", ""),
        look("an empty parameter is 0", "1;31;;3", "italic"),
        look("one that is not known is passed over", "1;77;3", "bold italic"),
        look("is added to what is set", "1m␛[3", "bold italic"),
    ]),
    function("SGR 30 to 49, 90 to 107", "ECMA-48 8.3.117, aixterm", [
        look("foreground", "31", "fg=1"),
        look("background", "44", "bg=4"),
        look("bright foreground", "91", "fg=9"),
        look("bright background", "104", "bg=12"),
        look("bold does not make it bright", "1;31", "fg=1 bold"),
        look("39 is the default foreground", "31;44;39", "bg=4"),
        look("49 is the default background", "31;44;49", "fg=1"),
        look("the last one counts", "31;32;41;42", "fg=2 bg=2"),
    ]),
    function("SGR 38, 48", "ITU-T T.416 13.1.8, xterm ctlseqs", [
        look("indexed", "38;5;208", "fg=208"),
        look("indexed, background", "48;5;17", "bg=17"),
        look("RGB", "38;2;1;2;3", "fg=#010203"),
        look("RGB, background", "48;2;255;128;0", "bg=#ff8000"),
        look("others may follow", "38;5;208;1;48;2;1;2;3;3", "fg=208 bg=#010203 bold italic"),
        look("colons, indexed", "38:5:208", "fg=208", source=T416),
        look("colons, RGB with an empty colour space", "38:2::1:2:3", "fg=#010203", source=T416),
        look("colons, RGB without a colour space", "38:2:1:2:3", "fg=#010203", source=XTERM),
        look("colons, background", "48:2::1:2:3", "bg=#010203", source=T416),
        look("colons, then others", "38:5:208;1", "fg=208 bold", source=T416),
        look("colons, with tolerance", "38:2::1:2:3::0", "fg=#010203", source=T416),
        look("an index that is too large changes nothing", "31;38;5;256", "fg=1"),
    ]),
    function("SGR 4:n, 58, 59", STYLED, [
        look("4:0 none", "4;4:0", ""),
        look("4:1 single", "4:1", "underline=1"),
        look("4:2 double", "4:2", "underline=2"),
        look("4:3 curly", "4:3", "underline=3"),
        look("4:4 dotted", "4:4", "underline=4"),
        look("4:5 dashed", "4:5", "underline=5"),
        look("4 after 4:3 is single", "4:3;4", "underline=1"),
        look("24 ends all", "4:3;24", ""),
        look("58 colours the line, indexed", "4;58:5:9", "underline=1 ul=9"),
        look("58 colours the line, RGB", "4;58:2::1:2:3", "underline=1 ul=#010203"),
        look("58 with semicolons", "4;58;5;9;1", "bold underline=1 ul=9"),
        look("59 is the default colour", "4;58:5:9;59", "underline=1"),
        look("4:3 keeps its neighbours", "1;4:3;31", "fg=1 bold underline=3"),
    ]),
    function("Back colour erase", "xterm ctlseqs, bce", [
        case("written cells keep their looks", "␛[31;1ma␛[mb", rows="ab", looks={(1, 1): "fg=1 bold", (1, 2): ""}),
        case("blanks that are written have all looks", "␛[4;42m ", rows="", looks={(1, 1): "bg=2 underline=1"}),
        case("a wrap paints nothing", "␛[42m0123456789x", rows="0123456789|x", looks={(2, 1): "bg=2", (2, 2): ""}),
        case("tabs paint nothing", "␛[42m␉x", rows="        x", looks={(1, 1): "", (1, 8): "", (1, 9): "bg=2"}),
        case("a wide character's halves have the same look", "␛[42m日", rows="日",
             looks={(1, 1): "bg=2", (1, 2): "bg=2"}),
        case("inverse is not painted by erasing", "␛[7;42m␛[K", looks={(1, 1): "bg=2"}),
    ]),
]
