// The daemon's side and the host's side of the protocol together.
#include <gtest/gtest.h>
#include <windows.h>

#include <cstdlib>
#include <fstream>

#include "common/handle_windows.hpp"
#include "daemon/hostlink/spawn_host.hpp"
#include "tests/unit/common/temp_dir.hpp"
#include "tests/unit/hostlink/loop_support.hpp"

namespace ptyd {
namespace {

namespace asio = boost::asio;

std::string program(const char* name) {
  const char* const folder = std::getenv("PTYD_BIN_DIR");
  return std::filesystem::absolute(std::filesystem::path(folder != nullptr ? folder : ".") / name).string();
}

class RealHost : public testing::Test {
 protected:
  SpawnRequest request(std::vector<std::string> arguments) {
    SpawnRequest request;
    request.host_program = program("ptyd-host.exe");
    request.socket_path = marker_;
    request.id.fill(0x5a);
    request.cwd = "C:\\";
    request.file = program("console_child.exe");
    request.argv = std::move(arguments);
    request.argv.insert(request.argv.begin(), "console_child");
    request.record = "who I am";
    return request;
  }

  Result<Spawned> spawn(SpawnRequest request) {
    return run(loop_, spawn_host(loop_.get_executor(), std::move(request), kTestLimit));
  }

  std::unique_ptr<HostLink> connect() {
    auto link = run(loop_, HostLink::connect(loop_.get_executor(), marker_, kTestLimit));
    if (!link) throw ErrorException(link.error());
    return std::move(*link);
  }

  // Ends the program and its host.
  void end(HostLink& link) {
    EXPECT_TRUE(run(loop_, link.terminate()));
    run_until(loop_, [&link] { return link.ring().state() == host::State::exited; });
    EXPECT_TRUE(run(loop_, link.forget()));
    close_link(loop_, link);
  }

  // Links are gone by now, hosts may live.
  void TearDown() override {
    loop_.restart();
    loop_.run_for(kTestLimit);
    EXPECT_TRUE(loop_.stopped()) << "something is left to wait for";
  }

  TempDir temp_;
  std::string marker_ = temp_ / "host";
  asio::io_context loop_;
};

TEST_F(RealHost, RunsAProgramFromItsFirstByteToItsEnd) {
  const auto spawned = spawn(request({"echo"}));
  ASSERT_TRUE(spawned) << spawned.error().message;
  const auto link = connect();
  EXPECT_EQ(link->session_id()[0], 0x5a);
  EXPECT_EQ(link->ring().child_pid(), spawned->child_pid);
  bool exited = false;
  bool ended = false;
  bool lost = false;
  HostEvents events;
  events.on_exited = [&exited] { exited = true; };
  events.on_stream_end = [&ended] { ended = true; };
  events.on_lost = [&lost](bool) { lost = true; };
  link->start(std::move(events));

  InputStreamId stream{};
  stream[0] = 1;
  const std::string typed = "words\rend\r";
  ASSERT_TRUE(link->send_input(stream, 0, std::as_bytes(std::span(typed))));
  read_until(loop_, *link, "[words]");
  run_until(loop_, [&] { return exited && ended; });
  EXPECT_EQ(link->ring().state(), host::State::exited);
  EXPECT_EQ(link->ring().exit_value(), 0U);
  std::uint64_t accepted = 0;
  EXPECT_TRUE(link->ring().input_stream(stream, accepted));
  EXPECT_EQ(accepted, typed.size());

  EXPECT_TRUE(run(loop_, link->forget()));
  run_until(loop_, [&lost] { return lost; });
  close_link(loop_, *link);
  const auto again = run(loop_, HostLink::connect(loop_.get_executor(), marker_, kTestLimit));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, errc::not_found);
}

TEST_F(RealHost, TellsTheExitStatus) {
  ASSERT_TRUE(spawn(request({"exit", "3221225477"})));
  const auto link = connect();
  link->start({});
  run_until(loop_, [&link] { return link->ring().stream_ended(); });
  EXPECT_EQ(link->ring().exit_kind(), host::ExitKind::exited);
  EXPECT_EQ(link->ring().exit_value(), 0xC0000005U);
  EXPECT_TRUE(run(loop_, link->forget()));
  close_link(loop_, *link);
}

TEST_F(RealHost, AnswersEveryRequest) {
  ASSERT_TRUE(spawn(request({"wait"})));
  const auto link = connect();
  link->start({});
  const auto record = run(loop_, link->get(host::Slot::record));
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->value_or(""), "who I am");
  const auto nothing = run(loop_, link->get(host::Slot::checkpoint));
  ASSERT_TRUE(nothing) << nothing.error().message;
  EXPECT_FALSE(nothing->has_value());
  const std::string large(1 << 20, 's');
  for (const auto& content : {std::string("screen"), large, std::string()}) {
    const auto kept = run(loop_, link->put(host::Slot::checkpoint, 5, content));
    ASSERT_TRUE(kept) << kept.error().message;
    const auto checkpoint = run(loop_, link->get(host::Slot::checkpoint));
    ASSERT_TRUE(checkpoint) << checkpoint.error().message;
    EXPECT_EQ(checkpoint->value_or("none"), content);
  }
  EXPECT_TRUE(run(loop_, link->status()));
  ASSERT_TRUE(link->resize({100, 30, 0, 0}));
  EXPECT_TRUE(run(loop_, link->status()));
  EXPECT_EQ(link->ring().window_size().cols, 100);
  const auto refused = run(loop_, link->forget());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::failed_precondition);
  const auto unknown = run(loop_, link->signal(10, host::SignalTarget::leader));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, errc::unimplemented);
  end(*link);
}

