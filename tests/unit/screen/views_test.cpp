#include "daemon/screen/views.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string_view>

#include "daemon/screen/utf8.hpp"
#include "daemon/screen/views_rows.hpp"

namespace ptyd::screen {
namespace {

Terminal terminal_with(std::string_view bytes, int rows = 4, int columns = 10) {
  TerminalOptions options;
  options.rows = rows;
  options.columns = columns;
  Terminal terminal(options);
  terminal.feed(bytes);
  return terminal;
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

// Bytes of every kind, sequences among them.
std::string random_bytes(unsigned seed) {
  static constexpr const char* kPieces[] = {"\x1b[31m",
                                            "\x1b[7;4:3m",
                                            "\x1b[58:2::1:2:3m",
                                            "\x1b[0m",
                                            "\x1b]8;;https://a/\x1b\\",
                                            "\x1b]8;;\x1b\\",
                                            "\xe6\xbc\xa2",
                                            "e\xcc\x81",
                                            "\xc2\x85",
                                            "\r\n",
                                            "\t",
                                            "\b",
                                            "\x1b[2;3H",
                                            "\x1b[K",
                                            "\xef\xbf\xbe",
                                            "\xff",
                                            "\x1b[48;5;200m",
                                            "\x1b[1;2;3;5;8;9;53m",
                                            "\x1b[?2027h",
                                            "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9"};
  std::mt19937 random(seed);
  std::string bytes;
  for (int i = 0; i < 400; ++i) {
    if (random() % 3 == 0)
      bytes += kPieces[random() % std::size(kPieces)];
    else
      bytes += static_cast<char>(random() % 2 == 0 ? random() : ' ' + random() % 95);
  }
  return bytes;
}

bool has_control(std::string_view text) {
  while (!text.empty()) {
    const auto character = take_utf8(text);
    if ((character < 0x20 && character != '\n') || (character >= 0x7f && character <= 0x9f)) return true;
  }
  return false;
}

// Takes "begin ... end" out of `text` wherever it stands and what is between them consists of `inside`.
std::string without(std::string text, std::string_view begin, std::string_view end, std::string_view inside) {
  for (auto at = text.find(begin); at != text.npos; at = text.find(begin, at)) {
    const auto stop = text.find_first_not_of(inside, at + begin.size());
    if (stop == text.npos || text.compare(stop, end.size(), end) != 0) return text;
    text.erase(at, stop + end.size() - at);
  }
  return text;
}

// "" when every tag of `text` is closed in order, every attribute is quoted, and nothing else looks like markup.
std::string markup_problem(std::string_view text) {
  std::vector<std::string> open;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '&') {
      const auto entity = text.substr(at, text.find(';', at) - at + 1);
      if (entity != "&amp;" && entity != "&lt;" && entity != "&gt;" && entity != "&quot;" && entity != "&#39;")
        return "bad entity " + std::string(entity);
    }
    if (text[at] == '>') return "a stray > at " + std::to_string(at);
    if (text[at] != '<') continue;
    std::size_t end = at + 1;
    for (bool quoted = false; end < text.size() && (quoted || text[end] != '>'); ++end) {
      if (text[end] == '"') quoted = !quoted;
      if (text[end] == '<') return "a < in a tag at " + std::to_string(end);
    }
    const auto tag = text.substr(at + 1, end - at - 1);
    at = end;
    if (tag.starts_with('!') || tag.starts_with("meta") || tag.ends_with('/')) continue;
    const std::string name(tag.substr(0, tag.find(' ')));
    if (name.starts_with('/')) {
      if (open.empty() || open.back() != name.substr(1)) return "<" + name + "> closes nothing";
      open.pop_back();
    } else {
      open.push_back(name);
    }
  }
  return open.empty() ? "" : open.back() + " is not closed";
}

TEST(TextView, HasALineForEachRowWithoutTrailingBlanks) {
  EXPECT_EQ(text_view(terminal_with("one\r\n  two  \r\n\r\nx")), "one\n  two\n\nx\n");
  EXPECT_EQ(text_view(terminal_with("\x1b[41m  \x1b[0m\x1b[5Gx\x1b[2;1H\x1b[44m\x1b[K")), "    x\n\n\n\n");
}

TEST(TextView, ShowsWideAndCombinedCharacters) {
  EXPECT_EQ(text_view(terminal_with("a\xe6\xbc\xa2\x62"
                                    "e\xcc\x81z")),
            "a\xe6\xbc\xa2\x62"
            "e\xcc\x81z\n\n\n\n");
}

TEST(TextView, JoinsWrappedRows) {
  const auto terminal = terminal_with("0123456789abc\r\nx");
  EXPECT_EQ(text_view(terminal), "0123456789\nabc\nx\n\n");
  EXPECT_EQ(text_view(terminal, 0, true), "0123456789abc\nx\n\n");
}

TEST(TextView, JoinsAWideCharacterThatDidNotFit) {
  EXPECT_EQ(text_view(terminal_with("012345678\xe6\xbc\xa2."), 0, true), "012345678\xe6\xbc\xa2.\n\n\n");
}

TEST(TextView, KeepsBlanksWithinALineThatWasWrapped) {
  EXPECT_EQ(text_view(terminal_with("01\x1b[10G.          x"), 0, true), "01       .          x\n\n");
  EXPECT_EQ(text_view(terminal_with("01\x1b[10G.          "), 0, true), "01       .\n\n\n");
}

TEST(TextView, BeginsWithScrollbackWhenAsked) {
  auto terminal = terminal_with("0123456789abcde\r\n2\r\n3\r\n4\r\n5\r\n6");
  EXPECT_EQ(text_view(terminal), "3\n4\n5\n6\n");
  EXPECT_EQ(text_view(terminal, 2), "abcde\n2\n3\n4\n5\n6\n");
  EXPECT_EQ(text_view(terminal, 100), "0123456789\nabcde\n2\n3\n4\n5\n6\n");
  EXPECT_EQ(text_view(terminal, 100, true), "0123456789abcde\n2\n3\n4\n5\n6\n");
  terminal.feed("\x1b[?1049h\x1b[Halt");
  EXPECT_EQ(text_view(terminal, 100), "alt\n\n\n\n");
}

TEST(TextView, JoinsALineThatGoesOnFromScrollback) {
  const auto terminal = terminal_with("0123456789abcdefghijKL", 2);
  EXPECT_EQ(text_view(terminal, 1, true), "0123456789abcdefghijKL\n");
}

TEST(TextView, LeavesOutTheOldestRowsWhenThereIsALimit) {
  const auto terminal = terminal_with("1\r\n2\r\n3\r\n4\r\n5\r\n6");
  ViewLimit limit{8};
  EXPECT_EQ(text_view(terminal, 100, false, &limit), "3\n4\n5\n6\n");
  EXPECT_TRUE(limit.truncated);
  limit = {12};
  EXPECT_EQ(text_view(terminal, 100, false, &limit), "1\n2\n3\n4\n5\n6\n");
  EXPECT_FALSE(limit.truncated);
  limit = {0};
  EXPECT_EQ(text_view(terminal, 0, false, &limit), "");
}

TEST(Views, TakeNothingFromOutsideThatIsNoText) {
  std::string out;
  append_clean("a\x1b\n\x7f\xc2\x85\xff\xef\xbf\xbf\xc3\xa9", out);
  std::string expected = "a";
  for (int i = 0; i < 6; ++i) expected += "\xef\xbf\xbd";
  EXPECT_EQ(out, expected + "\xc3\xa9");
  out.clear();
  append_markup("<\x1b&\"'>", out);
  EXPECT_EQ(out, "&lt;\xef\xbf\xbd&amp;&quot;&#39;&gt;");
}

TEST(Views, HaveNoControlCharactersWhateverWasFed) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    const auto terminal = terminal_with(random_bytes(seed), 6, 20);
    EXPECT_FALSE(has_control(text_view(terminal, 50))) << seed;
    EXPECT_FALSE(has_control(html_view(terminal, 50))) << seed;
    EXPECT_FALSE(has_control(svg_view(terminal, 50))) << seed;
    auto ansi = without(ansi_view(terminal, 50), "\x1b[", "m", "0123456789;:");
    ansi = without(ansi, "\x1b]8;;", "\x1b\\", "https:/a");
    EXPECT_FALSE(has_control(ansi)) << seed << ansi;
    EXPECT_EQ(markup_problem(html_view(terminal, 50)), "") << seed;
    EXPECT_EQ(markup_problem(svg_view(terminal, 50)), "") << seed;
  }
}

