#!/usr/bin/env python3
"""Text that is in no code page, and text that is in one but not in ASCII, arrives as it was, under Wine.

usage: test_names.py PREFIX BIN_FOLDER CONSOLE_CHILD [unittest's options]
"""
import json
import pathlib
import shutil
import sys
import unittest

from harness import ProgramsTest, windows_path

TEXT = "Zoë 你好 😀"
# Letters that a code page turns into quotation marks, hyphens and slashes.
LOOKALIKES = "＂－／＼"


def escaped(path):
    return windows_path(path).replace("\\", "\\\\")


class Names(ProgramsTest):
    def setUp(self):
        super().setUp()
        self.child = pathlib.Path(self.bin) / "text_child.exe"
        self.count = 0

    def report_of(self, *args, child=None, options=(), **more):
        """What a program that ran in a session was started with."""
        self.count += 1
        file = self.folder / f"report{self.count}"
        self.ctl("new", "-d", "-q", "--wait", *options, f"n{self.count}", "--", windows_path(child or self.child),
                 "report", windows_path(file), *args, **more)
        found = json.loads(file.read_text(), strict=False)
        # Surrogates come one by one.
        for key, value in found.items():
            if isinstance(value, str):
                found[key] = value.encode("utf-16", "surrogatepass").decode("utf-16")
        self.assertNotEqual(found["code_page"], 65001, "with this code page the test would show nothing")
        return found

    def test_arguments(self):
        args = (TEXT, LOOKALIKES, "", "a \"b\\", "tab\there", "end\\")
        line = self.report_of(*args)["command_line"]
        self.assertTrue(line.endswith(f' "{TEXT}" {LOOKALIKES} "" "a \\"b\\\\" "tab\there" end\\'), ascii(line))

    def test_patterns_are_not_expanded(self):
        for name in ("a.txt", "b.txt"):
            (self.folder / name).write_text("")
        line = self.report_of("*", "?.txt", "*.txt", cwd=self.folder)["command_line"]
        self.assertTrue(line.endswith(" * ?.txt *.txt"), ascii(line))

    def test_environment(self):
        found = self.report_of(options=("-e", f"PTYD_TEST_ONE={TEXT}", "-e", "PTYD_TEST_TWO", "-e", f"PTYD_{TEXT}=3"),
                               env={"PTYD_TEST_TWO": TEXT + LOOKALIKES})["environment"]
        for entry in (f"PTYD_TEST_ONE={TEXT}", f"PTYD_TEST_TWO={TEXT}{LOOKALIKES}", f"PTYD_{TEXT}=3"):
            self.assertIn(entry, found)

    def test_a_file_of_variables(self):
        file = self.folder / f"{TEXT}.env"
        file.write_text(f"PTYD_TEST_FILE={TEXT}\n", encoding="utf-8")
        self.assertIn(f"PTYD_TEST_FILE={TEXT}", self.report_of(options=("--env-file", windows_path(file)))["environment"])

    def test_folder(self):
        folder = self.folder / TEXT
        (folder / "inner").mkdir(parents=True)
        path = windows_path(folder)
        self.assertEqual(self.report_of(cwd=folder)["folder"], path)
        self.assertEqual(self.report_of(options=("-C", path))["folder"], path)
        self.assertEqual(self.report_of(options=("-C", "inner"), cwd=folder)["folder"], path + "\\inner")

    def test_program(self):
        child = self.folder / TEXT / f"{LOOKALIKES}.exe"
        child.parent.mkdir()
        shutil.copy(self.child, child)
        self.assertEqual(self.report_of(child=child)["file"], windows_path(child))

    def test_all_programs_in_such_a_folder(self):
        folder = self.folder / f"{TEXT} {LOOKALIKES} 1 2 3"
        folder.mkdir()
        for name in ("ptyd", "ptyd-host", "ptyctl"):
            shutil.copy(self.program(name), folder)
        self.bin = str(folder)
        self.report_of()
        self.assertIn(windows_path(folder), self.ctl("service", "install", "--dry-run"))

    def test_configuration(self):
        config = self.folder / f"{TEXT}.toml"
        config.write_text("[session]\nscreen = false\n")
        env = {"PTYD_CONFIG": windows_path(config)}
        for args, more in ((("--check-config",), {"env": env}),
                           (("--check-config", "--config", windows_path(config)), {})):
            status, out, err = self.run_program(self.program("ptyd"), *args, **more)
            self.assertEqual((status, out, err), (0, f"{escaped(config)}: ok\n".encode(), b""))
        config.write_text("nonsense = 1\n")
        status, out, err = self.run_program(self.program("ptyd"), "--check-config", env=env)
        self.assertIn(escaped(config), (out + err).decode())
        config.write_text("[session\n")
        status, out, err = self.run_program(self.program("ptyd"), env=env)
        self.assertEqual(status, 1)
        self.assertIn(escaped(config), err.decode())

    def test_labels_and_refused_names(self):
        self.report_of(options=("-l", f"who={TEXT}"))
        label = self.json("inspect", "n1")["session"]["labels"]["who"]
        self.assertEqual(label, TEXT)
        self.assertIn(TEXT, self.ctl("inspect", "n1"))
        status, out, err = self.run_program(self.program("ptyctl"), "new", "-d", TEXT, "--", windows_path(self.child))
        self.assertEqual((status, out), (2, b""))
        self.assertIn(TEXT.split(" ")[0], err.decode())

    def test_a_console_shows_it(self):
        """Wine's console draws no letters beyond the first 65,536."""
        text = TEXT[:-1].replace(" ", "-")
        inner = f'"{windows_path(self.program("ptyctl"))}" inspect {text}'
        self.ctl("new", "-d", "-q", "--size", "200x20", "shown", "--", windows_path(self.child), "in_console", inner)
        self.eventually(lambda: text in self.ctl("snapshot", "shown"), "the message with the name")


if __name__ == "__main__":
    ProgramsTest.prefix, ProgramsTest.bin = sys.argv[1:3]
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]], verbosity=2)
