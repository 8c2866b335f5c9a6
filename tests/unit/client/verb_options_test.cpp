#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/client/parse_words.hpp"

namespace ptyd {
namespace {

using namespace std::chrono_literals;

TEST(VerbOptions, NewTakesEveryOption) {
  const auto options = expect<NewOptions>(
      {"new",   "build",   "-d",     "--wait", "-C",       "/src",     "-e",      "A=1=2", "-e",  "HOME", "--env-file",
       "x.env", "--login", "--size", "120x40", "--policy", "smallest", "--label", "a=b",   "-l",  "c=",   "--history",
       "4MiB",  "--rm",    "--ttl",  "2h",     "--term",   "xterm",    "--",      "make",  "-j8", "--",   "x"});
  EXPECT_EQ(options.name, "build");
  EXPECT_EQ(options.program, (Words{"make", "-j8", "--", "x"}));
  EXPECT_TRUE(options.detached && options.wait && options.login && options.remove_on_exit);
  EXPECT_FALSE(options.attach_existing);
  EXPECT_EQ(options.directory, "/src");
  ASSERT_EQ(options.env.size(), 2u);
  EXPECT_EQ(options.env[0].name, "A");
  EXPECT_EQ(options.env[0].value, "1=2");
  EXPECT_EQ(options.env[1].name, "HOME");
  EXPECT_EQ(options.env[1].value, std::nullopt);
  EXPECT_EQ(options.env_files, Words{"x.env"});
  EXPECT_EQ(options.size, (Geometry{120, 40}));
  EXPECT_EQ(options.policy, v1::SMALLEST);
  EXPECT_EQ(options.labels, (std::vector<LabelSetting>{{"a", "b"}, {"c", ""}}));
  EXPECT_EQ(options.history_bytes, 4u << 20);
  EXPECT_EQ(options.ttl, 2h);
  EXPECT_EQ(options.term, "xterm");
}

TEST(VerbOptions, EventsAreChosen) {
  const auto events =
      expect<EventsOptions>({"events", "-f", "--type", "exited,bell", "--type", "lost", "--session", "x"});
  EXPECT_TRUE(events.follow);
  EXPECT_EQ(events.types, (Words{"exited", "bell", "lost"}));
  EXPECT_EQ(events.session->name, "x");
  const auto since = expect<EventsOptions>({"events", "--since", "00ff0000000000000000000000000001:18446744073709551"});
  EXPECT_EQ(since.since, 18446744073709551u);
  EXPECT_EQ(since.epoch, std::string("\0\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", 16));
  EXPECT_GT(expect<EventsOptions>({"events", "--type", "all"}).types.size(), 15u);
  for (const auto& wrong : std::vector<Words>{{"events", "--type", "x"},
                                              {"events", "--since", "-1"},
                                              {"events", "--since", ""},
                                              {"events", "--since", "ff:1"},
                                              {"events", "x"}})
    EXPECT_TRUE(std::holds_alternative<UsageError>(parse(wrong))) << wrong.back();
}

TEST(VerbOptions, RecordingsHaveTheirActions) {
  using Action = RecordOptions::Action;
  const auto start =
      expect<RecordOptions>({"record", "start", "s", "f", "--format", "v3", "--input", "--max-size", "1MiB"});
  EXPECT_EQ(start.action, Action::start);
  EXPECT_EQ(start.session.name + *start.file, "sf");
  EXPECT_EQ(start.version, 3u);
  EXPECT_EQ(start.max_bytes, 1048576u);
  EXPECT_FALSE(expect<RecordOptions>({"record", "export", "s"}).file);
  EXPECT_EQ(expect<RecordOptions>({"record", "mark", "s", "l"}).label, "l");
  EXPECT_EQ(expect<RecordOptions>({"record", "stop", "-l", "a=b"}).session.labels.size(), 1u);
  EXPECT_EQ(expect<PlayOptions>({"play", "f", "-s", "2.5", "-i", "1s"}).speed, 2.5);
  EXPECT_EQ(expect<EnvOptions>({"env", "s", "--fish"}).syntax, EnvOptions::Syntax::fish);
  for (const auto& wrong : std::vector<Words>{{"record"},
                                              {"record", "x", "s"},
                                              {"record", "start", "s"},
                                              {"record", "mark", "s"},
                                              {"record", "stop", "s", "f"},
                                              {"record", "stop", "s", "--from-start"},
                                              {"play"},
                                              {"play", "f", "-s", "-1"},
                                              {"play", "f", "-s", "nan"},
                                              {"env"},
                                              {"mcp", "x"}})
    EXPECT_TRUE(std::holds_alternative<UsageError>(parse(wrong))) << wrong.back();
}

TEST(VerbOptions, ASessionCanBeChosenByLabel) {
  const auto send = expect<SendOptions>({"send", "-l", "team=web", "--label", "n=1", "make", "test"});
  EXPECT_EQ(send.session.name, "");
  EXPECT_EQ(send.session.labels, (std::vector<LabelSetting>{{"team", "web"}, {"n", "1"}}));
  EXPECT_EQ(send.text, (Words{"make", "test"}));
  EXPECT_EQ(expect<KillOptions>({"kill", "-l", "a=b"}).sessions.labels.size(), 1u);
  const auto keys = expect<KeysOptions>({"keys", "x", "-l", "hi"});
  EXPECT_TRUE(keys.literal);
  EXPECT_EQ(keys.session.name, "x");
}

TEST(VerbOptions, TextIsKeptExactlyAsTyped) {
  const Words odd{"", "[a,b]", "{}", "%%", "++", "-", "a=b", "'x'", "\"y\"", " z ", "\xff\n"};
  Words line{"send", "s"};
  line.insert(line.end(), odd.begin(), odd.end());
  EXPECT_EQ(expect<SendOptions>(line).text, odd);
  EXPECT_EQ(expect<SendOptions>({"send", "s", "--", "-x", "--", "--enter"}).text, (Words{"-x", "--", "--enter"}));
  for (const auto& value : odd) {
    if (value.empty()) continue;
    EXPECT_EQ(expect<SendOptions>({"send", "s", "--file", value}).file, value) << value;
    EXPECT_EQ(expect<NewOptions>({"new", "--env-file", value, "--env-file", value}).env_files, (Words{value, value}));
  }
}

TEST(VerbOptions, AttachTakesItsOptions) {
  const auto options = expect<AttachOptions>(
      {"attach", "-A", "x", "-r", "-f", "--no-size", "--from", "18446744073709551615", "--lossless", "--", "top"});
  EXPECT_TRUE(options.create && options.read_only && options.steal && options.no_size && options.lossless);
  EXPECT_EQ(options.from_offset, 18446744073709551615u);
  EXPECT_EQ(options.program, Words{"top"});
  EXPECT_TRUE(expect<AttachOptions>({"attach", "-d", "x"}).steal);
}

TEST(VerbOptions, DetachKeysComeFromTheOptionElseTheEnvironment) {
  const Env env{{"PTYD_DETACH_KEYS", "ctrl-]"}};
  EXPECT_EQ(expect<AttachOptions>({"attach", "x"}).detach_keys, DetachKeys::standard());
  EXPECT_EQ(expect<AttachOptions>({"attach", "x"}, env).detach_keys, *parse_detach_keys("ctrl-]"));
  EXPECT_EQ(expect<AttachOptions>({"attach", "x", "--detach-keys", "ctrl-a,d"}, env).detach_keys,
            *parse_detach_keys("ctrl-a,d"));
  EXPECT_EQ(expect<AttachOptions>({"attach", "x", "--no-detach-key"}, env).detach_keys, std::nullopt);
  EXPECT_EQ(expect<NewOptions>({"new"}, env).detach_keys, *parse_detach_keys("ctrl-]"));
}

TEST(VerbOptions, WaitTakesTheGlobalTimeout) {
  const auto options = expect<WaitOptions>({"wait", "a", "b", "--any", "--exit", "--timeout", "1.5s"});
  EXPECT_EQ(options.sessions.names, (Words{"a", "b"}));
  EXPECT_TRUE(options.wait.any);
  EXPECT_TRUE(options.wait.conditions.empty()) << "the end of the programs";
  EXPECT_EQ(options.timeout, 1500ms);
}

// "TEXT ready|QUIET 250 1"
std::string conditions_text(const WaitSpec& spec) {
  std::string out;
  for (const auto& condition : spec.conditions) {
    out += (out.empty() ? "" : "|") + v1::WaitKind_Name(condition.kind()).substr(5);
    if (!condition.text().empty()) out += " " + condition.text();
    if (condition.for_ms() > 0)
      out += " " + std::to_string(condition.for_ms()) + " " + std::to_string(condition.min_bytes());
  }
  return out;
}

TEST(VerbOptions, WaitsForConditions) {
  struct Case {
    Words words;
    std::string conditions;
  };
  const std::vector<Case> cases{
      {{"--text", "a b", "--match", "^x", "--text", "c"}, "TEXT a b|TEXT c|MATCH ^x"},
      {{"--quiet", "250ms"}, "QUIET 250 0"},
      {{"--settled", "1s", "--quiet", "2s", "--min-bytes", "7"}, "QUIET 2000 7|SETTLED 1000 7"},
      {{"--changed", "8899aabbccddeeff"}, "CHANGED 8899aabbccddeeff"},
      {{"--command", "--attached", "--exit"}, "COMMAND|ATTACHED|EXIT"},
      {{"--exit"}, ""},
  };
  for (const auto& [words, conditions] : cases) {
    Words line{"wait", "s"};
    line.insert(line.end(), words.begin(), words.end());
    EXPECT_EQ(conditions_text(expect<WaitOptions>(line).wait), conditions);
  }
  EXPECT_EQ(expect<WaitOptions>({"wait", "s", "--text", "x", "--from", "12"}).wait.from_offset, 12u);
  EXPECT_FALSE(passes_on_status(expect<WaitOptions>({"wait", "x", "--text", "y", "--exit"})));
}

TEST(VerbOptions, TypingCanWaitAndBeGuarded) {
  const auto send =
      expect<SendOptions>({"send", "s", "ls", "--quiet", "1s", "--any", "--if-screen", "8899aabbccddeeff"});
  EXPECT_EQ(conditions_text(send.wait), "QUIET 1000 1") << "an answer comes first";
  EXPECT_TRUE(send.wait.any);
  EXPECT_EQ(send.guards.if_screen, "8899aabbccddeeff");
  EXPECT_EQ(conditions_text(expect<SendOptions>({"send", "s", "exit", "--exit"}).wait), "EXIT");
  const auto keys = expect<KeysOptions>({"keys", "s", "y", "--if-match", "[?]$", "--settled", "1s", "--min-bytes=0"});
  EXPECT_EQ(conditions_text(keys.wait), "SETTLED 1000 0");
  EXPECT_EQ(keys.guards.if_match, "[?]$");
  EXPECT_FALSE(expect<SendOptions>({"send", "s", "ls"}).guards.any());
}

TEST(VerbOptions, SignalsGoByNameOrNumber) {
  EXPECT_EQ(expect<SignalOptions>({"signal", "x", "KILL"}).signal, 9u);
  EXPECT_EQ(expect<SignalOptions>({"signal", "x", "sigkill"}).signal, 9u);
  EXPECT_EQ(expect<SignalOptions>({"signal", "x", "9", "--tree"}).signal, 9u);
  EXPECT_EQ(expect<SignalOptions>({"signal", "-s", "9", "x", "--foreground"}).signal, 9u);
  EXPECT_EQ(expect<KillOptions>({"kill", "-s", "TERM", "a", "b"}).signal, 15u);
}

TEST(VerbOptions, KillAndRmTakeTheirOptions) {
  const auto kill = expect<KillOptions>({"kill", "a", "b", "--tree", "--grace", "10s"});
  EXPECT_EQ(kill.sessions.names, (Words{"a", "b"}));
  EXPECT_TRUE(kill.tree);
  EXPECT_EQ(kill.grace, 10s);
  EXPECT_TRUE(expect<KillOptions>({"kill", "--all", "--force"}).all);
  EXPECT_TRUE(expect<RmOptions>({"rm", "--exited"}).exited);
  EXPECT_TRUE(expect<RmOptions>({"rm", "-f", "x"}).force);
}

TEST(VerbOptions, LeasesAreClaimedAndNamed) {
  constexpr auto kText = "000102030405060708090a0b0c0d0eff";
  const std::string token("\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\377", 16);
  const auto claim = expect<ClaimOptions>({"claim", "x"});
  EXPECT_TRUE(claim.input && !claim.size && !claim.steal && claim.lease.empty());
  EXPECT_EQ(claim.ttl, std::chrono::minutes(5));
  struct Case {
    Words words;
    const char* session;
    std::optional<Geometry> size;
  };
  const std::vector<Case> sizes{
      {{"claim", "x", "--size"}, "x", {}},
      {{"claim", "--size", "x"}, "x", {}},
      {{"claim", "x", "--size", "120x40"}, "x", Geometry{120, 40}},
      {{"claim", "--size", "120x40", "x"}, "x", Geometry{120, 40}},
      {{"claim", "x", "--size=120x40"}, "x", Geometry{120, 40}},
      {{"claim", "80x24", "--size", "120x40"}, "80x24", Geometry{120, 40}},
      {{"claim", "--size", "80x24"}, "80x24", {}},
      {{"claim", "-t", "x", "--size", "120x40"}, "x", Geometry{120, 40}},
      {{"claim", "-l", "a=b", "--size", "120x40"}, "", Geometry{120, 40}},
  };
  for (const auto& [words, session, size] : sizes) {
    const auto sized = expect<ClaimOptions>(words);
    EXPECT_TRUE(sized.size && !sized.input);
    EXPECT_EQ(sized.session.name, session) << words.size();
    EXPECT_EQ(sized.geometry, size);
  }
  const auto both =
      expect<ClaimOptions>({"claim", "x", "--input", "--size", "--ttl", "2h", "--steal", "--lease", kText});
  EXPECT_TRUE(both.input && both.size && both.steal);
  EXPECT_EQ(both.ttl, std::chrono::hours(2));
  EXPECT_EQ(both.lease, token);
  const auto release = expect<ReleaseOptions>({"release", "x", "--size", "--force"});
  EXPECT_TRUE(release.size && !release.input && release.force);

  const Env named{{"PTYD_LEASE", kText}};
  EXPECT_EQ(expect<SendOptions>({"send", "x", "y"}, named).lease, token);
  EXPECT_EQ(expect<KeysOptions>({"keys", "x", "y"}, named).lease, token);
  EXPECT_EQ(expect<ExecOptions>({"exec", "x", "--", "y"}, named).lease, token);
  EXPECT_EQ(expect<ExecOptions>({"exec", "x", "--lease", kText, "--", "y"}).lease, token);
  EXPECT_EQ(expect<ResizeOptions>({"resize", "x", "1x1"}, named).lease, token);
  EXPECT_EQ(expect<AttachOptions>({"attach", "x"}, named).lease, token);
  EXPECT_EQ(expect<ReleaseOptions>({"release", "x"}, named).lease, token);
  EXPECT_EQ(expect<ClaimOptions>({"claim", "x"}, named).lease, "");
  const Env wrong{{"PTYD_LEASE", "x"}};
  EXPECT_EQ(expect<SendOptions>({"send", "x", "y", "--lease", kText}, wrong).lease, token);
  EXPECT_TRUE(std::holds_alternative<UsageError>(parse({"send", "x", "y"}, wrong)));
}

TEST(VerbOptions, TheOtherVerbsTakeTheirArguments) {
  const auto resize = expect<ResizeOptions>({"resize", "x", "120x40", "--policy", "latest", "--pixels", "960x640"});
  EXPECT_EQ(resize.size, (Geometry{120, 40}));
  EXPECT_EQ(resize.pixels, (Geometry{960, 640}));
  EXPECT_EQ(resize.policy, v1::LATEST);
  EXPECT_EQ(expect<DetachOptions>({"detach", "x", "--client", "7"}).client, 7u);
  EXPECT_EQ(expect<RenameOptions>({"rename", "x", "y"}).new_name, "y");
  const auto label = expect<LabelOptions>({"label", "x", "a=b", "old-", "k=v-"});
  EXPECT_EQ(label.set, (std::vector<LabelSetting>{{"a", "b"}, {"k", "v-"}}));
  EXPECT_EQ(label.remove, Words{"old"});
  EXPECT_TRUE(expect<RestartOptions>({"restart", "-f", "x"}).force);
  const auto logs = expect<LogsOptions>({"logs", "x", "-f", "-n5", "--raw", "--max-bytes", "64K"});
  EXPECT_TRUE(logs.follow && logs.raw);
  EXPECT_EQ(logs.lines, 5u);
  EXPECT_EQ(logs.max_bytes, 65536u);
  const auto list = expect<ListOptions>({"list", "-aw", "-l", "a=b"});
  EXPECT_TRUE(list.all && list.watch && !list.or_help);
  EXPECT_EQ(list.labels.size(), 1u);
}

TEST(VerbOptions, CommandsInAShell) {
  const auto exec = expect<ExecOptions>({"exec", "x", "--raw", "--shell", "fish", "--", "ls", "-l", "--"});
  EXPECT_EQ(exec.session.name, "x");
  EXPECT_EQ(exec.command, (Words{"ls", "-l", "--"}));
  EXPECT_TRUE(exec.raw);
  EXPECT_EQ(exec.shell, ShellSyntax::fish);
  EXPECT_FALSE(expect<ExecOptions>({"exec", "-l", "a=b", "--", "ls"}).shell);
  EXPECT_TRUE(passes_on_status(exec));
  const auto list = expect<LogsOptions>({"logs", "x", "--commands", "-n", "3"});
  EXPECT_TRUE(list.commands);
  EXPECT_EQ(list.lines, 3u);
  EXPECT_EQ(expect<LogsOptions>({"logs", "x", "--command", "7", "--raw", "--max-bytes", "5"}).command, 7u);
}

TEST(VerbOptions, SnapshotAndSearchTakeTheirOptions) {
  const auto plain = expect<SnapshotOptions>({"snapshot", "x"});
  EXPECT_EQ(plain.session.name, "x");
  EXPECT_EQ(plain.format, v1::TEXT);
  EXPECT_FALSE(plain.hash_only || plain.join || plain.since_hash);
  EXPECT_EQ(expect<SnapshotOptions>({"snapshot", "x", "--json"}).format, v1::STRUCTURED);
  EXPECT_EQ(expect<SnapshotOptions>({"snapshot", "x", "--json", "--format", "json"}).format, v1::STRUCTURED);
  EXPECT_EQ(expect<SnapshotOptions>({"snapshot", "x", "--format", "svg"}).format, v1::SVG);
  const auto full =
      expect<SnapshotOptions>({"snapshot", "x", "--hash", "-J", "--since", "0123456789abcdef", "--scrollback", "100"});
  EXPECT_TRUE(full.hash_only && full.join);
  EXPECT_EQ(full.since_hash, "0123456789abcdef");
  EXPECT_EQ(full.scrollback_rows, 100u);

  const auto search = expect<SearchOptions>({"search", "x", "-iF", "a.b", "-n5", "-C", "2"});
  EXPECT_EQ(search.session.name, "x");
  EXPECT_EQ(search.pattern, "a.b");
  EXPECT_TRUE(search.ignore_case && search.fixed);
  EXPECT_EQ(search.max_matches, 5u);
  EXPECT_EQ(search.context, 2u);
  EXPECT_EQ(expect<SearchOptions>({"search", "x", "--", "-v"}).pattern, "-v");
  const auto labelled = expect<SearchOptions>({"search", "-l", "a=b", "error"});
  EXPECT_EQ(labelled.pattern, "error");
  EXPECT_EQ(labelled.session.labels.size(), 1u);
}

TEST(VerbOptions, DaemonAndServiceTakeTheirWords) {
  EXPECT_EQ(expect<DaemonOptions>({"daemon", "start"}).action, DaemonOptions::Action::start);
  EXPECT_TRUE(expect<DaemonOptions>({"daemon", "stop", "--sessions=kill"}).kill_sessions);
  EXPECT_FALSE(expect<DaemonOptions>({"daemon", "stop", "--sessions=keep"}).kill_sessions);
  EXPECT_EQ(expect<DaemonOptions>({"daemon", "logs", "-n", "3"}).lines, 3u);
  EXPECT_EQ(expect<DaemonOptions>({"daemon", "run", "--", "--log-level", "debug"}).daemon_options,
            (Words{"--log-level", "debug"}));
  EXPECT_EQ(expect<DaemonOptions>({"daemon", "upgrade"}).action, DaemonOptions::Action::upgrade);
  EXPECT_EQ(expect<DaemonOptions>({"daemon", "upgrade", "--binary", "/b"}).binary, "/b");
  EXPECT_TRUE(expect<DaemonOptions>({"daemon", "upgrade", "--cold"}).cold);
  EXPECT_TRUE(expect<ServiceOptions>({"service", "install", "--dry-run"}).dry_run);
  EXPECT_EQ(expect<CompletionsOptions>({"completions", "fish"}).shell, CompletionsOptions::Shell::fish);
  expect<StdioOptions>({"stdio"});
  expect<DoctorOptions>({"doctor"});
  expect<PingOptions>({"ping"});
  expect<VersionOptions>({"version"});
  expect<VersionOptions>({"--version"});
}

}  // namespace
}  // namespace ptyd
