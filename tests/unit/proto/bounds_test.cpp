#include <gtest/gtest.h>

#include "proto/frame.hpp"

namespace ptyd {
namespace {

std::string length_delimited(int field, const std::string& content) {
  std::string bytes;
  for (std::uint64_t value : {static_cast<std::uint64_t>(field) << 3 | 2, std::uint64_t{content.size()}}) {
    for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
    bytes += static_cast<char>(value);
  }
  return bytes + content;
}

std::string repeat(const std::string& piece, std::size_t times) {
  std::string bytes;
  for (std::size_t i = 0; i < times; ++i) bytes += piece;
  return bytes;
}

TEST(Bounds, CountsFieldsOfAllLevels) {
  // Frame.request.create.env: three fields around the environment.
  const auto with_variables = [](std::size_t count) {
    return length_delimited(4, length_delimited(3, repeat(length_delimited(4, ""), count)));
  };
  EXPECT_TRUE(within_bounds(with_variables(kMaxFields - 2)));
  EXPECT_FALSE(within_bounds(with_variables(kMaxFields - 1)));
}

TEST(Bounds, CountsFieldsThatNobodyKnows) {
  EXPECT_TRUE(within_bounds(repeat("\x08\x01", kMaxFields)));
  EXPECT_FALSE(within_bounds(repeat("\x08\x01", kMaxFields + 1)));
  EXPECT_FALSE(within_bounds(repeat(length_delimited(2000, ""), kMaxFields + 1)));
}

TEST(Bounds, NeverTakesBytesOrStringsForMessages) {
  const std::string looks_like_fields = repeat(std::string("\x0a\0", 2), kMaxData / 2);
  EXPECT_TRUE(within_bounds(length_delimited(10, length_delimited(15, looks_like_fields))));  // Input.data
  EXPECT_TRUE(within_bounds(length_delimited(10, length_delimited(3, looks_like_fields))));   // Input.text
  EXPECT_TRUE(within_bounds(length_delimited(2000, looks_like_fields)));
  EXPECT_TRUE(within_bounds(length_delimited(10, length_delimited(15, "\xff\xff\xff"))));
}

TEST(Bounds, RefusesWhatIsNoWireFormat) {
  const struct {
    const char* name;
    std::string bytes;
  } cases[] = {
      {"a group", "\x0b\x0c"},
      {"the end of a group", "\x0c"},
      {"wire type 6", "\x0e"},
      {"wire type 7", "\x0f"},
      {"field 0", std::string("\x00\x01", 2)},
      {"a key that does not end", "\xff"},
      {"a varint of eleven bytes", "\x08" + std::string(10, '\xff') + "\x01"},
      {"a value that is missing", "\x08"},
      {"a length beyond the end", "\x12\x05xx"},
      {"a huge length", "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"},
      {"fixed64 cut short", "\x09" + std::string(7, 'x')},
      {"fixed32 cut short", "\x0d" + std::string(3, 'x')},
  };
  for (const auto& bad : cases) EXPECT_FALSE(within_bounds(bad.bytes)) << bad.name;
}

TEST(Bounds, AcceptsEveryWireTypeThatUnknownFieldsMayHave) {
  EXPECT_TRUE(within_bounds(""));
  EXPECT_TRUE(within_bounds("\x09" + std::string(8, 'x')));
  EXPECT_TRUE(within_bounds("\x0d" + std::string(4, 'x')));
}

TEST(Bounds, TheDeepestMessageOfTheProtocolFits) {
  ptyd::v1::Frame frame;
  frame.mutable_response()->mutable_wait()->add_sessions()->mutable_exit()->set_code(1);
  EXPECT_TRUE(within_bounds(frame.SerializeAsString()));
}

}  // namespace
}  // namespace ptyd
