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

// The sizes of the messages in `stream`, read as far ahead as there is room, at most `piece` bytes at once.
std::string read_ahead(const std::string& stream, std::size_t piece) {
  MessageBuffer buffer;
  std::string sizes;
  for (std::size_t at = 0; at < stream.size();) {
    const std::size_t bytes = std::min({piece, buffer.room(), stream.size() - at});
    std::memcpy(buffer.end(), stream.data() + at, bytes);
    at += bytes;
    buffer.add(bytes);
    for (; buffer.proper() && buffer.whole(); buffer.next()) {
      const auto size = buffer.header().size;
      sizes += std::to_string(size) + " ";
      const std::string body(reinterpret_cast<const char*>(buffer.body()), size);
      EXPECT_EQ(body, message(size).substr(sizeof(MessageHeader)));
    }
    if (!buffer.proper()) return sizes + "refused";
  }
  return sizes;
}

TEST(MessageBuffer, KeepsWhatWasReadBehindAMessage) {
  const std::string stream = message(3) + message(0) + message(kMaxMessage) + message(5000) + message(1) + message(4088);
  const std::string sizes = "3 0 " + std::to_string(kMaxMessage) + " 5000 1 4088 ";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, std::size_t{1} << 20}) {
    EXPECT_EQ(read_ahead(stream, piece), sizes) << piece;
    EXPECT_EQ(read_ahead(stream + message(9, 1) + message(2), piece), sizes + "refused") << piece;
    EXPECT_EQ(read_ahead(message(2) + message(kMaxMessage + 1), piece), "2 refused") << piece;
  }
}

TEST(MessageBuffer, AsksForNoMoreThanItNeedsOfWhatIsLarge) {
  MessageBuffer buffer;
  EXPECT_EQ(buffer.room(), 4096U) << "while it waits";
  const std::string large = message(20'000);
  std::memcpy(buffer.end(), large.data(), sizeof(MessageHeader));
  EXPECT_TRUE(buffer.add(sizeof(MessageHeader)));
  EXPECT_EQ(buffer.room(), 20'000U);
}

TEST(OwedMessages, ComeOutInOrderAndNoMoreThanFit) {
  OwedMessages owed;
  EXPECT_TRUE(owed.empty());
  owed.add(MessageType::wake);
  owed.add(MessageType::exited);
  owed.add(MessageType::wake);
  owed.add(MessageType::stream_end);
  owed.add(MessageType::fenced);
  EXPECT_EQ(owed.take(), MessageType::wake);
  EXPECT_EQ(owed.take(), MessageType::exited);
  owed.add(MessageType::fenced);
  owed.add(MessageType::wake);
  EXPECT_EQ(owed.take(), MessageType::stream_end);
  EXPECT_EQ(owed.take(), MessageType::fenced);
  EXPECT_EQ(owed.take(), MessageType::wake);
  EXPECT_TRUE(owed.empty());
  owed.add(MessageType::exited);
  owed.clear();
  EXPECT_TRUE(owed.empty());
}

}  // namespace
}  // namespace ptyd::host
