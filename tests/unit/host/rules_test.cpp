#include "daemon/host/rules.hpp"

#include <gtest/gtest.h>

namespace ptyd::host {
namespace {

bool fits(MessageType type, std::size_t size, const Standing& standing) {
  return allowed({static_cast<std::uint32_t>(size), static_cast<std::uint16_t>(type), 0}, standing);
}

constexpr Standing kNew{false, false, 0};
constexpr Standing kGreeted{true, false, 0};
constexpr Standing kDaemon{true, true, 0};

TEST(Rules, HelloComesFirstAndOnce) {
  EXPECT_TRUE(fits(MessageType::hello, sizeof(Hello), kNew));
  EXPECT_FALSE(fits(MessageType::hello, sizeof(Hello), kGreeted));
  EXPECT_FALSE(fits(MessageType::status, 0, kNew));
}

TEST(Rules, OnlyTheDaemonChangesTheSession) {
  for (const auto& [type, size] : {std::pair{MessageType::credit, std::size_t{0}},
                                   {MessageType::resize, sizeof(Resize)},
                                   {MessageType::signal, sizeof(Signal)},
                                   {MessageType::terminate, std::size_t{0}},
                                   {MessageType::forget, std::size_t{0}},
                                   {MessageType::wake_by_message, std::size_t{0}},
                                   {MessageType::put, sizeof(Blob)},
                                   {MessageType::skip, sizeof(Skip)},
                                   {MessageType::input, sizeof(Input)}}) {
    EXPECT_FALSE(fits(type, size, kGreeted)) << static_cast<int>(type);
    EXPECT_TRUE(fits(type, size, kDaemon)) << static_cast<int>(type);
    EXPECT_EQ(fits(type, size + 1, kDaemon), type == MessageType::input) << static_cast<int>(type);
  }
  EXPECT_TRUE(fits(MessageType::get, sizeof(Blob), kGreeted));
  EXPECT_FALSE(fits(MessageType::input, sizeof(Input) + kMaxPayload + 1, kDaemon));
}

TEST(Rules, UnknownMessagesAndThoseOfTheHostAreRefused) {
  EXPECT_FALSE(fits(MessageType::result, sizeof(Result), kDaemon));
  EXPECT_FALSE(fits(static_cast<MessageType>(0), 0, kDaemon));
}

TEST(Rules, ADescriptorCountsWhereItIsPartOfTheMessage) {
  constexpr Standing kWithHandles{true, true, 8};
  EXPECT_TRUE(fits(MessageType::put, sizeof(Blob) + 8, kWithHandles));
  EXPECT_FALSE(fits(MessageType::put, sizeof(Blob), kWithHandles));
  EXPECT_TRUE(fits(MessageType::get, sizeof(Blob), kWithHandles));
  EXPECT_FALSE(fits(MessageType::put, sizeof(Blob) + 8, kDaemon));
}

}  // namespace
}  // namespace ptyd::host
