#!/usr/bin/env python3
"""The zip for Windows: the same bytes each time, all that belongs in it, programs that run where it is unpacked, and
manifests that fit it. It is packed from this build's programs: a released one has the same but for test hooks.

usage: test_zip.py PREFIX BIN_FOLDER CONSOLE_CHILD [unittest's options]
"""
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile

import yaml

from harness import HERE, ProgramsTest, windows_path

ROOT = HERE.parent.parent
URL = "https://example.com/download"
CHILD = ""


def make_zip(out):
    made = subprocess.run([ROOT / "packaging/windows/make_zip.sh", "--programs", ProgramsTest.bin, "--out", out,
                           "--url", URL, "--homepage", "https://example.com"], capture_output=True, text=True)
    if made.returncode:
        raise AssertionError(made.stdout + made.stderr)
    return next(pathlib.Path(out).glob("*.zip"))


class Zip(ProgramsTest):
    @classmethod
    def setUpClass(cls):
        cls.out = tempfile.TemporaryDirectory(prefix="ptyd-zip-")
        cls.addClassCleanup(cls.out.cleanup)
        cls.zip = make_zip(cls.out.name)
        cls.version = re.search(r"project\(ptyd VERSION ([\d.]+) ", (ROOT / "CMakeLists.txt").read_text()).group(1)
        cls.hash = hashlib.sha256(cls.zip.read_bytes()).hexdigest()

    def test_name_and_hash(self):
        self.assertEqual(self.zip.name, f"ptyd-{self.version}-windows-x64.zip")
        self.assertEqual(self.zip.with_name(self.zip.name + ".sha256").read_text(), f"{self.hash}  {self.zip.name}\n")

    def test_the_same_programs_give_the_same_bytes(self):
        again = make_zip(self.folder / "again")
        self.assertEqual(again.read_bytes(), self.zip.read_bytes())

    def test_content(self):
        with zipfile.ZipFile(self.zip) as archive:
            self.assertIsNone(archive.testzip())
            top = self.zip.stem
            self.assertEqual({name.split("/")[0] for name in archive.namelist()}, {top})
            texts = {name[len(top) + 1:]: archive.read(name) for name in archive.namelist()}
        for name in ("ptyctl.exe", "ptyd.exe", "ptyd-host.exe"):
            self.assertEqual(texts[name][:2], b"MZ")
            self.assertNotIn(str(ROOT).encode(), texts[name].replace(b"\0", b""), "where it was built")
        self.assertIn(b"MIT License\r\n", texts["LICENSE.txt"])
        for line in (f"ptyd {self.version} for Windows", "conpty.dll and OpenConsole.exe", "ptyctl service install"):
            self.assertIn(line.encode(), texts["README.txt"])
        self.assertNotIn(b"@", texts["README.txt"])
        named = re.findall(r"  (\S+\.txt)", texts["licenses/README.txt"].decode())
        self.assertEqual(len(named), 10)
        for name in named:
            self.assertGreater(len(texts[f"licenses/{name}"]), 500, name)
        words = {"libprotobuf-dev": "Google", "libre2-dev": "RE2", "libcli11-dev": "Redistribution", "libfmt-dev": "fmt",
                 "g++-mingw-w64-x86-64-posix": "RUNTIME LIBRARY EXCEPTION", "mingw-w64-x86-64-dev": "winpthreads"}
        for name, word in words.items():
            self.assertIn(word.lower(), texts[f"licenses/{name}.txt"].decode().lower())
        boost = next(texts[name] for name in texts if "boost" in name)
        self.assertIn(b"Boost Software License", boost)
        for text in [texts[f"licenses/{name}"].decode() for name in named]:
            for common in re.findall(r"/usr/share/common-licenses/([A-Za-z0-9.+-]*[A-Za-z0-9+])", text):
                if pathlib.Path("/usr/share/common-licenses", common).is_file():
                    self.assertIn(f"licenses/common-{common}.txt", texts)

    def test_the_programs_run_where_it_is_unpacked(self):
        folder = self.folder / "Zoë's programs"
        with zipfile.ZipFile(self.zip) as archive:
            archive.extractall(folder)
        self.bin = str(folder / self.zip.stem)
        self.assertTrue(self.ctl("version").startswith(f"ptyctl {self.version}\n"))
        self.ctl("new", "-d", "-q", "zipped", "--", windows_path(CHILD), "echo")
        self.assertEqual([one["name"] for one in self.json("list")["sessions"]], ["zipped"])
        self.assertIn(self.version, self.ctl("version"))
        self.ctl("send", "zipped", "some words", "--enter")
        self.eventually(lambda: "[some words]" in self.ctl("logs", "zipped"), "the answer")
        self.ctl("send", "zipped", "end", "--enter")
        self.ctl("wait", "zipped", "--timeout", "30s")

    def test_winget_manifests(self):
        files = {path.name: yaml.safe_load(path.read_text())
                 for path in (pathlib.Path(self.out.name) / "winget").iterdir()}
        self.assertEqual(sorted(files), ["ptyd.installer.yaml", "ptyd.locale.en-US.yaml", "ptyd.yaml"])
        required = {"version": {"DefaultLocale"}, "installer": {"Installers"},
                    "defaultLocale": {"PackageLocale", "Publisher", "PackageName", "License", "ShortDescription"}}
        for one in files.values():
            self.assertEqual((one["PackageIdentifier"], one["PackageVersion"], one["ManifestVersion"]),
                             ("ptyd.ptyd", self.version, "1.6.0"))
            self.assertLessEqual(required.pop(one["ManifestType"]), set(one))
        self.assertEqual(required, {})
        installer = files["ptyd.installer.yaml"]
        self.assertEqual(installer["Installers"], [{"Architecture": "x64", "InstallerSha256": self.hash.upper(),
                                                    "InstallerUrl": f"{URL}/{self.zip.name}"}])
        self.assertEqual((installer["InstallerType"], installer["NestedInstallerType"]), ("zip", "portable"))
        with zipfile.ZipFile(self.zip) as archive:
            for one in installer["NestedInstallerFiles"]:
                self.assertIn(one["RelativeFilePath"].replace("\\", "/"), archive.namelist())

    def test_scoop_manifest(self):
        manifest = json.loads((pathlib.Path(self.out.name) / "scoop/ptyd.json").read_text())
        self.assertLessEqual({"version", "homepage", "license"}, set(manifest))
        self.assertEqual(manifest["version"], self.version)
        self.assertEqual(manifest["architecture"]["64bit"], {"url": f"{URL}/{self.zip.name}", "hash": self.hash,
                                                             "extract_dir": self.zip.stem})
        with zipfile.ZipFile(self.zip) as archive:
            for name in manifest["bin"]:
                self.assertIn(f"{self.zip.stem}/{name}", archive.namelist())
        self.assertIn("service uninstall", manifest["pre_uninstall"])


if __name__ == "__main__":
    ProgramsTest.prefix, ProgramsTest.bin, CHILD = sys.argv[1:4]
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]], verbosity=2)
