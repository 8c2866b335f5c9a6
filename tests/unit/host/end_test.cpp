// The program's end, the stream's end and the host's end are three things.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "daemon/host/clock.hpp"
#include "daemon/host/session_times.hpp"
#include "daemon/host/usage.hpp"
#include "tests/unit/host/host_client.hpp"

namespace ptyd {
namespace {

using host::ExitKind;
using host::MessageType;
using testing::HasSubstr;

void wait_stream_end(HostClient& client) {
  while (client.ring().stream_ended.load() == 0) ASSERT_TRUE(client.expect(MessageType::stream_end));
}

TEST(HostEnd, TellsHowTheProgramEnded) {
  struct Case {
    std::vector<std::string> arguments;
    ExitKind kind;
    std::uint32_t value;
  };
  const Case cases[] = {
      {{"exit", "0"}, ExitKind::exited, 0},
      {{"exit", "42"}, ExitKind::exited, 42},
      {{"exit", "255"}, ExitKind::exited, 255},
      {{"die", std::to_string(SIGTERM)}, ExitKind::signaled, SIGTERM},
      {{"die", std::to_string(SIGKILL)}, ExitKind::signaled, SIGKILL},
      {{"die", std::to_string(SIGPIPE)}, ExitKind::signaled, SIGPIPE},
  };
  for (const Case& one : cases) {
    Attached session(child(one.arguments));
    ASSERT_TRUE(session.ready);
    wait_stream_end(session.client);
    EXPECT_EQ(session.client.state(), host::State::exited);
    EXPECT_EQ(session.client.ring().exit_kind, static_cast<std::uint32_t>(one.kind));
    EXPECT_EQ(session.client.ring().exit_value, one.value);
    EXPECT_GE(session.client.ring().exit_unix_ms, session.client.ring().started_unix_ms);
    const host::SessionTimes& times = host::session_times(session.client.ring());
    EXPECT_GE(times.ended_ns, times.started_ns);
    EXPECT_LE(times.ended_ns, host::boot_ns());
  }
}

TEST(HostEnd, TellsWhatTheProgramAndThoseItWaitedForHaveUsed) {
  HostOptions options;
  options.file = "/bin/sh";
  options.argv = {"sh", "-c", "read x; (i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done); exit 3"};
  Attached session(options);
  ASSERT_TRUE(session.ready);
  const auto& usage = host::end_usage(session.client.ring());
  EXPECT_EQ(usage.known.load(), 0U);
  ASSERT_TRUE(session.client.type("\n", 0));
  wait_stream_end(session.client);
  ASSERT_EQ(session.client.state(), host::State::exited);
  EXPECT_EQ(usage.known.load(), 1U);
  EXPECT_GT(usage.user_us, 1000U) << "the loop is a child's, which has taken more than that";
  EXPECT_LT(usage.user_us + usage.system_us, 60'000'000U);
  EXPECT_GT(usage.max_rss_bytes, 100'000U);
  EXPECT_LT(usage.max_rss_bytes, 100'000'000U);
}

TEST(HostEnd, KeepsTheStatusForEveryDaemonThatAsks) {
  const HostProcess process(child({"exit", "42"}));
  ASSERT_TRUE(wait_gone(static_cast<pid_t>(process.result().child_pid)));
  for (int round = 0; round < 3; ++round) {
    HostClient client(process.socket_path());
    ASSERT_TRUE(client.hello() && client.attach());
    wait_stream_end(client);
    EXPECT_EQ(client.ring().exit_value, 42U);
  }
}

TEST(HostEnd, AHostThatDiesAtTheEndHasRecordedTheStatusBefore) {
  HostOptions options = child({"sink", "1"});
  options.host_env = {"PTYD_CRASH_AT=host_exit_recorded:1"};
  Attached session(options);
  ASSERT_TRUE(session.ready);
  ASSERT_TRUE(session.client.type("x", 0));
  EXPECT_NE(session.process.wait_end(), -1);
  EXPECT_EQ(session.client.state(), host::State::exited);
  EXPECT_EQ(session.client.ring().exit_kind, static_cast<std::uint32_t>(ExitKind::exited));
  EXPECT_EQ(host::end_usage(session.client.ring()).known.load(), 1U);
}

TEST(HostEnd, TheStreamGoesOnWhileSomebodyHoldsTheTerminal) {
  char folder[] = "/tmp/ptyd-host-test-XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const std::string fifo = std::string(folder) + "/fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  Attached session(child({"hold-tty", fifo}));
  ASSERT_TRUE(session.ready);
  HostClient& client = session.client;
  EXPECT_THAT(client.output_until("holding"), HasSubstr("holding"));
  while (client.state() != host::State::exited) ASSERT_TRUE(client.expect(MessageType::exited));
  // Another request was answered since: were the end due, it would have come.
  EXPECT_EQ(client.signal(0, host::SignalTarget::tree), 0U);
  EXPECT_EQ(client.ring().stream_ended.load(), 0U);

  const std::uint64_t before = client.ring().head.load();
  const host::Descriptor gate(::open(fifo.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::write(gate.fd(), "x", 1), 1);
  EXPECT_THAT(client.output_until("released\r\n", before), HasSubstr("released"));
  wait_stream_end(client);
  EXPECT_EQ(client.output(0, client.ring().head.load()).substr(client.ring().head.load() - 10), "released\r\n");
  ::unlink(fifo.c_str());
  ::rmdir(folder);
}

TEST(HostEnd, ForgetIsRefusedWhileTheProgramRuns) {
  Attached session(child({"ignore-hup"}));
  ASSERT_TRUE(session.ready);
  ASSERT_TRUE(session.client.send(MessageType::forget));
  EXPECT_EQ(session.client.result(), static_cast<std::uint32_t>(EBUSY));
  EXPECT_EQ(session.client.signal(0, host::SignalTarget::leader), 0U);
}

TEST(HostEnd, ForgetRemovesTheSocketAndEndsTheHost) {
  Attached session(child({"exit", "3"}));
  ASSERT_TRUE(session.ready);
  wait_stream_end(session.client);
  ASSERT_TRUE(session.client.send(MessageType::forget));
  EXPECT_EQ(session.client.result(), 0U);
  EXPECT_NE(::access(session.process.socket_path().c_str(), F_OK), 0);
  EXPECT_TRUE(session.client.closed_by_host());
  const int status = session.process.wait_end();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_EQ(session.client.ring().exit_value, 3U);
}

TEST(HostEnd, AForgottenHostLeavesAnothersSocketAlone) {
  Attached session(child({"exit", "0"}));
  ASSERT_TRUE(session.ready);
  wait_stream_end(session.client);
  ASSERT_EQ(::unlink(session.process.socket_path().c_str()), 0);
  HostOptions options = child({"ignore-hup"});
  options.socket_path = session.process.socket_path();
  Attached second(options);
  ASSERT_TRUE(second.ready);
  ASSERT_TRUE(session.client.send(MessageType::forget));
  EXPECT_EQ(session.client.result(), 0U);
  EXPECT_EQ(::access(options.socket_path.c_str(), F_OK), 0);
}

}  // namespace
}  // namespace ptyd
