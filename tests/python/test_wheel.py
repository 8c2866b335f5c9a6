"""The wheel and the source archive: built without a network, installed into a fresh folder, and used from there."""
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import zipfile

import support
from support import DEADLINE, PACKAGE, child_environment

BUILD = "import sys; from setuptools import build_meta; getattr(build_meta, sys.argv[1])(sys.argv[2])"
MISSING = [name for name in ("setuptools", "wheel") if not importlib.util.find_spec(name)]


class Wheel(support.Case):
    def setUp(self):
        super().setUp()
        self.out = self.daemon.folder / "out"
        self.out.mkdir()

    def build(self, kind, folder, **environment):
        done = subprocess.run([sys.executable, "-B", "-c", BUILD, f"build_{kind}", str(self.out)], cwd=folder,
                              env={**os.environ, "PYTHONPATH": "", **environment}, capture_output=True, text=True,
                              timeout=4 * DEADLINE)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        return max(self.out.iterdir(), key=os.path.getmtime)

    def checkout(self):
        """What the build needs of the tree, so that nothing is written there."""
        root = self.daemon.folder / "tree"
        shutil.copytree(PACKAGE, root / "client" / "python",
                        ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
        shutil.copytree(support.harness.SOURCE / "proto", root / "proto")
        shutil.copy(support.harness.SOURCE / "LICENSE", root)
        return root / "client" / "python"

    def install(self, wheel):
        target = self.daemon.folder / "installed"
        if importlib.util.find_spec("pip"):
            subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index",
                            "--disable-pip-version-check", "--target", str(target), str(wheel)], check=True,
                           timeout=4 * DEADLINE, env={**os.environ, "HOME": str(self.daemon.folder),
                                                    "PIP_ROOT_USER_ACTION": "ignore"})
        else:
            zipfile.ZipFile(wheel).extractall(target)
        return target

    def names(self, wheel):
        return sorted(name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("ptyd/"))

    def use(self, target, flags, encoding):
        program = ("import asyncio, ptyd\n"
                   "async def main():\n"
                   "    async with ptyd.connect() as client: print(client.encoding, ptyd.__file__)\n"
                   "asyncio.run(main())\n")
        for arguments in (["-c", program], [str(PACKAGE / "examples" / "drive_repl.py"), "40 + 2"]):
            done = subprocess.run([sys.executable, "-B", *flags, *arguments], cwd="/",
                                  env=child_environment(self.daemon, target), capture_output=True, text=True,
                                  timeout=DEADLINE)
            self.assertEqual("", done.stderr)
            self.assertIn(f"{encoding} {target}" if "-c" in arguments else "40 + 2 = 42", done.stdout)

    def test_wheels_of_a_checkout_and_of_its_source_archive(self):
        folder = self.checkout()
        wheel = self.build("wheel", folder)
        names = self.names(wheel)
        for name in ("py.typed", "v1/ptyd_pb2.py", "LICENSE", "client.py"):
            self.assertIn(f"ptyd/{name}", names)
        self.assertEqual({f"ptyd/{path.name}" for path in (PACKAGE / "ptyd").glob("*.py")} - set(names), set())
        self.assertFalse((folder / "ptyd" / "v1").exists())

        archive = self.build("sdist", folder)
        with tarfile.open(archive) as tar:
            tar.extractall(self.daemon.folder / "source")
        source = next((self.daemon.folder / "source").iterdir())
        self.assertTrue((source / "examples" / "run_build.py").exists())
        wheel.unlink()
        # The archive holds what protoc makes.
        again = self.build("wheel", source, PROTOC="/no/protoc")
        self.assertEqual(names, self.names(again))

        target = self.install(again)
        self.assertTrue(pathlib.Path(target, "ptyd", "v1", "ptyd_pb2.py").exists())
        self.use(target, (), "protobuf")
        self.use(target, ("-S",), "json")


if __name__ == "__main__":
    if MISSING or not (shutil.which("protoc") or os.environ.get("PROTOC")):
        print(f"not run: {', '.join(MISSING) or 'protoc'} is missing")
        sys.exit(77)
    support.main()
