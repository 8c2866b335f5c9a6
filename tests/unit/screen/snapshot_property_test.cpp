// Whatever a program has written, a terminal that reads the snapshot is in the same state, and stays so.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/screen/checkpoint.hpp"
#include "daemon/screen/serializer.hpp"
#include "tests/unit/screen/random_script.hpp"
#include "tests/unit/screen/terminal_dump.hpp"

namespace ptyd::screen {
namespace {

using test::difference;
using test::dump;
using test::DumpOptions;
using test::RandomScript;
using test::repeats_what_is_there;
using test::Script;
using test::ScriptOptions;
using test::Step;

constexpr std::size_t kAll = SIZE_MAX;

Terminal make_terminal(int rows, int columns) {
  TerminalOptions options;
  options.rows = rows;
  options.columns = columns;
  return Terminal(options);
}

void play(Terminal& terminal, const Step& step) {
  if (step.rows != 0) {
    terminal.resize(step.rows, step.columns);
  } else {
    terminal.feed(step.bytes);
  }
}

void play(Terminal& terminal, const Script& script) {
  for (const auto& step : script) play(terminal, step);
}

std::string snapshot(const Terminal& terminal, SnapshotProfile profile = SnapshotProfile::fresh,
                     std::size_t scrollback_rows = kAll) {
  return serialize(terminal, {.profile = profile, .scrollback_rows = scrollback_rows, .hidden_screen = true});
}

Terminal restored(const Terminal& terminal) {
  auto copy = make_terminal(terminal.rows(), terminal.columns());
  copy.feed(snapshot(terminal));
  return copy;
}

// Bytes for people.
std::string shown(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    if (c == '\x1b') {
      out += "\\e";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else {
      out += c;
    }
  }
  return out;
}

testing::AssertionResult same(const std::string& wanted, const std::string& is) {
  if (wanted == is) return testing::AssertionSuccess();
  return testing::AssertionFailure() << '\n' << difference(wanted, is);
}

class EverySeed : public testing::TestWithParam<int> {
 protected:
  static ScriptOptions options() {
    const auto seed = static_cast<std::uint64_t>(GetParam());
    RandomScript sizes(seed * 1000);
    return {.rows = 2 + sizes.below(12), .columns = 4 + sizes.below(40), .steps = 20 + sizes.below(60)};
  }
  static Terminal played(RandomScript& source) {
    const auto size = options();
    auto terminal = make_terminal(size.rows, size.columns);
    play(terminal, source.script());
    return terminal;
  }
};

TEST_P(EverySeed, SnapshotOfTheRestoredTerminalIsTheSame) {
  RandomScript source(static_cast<std::uint64_t>(GetParam()), options());
  const auto terminal = played(source);
  const auto copy = restored(terminal);
  const auto second = snapshot(copy);
  const bool exact = dump(terminal, {.strict = true}) == dump(copy, {.strict = true});
  EXPECT_EQ(shown(exact ? snapshot(terminal) : snapshot(restored(copy))), shown(second));
}

TEST_P(EverySeed, RestoredTerminalHasTheSameState) {
  RandomScript source(static_cast<std::uint64_t>(GetParam()), options());
  const auto terminal = played(source);
  const DumpOptions all{.last = repeats_what_is_there(terminal)};
  EXPECT_TRUE(same(dump(terminal, all), dump(restored(terminal), all))) << shown(snapshot(terminal));
}

TEST_P(EverySeed, RestoredTerminalGoesOnTheSameWay) {
  RandomScript source(static_cast<std::uint64_t>(GetParam()), options());
  auto terminal = played(source);
  auto copy = restored(terminal);
  const DumpOptions strict{.strict = true};
  if (dump(terminal, strict) != dump(copy, strict)) {
    // What a snapshot can't bring across is gone after the first one.
    std::swap(terminal, copy);
    copy = restored(terminal);
  }
  for (const auto& step : source.script()) {
    play(terminal, step);
    play(copy, step);
    ASSERT_TRUE(same(dump(terminal), dump(copy))) << shown(step.bytes) << ' ' << step.rows << 'x' << step.columns;
  }
}

TEST_P(EverySeed, PersonSeesTheSameWhateverWasThereBefore) {
  const auto seed = static_cast<std::uint64_t>(GetParam());
  RandomScript source(seed, options());
  const auto terminal = played(source);
  RandomScript other(seed + 77,
                     {.rows = terminal.rows(), .columns = terminal.columns(), .resizes = false, .tails = false});
  auto persons = make_terminal(terminal.rows(), terminal.columns());
  play(persons, other.script());
  persons.feed("\x18");
  persons.feed(snapshot(terminal, SnapshotProfile::person, GetParam() % 3 == 0 ? 5 : 0));
  const DumpOptions seen{.seen_only = true, .scrollback = false, .hidden_alternate = false};
  EXPECT_TRUE(same(dump(terminal, seen), dump(persons, seen)));
}

TEST_P(EverySeed, CheckpointRestoresAllOfIt) {
  RandomScript source(static_cast<std::uint64_t>(GetParam()), options());
  auto terminal = played(source);
  auto copy = load_checkpoint(save_checkpoint(terminal));
  ASSERT_TRUE(copy);
  ASSERT_TRUE(same(dump(terminal), dump(*copy)));
  EXPECT_EQ(save_checkpoint(terminal), save_checkpoint(*copy));
  for (const auto& step : source.script()) {
    play(terminal, step);
    play(*copy, step);
  }
  EXPECT_TRUE(same(dump(terminal), dump(*copy)));
  EXPECT_EQ(terminal.offset(), copy->offset());
  EXPECT_EQ(terminal.generation(), copy->generation());
}

TEST_P(EverySeed, SnapshotForAnotherSizeIsThatOfTheResizedTerminal) {
  RandomScript source(static_cast<std::uint64_t>(GetParam()), options());
  auto terminal = played(source);
  const int rows = 1 + source.below(30);
  const int columns = 1 + source.below(60);
  const auto bytes =
      serialize(terminal, {.scrollback_rows = kAll, .hidden_screen = true, .rows = rows, .columns = columns});
  terminal.resize(rows, columns);
  EXPECT_EQ(shown(snapshot(terminal)), shown(bytes));
}

INSTANTIATE_TEST_SUITE_P(Random, EverySeed, testing::Range(1, 91));

// A program's output, with a resize in the middle.
struct Stream {
  std::string bytes;
  int rows;
  int columns;
  std::size_t resize_at() const { return bytes.size() / 2; }

