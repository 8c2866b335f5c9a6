// Checkpoints bring all back, and only what was saved.
#include "daemon/screen/checkpoint.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "daemon/screen/serializer.hpp"
#include "tests/unit/screen/random_script.hpp"
#include "tests/unit/screen/terminal_dump.hpp"

namespace ptyd::screen {
namespace {

Terminal make_terminal(std::string_view bytes, int rows = 5, int columns = 20) {
  TerminalOptions options;
  options.rows = rows;
  options.columns = columns;
  Terminal terminal(options);
  terminal.feed(bytes);
  return terminal;
}

std::string dump(const Terminal& terminal) { return test::dump(terminal, {.strict = true}); }

std::string script(std::uint64_t seed, int steps = 80) {
  return test::RandomScript(seed, {.rows = 5, .columns = 20, .steps = steps}).bytes();
}

TEST(Checkpoint, OfANewTerminal) {
  const auto terminal = make_terminal("");
  const auto copy = load_checkpoint(save_checkpoint(terminal));
  ASSERT_TRUE(copy);
  EXPECT_EQ(dump(*copy), dump(terminal));
}

TEST(Checkpoint, ComesBehindWhatIsThere) {
  const auto terminal = make_terminal(script(1));
  EXPECT_EQ(save_checkpoint(terminal, "before"), "before" + save_checkpoint(terminal));
}

TEST(Checkpoint, KeepsSizeOffsetAndGenerations) {
  TerminalOptions options;
  options.rows = 3;
  options.columns = 7;
  options.x_pixels = 70;
  options.y_pixels = 60;
  Terminal terminal(options);
  terminal.feed("one\r\ntwo");
  terminal.feed("three");
  const auto copy = load_checkpoint(save_checkpoint(terminal));
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->rows(), 3);
  EXPECT_EQ(copy->columns(), 7);
  EXPECT_EQ(copy->x_pixels(), 70);
  EXPECT_EQ(copy->y_pixels(), 60);
  EXPECT_EQ(copy->offset(), terminal.offset());
  EXPECT_EQ(copy->generation(), terminal.generation());
  for (int row = 0; row < 3; ++row) {
    EXPECT_EQ(copy->primary().info(row).generation, terminal.primary().info(row).generation);
  }
  EXPECT_EQ(copy->hash(), terminal.hash());
}

TEST(Checkpoint, KeepsLineIdsOfScrollback) {
  auto terminal = make_terminal("1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\x1b[3J\r\n8\r\n9");
  const auto copy = load_checkpoint(save_checkpoint(terminal));
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->scrollback().first_id(), terminal.scrollback().first_id());
  EXPECT_EQ(copy->scrollback().end_id(), terminal.scrollback().end_id());
}

TEST(Checkpoint, KeepsWhatASnapshotCannot) {
  const auto terminal = make_terminal("\x1b]133;D;3\a\x1b]133;D;4\a\x1b[?2026h\x1b[?2048h");
  const auto copy = load_checkpoint(save_checkpoint(terminal));
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->state().shell.commands, 2u);
  EXPECT_EQ(copy->state().shell.exit_code, 4);
  EXPECT_EQ(copy->state().modes, terminal.state().modes);
}

TEST(Checkpoint, TakenAtAnyByteGoesOnTheSameWay) {
  for (std::uint64_t seed = 1; seed < 5; ++seed) {
    SCOPED_TRACE(seed);
    const auto stream = script(seed, 40);
    const auto wanted = dump(make_terminal(stream));
    auto terminal = make_terminal("");
    for (std::size_t cut = 0; cut < stream.size(); ++cut) {
      auto copy = load_checkpoint(save_checkpoint(terminal));
      ASSERT_TRUE(copy) << cut;
      copy->feed(std::string_view(stream).substr(cut));
      ASSERT_EQ("", test::difference(wanted, dump(*copy))) << cut;
      terminal.feed(std::string_view(stream).substr(cut, 1));
    }
  }
}