TEST(Views, KeepToTheirLimit) {
  const auto terminal = terminal_with(random_bytes(1), 40, 20);
  for (const std::size_t bytes : {800u, 1500u, 4000u}) {
    ViewLimit limit{bytes};
    EXPECT_LE(html_view(terminal, 50, &limit).size(), bytes);
    EXPECT_LE(svg_view(terminal, 50, &limit).size(), bytes);
    EXPECT_LE(ansi_view(terminal, 50, &limit).size(), bytes);
    EXPECT_TRUE(limit.truncated);
    EXPECT_EQ(markup_problem(svg_view(terminal, 50, &limit)), "");
  }
}

TEST(AnsiView, WritesLooksRowByRow) {
  EXPECT_EQ(ansi_view(terminal_with("\x1b[1;31mred\x1b[0m x\r\n\x1b[48;5;200;4:3;58:2::1:2:3mu \x1b[0m  ", 2)),
            "\x1b[0;1;31mred\x1b[0m x\n\x1b[0;4:3;48;5;200;58:2::1:2:3mu \x1b[0m\n");
  EXPECT_EQ(ansi_view(terminal_with("\x1b[97;104mb\x1b[38;2;9;8;7;49mc", 1)),
            "\x1b[0;97;104mb\x1b[0;38;2;9;8;7mc\x1b[0m\n");
}