  // Feeds [begin, end).
  void feed(Terminal& terminal, std::size_t begin, std::size_t end) const {
    const auto piece = [&](std::size_t from, std::size_t to) {
      return std::string_view(bytes).substr(from, to - from);
    };
    if (begin > resize_at() || end <= resize_at()) return terminal.feed(piece(begin, end));
    terminal.feed(piece(begin, resize_at()));
    terminal.resize(rows + 1, columns - 2);
    terminal.feed(piece(resize_at(), end));
  }
};

// Feeds the stream to a terminal and, from each cut on, to one that has read the snapshot made there.
void expect_the_same_from_every_cut(const Stream& stream, std::size_t step) {
  const auto size = stream.bytes.size();
  auto whole = make_terminal(stream.rows, stream.columns);
  stream.feed(whole, 0, size);
  const auto wanted = dump(whole);
  const DumpOptions strict{.strict = true};
  auto terminal = make_terminal(stream.rows, stream.columns);
  std::size_t cuts = 0;
  std::size_t compared = 0;
  for (std::size_t cut = 0; cut < size; cut += step) {
    auto copy = restored(terminal);
    ++cuts;
    if (dump(terminal, strict) == dump(copy, strict)) {
      ++compared;
      stream.feed(copy, cut, size);
      ASSERT_TRUE(same(wanted, dump(copy))) << "cut at " << cut << ", before " << shown(stream.bytes.substr(cut, 60));
    }
    stream.feed(terminal, cut, std::min(size, cut + step));
  }
  EXPECT_GE(compared, cuts / 3);
}

TEST(SnapshotCuts, EveryByteOfSmallStreams) {
  for (std::uint64_t seed = 1000; seed < 1005; ++seed) {
    SCOPED_TRACE(seed);
    expect_the_same_from_every_cut({RandomScript(seed, {.rows = 6, .columns = 16, .steps = 40}).bytes(), 6, 16}, 1);
  }
}

TEST(SnapshotCuts, SomeBytesOfLargeStreams) {
  for (std::uint64_t seed = 2000; seed < 2002; ++seed) {
    SCOPED_TRACE(seed);
    const auto bytes = RandomScript(seed, {.rows = 24, .columns = 80, .steps = 2000}).bytes();
    expect_the_same_from_every_cut({bytes, 24, 80}, 997);
  }
}

}  // namespace
}  // namespace ptyd::screen
