"""The examples, as programs of their own, with and without protobuf."""
import subprocess
import sys

import support
from support import DEADLINE, PACKAGE, child_environment

GENERATED = f"{PACKAGE}:{support.harness.os.environ.get('PYTHONPATH', '')}"


class Examples(support.Case):
    def run_example(self, name, *arguments, path=GENERATED, flags=()):
        return subprocess.run([sys.executable, *flags, str(PACKAGE / "examples" / name), *arguments],
                              env=child_environment(self.daemon, path), cwd=self.daemon.folder, capture_output=True,
                              timeout=DEADLINE, text=True, stdin=subprocess.DEVNULL)

    def without_protobuf(self, name, *arguments):
        # -S: without the folders in which protobuf is installed.
        return self.run_example(name, *arguments, path=PACKAGE, flags=("-S",))

    def test_a_build(self):
        for run in (self.run_example, self.without_protobuf):
            done = run("run_build.py", "/bin/sh", "-c", "echo compiling; exit 3")
            self.assertEqual((3, "compiling\n", ""), (done.returncode, done.stdout.replace("\r", ""), done.stderr))
            done = run("run_build.py", "/bin/sh", "-c", "kill -9 $$")
            self.assertEqual((137, ""), (done.returncode, done.stderr))
        done = self.run_example("run_build.py", "/no/such/program")
        self.assertEqual(1, done.returncode)
        self.assertIn("spawn_failed", done.stderr)

    def test_a_prompt(self):
        for run in (self.run_example, self.without_protobuf):
            done = run("drive_repl.py", "6 * 7", "2 ** 70")
            self.assertEqual((0, "6 * 7 = 42\n2 ** 70 = 1180591620717411303424\n", ""),
                             (done.returncode, done.stdout, done.stderr))

    def test_many_sessions(self):
        for run in (self.run_example, self.without_protobuf):
            done = run("many_sessions.py", "20", "/bin/sh", "-c", "echo I am $NUMBER; exit $((NUMBER % 2))")
            self.assertEqual((1, ""), (done.returncode, done.stderr))
            self.assertEqual([f"{n}: {n % 2}: I am {n}" for n in range(20)] + ["10 ended with 0, 10 ended with 1"],
                             done.stdout.splitlines())

    def test_without_a_daemon(self):
        self.daemon.terminate()
        done = self.run_example("many_sessions.py", "1", "/bin/true")
        self.assertEqual(1, done.returncode)
        self.assertIn("no daemon listens", done.stderr)
        self.assertNotIn("Traceback", done.stderr)


if __name__ == "__main__":
    support.main()
