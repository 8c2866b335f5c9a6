// Scrollback as bytes.
#include <gtest/gtest.h>

#include "common/bytes.hpp"
#include "daemon/screen/scrollback.hpp"
#include "tests/unit/screen/grid_support.hpp"

namespace ptyd::screen {
namespace {

using testing::random_bytes;
using testing::to_cells;

Scrollback random_scrollback(std::mt19937& random, int rows) {
  ClusterTable clusters;
  const auto cluster = clusters.intern(U"e\u0301\u0302");
  Scrollback scrollback({200, std::size_t{1} << 20});
  for (int i = 0; i < rows; ++i) {
    std::string text(random() % 90, 'a');
    if (random() % 2 == 0) text += "\u3042\u00e9.\U0001f600";
    auto cells = to_cells(text, static_cast<std::uint16_t>(random() % 3));
    if (random() % 3 == 0) cells.push_back({Cell::kCluster | cluster, 1, 2});
    scrollback.push(cells, random() % 4 == 0, static_cast<Mark>(random() % 4), clusters);
  }
  return scrollback;
}

void expect_same(const Scrollback& a, const Scrollback& b) {
  ASSERT_EQ(a.first_id(), b.first_id());
  ASSERT_EQ(a.end_id(), b.end_id());
  EXPECT_EQ(a.open(), b.open());
  for (auto id = a.first_id(); id < a.end_id(); ++id) {
    Line one, other;
    ASSERT_TRUE(a.read(id, one));
    ASSERT_TRUE(b.read(id, other));
    EXPECT_EQ(one.cells, other.cells);
    EXPECT_EQ(one.clusters, other.clusters);
    EXPECT_EQ(one.mark, other.mark);
    EXPECT_EQ(one.open, other.open);
    EXPECT_EQ(one.cut, other.cut);
  }
}

TEST(ScrollbackSave, LoadGivesTheSameLines) {
  std::mt19937 random(4);
  for (int round = 0; round < 50; ++round) {
    Scrollback scrollback = random_scrollback(random, static_cast<int>(random() % 600));
    std::string saved;
    scrollback.save(saved);
    saved += "rest";
    Scrollback loaded(scrollback.limits());
    std::string_view in = saved;
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(in, "rest");
    expect_same(scrollback, loaded);
    // An open line goes on.
    const ClusterTable clusters;
    scrollback.push(to_cells("more"), false, Mark::none, clusters);
    loaded.push(to_cells("more"), false, Mark::none, clusters);
    expect_same(scrollback, loaded);
  }
}

TEST(ScrollbackSave, LongLinesAreCutWhereTheyWouldHaveBeen) {
  const ClusterTable clusters;
  Scrollback scrollback;
  const auto row = to_cells(std::string(1000, 'x'));
  for (int i = 0; i < 20; ++i) scrollback.push(row, true, Mark::none, clusters);
  std::string saved;
  scrollback.save(saved);
  Scrollback loaded;
  std::string_view in = saved;
  ASSERT_TRUE(loaded.load(in));
  for (int i = 0; i < 20; ++i) {
    scrollback.push(row, true, Mark::none, clusters);
    loaded.push(row, true, Mark::none, clusters);
  }
  expect_same(scrollback, loaded);
}

TEST(ScrollbackSave, IsAboutAsLargeAsTheText) {
  const ClusterTable clusters;
  Scrollback scrollback;
  for (int i = 0; i < 1000; ++i) scrollback.push(to_cells(std::string(70, 'x')), false, Mark::none, clusters);
  std::string saved;
  scrollback.save(saved);
  EXPECT_LT(saved.size(), 73'000u);
}

TEST(ScrollbackSave, LoadKeepsToTheLimits) {
  std::mt19937 random(5);
  const Scrollback scrollback = random_scrollback(random, 500);
  std::string saved;
  scrollback.save(saved);
  Scrollback few({7, std::size_t{1} << 20});
  std::string_view in = saved;
  ASSERT_TRUE(few.load(in));
  EXPECT_EQ(few.size(), 7u);
  EXPECT_EQ(few.end_id(), scrollback.end_id());
  Scrollback small({1000, 3000});
  in = saved;
  ASSERT_TRUE(small.load(in));
  EXPECT_LT(small.bytes(), 8000u);
  EXPECT_EQ(small.end_id(), scrollback.end_id());
}

// Whatever the bytes, what was loaded can be used like any other.
void use(Scrollback& scrollback) {
  ClusterTable clusters;
  std::vector<bool> styles(65536), links(65536);
  scrollback.mark_used(styles, links);
  Line line;
  std::string text;
  std::vector<std::uint32_t> columns;
  std::vector<LineRow> rows;
  for (auto id = scrollback.first_id(); id < scrollback.end_id(); ++id) {
    ASSERT_TRUE(scrollback.read(id, line));
    ASSERT_LE(line.cells.size(), Scrollback::kMaxLineCells);
    ASSERT_TRUE(scrollback.read_text(id, text, &columns));
    ASSERT_EQ(text.size(), columns.size());
    for (const auto& cell : line.cells) ASSERT_TRUE(!cell.cluster() || cell.character() < line.clusters.size());
    wrap_line(line.cells, 7, rows);
  }
  scrollback.push(to_cells("abc"), true, Mark::none, clusters);
  scrollback.pop(line);
  std::string saved;
  scrollback.save(saved);
}

TEST(ScrollbackSave, LoadSurvivesAnyBytes) {
  std::mt19937 random(6);
  std::string saved;
  random_scrollback(random, 60).save(saved);
  std::size_t loaded = 0;
  for (int i = 0; i < 5'000; ++i) {
    std::string bytes;
    if (i % 2 == 0) {
      bytes = "\x05" + std::string(1, static_cast<char>(random() % 64)) + random_bytes(random, random() % 70);
    } else {
      bytes = saved;
      for (auto left = 1 + random() % 4; left > 0; --left) {
        bytes[random() % bytes.size()] = static_cast<char>(random() % 2 == 0 ? random() : random() % 64);
      }
    }
    Scrollback scrollback;
    std::string_view in = bytes;
    if (scrollback.load(in)) {
      ++loaded;
      use(scrollback);
    } else {
      ASSERT_EQ(scrollback.size(), 0u);
      ASSERT_FALSE(scrollback.open());
    }
  }
  EXPECT_GT(loaded, 50u) << "changed bytes that are good still should be seen, too";
  for (std::size_t cut = 0; cut < saved.size(); ++cut) {
    Scrollback scrollback;
    std::string_view in = std::string_view(saved).substr(0, cut);
    EXPECT_FALSE(scrollback.load(in));
  }
}

TEST(ScrollbackSave, LoadRefusesLinesThatAreTooLong) {
  const ClusterTable clusters;
  Scrollback scrollback;
  scrollback.push(to_cells(std::string(4000, 'x')), true, Mark::none, clusters);
  std::string saved;
  scrollback.save(saved);
  const std::string piece = saved.substr(saved.size() - 4003);
  for (const std::size_t pieces : {4, 5}) {
    std::string bytes;
    append_varint(bytes, 0);
    append_varint(bytes, pieces * piece.size());
    for (std::size_t i = 0; i < pieces; ++i) bytes += piece;
    Scrollback loaded;
    std::string_view in = bytes;
    EXPECT_EQ(loaded.load(in), pieces == 4);
  }
}

}  // namespace
}  // namespace ptyd::screen
