#include "common/error.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>

namespace ptyd {
namespace {

TEST(Error, EveryCodeHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (int code = 1; code <= static_cast<int>(errc::internal); ++code)
    EXPECT_TRUE(names.insert(to_string(static_cast<errc>(code))).second) << code;
}

TEST(Error, OfTheSystemSaysWhatWhyAndTheNumber) {
  const struct {
    int number;
    errc code;
  } cases[] = {{ENOENT, errc::not_found},
               {EACCES, errc::permission_denied},
               {EEXIST, errc::already_exists},
               {EMFILE, errc::resource_exhausted},
               {ECONNREFUSED, errc::unavailable},
               {ETIMEDOUT, errc::deadline_exceeded},
               {ENAMETOOLONG, errc::invalid_argument},
               {EIO, errc::internal}};
  for (const auto& one : cases) {
    const auto error = os_error("open /x", one.number);
    EXPECT_EQ(error.code, one.code) << one.number;
    EXPECT_EQ(error.os_error, static_cast<std::uint32_t>(one.number));
    EXPECT_EQ(error.message, "open /x: " + os_message(one.number));
  }
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
