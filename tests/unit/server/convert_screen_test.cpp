#include "daemon/server/convert_screen.hpp"

#include <gtest/gtest.h>

#include "common/escape.hpp"
#include "proto/frame.hpp"

namespace ptyd {
namespace {

screen::Terminal terminal_with(std::string_view bytes, int rows = 3, int columns = 10) {
  screen::TerminalOptions options;
  options.rows = rows;
  options.columns = columns;
  screen::Terminal terminal(options);
  terminal.feed(bytes);
  return terminal;
}

v1::ScreenRequest request(v1::ScreenFormat format) {
  v1::ScreenRequest out;
  out.set_format(format);
  return out;
}

v1::ScreenReply structured(const screen::Terminal& terminal, std::uint32_t scrollback_rows = 0) {
  auto asked = request(v1::STRUCTURED);
  asked.set_scrollback_rows(scrollback_rows);
  return screen_reply(terminal, asked, false);
}

// A client takes it.
testing::AssertionResult fits_a_frame(const v1::Response& response) {
  v1::Frame frame;
  frame.set_id(~0ull);
  *frame.mutable_response() = response;
  const auto bytes = frame.SerializeAsString();
  if (bytes.size() > kMaxReply) return testing::AssertionFailure() << bytes.size() << " bytes";
  if (!within_bounds(bytes, kMaxReplyFields)) return testing::AssertionFailure() << "too many fields";
  return testing::AssertionSuccess();
}

testing::AssertionResult fits_a_frame(const v1::ScreenReply& reply) {
  v1::Response response;
  *response.mutable_screen() = reply;
  return fits_a_frame(response);
}

TEST(ScreenReply, TellsWhatIsSeenInRunsAndStyles) {
  const auto terminal = terminal_with(
      "\x1b]2;title\x07\x1b]7;file:///src\x07"
      "ab\x1b[1;31;48;2;1;2;3;4:3mc\xe6\xbc\xa2\x1b[0m\r\n\x1b]8;id=i;https://a/\x1b\\l\x1b]8;;\x1b\\\x1b[6 q");
  const auto reply = structured(terminal);
  EXPECT_EQ(reply.hash().size(), 16u);
  EXPECT_EQ(reply.offset(), terminal.offset());
  EXPECT_EQ(reply.generation(), terminal.generation());
  EXPECT_EQ(reply.size().cols(), 10u);
  EXPECT_EQ(reply.size().rows(), 3u);
  EXPECT_TRUE(reply.data().empty());
  const auto& screen = reply.screen();
  EXPECT_EQ(screen.title(), "title");
  EXPECT_EQ(screen.cwd(), "file:///src");
  ASSERT_EQ(screen.rows_size(), 3);
  EXPECT_EQ(screen.rows(2).index(), 2);
  ASSERT_EQ(screen.rows(0).runs_size(), 3);
  EXPECT_EQ(screen.rows(0).runs(0).text(), "ab");
  EXPECT_EQ(screen.rows(0).runs(0).style(), 0u);
  EXPECT_EQ(screen.rows(0).runs(2).text(), "\xe6\xbc\xa2");
  EXPECT_EQ(screen.rows(0).runs(2).columns(), 2u);
  const auto& style = screen.styles(static_cast<int>(screen.rows(0).runs(1).style()) - 1);
  EXPECT_EQ(style.foreground(), "1");
  EXPECT_EQ(style.background(), "#010203");
  EXPECT_EQ(style.underline(), 3u);
  EXPECT_TRUE(style.bold() && !style.italic());
  const auto& link = screen.links(static_cast<int>(screen.rows(1).runs(0).link()) - 1);
  EXPECT_EQ(link.uri(), "https://a/");
  EXPECT_EQ(link.id(), "i");
  EXPECT_EQ(screen.cursor().row(), 1u);
  EXPECT_EQ(screen.cursor().column(), 1u);
  EXPECT_EQ(screen.cursor().shape(), 6u);
  EXPECT_TRUE(screen.cursor().visible());
  EXPECT_TRUE(screen.modes().autowrap());
  EXPECT_FALSE(screen.has_shell());
}

TEST(ScreenReply, SaysUnchangedAndNothingElse) {
  auto terminal = terminal_with("x");
  auto asked = request(v1::TEXT);
  const auto first = screen_reply(terminal, asked, true);
  EXPECT_EQ(first.data(), "x\n\n\n");
  EXPECT_TRUE(first.approximate());
  asked.set_since_hash(first.hash());
  const auto same = screen_reply(terminal, asked, false);
  EXPECT_TRUE(same.unchanged() && same.data().empty() && !same.approximate());
  terminal.feed("y");
  EXPECT_EQ(screen_reply(terminal, asked, false).data(), "xy\n\n\n");
  asked.set_hash_only(true);
  const auto hash = screen_reply(terminal, asked, false);
  EXPECT_TRUE(!hash.unchanged() && hash.data().empty() && hash.hash() != first.hash());
}

TEST(ScreenReply, LeavesOutRowsThatHaveNotChanged) {
  auto terminal = terminal_with("1\r\n2\r\n3");
  auto asked = request(v1::STRUCTURED);
  asked.set_since_generation(structured(terminal).generation());
  EXPECT_EQ(screen_reply(terminal, asked, false).screen().rows_size(), 0);
  terminal.feed("\x1b[2;1Hx");
  const auto changed = screen_reply(terminal, asked, false);
  ASSERT_EQ(changed.screen().rows_size(), 1);
  EXPECT_EQ(changed.screen().rows(0).index(), 1);
  asked.set_since_generation(changed.generation() + 1);
  EXPECT_EQ(screen_reply(terminal, asked, false).screen().rows_size(), 3);
}

TEST(ScreenReply, HasScrollbackFromTheTop) {
  const auto reply = structured(terminal_with("1\r\n2\r\n3\r\n4\r\n5"), 1);
  ASSERT_EQ(reply.screen().rows_size(), 4);
  EXPECT_EQ(reply.screen().rows(0).index(), -1);
  EXPECT_EQ(reply.screen().rows(0).runs(0).text(), "2");
  EXPECT_EQ(reply.screen().rows(3).runs(0).text(), "5");
}

TEST(ScreenReply, IsUtf8WhateverTheProgramCallsItself) {
  const auto terminal = terminal_with("\x1b]2;\xff\xc3\x07\x1b]7;\xfe\x07\x1b]8;;https://\xff/\x1b\\x");
  const auto reply = structured(terminal);
  const auto& screen = reply.screen();
  for (const auto& text : {screen.title(), screen.cwd()}) EXPECT_TRUE(is_utf8(text));
  for (const auto& link : screen.links()) EXPECT_TRUE(is_utf8(link.uri()));
}

// Every cell has a look of its own, and every one of them a long link.
std::string costly_screen(int rows, int columns, bool links) {
  std::string bytes;
  for (int i = 0; i < rows * columns; ++i) {
    bytes += "\x1b[38;2;" + std::to_string(i / 65536) + ";" + std::to_string(i / 256 % 256) + ";" +
             std::to_string(i % 256) + "m";
    if (links) bytes += "\x1b]8;;https://a/" + std::string(1000, 'x') + std::to_string(i) + "\x1b\\";
    bytes += "\xf0\x9f\x98\x80";
  }
  return bytes;
}

TEST(ScreenReply, FitsAFrameHoweverLargeTheScreenIs) {
  const auto looks = structured(terminal_with(costly_screen(100, 200, false), 100, 400));
  EXPECT_TRUE(fits_a_frame(looks));
  EXPECT_TRUE(looks.truncated());
  EXPECT_EQ(looks.screen().rows().rbegin()->index(), 99);
  EXPECT_GT(looks.screen().rows_size(), 5);
  const auto links = structured(terminal_with(costly_screen(4, 400, true), 4, 800));
  EXPECT_TRUE(fits_a_frame(links));
  EXPECT_TRUE(links.truncated());
  EXPECT_GT(links.screen().rows_size(), 2);
  const auto large = terminal_with(std::string(2'000'000, 'x'), 2000, 1000);
  for (const auto format : {v1::TEXT, v1::ANSI, v1::STRUCTURED, v1::HTML, v1::SVG}) {
    const auto reply = screen_reply(large, request(format), false);
    EXPECT_TRUE(fits_a_frame(reply)) << format;
    EXPECT_TRUE(reply.truncated()) << format;
    EXPECT_GT(reply.ByteSizeLong(), 900'000u) << format;
  }
}

TEST(ScreenRequest, IsChecked) {
  EXPECT_TRUE(check_screen_request(v1::ScreenRequest()));
  auto since = request(v1::STRUCTURED);
  since.set_since_generation(1);
  EXPECT_TRUE(check_screen_request(since));
  since.set_format(v1::TEXT);
  EXPECT_EQ(check_screen_request(since).error().subject, "since_generation");
  auto join = request(v1::HTML);
  join.set_join_wrapped(true);
  EXPECT_EQ(check_screen_request(join).error().subject, "join_wrapped");
  EXPECT_EQ(check_screen_request(request(static_cast<v1::ScreenFormat>(99))).error().subject, "format");
}

TEST(SearchReply, TellsMatchesAndWhereToGoOn) {
  const auto terminal = terminal_with("one\r\ntwo\r\none more\r\nfour");
  v1::SearchRequest asked;
  asked.set_pattern("one");
  asked.set_max_matches(1);
  asked.set_context(1);
  const auto first = search_reply(terminal, asked);
  ASSERT_TRUE(first);
  ASSERT_EQ(first->matches_size(), 1);
  EXPECT_EQ(first->matches(0).line(), 2u);
  EXPECT_EQ(first->matches(0).end(), 3u);
  EXPECT_EQ(first->matches(0).before(0), "two");
  EXPECT_EQ(first->matches(0).after(0), "four");
  EXPECT_TRUE(first->truncated());
  asked.set_before_line(first->next_line());
  const auto second = search_reply(terminal, asked);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->matches(0).line(), 0u);
  EXPECT_FALSE(second->truncated());
  asked.set_pattern("(");
  EXPECT_EQ(search_reply(terminal, asked).error().code, errc::invalid_argument);
}

TEST(SearchReply, FitsAFrame) {
  const auto terminal = terminal_with(std::string(4'000'000, 'x'), 200, 4000);
  v1::SearchRequest asked;
  asked.set_pattern("x");
  asked.set_max_matches(1000);
  asked.set_context(50);
  const auto reply = search_reply(terminal, asked);
  ASSERT_TRUE(reply);
  v1::Response response;
  *response.mutable_search() = *reply;
  EXPECT_TRUE(fits_a_frame(response));
  EXPECT_GT(reply->matches_size(), 0);
}

}  // namespace
}  // namespace ptyd
