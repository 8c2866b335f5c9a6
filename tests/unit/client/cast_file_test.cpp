#include "client/format/cast_file.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace ptyd {
namespace {

using std::chrono::milliseconds;

struct Played {
  std::vector<CastEvent> events;
  std::optional<Error> error;
};

Played play(const std::string& text) {
  std::istringstream file(text);
  Played played;
  auto reader = CastReader::open(file, "f");
  if (!reader) {
    played.error = reader.error();
    return played;
  }
  for (;;) {
    auto event = reader->next();
    if (!event) {
      played.error = event.error();
      return played;
    }
    if (!*event) return played;
    played.events.push_back(**event);
  }
}

TEST(CastFile, ReadsAllVersions) {
  const std::string first = R"({"version": 1, "width": 80, "height": 24, "stdout": [[0.5, "a"], [0.25, "b"]]})";
  const std::string second = "{\"version\": 2, \"width\": 80, \"height\": 24}\n[0.5, \"o\", \"a\"]\n[0.75, \"o\", \"b\"]\n";
  const std::string third =
      "{\"version\": 3, \"term\": {\"cols\": 80, \"rows\": 24}}\r\n# a comment\n\n[0.5, \"o\", \"a\"]\n[0.25, \"o\", \"b\"]";
  for (const auto& text : {first, second, third}) {
    const auto played = play(text);
    ASSERT_FALSE(played.error) << played.error->message;
    ASSERT_EQ(played.events.size(), 2u);
    EXPECT_EQ(played.events[0].wait, milliseconds(500));
    EXPECT_EQ(played.events[1].wait, milliseconds(250));
    EXPECT_EQ(played.events[0].text + played.events[1].text, "ab");
    EXPECT_EQ(played.events[0].code, 'o');
  }
}

TEST(CastFile, NamesTheLineThatIsWrong) {
  const std::string header = "{\"version\": 2, \"width\": 80, \"height\": 24}\n";
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"", "f:1"},
      {"hello\n", "f:1"},
      {"{\"version\": 9}\n", "f:1"},
      {"{\"version\": \"2\"}\n", "f:1"},
      {header + "[1, \"o\", \"a\"]\nnonsense\n", "f:3"},
      {header + "[-1, \"o\", \"a\"]\n", "f:2"},
      {header + "[1e300, \"o\", \"a\"]\n", "f:2"},
      {header + "[1, \"oo\", \"a\"]\n", "f:2"},
      {header + "[1, \"o\"]\n", "f:2"},
      {header + "[1, \"o\", 5]\n", "f:2"},
      {header + "{}\n", "f:2"},
      {"{\"version\": 1, \"stdout\": [[1]]}", "f:1"}};
  for (const auto& [text, place] : wrong) {
    const auto played = play(text);
    ASSERT_TRUE(played.error) << text;
    EXPECT_EQ(played.error->code, errc::malformed);
    EXPECT_EQ(played.error->message.substr(0, 3), place) << text;
  }
}

TEST(CastFile, TimesNeverGoBack) {
  const auto played = play("{\"version\": 2}\n[2, \"o\", \"a\"]\n[1, \"o\", \"b\"]\n[3, \"o\", \"c\"]\n");
  ASSERT_EQ(played.events.size(), 3u);
  EXPECT_EQ(played.events[1].wait, milliseconds(0));
  EXPECT_EQ(played.events[2].wait, milliseconds(1000));
}

}  // namespace
}  // namespace ptyd
