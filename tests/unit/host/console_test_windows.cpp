// Real programs in real pseudoconsoles.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/wine.hpp"
#include "tests/unit/host/console_session.hpp"

namespace ptyd {
namespace {

using host::SpawnStep;
using testing::HasSubstr;

ProgramOptions running(std::vector<std::string> argv) {
  ProgramOptions options;
  options.argv = std::move(argv);
  return options;
}

TEST(Console, OutputComesThroughItsPipe) {
  ConsoleSession session(running({"say", "from the console"}));
  ASSERT_EQ(session.result().error, 0U);
  EXPECT_NE(session.result().child_pid, 0U);
  EXPECT_TRUE(session.wait_output("from the console")) << session.output();
}

TEST(Console, TheProgramHasNoHandlesOfOurs) {
  ConsoleSession session(running({"handles"}));
  ASSERT_EQ(session.result().error, 0U);
  EXPECT_TRUE(session.wait_output("handles none")) << session.output();
}

TEST(Console, InputReachesTheProgram) {
  ConsoleSession session(running({"echo"}));
  ASSERT_EQ(session.result().error, 0U);
  ASSERT_TRUE(session.type("hello\r"));
  EXPECT_TRUE(session.wait_output("[hello]")) << session.output();
  ASSERT_TRUE(session.type("end\r"));
  DWORD code = 1;
  EXPECT_TRUE(session.wait_end(code));
  EXPECT_EQ(code, 0U);
}

TEST(Console, ExitCodesAreExact) {
  for (const DWORD code : {0UL, 1UL, 255UL, 256UL, 259UL, 0xC0000005UL, 0xFFFFFFFFUL}) {
    ConsoleSession session(running({"exit", std::to_string(code)}));
    ASSERT_EQ(session.result().error, 0U) << code;
    DWORD found = 12345;
    ASSERT_TRUE(session.wait_end(found)) << code;
    EXPECT_EQ(found, code);
  }
}

TEST(Console, GivesTheProgramItsEnvironmentAndFolder) {
  ProgramOptions options = running({"env", "COLOUR", "EMPTY", "PTYD_BIN_DIR", "SYSTEMROOT"});
  options.env = {"EMPTY=", "colour=blue"};
  ConsoleSession first(options);
  ASSERT_EQ(first.result().error, 0U);
  ASSERT_TRUE(first.wait_output("SYSTEMROOT=C:\\")) << first.output();
  EXPECT_THAT(first.output(), HasSubstr("COLOUR=blue"));
  EXPECT_THAT(first.output(), testing::Not(HasSubstr("console_child")));

  options = running({"cwd"});
  options.cwd = "C:\\windows";
  ConsoleSession second(options);
  ASSERT_EQ(second.result().error, 0U);
  EXPECT_TRUE(second.wait_output("cwd C:\\windows")) << second.output();
}

TEST(Console, LooksTheProgramUpInThePathOfTheNewEnvironment) {
  ProgramOptions options = running({"say", "found"});
  const std::string folder = options.file.substr(0, options.file.rfind('\\'));
  options.file = "console_child";
  options.env = {"Path=C:\\nowhere;relative;" + folder};
  ConsoleSession session(options);
  ASSERT_EQ(session.result().error, 0U);
  EXPECT_TRUE(session.wait_output("found")) << session.output();
}

TEST(Console, SaysWhereAndWhyAProgramDidNotStart) {
  const auto step_and_error = [](const ProgramOptions& options) {
    ConsoleSession session(options);
    EXPECT_EQ(session.result().child_pid, 0U);
    return std::pair(static_cast<SpawnStep>(session.result().step), session.result().error);
  };
  ProgramOptions options = running({});
  options.file = "C:\\no\\such.exe";
  EXPECT_EQ(step_and_error(options), std::pair(SpawnStep::exec, std::uint32_t{ERROR_FILE_NOT_FOUND}));
  options.file = "no-such-program";
  EXPECT_EQ(step_and_error(options), std::pair(SpawnStep::exec, std::uint32_t{ERROR_FILE_NOT_FOUND}));
  options.file = "C:\\windows";
  EXPECT_EQ(step_and_error(options), std::pair(SpawnStep::exec, std::uint32_t{ERROR_FILE_NOT_FOUND}));
  options.file = "a\"b";
  EXPECT_EQ(step_and_error(options).first, SpawnStep::exec);
  options = running({"exit", "0"});
  options.cwd = "C:\\no such folder";
  EXPECT_EQ(step_and_error(options), std::pair(SpawnStep::chdir, std::uint32_t{ERROR_DIRECTORY}));
  options = running({std::string(40'000, 'x')});
  EXPECT_EQ(step_and_error(options), std::pair(SpawnStep::exec, std::uint32_t{ERROR_FILENAME_EXCED_RANGE}));
}

TEST(Console, TheJobEndsWhatTheProgramHasStarted) {
  ConsoleSession session(running({"tree"}));
  ASSERT_EQ(session.result().error, 0U);
  ASSERT_TRUE(session.wait_output("child ") && session.wait_output("\r\n")) << session.output();
  const std::string output = session.output();
  const auto pid = static_cast<DWORD>(std::strtoul(output.c_str() + output.find("child ") + 6, nullptr, 10));
  const host::Descriptor grandchild = host::own_handle(::OpenProcess(SYNCHRONIZE, FALSE, pid));
  ASSERT_TRUE(grandchild) << output;
  session.child().job.reset();
  EXPECT_EQ(::WaitForSingleObject(host::handle_of(grandchild), left_ms(soon())), WAIT_OBJECT_0);
  DWORD code = 0;
  EXPECT_TRUE(session.wait_end(code));
}

TEST(Console, ClosingWaitsForNobodyHere) {
  // More than its pipe holds.
  ConsoleSession session(running({"spew", "300000"}), false);
  ASSERT_EQ(session.result().error, 0U);
  session.console().begin_close();
  session.start_reading();
  EXPECT_TRUE(session.wait_output_end());
}

TEST(Console, TheLastWordsOfAProgramArriveBeforeTheEnd) {
  for (int round = 0; round < 10; ++round) {
    const std::string word = "last word " + std::to_string(round) + ".";
    ConsoleSession session(running({"say", word}));
    ASSERT_EQ(session.result().error, 0U);
    DWORD code = 1;
    ASSERT_TRUE(session.wait_end(code));
    session.console().begin_close();
    ASSERT_TRUE(session.wait_output_end());
    EXPECT_THAT(session.output(), HasSubstr(word));
  }
}

TEST(Console, ChangesItsSize) {
  ConsoleSession session(running({"wait"}));
  ASSERT_EQ(session.result().error, 0U);
  const int error = session.console().resize({0, 5000, 0, 0});
  PTYD_SKIP_WHERE_WINE_LACKS(error != static_cast<int>(E_NOTIMPL & 0xffff), "ResizePseudoConsole");
  EXPECT_EQ(error, 0);
}

}  // namespace
}  // namespace ptyd
