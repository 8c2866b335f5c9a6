#include <gtest/gtest.h>

#include "common/handle_windows.hpp"

namespace ptyd {
namespace {

bool is_open(HANDLE handle) {
  DWORD flags = 0;
  return ::GetHandleInformation(handle, &flags) != 0;
}

UniqueHandle make_event() { return own_handle(::CreateEventW(nullptr, TRUE, FALSE, nullptr)); }

TEST(UniqueHandle, ClosesWhatItHoldsWhenItEnds) {
  HANDLE handle = nullptr;
  {
    const auto event = make_event();
    ASSERT_TRUE(event);
    handle = handle_of(event);
    EXPECT_TRUE(is_open(handle));
  }
  EXPECT_FALSE(is_open(handle));
}

TEST(UniqueHandle, MovesWithoutClosing) {
  auto first = make_event();
  const HANDLE moved = handle_of(first);
  UniqueHandle second(std::move(first));
  EXPECT_TRUE(is_open(moved));
  auto third = make_event();
  const HANDLE replaced = handle_of(third);
  third = std::move(second);
  EXPECT_EQ(handle_of(third), moved);
  EXPECT_TRUE(is_open(moved));
  EXPECT_FALSE(is_open(replaced));
}

TEST(UniqueHandle, ReleasesWithoutClosing) {
  auto event = make_event();
  const HANDLE handle = handle_of(event);
  static_cast<void>(event.release());
  EXPECT_FALSE(event);
  EXPECT_TRUE(is_open(handle));
  EXPECT_NE(::CloseHandle(handle), 0);
}

TEST(UniqueHandle, TakesBothWaysOfSayingNone) {
  EXPECT_FALSE(own_handle(nullptr));
  EXPECT_FALSE(own_handle(INVALID_HANDLE_VALUE));
}

}  // namespace
}  // namespace ptyd
