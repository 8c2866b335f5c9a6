#include "common/error.hpp"

#include <gtest/gtest.h>

#include <set>

namespace ptyd {
namespace {

TEST(Error, EveryCodeHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (int code = 1; code <= static_cast<int>(errc::internal); ++code)
    EXPECT_TRUE(names.insert(to_string(static_cast<errc>(code))).second) << code;
}

TEST(Error, IsThrownWhenAFailedResultIsUsed) {
  const Result<int> failed = Error{errc::busy, "somebody else has it"};
  try {
    static_cast<void>(failed.value());
    FAIL() << "nothing was thrown";
  } catch (const ErrorException& e) {
    EXPECT_EQ(e.error().code, errc::busy);
  }
}

}  // namespace
}  // namespace ptyd
