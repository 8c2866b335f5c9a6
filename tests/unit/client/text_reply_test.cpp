#include "client/format/text_reply.hpp"

#include <gtest/gtest.h>

#include "client/format/command_reply.hpp"
#include "client/format/display_width.hpp"
#include "client/format/output_format.hpp"
#include "client/format/text_table.hpp"
#include "tests/unit/client/samples.hpp"

namespace ptyd {
namespace {

TextStyle plain() { return {false, 0, kSampleTime + 90'000}; }

TEST(TextReply, ListsSessions) {
  EXPECT_EQ(sessions_text({}, plain()), "No sessions.\n");
  EXPECT_EQ(sessions_text({running_session(), ended_session()}, plain()),
            "NAME   STATE     SIZE   CLIENTS  AGE  COMMAND\n"
            "shell  running   80x24  1        1m   /bin/sh 'it'\\\\''s'\n"
            "build  signal 9  80x24  0        1m   make '\\xFF'\n");
  EXPECT_EQ(session_names({running_session(), ended_session()}), "shell\nbuild\n");
}

TEST(TextReply, ListsCommands) {
  EXPECT_EQ(commands_text({}, plain()), "No commands.\n");
  auto running = full_command();
  running.set_number(43);
  running.set_running(true);
  EXPECT_EQ(commands_text({{full_command(), running, v1::Command()}, 41}, plain()),
            "NUMBER  STATUS   STARTED                   TOOK  BYTES  COMMAND\n"
            "42      -1       2026-11-21T08:20:27.123Z  1s    4096   make \\e[m\n"
            "43      running  2026-11-21T08:20:27.123Z  1m    4096   make \\e[m\n"
            "0       ?        -                         -     0      ?\n");
}

TEST(TextReply, EscapesWhatOthersWrote) {
  auto session = running_session();
  session.set_name("a\x1b[2Jb\nc");
  session.set_cwd("/\x1b]52;c;x\x07");
  session.add_argv(
      "\xe2\x80\xae"
      "rm\r");
  v1::InspectReply reply = full_inspection();
  *reply.mutable_session() = session;
  v1::StatusReply status;
  status.add_warnings("w\x1b[31m");
  status.set_socket("/\xc2\x9b");
  for (const auto& text :
       {sessions_text({session}, plain()), session_names({session}), inspect_text(reply, plain()),
        status_text(status, plain()), doctor_text({{"\x1b", DoctorCheck::Outcome::failed, "\x07", "\x9b"}}, plain()),
        service_text({"\x1b", "\r", {"\x1b"}})}) {
    for (const char* bad : {"\x1b", "\x07", "\r", "\xe2\x80\xae", "\xc2\x9b"})
      EXPECT_EQ(text.find(bad), std::string::npos) << text;
  }
}

TEST(TextReply, ColoursOnlyWhenAllowed) {
  auto style = plain();
  EXPECT_EQ(inspect_text(full_inspection(), style).find('\x1b'), std::string::npos);
  style.color = true;
  EXPECT_NE(sessions_text({running_session()}, style).find("\x1b[32mrunning\x1b[0m"), std::string::npos);
  EXPECT_TRUE(use_color(ColorMode::automatic, true, false));
  EXPECT_FALSE(use_color(ColorMode::automatic, true, true));
  EXPECT_FALSE(use_color(ColorMode::automatic, false, false));
  EXPECT_TRUE(use_color(ColorMode::always, false, true));
  EXPECT_FALSE(use_color(ColorMode::never, true, false));
}

TEST(TextReply, InspectNamesClientsAndCounters) {
  const auto text = inspect_text(full_inspection(), plain());
  for (const char* part : {"shell", "80x24 (latest)", "team=web", "1000 bytes out", "canonical, no echo", "3.1",
                           "observer", "120x40", "/tmp/\\e.cast, 0 bytes, ended: disk full"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " is missing in\n" << text;
  EXPECT_NE(text.find("input, agent\\e]0;x\\x07 (process 12), for another "), std::string::npos) << text;
  EXPECT_NE(text.find("size, , until it disconnects"), std::string::npos) << text;
  EXPECT_NE(inspect_text(bare_inspection(), plain()).find("Nobody is attached."), std::string::npos);
  EXPECT_NE(inspect_text(bare_inspection(), plain()).find("ended by signal 9 (KILL)"), std::string::npos);
  EXPECT_NE(inspect_text(bare_inspection(), plain()).find("12.034 s user, 0.000 s system, at most 3072 KiB"),
            std::string::npos);
  EXPECT_EQ(text.find("used"), std::string::npos) << "it runs";
}

TEST(TextReply, SaysAgesShortly) {
  const struct {
    std::uint64_t seconds;
    const char* text;
  } cases[] = {{0, "0s"}, {59, "59s"}, {60, "1m"}, {3599, "59m"}, {3600, "1h"}, {47 * 3600, "47h"}, {48 * 3600, "2d"}};
  for (const auto& c : cases) EXPECT_EQ(age_text(1000, 1000 + c.seconds * 1000), c.text);
  EXPECT_EQ(age_text(0, 5), "-");
  EXPECT_EQ(age_text(10, 5), "0s");
}

TEST(TextTable, AlignsByColumnsOnTheScreen) {
  EXPECT_EQ(text_table({{{"\xe6\xbc\xa2"}, {"x"}}, {{"abc"}, {"y"}}, {{"e\xcc\x81"}, {""}}}, 0, false),
            "\xe6\xbc\xa2   x\nabc  y\ne\xcc\x81\n");
  EXPECT_EQ(text_table({{{"abc"}, {"defghij"}}}, 8, false), "abc  de\xe2\x80\xa6\n");
  EXPECT_EQ(text_table({{{"abc"}, {"def"}}}, 4, false), "abc\n");
}

TEST(DisplayWidth, CountsColumns) {
  EXPECT_EQ(display_width(""), 0u);
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("\xc3\xa4"), 1u);
  EXPECT_EQ(display_width("e\xcc\x81"), 1u);
  EXPECT_EQ(display_width("\xe6\xbc\xa2\xf0\x9f\x98\x80"), 4u);
  EXPECT_EQ(display_width("\xff\xe6"), 2u);
  EXPECT_EQ(cut_to_width("\xe6\xbc\xa2\xe6\xbc\xa2", 4), "\xe6\xbc\xa2\xe6\xbc\xa2");
  EXPECT_EQ(cut_to_width("\xe6\xbc\xa2\xe6\xbc\xa2", 3), "\xe6\xbc\xa2\xe2\x80\xa6");
  EXPECT_EQ(cut_to_width("\xe6\xbc\xa2\xe6\xbc\xa2", 2), "\xe2\x80\xa6");
  EXPECT_EQ(cut_to_width("ab", 0), "");
}

}  // namespace
}  // namespace ptyd
