"""Characters that are protected from selective erasure."""
from .case import case, function

GROUP = "Protected erase"
MIXED = '␛[1"qab␛[0"qcd␛[1"qef␛[0"qgh'  # ab and ef are protected

FUNCTIONS = [
    function("DECSCA", "VT510", [
        case("1 protects what is printed from now on", 'ab␛[1"qcd␛[?2K', rows="  cd"),
        case("0 ends that", '␛[1"qab␛[0"qcd␛[?2K', rows="ab"),
        case("2 ends that", '␛[1"qab␛[2"qcd␛[?2K', rows="ab"),
        case("no parameter ends that", '␛[1"qab␛["qcd␛[?2K', rows="ab"),
        case("writing over a protected character is allowed", '␛[1"qabc␛[0"q␛[2Gx␛[?2K', rows="a c"),
        case("SGR 0 does not end it", '␛[1"q␛[mab␛[?2K', rows="ab"),
        case("DECSC and DECRC keep it", '␛[1"q␛7␛[0"q␛8ab␛[?2K', rows="ab"),
        case("DECSTR ends it", '␛[1"q␛[!pab␛[?2K', rows=""),
        case("RIS ends it", '␛[1"q␛cab␛[?2K', rows=""),
        case("protected characters move as others do", '␛[1"qab␛[0"qcd␛[1G␛[2@␛[?2K', rows="  ab"),
    ]),
    function("DECSEL", "VT510", [
        case("to the end without a parameter, the cursor stays", MIXED + "␛[4G␛[?K", rows="abc ef", at=(1, 4)),
        case("0: to the end", MIXED + "␛[3G␛[?0K", rows="ab  ef"),
        case("1: to the beginning, with the cursor", MIXED + "␛[7G␛[?1K", rows="ab  ef h", at=(1, 7)),
        case("2: all of the row", MIXED + "␛[4G␛[?2K", rows="ab  ef", at=(1, 4)),
        case("erases all when nothing is protected", "abcd␛[2G␛[?K", rows="a"),
        case("does not care for margins", MIXED + "␛[?69h␛[3;5s␛[1;4H␛[?2K", rows="ab  ef"),
        case("keeps the looks of what is protected", '␛[31m␛[1"qab␛[0"q␛[m␛[?2K', rows="ab",
             looks={(1, 1): "fg=1 protected"}),
    ]),
    function("DECSED", "VT510", [
        case("to the end without a parameter, the cursor stays", f"{MIXED}␍␊{MIXED}␍␊{MIXED}␛[2;4H␛[?J",
             rows="abcdefgh|abc ef|ab  ef", at=(2, 4)),
        case("0: to the end", f"{MIXED}␍␊{MIXED}␛[1;4H␛[?0J", rows="abc ef|ab  ef"),
        case("1: to the beginning, with the cursor", f"{MIXED}␍␊{MIXED}␍␊{MIXED}␛[2;7H␛[?1J",
             rows="ab  ef|ab  ef h|abcdefgh", at=(2, 7)),
        case("2: all", f"{MIXED}␍␊{MIXED}␛[1;4H␛[?2J", rows="ab  ef|ab  ef", at=(1, 4)),
        case("erases all when nothing is protected", "␛[1;2H␛[?J", on="ab|cd", rows="a"),
        case("does not care for margins", f"{MIXED}␍␊{MIXED}␛[2;3r␛[?2J", rows="ab  ef|ab  ef"),
    ]),
    function("SPA, EPA", "ECMA-48 8.3.129 and 8.3.46, ERM 7.2.4", [
        case("EL leaves a guarded area", "␛Vab␛Wcd␛[2K", rows="ab"),
        case("ED leaves a guarded area", "␛Vab␛Wcd␛[2J", rows="ab"),
        case("ECH leaves a guarded area", "␛Vab␛Wcd␛[1G␛[9X", rows="ab"),
        case("DECSEL leaves a guarded area", "␛Vab␛Wcd␛[?2K", rows="ab", source="xterm"),
        case("writing into it is allowed", "␛Vab␛Wcd␛[1Gx␛[2K", rows=" b"),
        case("DL takes it away", "␛Vab␛Wcd␛[M", rows=""),
        case("DECERA erases it", "␛Vab␛Wcd␛[$z", rows="", source="xterm"),
        case("DECSC and DECRC keep it", "␛Vab␛7␛W␛8cd␛[2K", rows="abcd", source="xterm"),
        case("of both protections counts the one used last", '␛Vab␛Wcd␛[1"q␛[0"q␛[2K', rows="", source="xterm"),
        case("DECSTR ends it", "␛Vab␛Wcd␛[!p␛[2K", rows="", source="xterm"),
        case("RIS ends it", "␛Vab␛cab␛[2K", rows=""),
    ]),
]