TEST_F(RealHost, IsTakenOverByTheNextDaemonWithAllItsOutput) {
  ASSERT_TRUE(spawn(request({"tree"})));
  const auto first = connect();
  bool fenced = false;
  HostEvents events;
  events.on_lost = [&fenced](bool by_newer) { fenced = by_newer; };
  first->start(std::move(events));
  const auto second = connect();
  run_until(loop_, [&fenced] { return fenced; });
  EXPECT_GT(second->generation(), first->generation());
  second->start({});
  read_until(loop_, *second, "child ");
  close_link(loop_, *first);
  end(*second);
}

TEST_F(RealHost, RefusesASecondHostForOneSession) {
  ASSERT_TRUE(spawn(request({"wait"})));
  const auto again = spawn(request({"wait"}));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, errc::already_exists);
  const auto link = connect();
  link->start({});
  end(*link);
}

TEST_F(RealHost, IsLostWhenItIsKilled) {
  const auto spawned = spawn(request({"wait"}));
  ASSERT_TRUE(spawned) << spawned.error().message;
  const auto link = connect();
  bool lost = false;
  HostEvents events;
  events.on_lost = [&lost](bool fenced) { lost = !fenced; };
  link->start(std::move(events));
  const auto process = own_handle(::OpenProcess(PROCESS_TERMINATE, FALSE, spawned->host_pid));
  ASSERT_TRUE(process);
  ASSERT_NE(::TerminateProcess(handle_of(process), 1), 0);
  run_until(loop_, [&lost] { return lost; });
  EXPECT_FALSE(run(loop_, link->status()));
  close_link(loop_, *link);
}

TEST_F(RealHost, SaysWhyTheProgramDidNotStart) {
  auto missing = request({"wait"});
  missing.file = "no-such-program";
  const auto no_program = spawn(std::move(missing));
  ASSERT_FALSE(no_program);
  EXPECT_EQ(no_program.error().code, errc::spawn_failed);
  EXPECT_EQ(no_program.error().step, "exec");
  EXPECT_EQ(no_program.error().os_error, std::uint32_t{ERROR_FILE_NOT_FOUND});
  EXPECT_NE(no_program.error().hint.find("PATH"), std::string::npos);

  auto no_host = request({"wait"});
  no_host.host_program = "C:\\nonexistent\\ptyd-host.exe";
  const auto without = spawn(std::move(no_host));
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().code, errc::spawn_failed);
  EXPECT_EQ(without.error().step, "host");
  EXPECT_EQ(without.error().subject, "C:\\nonexistent\\ptyd-host.exe");

  auto no_answer = request({"wait"});
  no_answer.host_program = program("console_child.exe");
  const auto silent = spawn(std::move(no_answer));
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().step, "host");
}

TEST_F(RealHost, IsLeftByADaemonThatStops) {
  ASSERT_TRUE(spawn(request({"exit", "3"})));
  auto link = connect();
  link->start({});
  run_until(loop_, [&link] { return link->ring().stream_ended(); });
  close_link(loop_, *link);
  TearDown();
  link = connect();
  link->start({});
  EXPECT_EQ(link->ring().exit_value(), 3U);
  EXPECT_TRUE(run(loop_, link->forget()));
  close_link(loop_, *link);
}

// As after a power cut.
TEST_F(RealHost, TellsALeftoverFileFromAHost) {
  const auto content_of_file = [this](const std::string& text) {
    std::ofstream(marker_, std::ios::binary) << text;
    return run(loop_, HostLink::connect(loop_.get_executor(), marker_, kTestLimit)).error();
  };
  for (const char* const text : {"", "\\\\.\\pipe\\ptyd-host-00000000000000000000000000000000"}) {
    const auto error = content_of_file(text);
    EXPECT_EQ(error.code, errc::unavailable) << text;
    EXPECT_NE(error.os_error, 0U) << "a leftover, not a host that is slow";
  }
  EXPECT_EQ(content_of_file("\\\\.\\pipe\\something-else").code, errc::malformed);
}

}  // namespace
}  // namespace ptyd