TEST(Checkpoint, TablesGoOnAfterwards) {
  auto terminal = make_terminal(script(7));
  auto copy = load_checkpoint(save_checkpoint(terminal));
  ASSERT_TRUE(copy);
  for (auto* each : {&terminal, &*copy}) {
    for (int color = 0; color < 256; ++color) {
      const auto number = std::to_string(color);
      each->feed("\x1b[38;5;" + number + "m\x1b]8;;http://" + number + "\aa\u0301");
    }
  }
  EXPECT_EQ("", test::difference(dump(terminal), dump(*copy)));
}

TEST(Checkpoint, IsRefusedWhenItIsCutOrLonger) {
  const auto whole = save_checkpoint(make_terminal(script(3)));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(load_checkpoint(std::string_view(whole).substr(0, size))) << size;
  }
  EXPECT_FALSE(load_checkpoint(whole + "x"));
}

TEST(Checkpoint, OfAnotherVersionIsRefused) {
  auto bytes = save_checkpoint(make_terminal("text"));
  const auto version = bytes.find('\n') + 1 + sizeof(std::uint32_t);
  ASSERT_EQ(bytes[version], static_cast<char>(kCheckpointVersion));
  ++bytes[version];
  EXPECT_FALSE(load_checkpoint(bytes));
}

TEST(Checkpoint, WithHalfASequenceThatDoesMoreIsRefused) {
  auto terminal = make_terminal("\x1b[3");
  auto bytes = save_checkpoint(terminal);
  ASSERT_TRUE(bytes.ends_with("\x03\x1b[3"));
  bytes.back() = 'c';
  EXPECT_FALSE(load_checkpoint(bytes));
}

// Whatever a changed byte does, the terminal that comes out is a sound one, or none.
TEST(Checkpoint, WithAnyByteChangedIsSoundOrRefused) {
  const auto whole = save_checkpoint(make_terminal(script(5)));
  int loaded = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char change : {'\x01', '\x80', '\xff'}) {
      auto bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ change);
      auto terminal = load_checkpoint(bytes);
      if (!terminal) continue;
      ++loaded;
      terminal->feed(
          "\x1b[Htext \u4f60\x1b[4b\x1b[L\x1b"
          "8\r\n\n\n\n\n\n");
      terminal->resize(7, 9);
      serialize(*terminal, {.scrollback_rows = 100, .hidden_screen = true});
    }
  }
  EXPECT_GT(loaded, 0);
}

TEST(Checkpoint, OfALargeScreenIsNotMadeFromAFewBytes) {
  auto bytes = save_checkpoint(make_terminal("", 1, 1));
  const auto size = bytes.find('\n') + 1 + sizeof(std::uint32_t) + 1;
  bytes.replace(size, 2, "\x80\x20\x80\x20");  // 4096 by 4096, as varints
  EXPECT_FALSE(load_checkpoint(bytes));
  EXPECT_TRUE(load_checkpoint(save_checkpoint(make_terminal("", 4096, 100))));
}

TEST(Checkpoint, DropsScrollbackBeyondTheLimits) {
  const auto terminal = make_terminal("1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n8\r\n9");
  TerminalOptions options;
  options.scrollback.lines = 2;
  const auto copy = load_checkpoint(save_checkpoint(terminal), options);
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->scrollback().size(), 2u);
  EXPECT_EQ(copy->scrollback().end_id(), terminal.scrollback().end_id());
}

TEST(Checkpoint, ListenerHearsOnlyWhatComesAfter) {
  class Titles final : public TerminalListener {
   public:
    void on_title() override { ++count_; }
    int count_ = 0;
  } titles;
  const auto bytes = save_checkpoint(make_terminal("\x1b]2;a\a\x1b]2;half"));
  auto copy = load_checkpoint(bytes, {}, &titles);
  ASSERT_TRUE(copy);
  EXPECT_EQ(titles.count_, 0);
  copy->feed("\a");
  EXPECT_EQ(titles.count_, 1);
  EXPECT_EQ(copy->state().title, "half");
}

}  // namespace
}  // namespace ptyd::screen
