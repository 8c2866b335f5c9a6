#include "daemon/screen/scrollback.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "tests/unit/screen/grid_support.hpp"

namespace ptyd::screen {
namespace {

using testing::to_cells;
using testing::to_text;

const ClusterTable kNoClusters;

void push(Scrollback& scrollback, std::string_view text, bool wrapped = false, Mark mark = Mark::none) {
  scrollback.push(to_cells(text), wrapped, mark, kNoClusters);
}

Line line_of(const Scrollback& scrollback, std::uint64_t id) {
  Line line;
  EXPECT_TRUE(scrollback.read(id, line)) << id;
  EXPECT_EQ(line.id, id);
  return line;
}

std::vector<std::string> lines_of(const Scrollback& scrollback) {
  std::vector<std::string> lines;
  for (auto id = scrollback.first_id(); id < scrollback.end_id(); ++id) {
    const auto line = line_of(scrollback, id);
    lines.push_back(to_text(line.cells) + (line.open ? "\\" : line.cut ? "/" : ""));
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(Scrollback, IsEmptyAndSmallAtFirst) {
  const Scrollback scrollback;
  EXPECT_EQ(scrollback.size(), 0u);
  EXPECT_FALSE(scrollback.open());
  EXPECT_LT(scrollback.bytes(), 1024u);
  Line line;
  EXPECT_FALSE(scrollback.read(0, line));
}

TEST(Scrollback, GivesLinesBackAsTheyCame) {
  Scrollback scrollback;
  const Lines lines{"hello, world", "", "a..b. c", "\u3042x\u3044", "\u00e9\u2500\u4e00", std::string(200, 'z')};
  for (const auto& line : lines) push(scrollback, line);
  EXPECT_EQ(lines_of(scrollback), lines);
  EXPECT_EQ(scrollback.first_id(), 0u);
  EXPECT_EQ(scrollback.end_id(), lines.size());
}

TEST(Scrollback, KeepsLooksLinksAndEmptyCellsExactly) {
  Scrollback scrollback;
  std::vector<Cell> cells = to_cells("ab..cd\u3042ef", 3);
  cells[1].style = 65535;
  cells[2].link = 1;
  cells[3] = {};
  cells[4].link = 65535;
  cells.push_back({0, 9, 0});
  scrollback.push(cells, false, Mark::output, kNoClusters);
  const auto line = line_of(scrollback, 0);
  EXPECT_EQ(line.cells, cells);
  EXPECT_EQ(line.mark, Mark::output);
}

TEST(Scrollback, KeepsClustersAsText) {
  ClusterTable clusters;
  const std::vector<std::u32string> texts{U"e\u0301", std::u32string(16, U'\u0302'), U"\U0001f469\u200d\U0001f680"};
  std::vector<Cell> cells = to_cells("x");
  for (const auto& text : texts) cells.push_back({clusters.intern(text) | Cell::kCluster, 2, 0});
  cells.back().bits |= Cell::kWide;
  cells.push_back({Cell::kTail, 2, 0});
  cells.push_back({'y', 0, 0});
  Scrollback scrollback;
  scrollback.push(cells, false, Mark::none, clusters);
  const auto line = line_of(scrollback, 0);
  ASSERT_EQ(line.cells.size(), cells.size());
  EXPECT_EQ(line.clusters, texts);
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(line.cells[1 + i].cluster());
    EXPECT_EQ(line.cells[1 + i].character(), i);
  }
  EXPECT_TRUE(line.cells[3].wide());
  EXPECT_EQ(line.cells[4], cells[4]);
  EXPECT_EQ(line.cells[5], cells[5]);
  std::string text;
  ASSERT_TRUE(scrollback.read_text(0, text));
  EXPECT_EQ(text.substr(0, 4), "xe\u0301");
}

TEST(Scrollback, AnUnknownClusterIsTheReplacementCharacter) {
  Scrollback scrollback;
  scrollback.push(std::vector<Cell>{{Cell::kCluster | 77, 0, 0}}, false, Mark::none, kNoClusters);
  EXPECT_EQ(lines_of(scrollback), Lines{"\ufffd"});
}

TEST(Scrollback, DropsBlanksAtTheEndButNotColoredOnes) {
  Scrollback scrollback;
  push(scrollback, "ab....");
  std::vector<Cell> cells = to_cells("ab..");
  cells[3].style = 1;
  cells.push_back({Cell::kProtected, 0, 0});
  scrollback.push(cells, false, Mark::none, kNoClusters);
  EXPECT_EQ(lines_of(scrollback), (Lines{"ab", "ab.."}));
}

TEST(Scrollback, HalvesOfWideCharactersBecomeWhole) {
  Scrollback scrollback;
  scrollback.push(std::vector<Cell>{{Cell::kTail, 0, 0}, {'a', 0, 0}, {0x3042 | Cell::kWide, 0, 0}, {'b', 0, 0}}, false,
                  Mark::none, kNoClusters);
  scrollback.push(std::vector<Cell>{{0x3042 | Cell::kWide, 0, 0}}, false, Mark::none, kNoClusters);
  EXPECT_EQ(lines_of(scrollback), (Lines{".a\u3042b", "\u3042"}));
  EXPECT_EQ(line_of(scrollback, 0).cells.size(), 4u);
}

TEST(Scrollback, JoinsRowsThatWrap) {
  Scrollback scrollback;
  push(scrollback, "abcd", true, Mark::input);
  EXPECT_TRUE(scrollback.open());
  EXPECT_EQ(scrollback.size(), 1u);
  push(scrollback, "ef..", true);
  EXPECT_EQ(lines_of(scrollback), Lines{"abcdef..\\"});
  push(scrollback, "gh..");
  EXPECT_FALSE(scrollback.open());
  push(scrollback, "next");
  EXPECT_EQ(lines_of(scrollback), (Lines{"abcdef..gh", "next"}));
  EXPECT_EQ(line_of(scrollback, 0).mark, Mark::input);
}

TEST(Scrollback, ASpacerForAWideCharacterIsNoPartOfTheLine) {
  Scrollback scrollback;
  std::vector<Cell> cells = to_cells("abc");
  cells.push_back({Cell::kWrapSpacer, 0, 0});
  scrollback.push(cells, true, Mark::none, kNoClusters);
  push(scrollback, "\u3042");
  EXPECT_EQ(lines_of(scrollback), Lines{"abc\u3042"});
}

TEST(Scrollback, CloseEndsTheOpenLine) {
  Scrollback scrollback;
  push(scrollback, "abcd", true);
  scrollback.close();
  EXPECT_FALSE(scrollback.open());
  push(scrollback, "ef");
  scrollback.close();
  EXPECT_EQ(lines_of(scrollback), (Lines{"abcd", "ef"}));
}

TEST(Scrollback, APromptBeginsALine) {
  Scrollback scrollback;
  push(scrollback, "%...", true);
  push(scrollback, "$ ls", false, Mark::prompt);
  EXPECT_EQ(lines_of(scrollback), (Lines{"%", "$ ls"}));
  EXPECT_EQ(line_of(scrollback, 1).mark, Mark::prompt);
}

TEST(Scrollback, CutsLinesThatAreTooLong) {
  Scrollback scrollback;
  const std::string row(100, 'x');
  for (int i = 0; i < 400; ++i) push(scrollback, row, true);
  push(scrollback, "end");
  ASSERT_EQ(scrollback.size(), 3u);
  std::size_t total = 0;
  for (std::uint64_t id = 0; id < 3; ++id) {
    const auto line = line_of(scrollback, id);
    EXPECT_LE(line.cells.size(), Scrollback::kMaxLineCells);
    EXPECT_EQ(line.cut, id < 2);
    EXPECT_FALSE(line.open);
    total += line.cells.size();
  }
  EXPECT_EQ(total, 40'003u);
}

TEST(Scrollback, CutsOneSpanOfManyRows) {
  Scrollback scrollback;
  std::string text = "x";
  for (int i = 0; i < 20'000; ++i) text += "\u3042";
  push(scrollback, text);
  ASSERT_EQ(scrollback.size(), 3u);
  std::string joined;
  for (std::uint64_t id = 0; id < 3; ++id) joined += to_text(line_of(scrollback, id).cells);
  EXPECT_EQ(joined, text);
}

TEST(Scrollback, PopTakesTheNewestLineOut) {
  Scrollback scrollback;
  push(scrollback, "one");
  push(scrollback, "tw", true);
  push(scrollback, "o", true);
  Line line;
  ASSERT_TRUE(scrollback.pop(line));
  EXPECT_EQ(to_text(line.cells), "two");
  EXPECT_TRUE(line.open);
  EXPECT_EQ(line.id, 1u);
  EXPECT_FALSE(scrollback.open());
  push(scrollback, "three");
  EXPECT_EQ(lines_of(scrollback), (Lines{"one", "three"}));
  ASSERT_TRUE(scrollback.pop(line));
  ASSERT_TRUE(scrollback.pop(line));
  EXPECT_FALSE(line.open);
  EXPECT_FALSE(scrollback.pop(line));
  EXPECT_EQ(scrollback.size(), 0u);
}

TEST(Scrollback, ClearKeepsCountingIds) {
  Scrollback scrollback;
  push(scrollback, "one");
  push(scrollback, "two", true);
  scrollback.clear();
  EXPECT_EQ(scrollback.size(), 0u);
  EXPECT_FALSE(scrollback.open());
  push(scrollback, "three");
  EXPECT_EQ(scrollback.first_id(), 2u);
  EXPECT_EQ(lines_of(scrollback), Lines{"three"});
}

TEST(Scrollback, TextHasBlanksForEmptyCellsAndColumns) {
  Scrollback scrollback;
  std::vector<Cell> cells = to_cells("a.\u3042b\u00e9");
  cells.push_back({0, 1, 0});
  scrollback.push(cells, false, Mark::none, kNoClusters);
  push(scrollback, "ab.c");
  std::string text;
  std::vector<std::uint32_t> columns;
  ASSERT_TRUE(scrollback.read_text(0, text, &columns));
  EXPECT_EQ(text, "a \u3042b\u00e9");
  EXPECT_EQ(columns, (std::vector<std::uint32_t>{0, 1, 2, 2, 2, 4, 5, 5}));
  ASSERT_TRUE(scrollback.read_text(1, text, &columns));
  EXPECT_EQ(text, "ab c");
  EXPECT_EQ(columns, (std::vector<std::uint32_t>{0, 1, 2, 3}));
  ASSERT_TRUE(scrollback.read_text(1, text));
  EXPECT_EQ(text, "ab c");
  EXPECT_FALSE(scrollback.read_text(2, text));
}

TEST(Scrollback, MarksStylesAndLinksOfAllLines) {
  Scrollback scrollback;
  push(scrollback, "plain");
  std::vector<Cell> cells = to_cells("abc", 7);
  cells[1].style = 300;
  cells[2].link = 5;
  scrollback.push(cells, true, Mark::none, kNoClusters);
  scrollback.push(to_cells("x", 9), false, Mark::none, kNoClusters);
  std::vector<bool> styles(65536), links(65536);
  scrollback.mark_used(styles, links);
  for (std::size_t id = 1; id < 65536; ++id) {
    ASSERT_EQ(styles[id], id == 7 || id == 300 || id == 9) << id;
    ASSERT_EQ(links[id], id == 5) << id;
  }
}

TEST(Scrollback, DroppedLinesMarkNothing) {
  Scrollback scrollback;
  for (std::uint16_t i = 1; i <= 9; ++i) scrollback.push(to_cells("x", i), false, Mark::none, kNoClusters);
  scrollback.drop_half();
  EXPECT_EQ(scrollback.first_id(), 5u);
  EXPECT_EQ(scrollback.size(), 4u);
  std::vector<bool> styles(65536), links(65536);
  scrollback.mark_used(styles, links);
  EXPECT_FALSE(styles[5]);
  EXPECT_TRUE(styles[6]);
  for (int i = 0; i < 9; ++i) scrollback.drop_half();
  EXPECT_EQ(scrollback.size(), 0u);
}

TEST(Scrollback, CanBeMoved) {
  Scrollback scrollback;
  push(scrollback, "one");
  push(scrollback, "tw", true);
  Scrollback moved = std::move(scrollback);
  push(moved, "o");
  EXPECT_EQ(lines_of(moved), (Lines{"one", "two"}));
}

// Random pushes and pops against a list of lines.
TEST(Scrollback, DoesWhatAListOfLinesDoes) {
  std::mt19937 random(3);
  for (int round = 0; round < 20; ++round) {
    const std::size_t limit = 1 + random() % 300;
    Scrollback scrollback({limit, std::size_t{1} << 20});
    std::deque<std::vector<Cell>> lines;
    bool open = false;
    for (int i = 0; i < 3000; ++i) {
      if (random() % 8 == 0 && !lines.empty()) {
        Line line;
        ASSERT_TRUE(scrollback.pop(line));
        ASSERT_EQ(line.cells, lines.back());
        ASSERT_EQ(line.open, open);
        lines.pop_back();
        open = false;
        continue;
      }
      std::string text(random() % 60, 'a');
      if (random() % 3 == 0) text += "\u3042\u00e9";
      if (random() % 50 == 0) text += std::string(3000, 'x');
      const bool wrapped = random() % 3 == 0;
      const auto style = static_cast<std::uint16_t>(random() % 3);
      const auto cells = to_cells(text, style);
      if (!open) lines.emplace_back();
      lines.back().insert(lines.back().end(), cells.begin(), cells.end());
      if (lines.back().size() > Scrollback::kMaxLineCells) break;
      scrollback.push(cells, wrapped, Mark::none, kNoClusters);
      open = wrapped;
      if (lines.size() > limit) lines.pop_front();
    }
    if (scrollback.size() != lines.size()) continue;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      ASSERT_EQ(line_of(scrollback, scrollback.first_id() + i).cells, lines[i]) << i;
    }
  }
}

struct WrapCase {
  const char* text;
  int columns;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> expected;
};

TEST(WrapLine, LaysCellsOutInRows) {
  const std::vector<WrapCase> cases{
      {"", 4, {{0, 0}}},
      {"abc", 4, {{0, 3}}},
      {"abcd", 4, {{0, 4}}},
      {"abcde", 4, {{0, 4}, {4, 5}}},
      {"abcdefgh", 4, {{0, 4}, {4, 8}}},
      {"abc\u3042d", 4, {{0, 3}, {3, 6}}},
      {"\u3042\u3042\u3042", 4, {{0, 4}, {4, 6}}},
      {"a\u3042\u3042", 2, {{0, 1}, {1, 3}, {3, 5}}},
      {"\u3042\u3042", 3, {{0, 2}, {2, 4}}},
      {"a\u3042b", 1, {{0, 1}, {1, 2}, {3, 4}}},
      {"\u3042", 1, {{0, 1}}},
      {"abc", 0, {{0, 1}, {1, 2}, {2, 3}}},
  };
  for (const auto& test : cases) {
    std::vector<LineRow> rows;
    wrap_line(to_cells(test.text), test.columns, rows);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> got;
    for (const auto& row : rows) got.emplace_back(row.begin, row.end);
    EXPECT_EQ(got, test.expected) << test.text << " " << test.columns;
  }
}

TEST(WrapLine, CellsThatOnlyHaveAStyleMakeNoRow) {
  auto cells = to_cells("abc");
  cells.resize(12, Cell{0, 3, 0});
  std::vector<LineRow> rows;
  wrap_line(cells, 5, rows);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].end, 5u);
}

}  // namespace
}  // namespace ptyd::screen
