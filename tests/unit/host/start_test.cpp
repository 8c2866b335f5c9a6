// How a host starts its program, and how it says why it could not.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "daemon/host/clock.hpp"
#include "daemon/host/session_times.hpp"
#include "tests/unit/host/host_client.hpp"

namespace ptyd {
namespace {

using host::SpawnStep;
using testing::HasSubstr;

TEST(HostStart, TellsItsNumbersAndFillsTheRing) {
  Attached session(child({"ignore-hup"}));
  ASSERT_TRUE(session.ready);
  const host::SpawnResult& result = session.process.result();
  EXPECT_EQ(result.host_pid, static_cast<std::uint32_t>(session.process.pid()));
  EXPECT_GT(result.child_pid, 0U);
  EXPECT_EQ(session.client.about().host_pid, result.host_pid);
  EXPECT_EQ(session.client.about().child_pid, result.child_pid);
  EXPECT_EQ(std::memcmp(session.client.about().session_id, "session-for-test", 16), 0);
  host::RingHeader& ring = session.client.ring();
  EXPECT_EQ(ring.magic, host::kRingMagic);
  EXPECT_EQ(ring.capacity, 1U << 20);
  EXPECT_EQ(ring.host_pid, result.host_pid);
  EXPECT_EQ(ring.child_pid, result.child_pid);
  EXPECT_GT(ring.started_unix_ms, 0U);
  EXPECT_GT(host::session_times(ring).started_ns, 0U);
  EXPECT_LE(host::session_times(ring).started_ns, host::boot_ns());
  EXPECT_EQ(ring.window_size.load(), 80U | 24U << 16);
  EXPECT_EQ(session.client.state(), host::State::running);
}

TEST(HostStart, NobodyCanChangeTheSizeOfTheRing) {
  Attached session(child({"ignore-hup"}));
  ASSERT_TRUE(session.ready);
  EXPECT_NE(::ftruncate(session.client.ring_fd(), 0), 0);
  EXPECT_NE(::ftruncate(session.client.ring_fd(), 1 << 24), 0);
  EXPECT_EQ(::fcntl(session.client.ring_fd(), F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
}

TEST(HostStart, MakesASocketForItsUserOnly) {
  const HostProcess process(child({"ignore-hup"}));
  ASSERT_EQ(process.result().error, 0U);
  struct stat about {};
  ASSERT_EQ(::lstat(process.socket_path().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777, 0600U);
}

TEST(HostStart, GivesTheProgramItsTtyAndNothingElse) {
  Attached session(child({"fds"}));
  ASSERT_TRUE(session.ready);
  EXPECT_THAT(session.client.output_until("\n"), HasSubstr("fds 0 1 2\r\n"));
}

TEST(HostStart, GivesTheProgramItsEnvironmentAndFolder) {
  HostOptions options = child({"env", "COLOUR", "HOME", "PTYD_BIN_DIR"});
  options.env = {"COLOUR=blue", "HOME="};
  Attached first(options);
  ASSERT_TRUE(first.ready);
  EXPECT_THAT(first.client.output_until("PTYD_BIN_DIR=\r\n"), HasSubstr("COLOUR=blue\r\nHOME=\r\nPTYD_BIN_DIR=\r\n"));

  options = child({"cwd"});
  options.cwd = "/usr/bin";
  Attached second(options);
  ASSERT_TRUE(second.ready);
  EXPECT_THAT(second.client.output_until("\n"), HasSubstr("/usr/bin\r\n"));
}

TEST(HostStart, LooksTheProgramUpInThePathOfTheNewEnvironment) {
  HostOptions options;
  options.file = "sh";
  options.argv = {"sh", "-c", "echo found $0; ulimit -n"};
  options.env = {"PATH=/nowhere:/bin"};
  options.nofile_soft = 123;
  Attached session(options);
  ASSERT_TRUE(session.ready);
  EXPECT_THAT(session.client.output_until("123"), HasSubstr("found sh\r\n123"));
}

TEST(HostStart, LeavesTheProgramMoreLikelyToBeEndedWhenMemoryRunsOut) {
  const auto score_of = [](std::uint32_t pid) {
    int score = -1;
    std::ifstream("/proc/" + std::to_string(pid) + "/oom_score_adj") >> score;
    return score;
  };
  const HostProcess process(child({"ignore-hup"}));
  ASSERT_EQ(process.result().error, 0U);
  const int own = score_of(static_cast<std::uint32_t>(::getpid()));
  EXPECT_EQ(score_of(process.result().host_pid), std::min(own + 100, 1000));
  EXPECT_EQ(score_of(process.result().child_pid), std::min(own + 300, 1000));
}

struct Failing {
  const char* name;
  HostOptions options;
  SpawnStep step;
  int error;
};

std::vector<Failing> failing() {
  const auto with = [](auto change) {
    HostOptions options = child({"exit", "0"});
    change(options);
    return options;
  };
  return {
      {"no such file", with([](HostOptions& o) { o.file = "/no/such/program"; }), SpawnStep::exec, ENOENT},
      {"not in PATH", with([](HostOptions& o) { o.file = "no-such-program"; }), SpawnStep::exec, ENOENT},
      {"empty name", with([](HostOptions& o) {
         o.file = "";
         o.raw_spec = "x";
       }),
       SpawnStep::spec, EINVAL},
      {"not executable", with([](HostOptions& o) { o.file = "/etc/passwd"; }), SpawnStep::exec, EACCES},
      {"a folder", with([](HostOptions& o) { o.file = "/etc"; }), SpawnStep::exec, EACCES},
      {"no such cwd", with([](HostOptions& o) { o.cwd = "/no/such/folder"; }), SpawnStep::chdir, ENOENT},
      {"cwd is a file", with([](HostOptions& o) { o.cwd = "/etc/passwd"; }), SpawnStep::chdir, ENOTDIR},
      {"odd capacity", with([](HostOptions& o) { o.ring_capacity = 100'000; }), SpawnStep::spec, EINVAL},
      {"small capacity", with([](HostOptions& o) { o.ring_capacity = 4096; }), SpawnStep::spec, EINVAL},
      {"long path", with([](HostOptions& o) { o.socket_path = "/tmp/" + std::string(120, 'x'); }), SpawnStep::spec,
       ENAMETOOLONG},
      {"relative path", with([](HostOptions& o) { o.socket_path = "host.sock"; }), SpawnStep::spec, EINVAL},
      {"no such place", with([](HostOptions& o) { o.socket_path = "/no/such/host.sock"; }), SpawnStep::socket, ENOENT},
  };
}

TEST(HostStart, SaysWhereAndWhyItFailed) {
  for (const Failing& one : failing()) {
    HostProcess process(one.options);
    EXPECT_TRUE(process.answered()) << one.name;
    EXPECT_EQ(process.step(), one.step) << one.name;
    EXPECT_EQ(process.result().error, static_cast<std::uint32_t>(one.error)) << one.name;
    EXPECT_EQ(process.result().child_pid, 0U) << one.name;
    EXPECT_NE(process.wait_end(), -1) << one.name;
    EXPECT_NE(::access(process.socket_path().c_str(), F_OK), 0) << one.name;
  }
}

TEST(HostStart, RefusesASpecThatIsCutAtAnyPlace) {
  // A whole one, made by hand, in every length that matters.
  host::SpawnSpec spec{};
  spec.magic = host::kSpecMagic;
  spec.version = host::kProtocolVersion;
  spec.ring_capacity = host::kMinRing;
  spec.argc = 1;
  const std::string strings("/no/such/host.sock\0/\0sh\0sh\0", 27);
  spec.strings_size = strings.size();
  const std::string whole = std::string(reinterpret_cast<const char*>(&spec), sizeof spec) + strings;
  for (const std::size_t bytes : {std::size_t{1}, sizeof spec - 1, sizeof spec, whole.size() - 1, whole.size()}) {
    HostOptions options;
    options.raw_spec = whole.substr(0, bytes);
    const HostProcess process(options);
    EXPECT_TRUE(process.answered());
    EXPECT_EQ(process.step(), bytes < whole.size() ? SpawnStep::spec : SpawnStep::socket) << bytes;
  }
}

TEST(HostStart, TwoHostsCannotShareASocket) {
  Attached first(child({"ignore-hup"}));
  ASSERT_TRUE(first.ready);
  HostOptions options = child({"ignore-hup"});
  options.socket_path = first.process.socket_path();
  const HostProcess second(options);
  EXPECT_EQ(second.step(), SpawnStep::socket);
  EXPECT_EQ(second.result().error, static_cast<std::uint32_t>(EADDRINUSE));
  HostClient client(first.process.socket_path());
  ASSERT_TRUE(client.hello());
  EXPECT_EQ(client.about().child_pid, first.process.result().child_pid);
  ::unlink(options.socket_path.c_str());
}

TEST(HostStart, AHostThatDiesWhileStartingIsReplacedByTheNext) {
  for (const char* const point : {"host_bound:1", "host_forked:1", "host_started:1"}) {
    HostOptions options = child({"ignore-hup"});
    options.host_env = {std::string("PTYD_CRASH_AT=") + point};
    HostProcess crashed(options);
    EXPECT_FALSE(crashed.answered()) << point;
    EXPECT_NE(crashed.wait_end(), -1) << point;
    EXPECT_EQ(::access(crashed.socket_path().c_str(), F_OK), 0) << point;

    HostOptions again = child({"ignore-hup"});
    again.socket_path = crashed.socket_path();
    Attached session(again);
    EXPECT_TRUE(session.ready) << point;
  }
}

TEST(HostStart, LeavesAForeignFileInItsPlaceAlone) {
  HostOptions options = child({"ignore-hup"});
  options.socket_path = "/tmp/ptyd-host-test-file-" + std::to_string(::getpid());
  std::ofstream(options.socket_path) << "mine";
  {
    const HostProcess process(options);
    EXPECT_EQ(process.step(), SpawnStep::socket);
    EXPECT_EQ(process.result().error, static_cast<std::uint32_t>(ENOTSOCK));
    std::string text;
    std::ifstream(options.socket_path) >> text;
    EXPECT_EQ(text, "mine");
  }
  ::unlink(options.socket_path.c_str());
}

}  // namespace
}  // namespace ptyd
