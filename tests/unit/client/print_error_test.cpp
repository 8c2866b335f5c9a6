#include "client/format/print_error.hpp"

#include <gtest/gtest.h>

namespace ptyd {
namespace {

Error sample() {
  Error error;
  error.code = errc::not_found;
  error.message = "no session 'a\x1b[2J'";
  return error;
}

TEST(PrintError, EscapesTheText) {
  auto error = sample();
  EXPECT_EQ(error_text(error), "ptyctl: no session 'a\\e[2J'\n");
  error.hint = "see\nthe list";
  EXPECT_EQ(error_text(error), "ptyctl: no session 'a\\e[2J'\nhint: see\\nthe list\n");
}

TEST(PrintError, WritesOneJsonObject) {
  auto error = sample();
  EXPECT_EQ(error_json(error),
            "{\"v\":1,\"error\":{\"code\":\"not_found\",\"message\":\"no session 'a\\u001b[2J'\",\"hint\":\"\"}}\n");
  error.os_error = 2;
  error.step = "exec";
  error.subject = "argv";
  EXPECT_NE(error_json(error).find("\"subject\":\"argv\",\"step\":\"exec\",\"os_error\":2}}"), std::string::npos);
}

TEST(PrintError, GoesToStdoutUnderJsonElseToStderr) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  print_error(sample(), OutputFormat::jsonl);
  print_error(sample(), OutputFormat::name);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), error_json(sample()));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), error_text(sample()));
}

}  // namespace
}  // namespace ptyd
