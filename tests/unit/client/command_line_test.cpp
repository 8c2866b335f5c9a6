#include "client/cli/command_line.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "client/cli/verb.hpp"
#include "tests/unit/client/parse_words.hpp"

namespace ptyd {
namespace {

using namespace std::chrono_literals;

TEST(CommandLine, EveryAliasMeansItsVerb) {
  const struct {
    Words words;
    std::size_t index;
  } cases[] = {
      {{"run"}, Command(NewOptions()).index()},
      {{"new-session", "-s", "x"}, Command(NewOptions()).index()},
      {{"a", "x"}, Command(AttachOptions()).index()},
      {{"attach-session", "-t", "x"}, Command(AttachOptions()).index()},
      {{"ls"}, Command(ListOptions()).index()},
      {{"ps"}, Command(ListOptions()).index()},
      {{"list-sessions"}, Command(ListOptions()).index()},
      {{"send-keys", "-t", "x", "C-c"}, Command(KeysOptions()).index()},
      {{"history", "x"}, Command(LogsOptions()).index()},
      {{"tail", "x"}, Command(LogsOptions()).index()},
      {{"screen", "x"}, Command(SnapshotOptions()).index()},
      {{"capture-pane", "-p", "-t", "x"}, Command(SnapshotOptions()).index()},
  };
  for (const auto& c : cases) {
    const auto line = parse(c.words);
    const auto* parsed = std::get_if<ParsedCommand>(&line);
    ASSERT_NE(parsed, nullptr) << c.words[0];
    EXPECT_EQ(parsed->command.index(), c.index) << c.words[0];
  }
}

TEST(CommandLine, TmuxNamesTheSessionWithDashSAndDashT) {
  EXPECT_EQ(expect<NewOptions>({"new-session", "-d", "-s", "x"}).name, "x");
  EXPECT_EQ(expect<AttachOptions>({"attach", "-t", "x"}).session.name, "x");
  const auto keys = expect<KeysOptions>({"send-keys", "-t", "x", "ls", "Enter"});
  EXPECT_EQ(keys.session.name, "x");
  EXPECT_EQ(keys.keys, (Words{"ls", "Enter"}));
}

TEST(CommandLine, GlobalOptionsStandBeforeOrBehindTheVerb) {
  const std::vector<Words> lines = {
      {"--socket", "/s", "-H", "ssh://h", "--timeout", "5s", "-o", "jsonl", "-qvv", "--no-autostart", "--color",
       "never", "--exit-codes=wide", "list"},
      {"list", "--socket=/s", "--host", "ssh://h", "--timeout=5s", "-ojsonl", "-q", "-v", "-v", "--no-autostart",
       "--color=never", "--exit-codes", "wide"},
      {"--socket", "/s", "-qH", "ssh://h", "list", "--timeout", "5s", "-o", "jsonl", "-vv", "--no-autostart", "--color",
       "never", "--exit-codes=wide"},
  };
  for (const auto& words : lines) {
    const auto global = globals(words);
    EXPECT_EQ(global.socket, "/s");
    EXPECT_EQ(global.host, "ssh://h");
    EXPECT_EQ(global.timeout, 5s);
    EXPECT_EQ(global.output, OutputFormat::jsonl);
    EXPECT_TRUE(global.quiet);
    EXPECT_TRUE(global.verbose);
    EXPECT_FALSE(global.autostart);
    EXPECT_EQ(global.color, ColorMode::never);
    EXPECT_TRUE(global.wide_exit_codes);
  }
}

TEST(CommandLine, JsonIsShortForOutputJson) {
  EXPECT_EQ(globals({"list", "--json"}).output, OutputFormat::json);
  EXPECT_EQ(globals({"--json", "list"}).output, OutputFormat::json);
  EXPECT_EQ(globals({"list"}).output, OutputFormat::text);
}

TEST(CommandLine, AutostartIsTurnedOffByTheEnvironment) {
  EXPECT_FALSE(globals({"list"}, {{"PTYD_AUTOSTART", "0"}}).autostart);
  EXPECT_TRUE(globals({"list"}, {{"PTYD_AUTOSTART", "1"}}).autostart);
  EXPECT_TRUE(globals({"list"}).autostart);
}

TEST(CommandLine, ReadVerbsTakeTheSessionTheyRunIn) {
  const Env inside{{"PTYD_SESSION_ID", "0123456789abcdef0123456789abcdef"}, {"PTYD_SESSION", "build"}};
  EXPECT_EQ(expect<InspectOptions>({"inspect"}, inside).session.name, "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(expect<LogsOptions>({"logs"}, {{"PTYD_SESSION", "build"}}).session.name, "build");
  EXPECT_EQ(expect<LogsOptions>({"logs", "other"}, inside).session.name, "other");
  EXPECT_EQ(expect<SnapshotOptions>({"snapshot"}, {{"PTYD_SESSION", "build"}}).session.name, "build");
  EXPECT_EQ(expect<SearchOptions>({"search", "error"}, {{"PTYD_SESSION", "build"}}).session.name, "build");
  EXPECT_EQ(expect<SearchOptions>({"search", "other", "error"}, inside).session.name, "other");
}

TEST(CommandLine, OtherVerbsNeverTakeTheSessionTheyRunIn) {
  const Env inside{{"PTYD_SESSION_ID", "0123456789abcdef0123456789abcdef"}, {"PTYD_SESSION", "build"}};
  for (const char* verb : {"kill", "exec", "send", "attach", "keys", "resize", "detach", "signal", "wait", "rm",
                           "rename", "label", "restart", "record", "claim", "release"})
    EXPECT_TRUE(std::holds_alternative<UsageError>(parse({verb}, inside))) << verb;
}

TEST(CommandLine, AloneItIsAListThatMayBecomeHelp) {
  const auto line = parse({});
  EXPECT_TRUE(std::get<ListOptions>(std::get<ParsedCommand>(line).command).or_help);
  EXPECT_TRUE(std::get<ListOptions>(std::get<ParsedCommand>(parse({"--socket", "list"})).command).or_help);
}

TEST(CommandLine, MistakesAreUsageErrors) {
  const struct {
    Words words;
    std::string hint;  // a part of it
  } cases[] = {
      {{"lsit"}, "did you mean list?"},
      {{"snapshot"}, "ptyctl list"},
      {{"exec", "x"}, "behind --"},
      {{"exec", "x", "--"}, "behind --"},
      {{"exec", "x", "ls"}, "behind --"},
      {{"exec", "--", "ls"}, "ptyctl list"},
      {{"exec", "x", "--shell", "tcl", "--", "ls"}, ""},
      {{"logs", "x", "--commands", "-f"}, ""},
      {{"logs", "x", "--commands", "--command", "1"}, ""},
      {{"logs", "x", "--commands", "--raw"}, ""},
      {{"logs", "x", "--command", "1", "-n", "1"}, ""},
      {{"logs", "x", "--command", "1", "--since", "1"}, ""},
      {{"logs", "x", "--command", "one"}, ""},
      {{"snapshot", "x", "y"}, ""},
      {{"snapshot", "x", "--format", "png"}, ""},
      {{"snapshot", "x", "--json", "--format", "html"}, ""},
      {{"snapshot", "x", "--format", "html", "--join"}, ""},
      {{"snapshot", "x", "--since", "0123456789ABCDEF"}, "--hash"},
      {{"search"}, ""},
      {{"search", "error"}, "SESSION and then PATTERN"},
      {{"search", "x", ""}, ""},
      {{"search", "x", "y", "error"}, ""},
      {{"search", "x", "error", "-n", "0"}, ""},
      {{"search", "x", "error", "-C", "51"}, ""},
      {{"frobnicate", "x"}, "ptyctl help"},
      {{"new", "--detachd"}, "did you mean --detached?"},
      {{"new", "--nothing", "f"}, "ptyctl help new"},
      {{"send", "x", "y", "--if-match", ""}, ""},
      {{"wait", "x", "--from", "1"}, ""},
      {{"wait", "x", "--min-bytes", "1", "--text", "y"}, ""},
      {{"new", "x", "make"}, "put -- before the program"},
      {{"new", "x", "--"}, ""},
      {{"new", "-d", "-A", "x"}, ""},
      {{"new", "-A"}, ""},
      {{"new", "--wait"}, ""},
      {{"new", "--size", "0x0"}, "120x40"},
      {{"new", "--policy", "newest"}, ""},
      {{"new", "-e", "=x"}, ""},
      {{"new", "--label", "bad key=1"}, ""},
      {{"new", "--ttl", "soon"}, "250ms"},
      {{"new", "--ttl"}, ""},
      {{"new", "--ttl="}, ""},
      {{"new", "-d=x"}, ""},
      {{"new", "--login=false"}, ""},
      {{"attach"}, "ptyctl list"},
      {{"attach", ""}, ""},
      {{"attach", "x", "--", "sh"}, "-A"},
      {{"attach", "x", "--detach-keys", "ctrl-"}, "ctrl-p,ctrl-q"},
      {{"list", "x"}, ""},
      {{"send", "x"}, "--enter"},
      {{"send", "x", "y", "--stdin"}, ""},
      {{"keys", "x"}, ""},
      {{"resize", "x"}, ""},
      {{"claim"}, ""},
      {{"claim", "x", "y"}, ""},
      {{"claim", "x", "120x40"}, ""},
      {{"claim", "x", "--size=big"}, ""},
      {{"claim", "x", "--ttl", "0ms"}, "--lease"},
      {{"claim", "x", "--ttl", "25h"}, "--lease"},
      {{"claim", "x", "--lease", "00"}, "digits"},
      {{"send", "x", "y", "--lease", "000102030405060708090A0B0C0D0E0F"}, "digits"},
      {{"exec", "x", "--lease", "", "--", "ls"}, "digits"},
      {{"release", "x", "y"}, ""},
      {{"resize", "x", "12"}, ""},
      {{"detach", "x", "--all", "--others"}, ""},
      {{"wait", "--any"}, ""},
      {{"wait", "x", "--any", "--all"}, ""},
      {{"signal", "x"}, ""},
      {{"signal", "x", "WHAT"}, "TERM"},
      {{"signal", "x", "0"}, ""},
      {{"kill"}, ""},
      {{"kill", "--all", "x"}, ""},
      {{"kill", "-l", "a=b", "x"}, ""},
      {{"rm"}, ""},
      {{"rename", "x"}, ""},
      {{"rename", "x", "y", "z"}, ""},
      {{"label", "x"}, ""},
      {{"label", "x", "noequals"}, "key-"},
      {{"logs", "x", "-n", "-5"}, ""},
      {{"logs", "x", "-n", "99999999999"}, ""},
      {{"daemon"}, "run, start, stop"},
      {{"daemon", "become"}, ""},
      {{"daemon", "start", "--cold"}, ""},
      {{"daemon", "stop", "--binary", "/b"}, ""},
      {{"daemon", "start", "--sessions=kill"}, ""},
      {{"daemon", "status", "--", "x"}, ""},
      {{"service", "enable"}, ""},
      {{"completions", "powershell"}, ""},
      {{"help", "lsit"}, "did you mean list?"},
      {{"ping", "x"}, ""},
      {{"-o", "xml", "list"}, ""},
      {{"--color"}, ""},
      {{"--", "list"}, ""},
  };
  for (const auto& c : cases) {
    std::string words;
    for (const auto& word : c.words) words += word + " ";
    const auto line = parse(c.words);
    const auto* wrong = std::get_if<UsageError>(&line);
    ASSERT_NE(wrong, nullptr) << words;
    EXPECT_EQ(wrong->error.code, errc::invalid_argument) << words;
    EXPECT_FALSE(wrong->error.message.empty()) << words;
    EXPECT_FALSE(wrong->error.hint.empty()) << words;
    EXPECT_NE(wrong->error.hint.find(c.hint), std::string::npos) << words << ": " << wrong->error.hint;
  }
}

TEST(CommandLine, AMistakeIsReportedInTheFormatAskedFor) {
  for (const Words& words :
       {Words{"--json", "new", "--nope"}, Words{"new", "--nope", "--json"}, Words{"--json", "nope"},
        Words{"new", "--json", "--size", "x"}, Words{"new", "--json", "--size"}}) {
    const auto line = parse(words);
    ASSERT_TRUE(std::holds_alternative<UsageError>(line));
    EXPECT_EQ(std::get<UsageError>(line).global.output, OutputFormat::json) << words.back();
  }
}

TEST(CommandLine, EveryVerbHasHelp) {
  for (const auto& verb : all_verbs()) {
    const std::string name(verb.name);
    for (const Words& words : {Words{"help", name}, Words{name, "--help"}, Words{"-h", name}}) {
      const auto line = parse(words);
      const auto* help = std::get_if<HelpText>(&line);
      ASSERT_NE(help, nullptr) << name;
      EXPECT_EQ(help->text, verb_help(verb)) << name;
      EXPECT_TRUE(help->text.starts_with("Usage: ptyctl " + name)) << help->text;
      for (const char* part : {"Exit codes:\n", "Example:\n", "--no-autostart"})
        EXPECT_NE(help->text.find(part), std::string::npos) << name << " lacks " << part;
    }
    EXPECT_NE(overview_help().find("\n  " + name + " "), std::string::npos) << name;
  }
  EXPECT_EQ(std::get<HelpText>(parse({"help"})).text, overview_help());
  EXPECT_EQ(std::get<HelpText>(parse({"--help"})).text, overview_help());
}

TEST(CommandLine, HelpTextsFitATerminal) {
  for (const auto& verb : all_verbs()) {
    const std::string text = verb_help(verb);
    for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end + 1) {
      end = text.find('\n', begin);
      EXPECT_LE(end - begin, 120u) << text.substr(begin, end - begin);
    }
  }
}

TEST(CommandLine, KnowsWhichCommandsPassOnAStatus) {
  EXPECT_TRUE(passes_on_status(expect<AttachOptions>({"attach", "x"})));
  EXPECT_TRUE(passes_on_status(expect<WaitOptions>({"wait", "x"})));
  EXPECT_TRUE(passes_on_status(expect<NewOptions>({"new"})));
  EXPECT_TRUE(passes_on_status(expect<NewOptions>({"new", "-d", "--wait"})));
  EXPECT_FALSE(passes_on_status(expect<NewOptions>({"new", "-d"})));
  EXPECT_FALSE(passes_on_status(expect<KillOptions>({"kill", "x"})));
}

}  // namespace
}  // namespace ptyd
