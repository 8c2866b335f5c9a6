// The real ptyd-host with real programs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/host/usage.hpp"
#include "tests/support/wine.hpp"
#include "tests/unit/host/host_session.hpp"

namespace ptyd {
namespace {

using host::MessageType;
using host::SpawnStep;
using testing::HasSubstr;

SessionOptions running(std::vector<std::string> argv) {
  SessionOptions options;
  options.argv = std::move(argv);
  return options;
}

TEST(HostProcess, TellsItsNumbersAndFillsTheRing) {
  HostSession session(running({"wait"}));
  ASSERT_EQ(session.result().error, 0U);
  ASSERT_TRUE(session.attach());
  EXPECT_EQ(session.result().host_pid, ::GetProcessId(session.process()));
  const host::RingHeader& ring = session.ring();
  EXPECT_EQ(ring.magic, host::kRingMagic);
  EXPECT_EQ(ring.capacity, 1U << 20);
  EXPECT_EQ(ring.host_pid, session.result().host_pid);
  EXPECT_EQ(ring.child_pid, session.result().child_pid);
  EXPECT_EQ(std::memcmp(ring.session_id, "session-for-test", 16), 0);
  EXPECT_EQ(ring.window_size.load(), 80U | 25U << 16);
  EXPECT_EQ(ring.size_change_count.load(), 1U);
  EXPECT_EQ(session.state(), host::State::running);
}

TEST(HostProcess, OutputInputAndExitStatus) {
  HostSession session(running({"echo"}));
  ASSERT_EQ(session.result().error, 0U);
  ASSERT_TRUE(session.attach());
  ASSERT_TRUE(session.type("hello\r", 0));
  EXPECT_THAT(session.output_until("[hello]"), HasSubstr("[hello]"));
  EXPECT_EQ(session.ring().input_taken.load(), 6U);
  EXPECT_TRUE(session.wait_written(6));
  // What was sent before is not typed again.
  ASSERT_TRUE(session.type("hello\rend\r", 0));
  ASSERT_TRUE(session.client().expect(MessageType::exited));
  EXPECT_EQ(session.state(), host::State::exited);
  EXPECT_EQ(session.ring().exit_kind, static_cast<std::uint32_t>(host::ExitKind::exited));
  EXPECT_EQ(session.ring().exit_value, 0U);
  EXPECT_EQ(session.ring().input_taken.load(), 10U);
  ASSERT_TRUE(session.client().expect(MessageType::stream_end));
  EXPECT_EQ(session.ring().stream_ended.load(), 1U);
  const std::string all = session.output(0, session.ring().head.load());
  EXPECT_EQ(all.find("[hello]"), all.rfind("[hello]"));
}

TEST(HostProcess, ExitCodesAreExactAndForgetEndsTheHost) {
  for (const std::uint32_t code : {3U, 259U, 0xC0000005U}) {
    HostSession session(running({"exit", std::to_string(code)}));
    ASSERT_EQ(session.result().error, 0U);
    ASSERT_TRUE(session.attach());
    while (session.ring().stream_ended.load() == 0)
      if (session.client().receive()->type == MessageType::stream_end) break;
    EXPECT_EQ(session.ring().exit_value, code);
    ASSERT_NE(session.pipe_name(), "");
    ASSERT_TRUE(session.client().send_text(MessageType::forget, ""));
    EXPECT_EQ(session.client().result(), 0U);
    DWORD status = 1;
    EXPECT_TRUE(session.wait_host_end(status));
    EXPECT_EQ(status, 0U);
    EXPECT_EQ(session.pipe_name(), "");
  }
}

TEST(HostProcess, RunsTheSystemsShell) {
  SessionOptions options = running({"/d", "/c", "exit 7"});
  options.file = "cmd";
  options.env = {"PATH=C:\\windows\\system32"};
  HostSession session(options);
  ASSERT_EQ(session.result().error, 0U);
  ASSERT_TRUE(session.attach());
  EXPECT_TRUE(session.client().expect(MessageType::stream_end));
  EXPECT_EQ(session.ring().exit_value, 7U);
  const auto& usage = host::end_usage(session.ring());
  EXPECT_EQ(usage.known.load(), 1U);
  PTYD_SKIP_WHERE_WINE_LACKS(usage.max_rss_bytes > 10'000U, "the most memory of a process");
}

TEST(HostProcess, KeepsManySizesAndTellsTheLast) {
  HostSession session(running({"echo"}));
  ASSERT_EQ(session.result().error, 0U);
  ASSERT_TRUE(session.attach());
  ASSERT_TRUE(session.client().send(MessageType::resize, host::Resize{100, 40, 0, 0}));
  ASSERT_TRUE(session.client().send_text(MessageType::status, ""));
  ASSERT_TRUE(session.client().expect(MessageType::status_reply));
  EXPECT_EQ(session.ring().window_size.load(), 100U | 40U << 16);
  EXPECT_EQ(session.ring().resizes.load(), 1U);
  EXPECT_EQ(session.ring().size_change_count.load(), 2U);
}

TEST(HostProcess, ANewerAttachmentFencesTheOlderAndGoesOn) {
  HostSession session(running({"echo"}));
  ASSERT_EQ(session.result().error, 0U);
  ASSERT_TRUE(session.attach());
  PipeClient older = std::move(session.client());
  ASSERT_TRUE(session.attach());
  EXPECT_TRUE(older.expect(MessageType::fenced));
  EXPECT_TRUE(older.closed_by_host());
  ASSERT_TRUE(session.type("second\r", 0));
  EXPECT_THAT(session.output_until("[second]"), HasSubstr("[second]"));
}

// Once for each time that it is armed.
TEST(HostProcess, WakesByMessagesWhomeverAsksForThem) {
  HostSession session(running({"echo"}));
  ASSERT_EQ(session.result().error, 0U);
  ASSERT_TRUE(session.attach());
  ASSERT_TRUE(session.client().send_text(MessageType::wake_by_message, ""));
  session.ring().input_armed.store(1);
  ASSERT_TRUE(session.type("first\r", 0));
  ASSERT_TRUE(session.client().expect(MessageType::wake));
  EXPECT_EQ(session.ring().input_armed.load(), 0U);
  while (session.output(0, session.ring().head.load()).find("[first]") == std::string::npos) {
    session.ring().output_armed.store(1);
    if (session.output(0, session.ring().head.load()).find("[first]") == std::string::npos) {
      ASSERT_TRUE(session.client().expect(MessageType::wake));
    }
  }
  // The next daemon is woken as it wishes.
  ASSERT_TRUE(session.attach());
  ASSERT_TRUE(session.type("second\r", 6));
  EXPECT_THAT(session.output_until("[second]"), HasSubstr("[second]"));
}

TEST(HostProcess, TerminateEndsWhatTheProgramHasStarted) {
  HostSession session(running({"tree"}));
  ASSERT_EQ(session.result().error, 0U);
  ASSERT_TRUE(session.attach());
  std::string output = session.output_until("child ");
  output = session.output_until("\r\n", output.find("child "));
  const auto pid = static_cast<DWORD>(std::strtoul(output.c_str() + 6, nullptr, 10));
  const host::Descriptor grandchild = host::own_handle(::OpenProcess(SYNCHRONIZE, FALSE, pid));
  ASSERT_TRUE(grandchild) << output;
  ASSERT_TRUE(session.client().send_text(MessageType::forget, ""));
  EXPECT_EQ(session.client().result(), std::uint32_t{ERROR_BUSY});
  ASSERT_TRUE(session.client().send_text(MessageType::terminate, ""));
  EXPECT_EQ(session.client().result(), 0U);
  EXPECT_EQ(::WaitForSingleObject(host::handle_of(grandchild), left_ms(soon())), WAIT_OBJECT_0);
  EXPECT_TRUE(session.client().expect(MessageType::stream_end));
}

TEST(HostProcess, AHangUpEndsTheProgram) {
  HostSession session(running({"wait"}));
  ASSERT_EQ(session.result().error, 0U);
  ASSERT_TRUE(session.attach());
  ASSERT_TRUE(session.client().send(MessageType::signal, host::Signal{1, 0}));
  EXPECT_TRUE(session.client().expect(MessageType::stream_end));
  EXPECT_EQ(session.state(), host::State::exited);
}

// Under Wine the console's host does not survive it, which must look the same. A program that has just begun is not in
// its console yet, and would miss it.
TEST(HostProcess, AnInterruptEndsTheProgram) {
  HostSession session(running({"tree"}));
  ASSERT_EQ(session.result().error, 0U);
  ASSERT_TRUE(session.attach());
  ASSERT_NE(session.output_until("child ").find("child "), std::string::npos);
  ASSERT_TRUE(session.client().send(MessageType::signal, host::Signal{2, 2}));
  EXPECT_EQ(session.client().result(), 0U);
  EXPECT_TRUE(session.client().expect(MessageType::exited));
  EXPECT_TRUE(session.client().expect(MessageType::stream_end));
}

TEST(HostProcess, SignalsThatWindowsHasNotAreRefused) {
  HostSession session(running({"wait"}));
  ASSERT_EQ(session.result().error, 0U);
  ASSERT_TRUE(session.attach());
  ASSERT_TRUE(session.client().send(MessageType::signal, host::Signal{10, 0}));
  EXPECT_EQ(session.client().result(), std::uint32_t{ERROR_NOT_SUPPORTED});
  ASSERT_TRUE(session.client().send(MessageType::signal, host::Signal{9, 9}));
  EXPECT_EQ(session.client().result(), std::uint32_t{ERROR_INVALID_PARAMETER});
  ASSERT_TRUE(session.client().send(MessageType::signal, host::Signal{9, 0}));
  EXPECT_TRUE(session.client().expect(MessageType::exited));
}

TEST(HostProcess, ForgetsTheFloorWhenNoDaemonCame) {
  SessionOptions options = running({"spew", "600000"});  // more than ring, buffer and pipe hold
  options.ring_capacity = host::kMinRing;
  options.host_env = {{"PTYD_TEST_ABANDONED_MS", "50"}};
  HostSession session(options);
  ASSERT_EQ(session.result().error, 0U);
  const host::Descriptor program =
      host::own_handle(::OpenProcess(SYNCHRONIZE, FALSE, static_cast<DWORD>(session.result().child_pid)));
  ASSERT_EQ(::WaitForSingleObject(host::handle_of(program), left_ms(soon())), WAIT_OBJECT_0);
  ASSERT_TRUE(session.attach());
  EXPECT_GT(session.ring().head.load(), host::kMinRing);
}

TEST(HostProcess, OneThatDiesAtTheStartLeavesNothing) {
  for (const char* const point : {"host_bound", "host_forked", "host_started"}) {
    SessionOptions options = running({"wait"});
    options.host_env = {{"PTYD_CRASH_AT", std::string(point) + ":1"}};
    HostSession session(options);
    EXPECT_FALSE(session.answered()) << point;
    DWORD code = 0;
    EXPECT_TRUE(session.wait_host_end(code)) << point;
    EXPECT_EQ(session.pipe_name(), "") << point;
  }
}

TEST(HostProcess, ADeadHostLeavesNothingRunning) {
  HostSession session(running({"wait"}));
  ASSERT_EQ(session.result().error, 0U);
  const host::Descriptor program =
      host::own_handle(::OpenProcess(SYNCHRONIZE, FALSE, static_cast<DWORD>(session.result().child_pid)));
  ASSERT_TRUE(program);
  ::TerminateProcess(session.process(), 1);
  EXPECT_EQ(::WaitForSingleObject(host::handle_of(program), left_ms(soon())), WAIT_OBJECT_0);
  EXPECT_EQ(session.pipe_name(), "");
}

TEST(HostProcess, KeepsRecordsForTheNextDaemon) {
  SessionOptions options = running({"wait"});
  options.record = "first record";
  HostSession session(options);
  ASSERT_EQ(session.result().error, 0U);
  ASSERT_TRUE(session.attach());
  const auto content = [&] {
    EXPECT_TRUE(session.client().send(MessageType::get, host::Blob{}));
    const auto blob = session.client().expect(MessageType::blob);
    if (!blob || blob->as<host::Blob>().present == 0) return std::string("none");
    const host::Descriptor section = session.fetch(blob->handle(sizeof(host::Blob), 0));
    const void* const view = ::MapViewOfFile(host::handle_of(section), FILE_MAP_READ, 0, 0, 0);
    if (view == nullptr) return std::string("no view");
    std::string text(static_cast<const char*>(view), static_cast<std::size_t>(blob->as<host::Blob>().size));
    ::UnmapViewOfFile(view);
    return text;
  };
  EXPECT_EQ(content(), "first record");
  const std::string next = "the next";
  const host::Descriptor section = section_with(next);
  const std::uint64_t value = session.give(host::handle_of(section));
  const std::string after(reinterpret_cast<const char*>(&value), sizeof value);
  ASSERT_TRUE(session.client().send(MessageType::put, host::Blob{0, 1, 0, next.size()}, after));
  EXPECT_EQ(session.client().result(), 0U);
  EXPECT_EQ(content(), "the next");
  const std::string nonsense("\x77\x77\x77\0\0\0\0\0", 8);
  ASSERT_TRUE(session.client().send(MessageType::put, host::Blob{0, 1, 0, 1}, nonsense));
  EXPECT_EQ(session.client().result(), std::uint32_t{ERROR_INVALID_HANDLE});
  EXPECT_EQ(content(), "the next");
}

TEST(HostProcess, StopsAtTheFloorAndLosesNothing) {
  SessionOptions options = running({"spew", "300000"});
  options.ring_capacity = host::kMinRing;
  HostSession session(options);
  ASSERT_EQ(session.result().error, 0U);
  ASSERT_TRUE(session.attach());
  std::uint64_t seen = 0;
  std::size_t letters = 0;
  while (letters < 300'000) {
    ASSERT_NE(session.output_until("x", seen), "");
    const std::uint64_t head = session.ring().head.load();
    ASSERT_LE(head, session.ring().floor.load() + host::kMinRing);
    for (const char c : session.output(seen, head)) letters += c == 'x' ? 1U : 0U;
    seen = head;
    session.ring().floor.store(seen);
    ASSERT_TRUE(session.client().send_text(MessageType::credit, ""));
  }
  EXPECT_TRUE(session.client().expect(MessageType::stream_end));
  EXPECT_EQ(letters, 300'000U);
}

TEST(HostProcess, ClosesWhatBreaksTheRulesAndServesTheRest) {
  HostSession session(running({"wait"}));
  ASSERT_EQ(session.result().error, 0U);
  ASSERT_TRUE(session.attach());
  PipeClient first(session.pipe_name());
  ASSERT_TRUE(first.send_text(MessageType::attach, std::string(8, 0)));  // before hello
  EXPECT_TRUE(first.closed_by_host());
  PipeClient second(session.pipe_name());
  ASSERT_TRUE(second.send_raw(std::string(8, '\xff')));
  EXPECT_TRUE(second.closed_by_host());
  std::vector<PipeClient> crowd;
  for (int i = 0; i < 12; ++i) crowd.emplace_back(session.pipe_name());
  ASSERT_TRUE(session.client().send_text(MessageType::status, ""));
  EXPECT_TRUE(session.client().expect(MessageType::status_reply));
}

TEST(HostProcess, SaysWhyItDidNotStart) {
  SessionOptions options = running({});
  options.file = "C:\\no\\such.exe";
  const HostSession no_program(options);
  EXPECT_EQ(no_program.result().step, static_cast<std::uint32_t>(SpawnStep::exec));
  EXPECT_EQ(no_program.result().error, std::uint32_t{ERROR_FILE_NOT_FOUND});
  EXPECT_EQ(no_program.pipe_name(), "");

  options = running({"wait"});
  options.broken_spec = true;
  const HostSession no_spec(options);
  EXPECT_EQ(no_spec.result().step, static_cast<std::uint32_t>(SpawnStep::spec));

  const HostSession first(running({"wait"}));
  ASSERT_EQ(first.result().error, 0U);
  options = running({"wait"});
  options.marker = first.marker();
  const HostSession second(options);
  EXPECT_EQ(second.result().step, static_cast<std::uint32_t>(SpawnStep::socket));
  EXPECT_EQ(second.result().error, std::uint32_t{ERROR_ALREADY_EXISTS});
  EXPECT_NE(first.pipe_name(), "");
}

}  // namespace
}  // namespace ptyd
