#include "client/cli/command_line.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "client/cli/verb.hpp"

namespace ptyd {
namespace {

using namespace std::chrono_literals;
using Env = std::map<std::string, std::string>;

CommandLine parse(const std::vector<std::string>& words, const Env& env = {}) {
  std::vector<const char*> argv{"ptyctl"};
  for (const auto& word : words) argv.push_back(word.c_str());
  const EnvLookup lookup = [&env](const char* name) -> std::optional<std::string> {
    const auto found = env.find(name);
    if (found == env.end() || found->second.empty()) return std::nullopt;
    return found->second;
  };
  return parse_command_line(static_cast<int>(argv.size()), argv.data(), lookup);
}

template <class Options>
Options expect(const std::vector<std::string>& words, const Env& env = {}) {
  const auto line = parse(words, env);
  if (const auto* wrong = std::get_if<UsageError>(&line)) {
    ADD_FAILURE() << words.at(0) << ": " << wrong->error.message;
    return {};
  }
  const auto* parsed = std::get_if<ParsedCommand>(&line);
  const auto* options = parsed == nullptr ? nullptr : std::get_if<Options>(&parsed->command);
  EXPECT_NE(options, nullptr) << words.at(0);
  return options == nullptr ? Options() : *options;
}

GlobalOptions globals(const std::vector<std::string>& words, const Env& env = {}) {
  const auto line = parse(words, env);
  const auto* parsed = std::get_if<ParsedCommand>(&line);
  EXPECT_NE(parsed, nullptr);
  return parsed == nullptr ? GlobalOptions() : parsed->global;
}

using Words = std::vector<std::string>;

TEST(CommandLine, NewTakesEveryOption) {
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

TEST(CommandLine, EventsAreChosen) {
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

TEST(CommandLine, RecordingsHaveTheirActions) {
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

TEST(CommandLine, ASessionCanBeChosenByLabel) {
  const auto send = expect<SendOptions>({"send", "-l", "team=web", "--label", "n=1", "make", "test"});
  EXPECT_EQ(send.session.name, "");
  EXPECT_EQ(send.session.labels, (std::vector<LabelSetting>{{"team", "web"}, {"n", "1"}}));
  EXPECT_EQ(send.text, (Words{"make", "test"}));
  EXPECT_EQ(expect<KillOptions>({"kill", "-l", "a=b"}).sessions.labels.size(), 1u);
  const auto keys = expect<KeysOptions>({"keys", "x", "-l", "hi"});
  EXPECT_TRUE(keys.literal);
  EXPECT_EQ(keys.session.name, "x");
}

TEST(CommandLine, TextIsKeptExactlyAsTyped) {
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

TEST(CommandLine, AttachTakesItsOptions) {
  const auto options = expect<AttachOptions>(
      {"attach", "-A", "x", "-r", "-f", "--no-size", "--from", "18446744073709551615", "--lossless", "--", "top"});
  EXPECT_TRUE(options.create && options.read_only && options.steal && options.no_size && options.lossless);
  EXPECT_EQ(options.from_offset, 18446744073709551615u);
  EXPECT_EQ(options.program, Words{"top"});
  EXPECT_TRUE(expect<AttachOptions>({"attach", "-d", "x"}).steal);
}

TEST(CommandLine, DetachKeysComeFromTheOptionElseTheEnvironment) {
  const Env env{{"PTYD_DETACH_KEYS", "ctrl-]"}};
  EXPECT_EQ(expect<AttachOptions>({"attach", "x"}).detach_keys, DetachKeys::standard());
  EXPECT_EQ(expect<AttachOptions>({"attach", "x"}, env).detach_keys, *parse_detach_keys("ctrl-]"));
  EXPECT_EQ(expect<AttachOptions>({"attach", "x", "--detach-keys", "ctrl-a,d"}, env).detach_keys,
            *parse_detach_keys("ctrl-a,d"));
  EXPECT_EQ(expect<AttachOptions>({"attach", "x", "--no-detach-key"}, env).detach_keys, std::nullopt);
  EXPECT_EQ(expect<NewOptions>({"new"}, env).detach_keys, *parse_detach_keys("ctrl-]"));
}

TEST(CommandLine, WaitTakesTheGlobalTimeout) {
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

TEST(CommandLine, WaitsForConditions) {
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

TEST(CommandLine, TypingCanWaitAndBeGuarded) {
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

TEST(CommandLine, SignalsGoByNameOrNumber) {
  EXPECT_EQ(expect<SignalOptions>({"signal", "x", "KILL"}).signal, 9u);
  EXPECT_EQ(expect<SignalOptions>({"signal", "x", "sigkill"}).signal, 9u);
  EXPECT_EQ(expect<SignalOptions>({"signal", "x", "9", "--tree"}).signal, 9u);
  EXPECT_EQ(expect<SignalOptions>({"signal", "-s", "9", "x", "--foreground"}).signal, 9u);
  EXPECT_EQ(expect<KillOptions>({"kill", "-s", "TERM", "a", "b"}).signal, 15u);
}

TEST(CommandLine, KillAndRmTakeTheirOptions) {
  const auto kill = expect<KillOptions>({"kill", "a", "b", "--tree", "--grace", "10s"});
  EXPECT_EQ(kill.sessions.names, (Words{"a", "b"}));
  EXPECT_TRUE(kill.tree);
  EXPECT_EQ(kill.grace, 10s);
  EXPECT_TRUE(expect<KillOptions>({"kill", "--all", "--force"}).all);
  EXPECT_TRUE(expect<RmOptions>({"rm", "--exited"}).exited);
  EXPECT_TRUE(expect<RmOptions>({"rm", "-f", "x"}).force);
}

TEST(CommandLine, LeasesAreClaimedAndNamed) {
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
  EXPECT_EQ(expect<ResizeOptions>({"resize", "x", "1x1"}, named).lease, token);
  EXPECT_EQ(expect<AttachOptions>({"attach", "x"}, named).lease, token);
  EXPECT_EQ(expect<ReleaseOptions>({"release", "x"}, named).lease, token);
  EXPECT_EQ(expect<ClaimOptions>({"claim", "x"}, named).lease, "");
  const Env wrong{{"PTYD_LEASE", "x"}};
  EXPECT_EQ(expect<SendOptions>({"send", "x", "y", "--lease", kText}, wrong).lease, token);
  EXPECT_TRUE(std::holds_alternative<UsageError>(parse({"send", "x", "y"}, wrong)));
}

TEST(CommandLine, TheOtherVerbsTakeTheirArguments) {
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

TEST(CommandLine, CommandsInAShell) {
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

TEST(CommandLine, SnapshotAndSearchTakeTheirOptions) {
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

TEST(CommandLine, DaemonAndServiceTakeTheirWords) {
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
