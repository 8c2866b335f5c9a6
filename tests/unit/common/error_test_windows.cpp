#include <windows.h>

#include <gtest/gtest.h>

#include "common/error.hpp"

namespace ptyd {
namespace {

TEST(Error, OfTheSystemSaysWhatWhyAndTheNumber) {
  const struct {
    int number;
    errc code;
  } cases[] = {{ERROR_FILE_NOT_FOUND, errc::not_found},
               {ERROR_PATH_NOT_FOUND, errc::not_found},
               {ERROR_ACCESS_DENIED, errc::permission_denied},
               {ERROR_ALREADY_EXISTS, errc::already_exists},
               {ERROR_SHARING_VIOLATION, errc::busy},
               {ERROR_NOT_ENOUGH_MEMORY, errc::resource_exhausted},
               {ERROR_PIPE_BUSY, errc::unavailable},
               {ERROR_SEM_TIMEOUT, errc::deadline_exceeded},
               {ERROR_INVALID_NAME, errc::invalid_argument},
               {ERROR_OPERATION_ABORTED, errc::cancelled},
               {ERROR_CRC, errc::internal}};
  for (const auto& one : cases) {
    const auto error = os_error("open /x", one.number);
    EXPECT_EQ(error.code, one.code) << one.number;
    EXPECT_EQ(error.os_error, static_cast<std::uint32_t>(one.number));
    EXPECT_EQ(error.message, "open /x: " + os_message(one.number));
  }
}

TEST(Error, MessagesAreOneLineAndNeverEmpty) {
  constexpr int kNumbers[] = {ERROR_FILE_NOT_FOUND, ERROR_ACCESS_DENIED, 0x3FFFFFFF, -1};
  for (const int number : kNumbers) {
    const std::string message = os_message(number);
    EXPECT_FALSE(message.empty()) << number;
    EXPECT_EQ(message.find_first_of("\r\n"), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace ptyd
