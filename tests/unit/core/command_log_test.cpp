#include "daemon/core/command_log.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace ptyd {
namespace {

using Kind = CommandMark::Kind;

CommandMark mark(Kind kind, std::uint64_t begin, std::string text = {}) {
  CommandMark mark;
  mark.kind = kind;
  mark.begin = begin;
  mark.end = begin + 8;
  mark.text = std::move(text);
  mark.at_ms = begin * 10;
  return mark;
}

CommandMark ended(std::uint64_t begin, std::optional<std::int32_t> code) {
  auto it = mark(Kind::ended, begin);
  it.exit_code = code;
  return it;
}

struct Expected {
  std::uint64_t number, from, to;
  bool running;
  std::optional<std::int32_t> code;
  bool operator==(const Expected&) const = default;
};

std::vector<Expected> told(const CommandLog& log) {
  std::vector<Expected> all;
  for (const auto& command : log.commands())
    all.push_back({command.number, command.from, command.to, command.running, command.exit_code});
  return all;
}

TEST(CommandLog, KeepsWhatMarksTell) {
  struct Case {
    const char* name;
    std::vector<CommandMark> marks;
    std::vector<Expected> expected;
  };
  const std::vector<Case> cases{
      {"nothing", {}, {}},
      {"one that runs", {mark(Kind::started, 100)}, {{1, 108, 0, true, {}}}},
      {"one that ended", {mark(Kind::started, 100), ended(150, 3)}, {{1, 108, 150, false, 3}}},
      {"an end without a status", {mark(Kind::started, 100), ended(150, {})}, {{1, 108, 150, false, {}}}},
      {"no output at all", {mark(Kind::started, 100), ended(108, 0)}, {{1, 108, 108, false, 0}}},
      {"an end of nothing", {ended(50, 1), mark(Kind::prompt, 60)}, {}},
      {"an end that is told twice",
       {mark(Kind::started, 100), ended(150, 3), ended(160, 4)},
       {{1, 108, 150, false, 3}}},
      {"a prompt instead of an end", {mark(Kind::started, 100), mark(Kind::prompt, 150)}, {{1, 108, 150, false, {}}}},
      {"the next one instead of an end",
       {mark(Kind::started, 100), mark(Kind::started, 150)},
       {{1, 108, 150, false, {}}, {2, 158, 0, true, {}}}},
      {"marks that come again",
       {mark(Kind::started, 100), ended(150, 3), mark(Kind::started, 100), ended(150, 3), mark(Kind::started, 200)},
       {{1, 108, 150, false, 3}, {2, 208, 0, true, {}}}},
  };
  for (const auto& one : cases) {
    CommandLog log;
    for (const auto& each : one.marks) log.note(each);
    EXPECT_EQ(told(log), one.expected) << one.name;
  }
}

TEST(CommandLog, KeepsTextsAndTimes) {
  CommandLog log;
  auto first = mark(Kind::started, 100, "make \xC3\xA9");
  first.cwd = std::make_shared<const std::string>("file:///src");
  log.note(first);
  log.note(ended(150, 0));
  const auto& command = log.commands().front();
  EXPECT_EQ(command.text, "make \xC3\xA9");
  EXPECT_EQ(*command.cwd, "file:///src");
  EXPECT_EQ(command.started_ms, 1000u);
  EXPECT_EQ(command.ended_ms, 1500u);
}

TEST(CommandLog, CountsThoseBeforeItsTime) {
  CommandLog log;
  auto first = mark(Kind::started, 100);
  first.ended_before = 41;
  log.note(first);
  EXPECT_EQ(log.commands().front().number, 42u);
  EXPECT_EQ(log.forgotten(), 41u);
}

TEST(CommandLog, ForgetsTheOldest) {
  CommandLog log;
  for (std::uint64_t i = 0; i < CommandLog::kMost + 5; ++i) {
    log.note(mark(Kind::started, 100 * i));
    log.note(ended(100 * i + 50, 0));
  }
  EXPECT_EQ(log.commands().size(), CommandLog::kMost);
  EXPECT_EQ(log.forgotten(), 5u);
  EXPECT_EQ(log.commands().front().number, 6u);
}

TEST(CommandLog, IsBoundedInTextsAndFolders) {
  CommandLog log;
  const auto folder = std::make_shared<const std::string>(4096, 'f');
  for (std::uint64_t i = 0; i < 500; ++i) {
    auto one = mark(Kind::started, 100 * i, std::string(CommandLog::kMaxText, 'x'));
    one.cwd = i % 2 == 0 ? folder : std::make_shared<const std::string>(4096, 'g');
    log.note(one);
    std::size_t bytes = 0;
    for (const auto& command : log.commands()) bytes += command.text.size();
    ASSERT_LE(bytes, CommandLog::kMaxTexts);
  }
  EXPECT_EQ(log.commands().size(), CommandLog::kMaxTexts / (2 * 4096));
  EXPECT_EQ(log.commands().back().number, 500u);
  // A folder that many share counts once.
  CommandLog shared;
  for (std::uint64_t i = 0; i < 200; ++i) {
    auto one = mark(Kind::started, 100 * i, "x");
    one.cwd = folder;
    shared.note(one);
  }
  EXPECT_EQ(shared.commands().size(), 200u);
}

CommandLog sample() {
  CommandLog log;
  const auto folder = std::make_shared<const std::string>("file:///src");
  for (std::uint64_t i = 0; i < 5; ++i) {
    auto one = mark(Kind::started, 1000 * i, "command " + std::to_string(i));
    if (i > 0) one.cwd = i < 3 ? folder : std::make_shared<const std::string>("file:///");
    log.note(one);
    if (i < 4) log.note(ended(1000 * i + 500, i == 2 ? std::optional<std::int32_t>() : -1));
  }
  return log;
}

TEST(CommandLog, ComesBackAsItWasSaved) {
  const auto log = sample();
  auto again = CommandLog::load(log.save());
  ASSERT_TRUE(again);
  EXPECT_EQ(told(*again), told(log));
  EXPECT_EQ(again->save(), log.save());
  EXPECT_EQ(*again->commands()[2].cwd, "file:///src");
  EXPECT_FALSE(again->commands()[0].cwd);
  again->note(ended(3500, -1));  // known
  again->note(ended(4500, 7));
  EXPECT_EQ(again->commands().back().exit_code, 7);
  EXPECT_EQ(again->commands()[3].to, 3500u);
}

TEST(CommandLog, RefusesWhatItDidNotSave) {
  const auto saved = sample().save();
  EXPECT_FALSE(CommandLog::load(""));
  EXPECT_FALSE(CommandLog::load(saved + "x"));
  for (std::size_t size = 0; size < saved.size(); ++size)
    EXPECT_FALSE(CommandLog::load(std::string_view(saved).substr(0, size))) << size;
  for (std::size_t i = 0; i < saved.size(); ++i) {
    auto changed = saved;
    changed[i] = static_cast<char>(changed[i] ^ 0x81);
    if (const auto read = CommandLog::load(changed); read) {
      EXPECT_LE(read->commands().size(), CommandLog::kMost);
    }
  }
}

TEST(CommandLog, StandsBehindACheckpoint) {
  auto kept = with_log("the screen", sample());
  const auto log = take_log(kept);
  ASSERT_TRUE(log);
  EXPECT_EQ(kept, "the screen");
  EXPECT_EQ(told(*log), told(sample()));
  for (std::string old : {std::string(), std::string("the screen"), std::string("ptyd commands\n"),
                          std::string(8, '\xFF') + "ptyd commands\n"}) {
    const auto before = old;
    EXPECT_FALSE(take_log(old));
    EXPECT_EQ(old, before);
  }
}

}  // namespace
}  // namespace ptyd
