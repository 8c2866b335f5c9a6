// Skipping runs of colours, beside a reader that looks at one byte after the other.
#include "client/terminal/skip_looks.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>

namespace ptyd {
namespace {

// Where the run ends and where its last sequence begins; npos: there is none.
using Found = std::pair<std::size_t, std::size_t>;

Found read_byte_by_byte(const std::string& text) {
  Found found{0, std::string::npos};
  for (auto& [at, last] = found; at < text.size();) {
    if (text[at] == 0x0e || text[at] == 0x0f) break;
    if (text[at] != 0x1b) {
      ++at;
      continue;
    }
    if (text.compare(at, 2, "\x1b[") != 0) break;
    const auto after = text.find_first_not_of("0123456789:;", at + 2);
    if (after == std::string::npos || after - at >= 66 || text[after] != 'm') break;
    last = at;
    at = after + 1;
  }
  return found;
}

Found skip(const std::string& text) {
  const auto run = skip_looks(text.data(), text.data() + text.size());
  return {static_cast<std::size_t>(run.end - text.data()),
          run.last == nullptr ? std::string::npos : static_cast<std::size_t>(run.last - text.data())};
}

TEST(SkipLooks, ComesAsFarAsAReaderOfEachByte) {
  const std::string pieces[] = {
      "\x1b[m", "\x1b[1;31m", "\x1b[38:2::1:2:3m", "a",     "text of a line", "12;3", "\r\n",      "m",
      "[",      "\x1b[0;",    "\xe4\xb8\xad",      "\x1b[", "\x1b",           "\x0e", "\x1b[?25l", "\x1b]0;t\x07"};
  std::mt19937 random(4711);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    // Mostly what makes long runs.
    const std::size_t kinds = round % 3 == 0 ? std::size(pieces) : 9;
    const auto count = random() % 60;
    for (unsigned i = 0; i < count; ++i) text += pieces[random() % kinds];
    if (round % 3 == 1) text += pieces[random() % std::size(pieces)] + std::string(random() % 70, 'x');
    ASSERT_EQ(skip(text), read_byte_by_byte(text)) << testing::PrintToString(text);
  }
}

TEST(SkipLooks, TakesSequencesOverTheBoundsOfBlocks) {
  for (std::size_t before = 0; before < 200; ++before)
    for (const std::size_t parameters : {0, 1, 5, 40, 60, 61, 62, 63, 64, 65}) {
      const std::string text =
          "\x1b[1m" + std::string(before, 'x') + "\x1b[" + std::string(parameters, '1') + "m" + std::string(100, 'y');
      ASSERT_EQ(skip(text), read_byte_by_byte(text)) << before << " " << parameters;
    }
}

}  // namespace
}  // namespace ptyd
