// Signals to the program and to all it has started; and signals to the host.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cerrno>
#include <fstream>
#include <sstream>

#include "tests/unit/host/host_client.hpp"

namespace ptyd {
namespace {

using host::MessageType;
using host::SignalTarget;
using testing::HasSubstr;

std::string line(int number) { return "signal " + std::to_string(number) + "\r\n"; }

TEST(HostSignal, ReachesTheTarget) {
  Attached session(child({"signals"}));
  ASSERT_TRUE(session.ready);
  HostClient& client = session.client;
  EXPECT_THAT(client.output_until("ready\r\n"), HasSubstr("ready"));
  struct Case {
    int number;
    SignalTarget target;
  };
  for (const Case one :
       {Case{SIGUSR1, SignalTarget::leader}, Case{SIGUSR2, SignalTarget::group}, Case{SIGINT, SignalTarget::foreground},
        Case{SIGTERM, SignalTarget::foreground}, Case{SIGHUP, SignalTarget::tree}}) {
    const std::uint64_t from = client.ring().head.load();
    EXPECT_EQ(client.signal(one.number, one.target), 0U);
    EXPECT_THAT(client.output_until(line(one.number), from), HasSubstr(line(one.number)));
  }
}

TEST(HostSignal, SaysWhenItCannotBeSent) {
  Attached session(child({"exit", "0"}));
  ASSERT_TRUE(session.ready);
  HostClient& client = session.client;
  while (client.state() != host::State::exited) ASSERT_TRUE(client.expect(MessageType::exited));
  for (const SignalTarget target :
       {SignalTarget::leader, SignalTarget::group, SignalTarget::foreground, SignalTarget::tree})
    EXPECT_EQ(client.signal(SIGTERM, target), static_cast<std::uint32_t>(ESRCH));
  EXPECT_EQ(client.signal(SIGTERM, static_cast<SignalTarget>(9)), static_cast<std::uint32_t>(EINVAL));
}

TEST(HostSignal, RefusesNumbersThatAreNoSignals) {
  Attached session(child({"ignore-hup"}));
  ASSERT_TRUE(session.ready);
  for (const int number : {-1, 65, 1'000'000})
    EXPECT_EQ(session.client.signal(number, SignalTarget::leader), static_cast<std::uint32_t>(EINVAL)) << number;
  EXPECT_EQ(session.client.state(), host::State::running);
}

std::vector<pid_t> pids_of(const std::string& output) {
  std::istringstream words(output.substr(output.find("tree") + 4));
  std::vector<pid_t> pids;
  for (pid_t pid = 0; words >> pid;) pids.push_back(pid);
  return pids;
}

TEST(HostSignal, TerminateEndsOrphansAndThoseWhoIgnoreEverything) {
  Attached session(child({"tree", "12"}));
  ASSERT_TRUE(session.ready);
  const std::vector<pid_t> pids = pids_of(session.client.output_until("\n"));
  ASSERT_EQ(pids.size(), 12U);
  ASSERT_TRUE(session.client.send(MessageType::terminate));
  EXPECT_EQ(session.client.result(), 0U);
  for (const pid_t pid : pids) EXPECT_TRUE(wait_gone(pid)) << pid;
  while (session.client.ring().stream_ended.load() == 0) ASSERT_TRUE(session.client.expect(MessageType::stream_end));
  EXPECT_EQ(session.client.ring().exit_kind, static_cast<std::uint32_t>(host::ExitKind::signaled));
  EXPECT_EQ(session.client.ring().exit_value, static_cast<std::uint32_t>(SIGKILL));
}

TEST(HostSignal, TerminateReachesWhatIsLeftWhenTheProgramIsGone) {
  Attached session(child({"tree", "6"}));
  ASSERT_TRUE(session.ready);
  const std::vector<pid_t> pids = pids_of(session.client.output_until("\n"));
  ASSERT_EQ(session.client.signal(SIGKILL, SignalTarget::leader), 0U);
  while (session.client.state() != host::State::exited) ASSERT_TRUE(session.client.expect(MessageType::exited));
  EXPECT_EQ(session.client.ring().stream_ended.load(), 0U);
  ASSERT_TRUE(session.client.send(MessageType::terminate));
  EXPECT_TRUE(session.client.expect(MessageType::stream_end));
  for (const pid_t pid : pids) EXPECT_TRUE(wait_gone(pid)) << pid;
}

TEST(HostSignal, TheHostItselfIsEndedBySigkillOnly) {
  Attached session(child({"echo"}));
  ASSERT_TRUE(session.ready);
  for (int round = 0; round < 100; ++round)
    for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGQUIT, SIGCHLD, SIGUSR1, SIGTSTP})
      session.process.send_signal(number);
  ASSERT_TRUE(session.client.type("still here", 0));
  EXPECT_THAT(session.client.output_until("still here"), HasSubstr("still here"));
}

}  // namespace
}  // namespace ptyd
