#include "proto/frame.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "proto/json.hpp"

namespace ptyd {
namespace {

using ptyd::v1::Frame;

Frame input_frame(std::uint64_t id, std::string data) {
  Frame frame;
  frame.set_id(id);
  frame.mutable_input()->set_attachment(3);
  frame.mutable_input()->set_offset(70000);
  frame.mutable_input()->set_data(std::move(data));
  return frame;
}

// Gives `bytes` to the reader in pieces of `step`, and collects what comes out.
struct Reading {
  std::vector<Frame> frames;
  FrameErrc code = FrameErrc::ok;
  std::string message;
};

Reading feed(FrameReader& reader, std::string_view bytes, std::size_t step) {
  Reading reading;
  Frame frame;
  while (!bytes.empty() && reader.error().code == FrameErrc::ok) {
    const auto room = reader.prepare();
    const std::size_t count = std::min({room.size(), bytes.size(), step});
    EXPECT_GT(count, 0u);
    if (count == 0) break;
    std::copy_n(bytes.data(), count, room.data());
    reader.commit(count);
    bytes.remove_prefix(count);
    while (reader.next(frame)) reading.frames.push_back(frame);
  }
  reading.code = reader.error().code;
  reading.message = reader.error().message;
  return reading;
}

Reading read_all(std::string_view bytes, std::size_t max_frame = kMaxFrame) {
  FrameReader reader(max_frame);
  return feed(reader, bytes, bytes.size());
}

std::string in(Encoding encoding, const std::vector<Frame>& frames) {
  std::string bytes;
  for (const auto& frame : frames) append_frame(bytes, frame, encoding);
  return bytes;
}

class FrameReaderInBothEncodings : public testing::TestWithParam<Encoding> {};
INSTANTIATE_TEST_SUITE_P(Encodings, FrameReaderInBothEncodings, testing::Values(Encoding::binary, Encoding::json),
                         [](const auto& test) { return test.param == Encoding::json ? "json" : "binary"; });

TEST_P(FrameReaderInBothEncodings, GivesTheSameFramesWhereverTheBytesAreCut) {
  const std::vector<Frame> frames{input_frame(1, "ls\n"), input_frame(2, std::string(300, '\xff')), input_frame(3, "")};
  const std::string bytes = in(GetParam(), frames);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    FrameReader reader(kMaxFrame);
    auto reading = feed(reader, bytes.substr(0, cut), bytes.size());
    const auto rest = feed(reader, bytes.substr(cut), bytes.size());
    reading.frames.insert(reading.frames.end(), rest.frames.begin(), rest.frames.end());
    ASSERT_EQ(reading.frames.size(), frames.size()) << "cut at " << cut;
    for (std::size_t i = 0; i < frames.size(); ++i)
      ASSERT_EQ(reading.frames[i].SerializeAsString(), frames[i].SerializeAsString()) << "cut at " << cut;
    ASSERT_EQ(reader.error().code, FrameErrc::ok);
    ASSERT_FALSE(reader.mid_frame());
  }
}

TEST_P(FrameReaderInBothEncodings, ReadsByteByByte) {
  const std::vector<Frame> frames{input_frame(1, "a"), input_frame(2, std::string(40000, 'x'))};
  FrameReader reader(kMaxFrame);
  const auto reading = feed(reader, in(GetParam(), frames), 1);
  ASSERT_EQ(reading.frames.size(), 2u);
  EXPECT_EQ(reading.frames[1].input().data(), std::string(40000, 'x'));
  EXPECT_EQ(reader.encoding(), GetParam());
}

TEST_P(FrameReaderInBothEncodings, TakesTheLargestPayload) {
  const auto reading = read_all(in(GetParam(), {input_frame(1, std::string(kMaxData, '\0'))}));
  ASSERT_EQ(reading.frames.size(), 1u) << reading.message;
  EXPECT_EQ(reading.frames[0].input().data().size(), kMaxData);
}

TEST_P(FrameReaderInBothEncodings, SaysWhetherAFrameIsUnfinished) {
  const std::string bytes = in(GetParam(), {input_frame(1, "abc")});
  FrameReader reader(kMaxFrame);
  EXPECT_FALSE(reader.mid_frame());
  feed(reader, bytes.substr(0, bytes.size() - 1), bytes.size());
  EXPECT_TRUE(reader.mid_frame());
  feed(reader, bytes.substr(bytes.size() - 1), bytes.size());
  EXPECT_FALSE(reader.mid_frame());
}

TEST_P(FrameReaderInBothEncodings, IgnoresFieldsItDoesNotKnow) {
  std::string bytes("\0\0\0\x07\x08\x05\x9a\x7d\x02hi", 11);  // id 5, and a string of field 2003
  if (GetParam() == Encoding::json) bytes = "{\"id\":5,\"fromTomorrow\":{\"a\":[1,{}]}}\n";
  const auto reading = read_all(bytes);
  ASSERT_EQ(reading.frames.size(), 1u) << reading.message;
  EXPECT_EQ(reading.frames[0].id(), 5u);
}

struct BadInput {
  const char* name;
  std::string bytes;
  FrameErrc code;
};

std::vector<BadInput> bad_inputs() {
  std::string too_deep = "{\"request\":";
  for (int i = 0; i < 40; ++i) too_deep += "[";
  std::string too_many = "{\"hello\":{\"features\":[\"a\"";
  for (std::size_t i = 0; i < kMaxFields; ++i) too_many += ",\"a\"";
  return {
      {"a length of 0", std::string(4, '\0'), FrameErrc::malformed},
      {"a length above the limit", std::string("\0\xff\xff\xff", 4), FrameErrc::too_large},
      {"one above the limit", std::string("\0\x01\x04\x01", 4), FrameErrc::too_large},
      {"bad protobuf", std::string("\0\0\0\x02\x08\xff", 6), FrameErrc::malformed},
      {"a group", std::string("\0\0\0\x02\x0b\x0c", 6), FrameErrc::malformed},
      {"a wrong wire type in a nested message", std::string("\0\0\0\x03\x12\x01\xff", 7), FrameErrc::malformed},
      {"bad UTF-8 in a string", std::string("\0\0\0\x05\x12\x03\x1a\x01\xff", 9), FrameErrc::malformed},
      {"text", "GET / HTTP/1.1\r\n", FrameErrc::bad_first_byte},
      {"a blank line first", "\n{}\n", FrameErrc::bad_first_byte},
      {"JSON that is no object", "{]\n", FrameErrc::malformed},
      {"JSON that does not end", "{\"id\":1\n", FrameErrc::malformed},
      {"JSON of a wrong type", "{\"id\":\"x\"}\n", FrameErrc::malformed},
      {"two bodies", "{\"input\":{},\"credit\":{}}\n", FrameErrc::malformed},
      {"JSON too deep", too_deep + "\n", FrameErrc::malformed},
      {"JSON with too many values", too_many + "]}}\n", FrameErrc::malformed},
      {"JSON longer than the limit", "{" + std::string(kMaxJsonLine, ' ') + "}\n", FrameErrc::too_large},
      {"JSON that never ends", "{" + std::string(kMaxJsonLine, ' '), FrameErrc::too_large},
  };
}

TEST(FrameReader, RefusesWhatIsNoFrameWhereverItIsCut) {
  for (const auto& bad : bad_inputs()) {
    for (const std::size_t step : {bad.bytes.size(), std::size_t{5}}) {
      FrameReader reader(kMaxFrame);
      const auto reading = feed(reader, bad.bytes, step);
      EXPECT_TRUE(reading.frames.empty()) << bad.name;
      EXPECT_EQ(reading.code, bad.code) << bad.name;
      EXPECT_FALSE(reading.message.empty()) << bad.name;
    }
  }
}

TEST(FrameReader, IsFinalAfterAnError) {
  FrameReader reader(kMaxFrame);
  feed(reader, std::string(4, '\0'), 4);
  ASSERT_EQ(reader.error().code, FrameErrc::malformed);
  const std::string good = in(Encoding::binary, {input_frame(1, "x")});
  const auto room = reader.prepare();
  std::copy(good.begin(), good.end(), room.data());
  reader.commit(good.size());
  Frame frame;
  EXPECT_FALSE(reader.next(frame));
  EXPECT_EQ(reader.error().code, FrameErrc::malformed);
}

TEST(FrameReader, SaysNothingOfWhatThePeerWrote) {
  for (const char* const bytes : {"sneaky\033[31m\n", "{\"sneaky\n", "{\"id\":\"sneaky\"}\n"}) {
    const auto reading = read_all(bytes);
    EXPECT_NE(reading.code, FrameErrc::ok);
    EXPECT_EQ(reading.message.find("sneaky"), std::string::npos);
  }
}

TEST(FrameReader, MakesNoRoomForAFrameThatIsTooLarge) {
  FrameReader reader(kMaxHelloFrame);
  const auto room = reader.prepare();
  EXPECT_LE(room.size(), kMaxHelloFrame + 4);
  std::copy_n("\0\0\xff\xff", 4, room.data());
  reader.commit(4);
  Frame frame;
  EXPECT_FALSE(reader.next(frame));
  EXPECT_EQ(reader.error().code, FrameErrc::too_large);
}

TEST(FrameReader, FollowsAChangeOfTheLimit) {
  FrameReader reader(kMaxHelloFrame);
  EXPECT_EQ(feed(reader, in(Encoding::binary, {input_frame(1, "small")}), 9).frames.size(), 1u);
  reader.set_max_frame(kMaxFrame);
  EXPECT_EQ(feed(reader, in(Encoding::binary, {input_frame(2, std::string(kMaxData, 'x'))}), 9000).frames.size(), 1u);
}

TEST(FrameReader, LimitsAJsonLineInProportionToTheFrame) {
  const std::string line = "{\"hello\":{\"clientName\":\"" + std::string(kMaxHelloFrame, 'n') + "\"}}\n";
  EXPECT_EQ(read_all(line, kMaxHelloFrame).frames.size(), 1u);
  const std::string longer = "{\"hello\":{\"clientName\":\"" + std::string(2 * kMaxHelloFrame, 'n') + "\"}}\n";
  EXPECT_EQ(read_all(longer, kMaxHelloFrame).code, FrameErrc::too_large);
}

TEST(FrameReader, IgnoresEmptyLinesAndCarriageReturns) {
  const auto reading = read_all("{\"id\":\"1\"}\r\n\n\r\n{\"id\":2}\n");
  ASSERT_EQ(reading.frames.size(), 2u) << reading.message;
  EXPECT_EQ(reading.frames[1].id(), 2u);
}

TEST(FrameReader, ReadsWhatAServerSendsWhenTheEncodingIsGiven) {
  FrameReader reader(kMaxFrame, Encoding::json);
  EXPECT_EQ(feed(reader, "\n{\"id\":7}\n", 100).frames.size(), 1u);
}

TEST(FrameReader, HoldsBackNoFrameBehindABigOne) {
  const std::string bytes = in(Encoding::binary, {input_frame(1, std::string(kMaxData, 'a')), input_frame(2, "b")});
  FrameReader reader(kMaxFrame);
  EXPECT_EQ(feed(reader, bytes, bytes.size()).frames.size(), 2u);
}

TEST(AppendJson, WritesOneLineInTheCanonicalMapping) {
  std::string line;
  append_frame(line, input_frame(9007199254740993, "a\nb\xff"), Encoding::json);
  EXPECT_EQ(line,
            "{\"id\":\"9007199254740993\",\"input\":{\"attachment\":3,\"offset\":\"70000\",\"data\":\"YQpi/w==\"}}\n");
}

TEST(JsonBounds, LooksAtStructureOnly) {
  EXPECT_TRUE(json_within_bounds(R"({"a":"[[[[[[[[[[[[[[[[[[[[[[[[\"[[[[[["})"));
  EXPECT_FALSE(json_within_bounds("}"));
  const std::string limit = std::string(2 * kMaxDepth, '[') + std::string(2 * kMaxDepth, ']');
  EXPECT_TRUE(json_within_bounds(limit));
  EXPECT_FALSE(json_within_bounds("[" + limit + "]"));
}

TEST(OutputPrefix, IsWhatProtobufWrites) {
  for (const std::uint32_t attachment : {0u, 1u, 127u, 128u, 4294967295u}) {
    for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{16384}, ~std::uint64_t{0}}) {
      for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{127}, std::size_t{128}, kMaxData}) {
        Frame frame;
        frame.mutable_output()->set_attachment(attachment);
        frame.mutable_output()->set_offset(offset);
        frame.mutable_output()->set_data(std::string(size, 'd'));
        std::string expected;
        append_frame(expected, frame, Encoding::binary);

        std::array<char, kMaxOutputPrefix> prefix{};
        const std::size_t length = output_prefix(attachment, offset, size, prefix);
        ASSERT_LE(length, prefix.size());
        EXPECT_EQ(std::string(prefix.data(), length) + std::string(size, 'd'), expected)
            << attachment << " " << offset << " " << size;
      }
    }
  }
}

}  // namespace
}  // namespace ptyd
