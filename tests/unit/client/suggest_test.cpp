#include "client/cli/suggest.hpp"

#include <gtest/gtest.h>

namespace ptyd {
namespace {

TEST(ClosestWord, FindsTyposAndBeginnings) {
  const std::vector<std::string> words{"new", "attach", "list", "inspect", "send", "--detached", "--detach-keys"};
  const struct {
    const char* typed;
    const char* expected;  // nullptr: nothing is near
  } cases[] = {
      {"atach", "attach"},
      {"attahc", "attach"},
      {"lst", "list"},
      {"ins", "inspect"},
      {"--detache", "--detached"},
      {"nwe", "new"},
      {"--detach-ke", "--detach-keys"},
      {"zzz", nullptr},
      {"x", nullptr},
      {"", nullptr},
  };
  for (const auto& c : cases) {
    const auto found = closest_word(c.typed, words);
    EXPECT_EQ(found, c.expected == nullptr ? std::nullopt : std::optional<std::string>(c.expected)) << c.typed;
  }
  EXPECT_EQ(closest_word(std::string(100000, 'a'), words), std::nullopt);
}

}  // namespace
}  // namespace ptyd
