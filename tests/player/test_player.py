#!/usr/bin/env python3
"""Recordings read by npm's asciinema-player. Exit status 77: node or its modules can't be had here."""
import json
import pathlib
import subprocess

import harness
from harness import pb

HERE = pathlib.Path(__file__).resolve().parent
PRINTS = r"printf '\033[1mbold\033[m \303\251\360\237\230\200 \"quoted\" \\\\ \000\001\377 one\n'; read x; stty size; echo end $x"


class Player(harness.DaemonTest):
    def played(self, file):
        done = subprocess.run(["node", HERE / "play.mjs", MODULES, file], capture_output=True, timeout=harness.DEADLINE)
        self.assertEqual(0, done.returncode, done.stderr.decode())
        return json.loads(done.stdout)

    def test_what_was_printed_sized_and_marked(self):
        for form in ("v2", "v3"):
            with self.subTest(format=form):
                client, file = self.client(), self.daemon.folder / f"{form}.cast"
                client.create("/bin/sh", "-c", PRINTS, name=form, size=pb.WindowSize(cols=90, rows=20))
                attached = client.attach(form, from_offset=0, role=pb.OBSERVER, until_stream_end=True)
                attached.expect("one")
                self.daemon.ptyctl("record", "start", form, file, "--format", form, "--from-start", "--input")
                self.daemon.ptyctl("record", "mark", form, "a place")
                client.request("resize", session=form, size=pb.WindowSize(cols=100, rows=30))
                client.request("send", session=form, data=b"typed\r")
                attached.until_ended()
                client.request("wait", sessions=[form])
                harness.eventually(lambda: not client.request("inspect", session=form).recording.active, "the file's end")
                found = self.played(file)
                text = bytes(attached.data).decode(errors="replace")
                self.assertIn("30 100\r\nend typed\r\n", text)
                self.assertEqual(text, found["output"])
                self.assertEqual([100, 30], found["resizes"][-1])
                self.assertEqual(["a place"], [marker[1] for marker in found["metadata"]["markers"]])
                self.assertEqual("typed\r", "".join(found["inputs"]))


if __name__ == "__main__":
    MODULES = harness.npm_modules(HERE)
    harness.main()
