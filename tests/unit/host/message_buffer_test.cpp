#include "daemon/host/message_buffer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "daemon/host/owed_messages.hpp"

namespace ptyd::host {
namespace {

std::string message(std::uint32_t size, std::uint16_t zero = 0) {
  const MessageHeader header{size, static_cast<std::uint16_t>(MessageType::input), zero};
  std::string bytes(sizeof header, '\0');
  std::memcpy(bytes.data(), &header, sizeof header);
  for (std::uint32_t i = 0; i < size; ++i) bytes += static_cast<char>('a' + i % 26);
  return bytes;
}

// Reads at most `piece` bytes at once, as a connection does. The bytes that were read until it was whole or refused.
std::size_t read(MessageBuffer& buffer, const std::string& stream, std::size_t piece, bool& refused) {
  std::size_t at = 0;
  refused = false;
  while (!buffer.whole() && !refused) {
    const std::size_t bytes = std::min({piece, buffer.missing(), stream.size() - at});
    if (bytes == 0) break;
    std::memcpy(buffer.end(), stream.data() + at, bytes);
    at += bytes;
    refused = !buffer.add(bytes);
  }
  return at;
}

TEST(MessageBuffer, TakesOneMessageAndNothingBeyond) {
  for (const std::uint32_t size : {0U, 1U, 64U, kMaxMessage}) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{8}, std::size_t{1} << 20}) {
      const std::string first = message(size);
      const std::string stream = first + message(5);
      MessageBuffer buffer;
      bool refused = false;
      EXPECT_EQ(read(buffer, stream, piece, refused), first.size()) << size << " in pieces of " << piece;
      ASSERT_TRUE(buffer.whole() && !refused) << size << " in pieces of " << piece;
      EXPECT_EQ(buffer.header().size, size);
      EXPECT_EQ(std::string(reinterpret_cast<const char*>(buffer.body()), size), first.substr(sizeof(MessageHeader)));
      buffer.clear();
      EXPECT_FALSE(buffer.whole());
      EXPECT_EQ(read(buffer, stream.substr(first.size()), piece, refused), sizeof(MessageHeader) + 5);
    }
  }
}

TEST(MessageBuffer, IsNotWholeBeforeTheLastByte) {
  const std::string bytes = message(20);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    MessageBuffer buffer;
    bool refused = false;
    EXPECT_EQ(read(buffer, bytes.substr(0, length), 3, refused), length);
    EXPECT_FALSE(buffer.whole() || refused) << length;
  }
}

TEST(MessageBuffer, RefusesAHeaderThatBreaksTheRulesBeforeAnyOfItsBody) {
  for (const auto& stream : {message(kMaxMessage + 1), message(20, 1), message(0, 0xffff)}) {
    MessageBuffer buffer;
    bool refused = false;
    EXPECT_EQ(read(buffer, stream, 1 << 20, refused), sizeof(MessageHeader));
    EXPECT_TRUE(refused);
  }
}

TEST(OwedMessages, ComeOutInOrderAndNoMoreThanFit) {
  OwedMessages owed;
  EXPECT_TRUE(owed.empty());
  owed.add(MessageType::exited);
  owed.add(MessageType::stream_end);
  owed.add(MessageType::fenced);
  EXPECT_EQ(owed.take(), MessageType::exited);
  owed.add(MessageType::fenced);
  EXPECT_EQ(owed.take(), MessageType::stream_end);
  EXPECT_EQ(owed.take(), MessageType::fenced);
  EXPECT_TRUE(owed.empty());
  owed.add(MessageType::exited);
  owed.clear();
  EXPECT_TRUE(owed.empty());
}

}  // namespace
}  // namespace ptyd::host
