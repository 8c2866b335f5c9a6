#include "daemon/host/rules.hpp"

#include <gtest/gtest.h>

namespace ptyd::host {
namespace {

bool fits(MessageType type, std::size_t size, const Standing& standing) {
  return allowed({static_cast<std::uint32_t>(size), static_cast<std::uint16_t>(type), 0}, standing);
}

constexpr Standing kNew{false, false, false, 0};
constexpr Standing kGreeted{true, false, false, 0};
constexpr Standing kDaemon{true, true, false, 0};
constexpr Standing kGuest{true, false, true, 0};

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
  constexpr Standing kWithHandles{true, true, false, 8};
  EXPECT_TRUE(fits(MessageType::put, sizeof(Blob) + 8, kWithHandles));
  EXPECT_FALSE(fits(MessageType::put, sizeof(Blob), kWithHandles));
  EXPECT_TRUE(fits(MessageType::get, sizeof(Blob), kWithHandles));
  EXPECT_FALSE(fits(MessageType::put, sizeof(Blob) + 8, kDaemon));
}

TEST(Rules, AGuestReadsTypesAndSizesAndNothingElse) {
  EXPECT_TRUE(fits(MessageType::join, sizeof(Join), kGreeted));
  EXPECT_FALSE(fits(MessageType::join, sizeof(Join), kNew));
  EXPECT_FALSE(fits(MessageType::join, sizeof(Join), kGuest)) << "once";
  EXPECT_TRUE(fits(MessageType::arm, sizeof(Arm), kGuest));
  EXPECT_TRUE(fits(MessageType::guest_input, sizeof(GuestInput) + 1, kGuest));
  EXPECT_TRUE(fits(MessageType::guest_input, sizeof(GuestInput) + kMaxGuestInput, kGuest));
  EXPECT_FALSE(fits(MessageType::guest_input, sizeof(GuestInput), kGuest));
  EXPECT_FALSE(fits(MessageType::guest_input, sizeof(GuestInput) + kMaxGuestInput + 1, kGuest));
  EXPECT_TRUE(fits(MessageType::guest_resize, sizeof(Resize), kGuest));
  EXPECT_FALSE(fits(MessageType::guest_resize, sizeof(Resize) + 1, kGuest));
  for (const auto type : {MessageType::attach, MessageType::input, MessageType::resize, MessageType::signal,
                          MessageType::status, MessageType::put, MessageType::get, MessageType::forget,
                          MessageType::terminate, MessageType::grant, MessageType::close_gates, MessageType::custody})
    for (std::size_t size = 0; size < 64; size += 4) EXPECT_FALSE(fits(type, size, kGuest)) << int(type);
  for (const auto& other : {kGreeted, kDaemon}) {
    EXPECT_FALSE(fits(MessageType::arm, sizeof(Arm), other));
    EXPECT_FALSE(fits(MessageType::guest_input, sizeof(GuestInput) + 1, other));
    EXPECT_FALSE(fits(MessageType::guest_resize, sizeof(Resize), other));
  }
  EXPECT_TRUE(fits(MessageType::grant, sizeof(Grant), kDaemon));
  EXPECT_TRUE(fits(MessageType::close_gates, 0, kDaemon));
  EXPECT_FALSE(fits(MessageType::grant, sizeof(Grant), kGreeted));
  EXPECT_FALSE(fits(MessageType::close_gates, 0, kGreeted));
}

}  // namespace
}  // namespace ptyd::host
