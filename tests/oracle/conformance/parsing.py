"""What is a control sequence, and where it ends."""
from .case import case, function

GROUP = "Parsing"

FUNCTIONS = [
    function("Control sequences", "ECMA-48 5.4, DEC STD 070", [
        case("controls inside are carried out", "ab␛[1␈Cx", rows="abx", source="DEC STD 070"),
        case("CR inside is carried out", "ab␛[2␍Cx", rows="abx", source="DEC STD 070"),
        case("CAN ends it", "a␛[3␘Cb", rows="aCb", source="ECMA-48 8.3.6, VT510"),
        case("ESC begins anew", "a␛[3␛[2Cb", rows="a  b", source="VT510"),
        case("DEL inside is ignored", "a␛[2␡Cb", rows="a  b", source="VT510"),
        case("an unknown final is passed over", "a␛[5~b", rows="ab"),
        case("an unknown mark is passed over", "a␛[<5hb␛[=5zc", rows="abc"),
        case("an unknown intermediate is passed over", "a␛[5 Cb␛[5!Ac", rows="abc"),
        case("several intermediates are passed over", "a␛[5 !\"#$Cb", rows="ab"),
        case("a mark in the middle makes it invalid", "a␛[5?Cb", rows="ab", source="VT510"),
        case("a parameter after an intermediate makes it invalid", "a␛[ 5Cb", rows="ab", source="VT510"),
        case("no parameter between semicolons is the default", "␛[;;;3H", at=(1, 1)),
        case("20 parameters", "␛[1;31" + ";1" * 18 + "mx", rows="x", looks={(1, 1): "fg=1 bold"}, unfit=("libvterm",)),
        case("many parameters print nothing", "␛[" + "1;" * 200 + "mx", rows="x", unfit=("libvterm",)),
        case("a long number prints nothing", "␛[" + "9" * 300 + "Cx", rows="         x"),
        case("colons make CUP something unknown", "␛[2:3Hx", rows="x", source="ECMA-48 5.4.2"),
    ]),
    function("Escape sequences", "ECMA-35 13", [
        case("an unknown one is passed over", "a␛Qb␛yc", rows="abc"),
        case("with an unknown intermediate", "a␛$Ab␛ Fc", rows="abc"),
        case("with several intermediates", "a␛ #%Ab", rows="ab"),
        case("CAN ends it", "a␛(␘0b", rows="a0b", source="ECMA-48 8.3.6, VT510"),
        case("controls inside are carried out", "ab␛␈Dx", rows="ab| x", source="DEC STD 070"),
        case("UTF-8 is chosen", "␛%Gä", rows="ä", source="ECMA-35 15.4"),
    ]),
    function("Control strings", "ECMA-48 5.6", [
        case("DCS is not printed", "a␛P1;2zdata␛\\b", rows="ab", at=(1, 3)),
        case("SOS, PM and APC are not printed", "a␛Xone␛\\b␛^two␛\\c␛_three␛\\d", rows="abcd", at=(1, 5)),
        case("sixel data is not printed", "a␛Pq#0;2;0;0;0~~-~~␛\\b", rows="ab", source="VT340"),
        case("kitty graphics are not printed", "a␛_Gf=24,s=1,v=1;AAAA␛\\b", rows="ab",
             source="kitty graphics protocol"),
        case("OSC ends with ST", "a␛]2;title␛\\b", rows="ab", title="title"),
        case("OSC ends with BEL", "a␛]2;title␇b", rows="ab", title="title", source="xterm ctlseqs"),
        case("an unknown OSC is passed over", "a␛]9999;x␛\\b␛]x␛\\c", rows="abc"),
        case("CAN ends an OSC without effect", "␛]2;one␛\\␛]2;two␘x", rows="x", title="one", source="VT510"),
        case("CAN ends a DCS", "a␛P1q␘b", rows="ab", source="VT510"),
        case("ESC ends an OSC and begins a sequence", "␛]2;one␛[3Cx", rows="   x", source="VT510"),
        case("a long OSC", "a␛]2;" + "t" * 5000 + "␛\\b", rows="ab"),
        case("ST alone is passed over", "a␛\\b", rows="ab"),
    ]),
]
