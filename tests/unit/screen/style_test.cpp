#include "daemon/screen/style.hpp"

#include <gtest/gtest.h>

#include "tests/unit/screen/grid_support.hpp"

namespace ptyd::screen {
namespace {

Style numbered(std::uint32_t number) {
  Style style;
  style.foreground = Color::rgb(static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8),
                                static_cast<std::uint8_t>(number));
  return style;
}

std::vector<bool> none_used() { return std::vector<bool>(65536); }

TEST(StyleTable, TheDefaultStyleIsZero) {
  StyleTable table;
  EXPECT_EQ(table.intern({}), 0);
  EXPECT_EQ(table[0], Style());
  EXPECT_EQ(table.size(), 1u);
}

TEST(StyleTable, EveryMemberMakesAnotherStyle) {
  StyleTable table;
  std::vector<Style> styles(6);
  styles[0].foreground = Color::indexed(1);
  styles[1].background = Color::indexed(1);
  styles[2].underline_color = Color::indexed(1);
  styles[3].attributes = Style::kBold;
  styles[4].underline = Underline::single;
  styles[5].foreground = Color::rgb(0, 0, 1);
  for (std::size_t i = 0; i < styles.size(); ++i) EXPECT_EQ(table.intern(styles[i]), i + 1);
  for (std::size_t i = 0; i < styles.size(); ++i) {
    EXPECT_EQ(table.intern(styles[i]), i + 1);
    EXPECT_EQ(table[static_cast<std::uint16_t>(i + 1)], styles[i]);
  }
}

TEST(StyleTable, UnknownIdsAreTheDefaultStyle) {
  StyleTable table;
  table.intern(numbered(1));
  EXPECT_EQ(table[2], Style());
  EXPECT_EQ(table[65535], Style());
}

TEST(StyleTable, FindsEachOfManyStylesAgain) {
  StyleTable table;
  std::vector<std::uint16_t> ids;
  for (std::uint32_t i = 1; i <= 30'000; ++i) ids.push_back(table.intern(numbered(i)));
  for (std::uint32_t i = 1; i <= 30'000; ++i) ASSERT_EQ(table.intern(numbered(i)), ids[i - 1]);
  EXPECT_EQ(table.size(), 30'001u);
}

TEST(StyleTable, SweepKeepsMarkedIdsAndReusesTheOthers) {
  StyleTable table;
  for (std::uint32_t i = 1; i <= 10; ++i) table.intern(numbered(i));
  auto used = none_used();
  used[3] = used[7] = true;
  table.sweep(used);
  EXPECT_EQ(table.size(), 3u);
  EXPECT_EQ(table[3], numbered(3));
  EXPECT_EQ(table.intern(numbered(7)), 7);
  EXPECT_EQ(table.intern(numbered(100)), 1);
  EXPECT_EQ(table.intern(numbered(101)), 2);
  EXPECT_EQ(table.intern(numbered(102)), 4);
  EXPECT_EQ(table.intern(numbered(1)), 5) << "a style that was swept is a new one";
}

TEST(StyleTable, SweepForgetsWhatTheCacheHeld) {
  StyleTable table;
  const auto id = table.intern(numbered(1));
  table.sweep(none_used());
  EXPECT_EQ(table[id], Style());
  EXPECT_EQ(table.intern(numbered(2)), id);
  EXPECT_NE(table.intern(numbered(1)), id);
}

TEST(StyleTable, AStrayMarkDoesNotReviveAFreeId) {
  StyleTable table;
  for (std::uint32_t i = 1; i <= 3; ++i) table.intern(numbered(i));
  auto used = none_used();
  used[3] = true;
  table.sweep(used);
  used[1] = used[9] = true;
  table.sweep(used);
  EXPECT_EQ(table.size(), 2u);
  EXPECT_EQ(table.intern(numbered(50)), 1);
}

TEST(StyleTable, WhenFullNewStylesAreTheDefaultUntilASweep) {
  StyleTable table;
  for (std::uint32_t i = 1; i < 65535; ++i) ASSERT_NE(table.intern(numbered(i)), 0);
  EXPECT_FALSE(table.full());
  EXPECT_TRUE(table.wants_sweep());
  EXPECT_EQ(table.intern(numbered(100'000)), 0);
  EXPECT_TRUE(table.full());
  EXPECT_EQ(table.intern(numbered(65534)), 65534) << "known ones are found still";
  auto used = none_used();
  for (std::size_t i = 0; i < 30'000; ++i) used[i] = true;
  table.sweep(used);
  EXPECT_FALSE(table.full());
  EXPECT_NE(table.intern(numbered(100'000)), 0);
}

TEST(StyleTable, StaysFullWhenASweepFreesLittleAndAsksSeldomForAnother) {
  StyleTable table;
  for (std::uint32_t i = 1; i <= 65535; ++i) table.intern(numbered(i));
  auto used = none_used();
  for (std::size_t i = 0; i < 65'500; ++i) used[i] = true;
  table.sweep(used);
  EXPECT_TRUE(table.full());
  std::size_t wanted = 0;
  for (std::uint32_t i = 0; i < 50'000; ++i) {
    table.intern(numbered(200'000 + i));
    if (table.wants_sweep()) ++wanted;
  }
  EXPECT_EQ(wanted, 0u);
  for (std::uint32_t i = 0; i < 50'000; ++i) table.intern(numbered(300'000 + i));
  EXPECT_TRUE(table.wants_sweep());
}

TEST(StyleTable, SweepsAreAmortized) {
  StyleTable table;
  auto used = none_used();
  for (std::size_t i = 0; i < 10'000; ++i) used[i] = true;
  std::size_t sweeps = 0;
  for (std::uint32_t i = 1; i <= 200'000; ++i) {
    if (table.wants_sweep()) {
      table.sweep(used);
      ++sweeps;
    }
    ASSERT_NE(table.intern(numbered(i)), 0);
  }
  EXPECT_LT(sweeps, 30u);
}

TEST(StyleTable, SaveAndLoadKeepIds) {
  StyleTable table;
  for (std::uint32_t i = 1; i <= 1000; ++i) {
    Style style = numbered(i);
    style.background = Color::indexed(static_cast<std::uint8_t>(i));
    style.underline_color = Color::rgb(1, 2, static_cast<std::uint8_t>(i));
    style.attributes = static_cast<std::uint16_t>(i & 255);
    style.underline = static_cast<Underline>(i % 6);
    table.intern(style);
  }
  auto used = none_used();
  for (std::size_t i = 0; i < 1000; i += 3) used[i] = true;
  table.sweep(used);
  std::string saved;
  table.save(saved);
  saved += "rest";
  StyleTable loaded;
  std::string_view in = saved;
  ASSERT_TRUE(loaded.load(in));
  EXPECT_EQ(in, "rest");
  EXPECT_EQ(loaded.size(), table.size());
  for (std::uint32_t id = 0; id < 1100; ++id) {
    EXPECT_EQ(loaded[static_cast<std::uint16_t>(id)], table[static_cast<std::uint16_t>(id)]);
  }
  EXPECT_EQ(loaded.intern(table[999]), 999);
  EXPECT_EQ(loaded.intern(numbered(5000)), table.intern(numbered(5000)));
}

TEST(StyleTable, LoadSurvivesAnyBytes) {
  std::mt19937 random(1);
  StyleTable full;
  for (std::uint32_t i = 1; i <= 50; ++i) full.intern(numbered(i));
  std::string saved;
  full.save(saved);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes = i % 2 == 0 ? testing::random_bytes(random, random() % 64) : saved;
    if (i % 2 == 1) bytes[random() % bytes.size()] = static_cast<char>(random());
    StyleTable table;
    std::string_view in = bytes;
    if (!table.load(in)) {
      EXPECT_EQ(table.size(), 1u);
    }
    table.intern(numbered(77));
  }
  for (std::size_t cut = 0; cut < saved.size(); ++cut) {
    StyleTable table;
    std::string_view in = std::string_view(saved).substr(0, cut);
    EXPECT_FALSE(table.load(in));
  }
}

}  // namespace
}  // namespace ptyd::screen
