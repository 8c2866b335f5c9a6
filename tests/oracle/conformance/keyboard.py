"""The keyboard's modes."""
from .case import case, function

GROUP = "Keyboard"

FUNCTIONS = [
    function("Kitty keyboard", "kitty keyboard protocol", [
        case("no flags at first", "␛[?u", reply="␛[?0u"),
        case("push sets flags", "␛[>5u␛[?u", reply="␛[?5u"),
        case("push without flags is 0", "␛[>5u␛[>u␛[?u", reply="␛[?0u"),
        case("pop returns to what was before", "␛[>1u␛[>5u␛[<u␛[?u", reply="␛[?1u"),
        case("pop several", "␛[>1u␛[>5u␛[>7u␛[<2u␛[?u", reply="␛[?1u"),
        case("pop more than there are", "␛[>1u␛[>5u␛[<9u␛[?u", reply="␛[?0u"),
        case("set all flags", "␛[>1u␛[=5u␛[?u", reply="␛[?5u"),
        case("set, mode 1", "␛[>1u␛[=4;1u␛[?u", reply="␛[?4u"),
        case("set, mode 2 adds", "␛[>1u␛[=4;2u␛[?u", reply="␛[?5u"),
        case("set, mode 3 takes away", "␛[>5u␛[=4;3u␛[?u", reply="␛[?1u"),
        case("set changes the top of the stack only", "␛[>1u␛[>3u␛[=8u␛[<u␛[?u", reply="␛[?1u"),
        case("each screen has a stack of its own", "␛[>1u␛[?1049h␛[?u␛[>7u␛[?1049l␛[?u", reply="␛[?0u␛[?1u"),
        case("the alternate screen keeps its flags", "␛[?1049h␛[>7u␛[?1049l␛[?47h␛[?u", reply="␛[?7u"),
        case("flags that are not known are left out", "␛[>127u␛[?u", reply="␛[?31u"),
        case("prints nothing, moves nothing", "ab␛[>1u␛[=1;2u␛[<u␛[?uc", rows="abc", at=(1, 4)),
    ]),
    function("modifyOtherKeys", "xterm ctlseqs", [
        case("is set and told", "␛[>4;2m␛[?4m", reply="␛[>4;2m"),
        case("without a value it is as at first", "␛[>4;2m␛[>4m␛[?4m", reply="␛[>4;0m"),
        case("is no SGR", "␛[>4;1mx", rows="x", looks={(1, 1): ""}),
    ]),
]