TEST(AnsiView, WritesLinksThatCanBeWritten) {
  EXPECT_EQ(ansi_view(terminal_with("\x1b]8;id=i;https://a/\x1b\\x\x1b]8;;\x1b\\y", 1)),
            "\x1b]8;id=i;https://a/\x1b\\x\x1b]8;;\x1b\\y\n");
  EXPECT_FALSE(has(ansi_view(terminal_with("\x1b]8;;https://\xc3\xa9/\x1b\\x", 1)), "https"));
}

TEST(AnsiView, ShowsTheSameInAnotherTerminal) {
  for (unsigned seed = 0; seed < 30; ++seed) {
    const auto terminal = terminal_with(random_bytes(seed), 6, 20);
    std::string again = "\x1b[?2027h";
    for (const char c : ansi_view(terminal)) again += c == '\n' ? std::string("\r\n") : std::string(1, c);
    again.resize(again.size() - 2);
    const auto copy = terminal_with(again, 6, 20);
    EXPECT_EQ(ansi_view(copy), ansi_view(terminal)) << seed;
    EXPECT_EQ(text_view(copy), text_view(terminal)) << seed;
  }
}

TEST(HtmlView, IsAPageWithItsTitle) {
  const auto page = html_view(terminal_with("\x1b]2;a<b\x07ok", 1));
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>"));
  EXPECT_TRUE(has(page, "<title>a&lt;b</title>"));
  EXPECT_TRUE(has(page, "<pre>\nok<span class=\"c\"> </span>\n</pre>"));
}

TEST(HtmlView, MakesHostileTextInert) {
  const auto page =
      html_view(terminal_with("\x1b]2;</title><script>alert(1)</script>\x07"
                              "<script>alert(2)</script>&amp;\"'\r\n"
                              "\x1b]8;;https://x/\"onmouseover=\"alert(3)\x1b\\q\x1b]8;;\x1b\\\r\n"
                              "\x1b]8;;https://x/'<b>&\x1b\\q",
                              6, 60));
  EXPECT_FALSE(has(page, "<script"));
  EXPECT_TRUE(has(page, "&lt;script&gt;alert(2)&lt;/script&gt;&amp;amp;&quot;&#39;"));
  EXPECT_TRUE(has(page, "href=\"https://x/&quot;onmouseover=&quot;alert(3)\""));
  EXPECT_TRUE(has(page, "href=\"https://x/&#39;&lt;b&gt;&amp;\""));
  EXPECT_EQ(markup_problem(page), "");
}

