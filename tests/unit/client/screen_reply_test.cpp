#include "client/format/screen_reply.hpp"

#include <gtest/gtest.h>

#include "tests/unit/client/samples.hpp"

namespace ptyd {
namespace {

TEST(ScreenReply, IsWrittenLikeThis) {
  v1::ScreenReply reply;
  reply.set_hash("0123456789abcdef");
  reply.set_generation(~0ull);
  auto* const screen = reply.mutable_screen();
  auto* const row = screen->add_rows();
  row->set_index(-3);
  auto* const run = row->add_runs();
  run->set_text("\xe6\xbc\xa2\x1b");
  run->set_columns(2);
  run->set_style(1);
  screen->add_styles()->set_foreground("#ff0000");
  screen->mutable_cursor()->set_shape(5);
  const auto text = screen_json(reply);
  for (const char* part :
       {"\"hash\":\"0123456789abcdef\",\"generation\":\"18446744073709551615\"",
        "\"rows\":[{\"index\":-3,\"wrapped\":false,\"mark\":null,\"generation\":\"0\",\"runs\":[{\"text\":"
        "\"\\u6f22\\u001b\",\"columns\":2,\"style\":1,\"link\":0}]}]",
        "\"styles\":[{\"foreground\":\"#ff0000\",\"background\":null,", "\"shape\":\"bar\",\"blinks\":true",
        "\"shell\":null"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " is missing in\n" << text;
}

TEST(ScreenReply, AHashIsADocumentOfItsOwn) {
  EXPECT_EQ(screen_hash_json(unchanged_screen()), "{\"v\":1,\"hash\":\"0123456789abcdef\",\"unchanged\":true}");
}

TEST(SearchText, ShowsLineAndColumnOfEachMatch) {
  EXPECT_EQ(search_text({}, false), "");
  EXPECT_EQ(
      search_text({{found_match(7, 0, "first"), found_match(9, 3, "two two"), found_match(9, 7, "two two")}}, false),
      "7:1: first\n9:4: two two\n9:8: two two\n");
}

TEST(SearchText, MergesContextAsGrepDoes) {
  auto first = found_match(10, 0, "ten");
  first.add_before("nine");
  first.add_after("eleven");
  first.add_after("twelve");
  auto second = found_match(12, 2, "twelve");
  second.add_before("ten");
  second.add_before("eleven");
  auto third = found_match(20, 0, "twenty");
  third.add_before("nineteen");
  EXPECT_EQ(search_text({{first, second, third}}, true),
            "9- nine\n10:1: ten\n11- eleven\n12:3: twelve\n--\n19- nineteen\n20:1: twenty\n");
  EXPECT_EQ(search_text({{found_match(1, 0, "a"), found_match(5, 0, "b")}}, true), "1:1: a\n--\n5:1: b\n");
}

TEST(SearchText, EscapesWhatTheProgramWrote) {
  auto match = found_match(1, 0, "a\x1b[2J\xe2\x80\xae");
  match.add_before("\x07\r");
  const auto text = search_text({{match}}, true);
  EXPECT_EQ(text, "0- \\x07\\x0D\n1:1: a\\e[2J\\xE2\\x80\\xAE\n");
}

}  // namespace
}  // namespace ptyd
