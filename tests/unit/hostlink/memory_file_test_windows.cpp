#include <gtest/gtest.h>

#include "common/handle_windows.hpp"
#include "daemon/hostlink/memory_file.hpp"

namespace ptyd {
namespace {

TEST(MemoryFile, IsNotInherited) {
  const auto file = make_memory_file("abc");
  ASSERT_TRUE(file) << file.error().message;
  DWORD flags = ~DWORD{0};
  ASSERT_NE(::GetHandleInformation(handle_of(*file), &flags), 0);
  EXPECT_EQ(flags & HANDLE_FLAG_INHERIT, 0U);
}

TEST(MemoryFile, ReadsSectionsOnly) {
  const auto event = own_handle(::CreateEventW(nullptr, FALSE, FALSE, nullptr));
  EXPECT_FALSE(read_memory_file(event, 1));
  EXPECT_FALSE(read_memory_file(UniqueHandle(), 0));
}

// Looking at memory that a section only reserves would end us.
TEST(MemoryFile, RefusesMemoryThatIsNotThere) {
  const auto reserved =
      own_handle(::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE | SEC_RESERVE, 0, 65536, nullptr));
  ASSERT_TRUE(reserved);
  EXPECT_FALSE(read_memory_file(reserved, 1));
}

}  // namespace
}  // namespace ptyd
