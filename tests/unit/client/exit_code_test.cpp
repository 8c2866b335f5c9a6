#include "client/format/exit_code.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include "client/format/signal_name.hpp"
#include "client/format/words.hpp"

namespace ptyd {
namespace {

TEST(ExitCode, FollowsTheKindOfError) {
  const struct {
    errc code;
    int wide;
    int narrow;
  } cases[] = {
      {errc::invalid_argument, 2, 2},       {errc::not_found, 66, 125},
      {errc::ambiguous, 65, 125},           {errc::already_exists, 73, 125},
      {errc::permission_denied, 67, 125},   {errc::busy, 68, 125},
      {errc::resource_exhausted, 125, 125}, {errc::failed_precondition, 125, 125},
      {errc::out_of_range, 125, 125},       {errc::unimplemented, 76, 125},
      {errc::unavailable, 69, 125},         {errc::deadline_exceeded, 124, 124},
      {errc::unsupported_version, 76, 125}, {errc::session_ended, 71, 125},
      {errc::frame_too_large, 76, 125},     {errc::malformed, 76, 125},
      {errc::cancelled, 125, 125},          {errc::internal, 70, 125},
  };
  for (const auto& c : cases) {
    Error error;
    error.code = c.code;
    EXPECT_EQ(to_int(exit_code_for(error, ExitCodes::wide)), c.wide) << to_string(c.code);
    EXPECT_EQ(to_int(exit_code_for(error, ExitCodes::narrow)), c.narrow) << to_string(c.code);
  }
}

TEST(ExitCode, AGuardHasItsOwn) {
  Error error{errc::failed_precondition, "the screen is another one"};
  error.subject = "guard";
  EXPECT_EQ(to_int(exit_code_for(error, ExitCodes::wide)), 72);
  EXPECT_EQ(to_int(exit_code_for(error, ExitCodes::narrow)), 125);
}

TEST(ExitCode, TellsWhyAProgramDidNotStart) {
  const struct {
    const char* step;
    int os_error;
    int expected;
  } cases[] = {{"exec", ENOENT, 127},
               {"exec", EACCES, 126},
               {"exec", ENOEXEC, 126},
               {"chdir", ENOENT, 125},
               {"pty", EAGAIN, 125}};
  for (const auto& c : cases) {
    Error error;
    error.code = errc::spawn_failed;
    error.step = c.step;
    error.os_error = static_cast<std::uint32_t>(c.os_error);
    EXPECT_EQ(to_int(exit_code_for(error, ExitCodes::wide)), c.expected) << c.step;
    EXPECT_EQ(to_int(exit_code_for(error, ExitCodes::narrow)), c.expected) << c.step;
  }
}

v1::ExitStatus status(bool known, std::uint32_t code, std::uint32_t signal) {
  v1::ExitStatus exit;
  exit.set_known(known);
  exit.set_code(code);
  exit.set_signal(signal);
  return exit;
}

TEST(ExitCode, PassesOnTheProgramsOwn) {
  EXPECT_EQ(program_exit_code(status(true, 0, 0)), 0);
  EXPECT_EQ(program_exit_code(status(true, 3, 0)), 3);
  EXPECT_EQ(program_exit_code(status(true, 0, 9)), 137);
  EXPECT_EQ(program_exit_code(status(false, 0, 0)), 125);
  // Of a daemon on Windows: their lowest 8 bits alone would be a success.
  for (const std::uint32_t code : {256U, 0xC0000100U}) EXPECT_NE(program_exit_code(status(true, code, 0)), 0) << code;
}

TEST(ExitCode, TellsTheEndsOfAnAttachmentApart) {
  const struct {
    v1::EndReason reason;
    int wide;
    int narrow;
  } cases[] = {
      {v1::DETACHED, 0, 0},           {v1::ENDED_BY_EXIT, 7, 7},
      {v1::DISPLACED, 77, 125},       {v1::FELL_BEHIND, 75, 125},
      {v1::SESSION_REMOVED, 66, 125}, {v1::DAEMON_STOPPING, 69, 125},
      {v1::HOST_LOST, 70, 125},       {v1::END_REASON_UNSPECIFIED, 125, 125},
  };
  for (const auto& c : cases) {
    v1::Ended ended;
    ended.set_reason(c.reason);
    *ended.mutable_exit() = status(true, 7, 0);
    EXPECT_EQ(exit_code_for(ended, ExitCodes::wide), c.wide) << word_for(c.reason);
    EXPECT_EQ(exit_code_for(ended, ExitCodes::narrow), c.narrow) << word_for(c.reason);
  }
}

TEST(Signals, HaveNamesAndNumbers) {
  EXPECT_EQ(signal_name(9), "KILL");
  EXPECT_EQ(signal_name(0), "");
  EXPECT_EQ(*parse_signal("term"), 15u);
  for (const char* text : {"", "0", "-1", "SIG", "9x", "1000", "KILLER"}) EXPECT_FALSE(parse_signal(text)) << text;
}

TEST(ExitStatus, IsDescribed) {
  EXPECT_EQ(describe_exit(status(true, 3, 0)), "exited with 3");
  EXPECT_EQ(describe_exit(status(true, 0, 9)), "ended by signal 9 (KILL)");
  auto unknown = status(false, 0, 0);
  unknown.set_reason("host\x1b[2J died");
  EXPECT_EQ(describe_exit(unknown), "end not known: host\\e[2J died");
}

}  // namespace
}  // namespace ptyd