TEST(HtmlView, FollowsOnlyHarmlessLinks) {
  for (const char* uri : {"http://a/", "HTTPS://a/", "mailto:a@b"}) {
    const auto page = html_view(terminal_with("\x1b]8;;" + std::string(uri) + "\x1b\\x"));
    EXPECT_TRUE(has(page, "<a href=\"" + std::string(uri) + "\" rel=\"noopener noreferrer\">")) << uri;
  }
  for (const char* uri : {"javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http:a", "//a/", "https://",
                          " https://a/", "https://a b/", "vbscript:x", "x-http://a/"}) {
    const auto page = html_view(terminal_with("\x1b]8;;" + std::string(uri) + "\x1b\\x"));
    EXPECT_FALSE(has(page, "<a ")) << uri;
  }
}

TEST(HtmlView, WritesLooks) {
  const struct {
    const char* sgr;
    const char* expected;
  } cases[] = {
      {"1;3", "<span style=\"font-weight:bold;font-style:italic;\">x</span>"},
      {"31", "<span style=\"color:#cd0000;\">x</span>"},
      {"48;2;1;2;3", "<span style=\"background:#010203;\">x</span>"},
      {"7", "<span style=\"color:#000000;background:#e5e5e5;\">x</span>"},
      {"7;32", "<span style=\"color:#000000;background:#00cd00;\">x</span>"},
      {"2", "<span style=\"color:#989898;\">x</span>"},
      {"8;4", "<span style=\"color:#000000;text-decoration:underline;\">x</span>"},
      {"4:3;58:5:9", "<span style=\"text-decoration:underline wavy #ff0000;\">x</span>"},
      {"4:2;9;53",
       "<span style=\"text-decoration:underline double;\"><span style=\"text-decoration:line-through overline;\">x"
       "</span></span>"},
  };
  for (const auto& c : cases) {
    const auto page = html_view(terminal_with("\x1b[" + std::string(c.sgr) + "mx\x1b[0m"));
    EXPECT_TRUE(has(page, c.expected)) << c.sgr << "\n" << page;
  }
}

TEST(HtmlView, GivesWideCharactersTheirColumns) {
  EXPECT_TRUE(has(html_view(terminal_with("a\xe6\xbc\xa2\xe5\xad\x97.")),
                  "a<span class=\"w\" style=\"width:4ch;\">\xe6\xbc\xa2\xe5\xad\x97</span>."));
}

TEST(HtmlView, TakesTheProgramsOwnColors) {
  const auto page = html_view(terminal_with("\x1b]4;1;#123456\x07\x1b]11;#abcdef\x07\x1b[31mx"));
  EXPECT_TRUE(has(page, "body{background:#abcdef}"));
  EXPECT_TRUE(has(page, "color:#123456;"));
  EXPECT_TRUE(has(html_view(terminal_with("\x1b[?5h")), "body{background:#e5e5e5}\npre{color:#000000"));
}

TEST(SvgView, PlacesEachRun) {
  const auto picture = svg_view(terminal_with("ab\x1b[1;42mc\x1b[0m  \xe6\xbc\xa2\r\n&", 2, 10));
  EXPECT_TRUE(
      has(picture, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"90\" height=\"36\" viewBox=\"0 0 90 36\""));
  EXPECT_TRUE(has(picture, "<tspan x=\"0\" textLength=\"18\" lengthAdjust=\"spacingAndGlyphs\">ab</tspan>"));
  EXPECT_TRUE(has(picture, "<rect x=\"18\" y=\"0\" width=\"9\" height=\"18\" fill=\"#00cd00\"/>"));
  EXPECT_TRUE(has(picture, "<tspan x=\"45\" textLength=\"18\" lengthAdjust=\"spacingAndGlyphs\">\xe6\xbc\xa2</tspan>"));
  EXPECT_TRUE(has(picture, "<text y=\"32\"><tspan x=\"0\" textLength=\"9\" lengthAdjust=\"spacingAndGlyphs\">&amp;<"));
  EXPECT_EQ(count(picture, "<text "), 2u);
}

