"""What real programs leave in the window: when one is left running, comes back, and ends."""
import shutil

import oracle
import test_detach

# Titles, mouse and what these programs ask at their start.
VIMRC = "set nocompatible title mouse=a laststatus=2 ttimeoutlen=0\n"
NVIMRC = "set title mouse=a guicursor=n:block,i:ver25-blinkon1\n"
EMACS = '(xterm-mouse-mode 1) (setq inhibit-startup-screen t) (setq-default mode-line-format "emacs-is-here")'


class Programs(test_detach.DetachTest):
    def check(self, *argv, shows, keys, then, end, started=False):
        """`keys` bring another mode about, which shows as `then`; `end` ends the program."""
        if not shutil.which(argv[0]):
            self.skipTest(f"needs {argv[0]}")
        if started:
            self.daemon.ptyctl("new", "-d", "s", "--size", "80x24", "--", *argv)
            window = self.window("attach", "s", *test_detach.KEYS)
        else:
            window = self.window("new", "s", *test_detach.KEYS, "--", *argv)
        window.expect(shows)
        window.send(keys)
        window.expect(then)
        with self.subTest("left running"):
            self.leave(window)
        window = self.window("attach", "s", *test_detach.KEYS)
        window.expect(shows)
        with self.subTest("looked at"):
            self.leave(window)
        window = self.window("attach", "s")
        window.expect(shows)
        window.send(end)
        with self.subTest("ended while attached"):
            self.assertLeftAsItWas(window, 0, b"exited with 0")

    def file(self, name, text):
        path = self.daemon.folder / name
        path.write_text(text)
        return str(path)

    def test_vim(self):
        text = self.file("text", "".join(f"line {number}\n" for number in range(100)))
        self.check("vim", "-u", self.file("vimrc", VIMRC), "-i", "NONE", "-n", text, shows="line 1",
                   keys="i", then="INSERT", end="\x1b:q!\r")

    def test_neovim(self):
        text = self.file("text", "".join(f"line {number}\n" for number in range(100)))
        self.check("nvim", "-u", self.file("vimrc", NVIMRC), "-i", "NONE", "-n", text, shows="line",
                   keys="i", then="INSERT", end="\x1b:q!\r")

    def test_less(self):
        text = self.file("text", "".join(f"line {number}\n" for number in range(100)))
        self.check("less", "--mouse", text, shows="line", keys="G", then="line 99", end="q")

    def test_htop(self):
        self.check("htop", shows="PID", keys="t", then="List", end="q")

    def test_emacs(self):
        self.check("emacs", "-nw", "-q", "--eval", f"(progn {EMACS})", shows="emacs-is-here", keys="\x1bx", then="M-x",
                   end="\x07\x18\x03")

    def test_top(self):
        """It draws on the main screen."""
        self.check("top", shows="PID", keys="1", then="Cpu0", end="q", started=True)


if __name__ == "__main__":
    oracle.main()
