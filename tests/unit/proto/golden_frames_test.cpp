// Replays the recorded frames both ways. With PTYD_WRITE_GOLDEN=1 in the environment the files that are missing
// are written; existing ones are never changed.
#include "tests/unit/proto/golden_frames.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "proto/frame.hpp"

namespace ptyd {
namespace {

namespace fs = std::filesystem;

fs::path folder() {
  const char* const source = std::getenv("PTYD_SOURCE_DIR");
  return fs::path(source != nullptr ? source : ".") / "tests/golden/frames/v1";
}

bool writes() { return std::getenv("PTYD_WRITE_GOLDEN") != nullptr; }

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string to_hex(const std::string& bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
    hex += i % 32 == 31 || i + 1 == bytes.size() ? '\n' : ' ';
  }
  return hex;
}

std::string from_hex(const std::string& hex) {
  std::string digits;
  std::copy_if(hex.begin(), hex.end(), std::back_inserter(digits), [](char c) { return c != ' ' && c != '\n'; });
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  return bytes;
}

std::string written(const ptyd::v1::Frame& frame, Encoding encoding) {
  std::string bytes;
  append_frame(bytes, frame, encoding);
  return bytes;
}

// The only frame in `bytes`.
testing::AssertionResult parses_to(const std::string& bytes, const ptyd::v1::Frame& expected) {
  FrameReader reader(kMaxFrame);
  const auto room = reader.prepare();
  if (room.size() < bytes.size()) return testing::AssertionFailure() << "no room";
  std::copy(bytes.begin(), bytes.end(), room.data());
  reader.commit(bytes.size());
  ptyd::v1::Frame frame;
  if (!reader.next(frame)) return testing::AssertionFailure() << "no frame: " << reader.error().message;
  if (reader.mid_frame()) return testing::AssertionFailure() << "more than one frame";
  if (frame.SerializeAsString() != expected.SerializeAsString())
    return testing::AssertionFailure() << "another frame: " << frame.ShortDebugString();
  return testing::AssertionSuccess();
}

void write_missing(const fs::path& path, const std::string& content) {
  if (!writes() || fs::exists(path)) return;
  std::ofstream(path, std::ios::binary) << content;
}

TEST(GoldenFrames, AreReadAndWrittenAsRecorded) {
  for (const auto& golden : golden_frames()) {
    const fs::path hex = folder() / (golden.name + ".hex");
    const fs::path json = folder() / (golden.name + ".json");
    write_missing(hex, to_hex(written(golden.frame, Encoding::binary)));
    write_missing(json, written(golden.frame, Encoding::json));
    ASSERT_TRUE(fs::exists(hex)) << hex;
    ASSERT_TRUE(fs::exists(json)) << json;
    EXPECT_TRUE(parses_to(from_hex(read_file(hex)), golden.frame)) << golden.name;
    EXPECT_TRUE(parses_to(read_file(json), golden.frame)) << golden.name;
    EXPECT_EQ(to_hex(written(golden.frame, Encoding::binary)), read_file(hex)) << golden.name;
    EXPECT_EQ(written(golden.frame, Encoding::json), read_file(json)) << golden.name;
  }
}

TEST(GoldenFrames, CoverEveryKindOfFrameAndEveryRequest) {
  std::set<std::string> covered;
  for (const auto& golden : golden_frames()) {
    const auto& frame = golden.frame;
    const auto add = [&covered](const google::protobuf::Message& message) {
      std::vector<const google::protobuf::FieldDescriptor*> fields;
      message.GetReflection()->ListFields(message, &fields);
      for (const auto* field : fields) covered.insert(field->full_name());
    };
    add(frame);
    if (frame.has_request()) add(frame.request());
  }
  for (const auto* message : {ptyd::v1::Frame::descriptor(), ptyd::v1::Request::descriptor()})
    for (int i = 0; i < message->field_count(); ++i)
      EXPECT_EQ(covered.count(message->field(i)->full_name()), 1u) << message->field(i)->full_name();
}

TEST(GoldenFrames, HaveNoFilesThatNothingChecks) {
  std::set<std::string> names;
  for (const auto& golden : golden_frames()) names.insert(golden.name);
  for (const auto& entry : fs::directory_iterator(folder()))
    EXPECT_EQ(names.count(entry.path().stem().string()), 1u) << entry.path();
}

}  // namespace
}  // namespace ptyd
