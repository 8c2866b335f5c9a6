"""The step of the build that makes ptyd/v1/ptyd_pb2.py. A checkout has it made by protoc; a source archive holds it."""
import os
import shutil
import subprocess

from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROTO = os.path.join(ROOT, "proto")


def generate(folder):
    """Into `folder`, which is to hold the package. PROTOC names another protoc than that of PATH."""
    source = os.path.join(PROTO, "ptyd", "v1", "ptyd.proto")
    if not os.path.exists(source):
        return []
    protoc = os.environ.get("PROTOC") or shutil.which("protoc")
    if not protoc:
        raise SystemExit("protoc is missing: install protobuf's compiler, or build from a source archive")
    os.makedirs(folder, exist_ok=True)
    subprocess.run([protoc, f"--proto_path={PROTO}", f"--python_out={folder}", source], check=True)
    shutil.copyfile(os.path.join(ROOT, "LICENSE"), os.path.join(folder, "ptyd", "LICENSE"))
    return [os.path.join(folder, "ptyd", name) for name in ("v1/ptyd_pb2.py", "LICENSE")]


class BuildPy(build_py):
    made = ()

    def run(self):
        super().run()
        self.made = generate(self.build_lib)

    def get_outputs(self, include_bytecode=True):
        return super().get_outputs(include_bytecode) + list(self.made)

    def check_package(self, package, package_dir):
        # In a checkout this package has no folder before it is made.
        return None if package == "ptyd.v1" else super().check_package(package, package_dir)


class SourceArchive(sdist):
    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, files)
        generate(base_dir)
