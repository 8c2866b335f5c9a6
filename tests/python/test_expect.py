"""Expecting text on a terminal."""
import re

import ptyd
import support
from support import CHILD, ENV, within


@support.both_encodings
class Expect:
    async def spawn(self, *argv, **options):
        client = await self.connect()
        terminal = await client.spawn(*argv, env=ENV, **options)
        self.addAsyncCleanup(terminal.close)
        return terminal

    async def shell(self, script):
        return await self.spawn("/bin/sh", "-c", script)

    async def test_the_first_match_counts(self):
        terminal = await self.shell("printf 'one two three'; exec cat")
        found = await within(terminal.expect(["three", "two", re.compile("t(w)o")]))
        self.assertEqual((1, "two", "one "), (found.index, found.text, found.before))
        found = await within(terminal.expect(re.compile(r" (\w+)ee")))
        self.assertEqual((0, "thr", ""), (found.index, found.match.group(1), found.before))
        self.assertEqual("", terminal.text)

    async def test_a_plain_string_is_no_pattern(self):
        terminal = await self.shell("printf 'a.c $ ['; exec cat")
        self.assertEqual("a.c ", (await within(terminal.expect("$ ["))).before)

    async def test_sequences_and_cut_characters_are_seen_through(self):
        terminal = await self.shell(
            r"printf 'r\033[1;31med \033]0;title\007\303'; printf '\244 \033(Bend\r\n'; exec cat")
        self.assertEqual("", (await within(terminal.expect("red ä end\n"))).before)

    async def test_a_timeout_shows_the_screen(self):
        terminal = await self.shell("printf 'first\\nlast\\001 \\033[31mline'; exec cat")
        await within(terminal.expect("first"))
        with self.assertRaises(ptyd.ExpectTimeout) as caught:
            await within(terminal.expect("never", 0.1))
        text = str(caught.exception)
        self.assertRegex(text, r"(?s)deadline_exceeded: .*'never'.*\| first\n  \| last ?line")
        self.assertNotIn("\x1b", text)
        self.assertIn("line", caught.exception.before)
        # It goes on.
        await within(terminal.expect("line"))

    async def test_a_screen_of_another_is_escaped(self):
        error = ptyd.ExpectTimeout(ptyd.ErrorCode.DEADLINE_EXCEEDED, "x\x1b[2J", "", "evil\x1b]52;c;x\x07\u202e\n")
        self.assertNotIn("\x1b", str(error))
        self.assertIn("\\e]52;c;x\\x07\\xe2\\x80\\xae", str(error))

    async def test_the_end_comes_first(self):
        terminal = await self.shell("echo gone; exit 6")
        with self.assertRaises(ptyd.ExpectEnded) as caught:
            await within(terminal.expect("never"))
        self.assertIn("ended with 6", str(caught.exception))
        self.assertEqual("gone\n", caught.exception.before)
        # What came is still there.
        await within(terminal.expect("gone"))
        self.assertEqual(6, (await within(terminal.expect_exit())).code)

    async def test_the_exit(self):
        terminal = await self.spawn(CHILD, "die", "9")
        self.assertEqual(9, (await within(terminal.expect_exit())).signal)
        terminal = await self.shell("exec cat")
        with self.assertRaises(ptyd.ExpectTimeout):
            await within(terminal.expect_exit(0.1))

    async def test_a_conversation_over_a_killed_daemon(self):
        terminal = await self.spawn(CHILD, "lines")
        await within(terminal.expect("ready"))
        for length in (3, 5, 7):
            await terminal.send_line("x" * length)
            await self.restart_daemon()
            await within(terminal.expect(f"line {length + 1}\n"))

    async def test_a_snapshot_is_text_too(self):
        terminal = await self.shell("printf 'first\\nsecond $ '; exec cat")
        await within(terminal.expect("second $ "))
        async with await terminal.session.attach() as another:
            self.assertIn("first\n", (await within(another.expect("second $"))).before)

    async def test_text_without_an_end_is_bounded(self):
        terminal = await self.spawn(CHILD, "text", "2000000")
        await within(terminal.expect("ready"))
        await terminal.send("\r")
        await within(terminal.expect("end-of-text"))
        terminal = await self.shell("head -c 1000000 /dev/zero | tr '\\0' x")
        with self.assertRaises(ptyd.ExpectEnded):
            await within(terminal.expect("never"))
        self.assertLessEqual(len(terminal.text), 256 * 1024)


if __name__ == "__main__":
    support.main()
