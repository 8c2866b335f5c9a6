"""Titles, colours, links and what else comes as a string; and output that is cut anywhere."""
import oracle
import test_detach

# name: what the program writes
SCRIPTS = {
    "title": b"\x1b]0;inside\x07",
    "title and icon": b"\x1b]1;icon\x07\x1b]2;title\x1b\\",
    "titles pushed": b"\x1b[22;0t\x1b]0;one\x07\x1b[22;0t\x1b]0;two\x07",
    "titles pushed one by one": b"\x1b[22;2t\x1b[22;1t\x1b]0;one\x07",
    "titles popped one by one": b"\x1b[22;2t\x1b[22;1t\x1b]0;one\x07\x1b[23;2t\x1b[23;1t",
    "titles popped that others pushed one by one": b"\x1b]0;one\x07\x1b[23;1t\x1b[23;2t\x1b]0;two\x07\x1b[23;1t",
    "titles popped that were pushed before": b"\x1b[23;0t\x1b]0;one\x07\x1b[23;0;0t\x1b]0;two\x07",
    "colours": b"\x1b]4;1;#ff0000;2;#00ff00\x1b\\\x1b]10;#fff\x07\x1b]11;#000\x07\x1b]12;#f00\x07",
    "colours in a row": b"\x1b]10;?;#123456;#654321\x07",
    "folder": b"\x1b]7;file:///inside\x07",
    "link": b"\x1b]8;;http://inside/\x1b\\link",
    "unfinished title": b"\x1b]0;half",
    "unfinished link": b"\x1b]8;;http://inside/",
    "unfinished colour": b"\x1b]11;#ffffff",
    "unfinished DCS": b"\x1bP+q544e",
    "unfinished APC": b"\x1b_Gf=24;abcd",
    "unfinished CSI": b"\x1b[?1049",
    "unfinished escape": b"\x1b",
    "half a character": b"\xe2\x82",
}


class Strings(test_detach.DetachTest):
    def test_what_a_program_sets_is_undone(self):
        self.check(SCRIPTS)


if __name__ == "__main__":
    oracle.main()
