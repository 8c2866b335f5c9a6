#include "common/memory_reserve.hpp"

#include <gtest/gtest.h>

#include <new>

namespace ptyd {
namespace {

TEST(MemoryReserve, HelpsOnceAndIsTakenBack) {
  memory_reserve::install(std::size_t{1} << 20);
  EXPECT_TRUE(memory_reserve::held());
  EXPECT_FALSE(memory_reserve::take_back());
  const std::new_handler handler = std::get_new_handler();
  ASSERT_NE(handler, nullptr);
  EXPECT_NO_THROW(handler());
  EXPECT_FALSE(memory_reserve::held());
  EXPECT_THROW(handler(), std::bad_alloc);
  EXPECT_TRUE(memory_reserve::take_back());
  EXPECT_TRUE(memory_reserve::held());
  EXPECT_NO_THROW(handler());
  EXPECT_THROW(handler(), std::bad_alloc);
  std::set_new_handler(nullptr);
}

}  // namespace
}  // namespace ptyd