TEST(SvgView, ReachesUpToScrollback) {
  const auto picture = svg_view(terminal_with("1\r\n2\r\n3", 1, 10), 2);
  EXPECT_TRUE(has(picture, "height=\"54\" viewBox=\"0 -36 90 54\""));
  EXPECT_TRUE(has(picture, "<text y=\"-22\">"));
}

TEST(SvgView, ShowsTheCursorInItsShape) {
  EXPECT_TRUE(
      has(svg_view(terminal_with("ab")), "<g fill-opacity=\"0.5\"><rect x=\"18\" y=\"0\" width=\"9\" height=\"18\""));
  EXPECT_TRUE(has(svg_view(terminal_with("\x1b[4 q")), "<rect x=\"0\" y=\"16\" width=\"9\" height=\"2\""));
  EXPECT_TRUE(has(svg_view(terminal_with("\x1b[6 q")), "<rect x=\"0\" y=\"0\" width=\"2\" height=\"18\""));
  EXPECT_FALSE(has(svg_view(terminal_with("\x1b[?25l")), "fill-opacity"));
}

TEST(SvgView, MakesHostileTextInertAndRefersToNothing) {
  const auto picture =
      svg_view(terminal_with("\x1b]2;</title><script>1</script>\x07<script>\"'&\x1b]8;;https://x/\x1b\\y"));
  EXPECT_FALSE(has(picture, "<script"));
  EXPECT_FALSE(has(picture, "https://"));
  EXPECT_FALSE(has(picture, "href"));
  EXPECT_EQ(markup_problem(picture), "");
}

TEST(ViewRows, TellWhatChangedSinceAGeneration) {
  auto terminal = terminal_with("one\r\ntwo\r\nthree");
  const auto before = terminal.generation();
  terminal.feed("\x1b[2;1HTWO");
  const auto rows = view_rows(terminal, 0, before);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].index, 1);
  EXPECT_GT(rows[0].generation, before);
  EXPECT_EQ(view_rows(terminal).size(), 4u);
}

TEST(ViewRows, TellOfScrollbackAndWraps) {
  const auto rows = view_rows(terminal_with("0123456789abc\r\n2\r\n3\r\n4\r\n5\xe6\xbc\xa2"), 10);
  ASSERT_EQ(rows.size(), 6u);
  EXPECT_EQ(rows[0].index, -2);
  EXPECT_TRUE(rows[0].wrapped);
  EXPECT_EQ(rows[0].generation, 0u);
  EXPECT_EQ(rows[1].cells.size(), 3u);
  EXPECT_FALSE(rows[1].wrapped);
  EXPECT_EQ(rows[5].index, 3);
  EXPECT_EQ(rows[5].cells.size(), 3u);
}

TEST(ViewRows, OfALargeScreenAreNotMadeInVain) {
  const auto terminal = terminal_with("x\x1b[4096;4096Hy", Grid::kMaxRows, Grid::kMaxColumns);
  ViewLimit limit{100'000};
  const auto text = text_view(terminal, 1'000'000, false, &limit);
  EXPECT_EQ(text.size(), 2u + 4094u + 4097u);
}

TEST(Palette, IsThatOfXtermUntilTheProgramChangesIt) {
  Palette palette;
  EXPECT_EQ(palette_color(palette, 0), 0x000000u);
  EXPECT_EQ(palette_color(palette, 9), 0xff0000u);
  EXPECT_EQ(palette_color(palette, 16), 0x000000u);
  EXPECT_EQ(palette_color(palette, 110), 0x87afd7u);
  EXPECT_EQ(palette_color(palette, 231), 0xffffffu);
  EXPECT_EQ(palette_color(palette, 232), 0x080808u);
  EXPECT_EQ(palette_color(palette, 255), 0xeeeeeeu);
  palette.indexed[110] = 0x123456;
  EXPECT_EQ(palette_color(palette, 110), 0x123456u);
}

}  // namespace
}  // namespace ptyd::screen
