// StateWriter and StateReader: what a program of another version reads.
#include "daemon/handover/state_reader.hpp"

#include <gtest/gtest.h>

#include "daemon/handover/state_writer.hpp"

namespace ptyd {
namespace {

struct Older {
  std::uint32_t number = 0;
  template <class Archive, class Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.number);
  }
};

struct Newer {
  std::uint32_t number = 0;
  std::string text = "as made";
  std::optional<std::uint64_t> more;
  template <class Archive, class Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.number, self.text, self.more);
  }
};

template <class Structure>
std::string written(const std::vector<Structure>& values, std::uint8_t behind) {
  StateWriter writer;
  writer(values, behind);
  return writer.take();
}

TEST(StateReader, LeavesOutWhatALaterVersionAdded) {
  const auto bytes = written<Newer>({{1, "new", 7}, {2, "", {}}}, 9);
  StateReader reader(bytes);
  std::vector<Older> read;
  std::uint8_t behind = 0;
  reader(read, behind);
  ASSERT_TRUE(reader.ok());
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].number, 1u);
  EXPECT_EQ(read[1].number, 2u);
  EXPECT_EQ(behind, 9);
}

TEST(StateReader, KeepsWhatAnEarlierVersionDidNotHave) {
  const auto bytes = written<Older>({{1}, {2}}, 9);
  StateReader reader(bytes);
  std::vector<Newer> read;
  std::uint8_t behind = 0;
  reader(read, behind);
  ASSERT_TRUE(reader.ok());
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[1].number, 2u);
  EXPECT_EQ(read[1].text, "as made");
  EXPECT_FALSE(read[1].more);
  EXPECT_EQ(behind, 9);
}

TEST(StateReader, RefusesWhatIsCutOff) {
  const auto bytes = written<Newer>({{1, "text", 7}}, 9);
  for (std::size_t size = 1; size + 1 < bytes.size(); ++size) {
    StateReader reader(std::string_view(bytes).substr(0, size));
    std::vector<Newer> read;
    reader(read);
    EXPECT_FALSE(reader.ok()) << size;
  }
}

TEST(StateReader, DoesNotBelieveACount) {
  StateReader reader(std::string_view("\xff\xff\xff\xff", 4));
  std::vector<std::uint64_t> numbers;
  reader(numbers);
  EXPECT_FALSE(reader.ok());
  EXPECT_TRUE(numbers.empty());
}

TEST(StateReader, KnowsTwoTruthValues) {
  StateReader reader(std::string_view("\x02", 1));
  bool value = false;
  reader(value);
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace ptyd
