#include <gtest/gtest.h>

#include <cerrno>

#include "common/error.hpp"

namespace ptyd {
namespace {

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

}  // namespace
}  // namespace ptyd
