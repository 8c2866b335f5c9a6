// The daemon's side and the host's side of the protocol together.
#include <gtest/gtest.h>
#include <signal.h>

#include <boost/asio/io_context.hpp>
#include <cstdlib>

#include "daemon/hostlink/spawn_host.hpp"
#include "tests/unit/common/temp_dir.hpp"
#include "tests/unit/hostlink/loop_support.hpp"

namespace ptyd {
namespace {

namespace asio = boost::asio;
constexpr std::chrono::seconds kLimit{20};

class RealHost : public testing::Test {
 protected:
  Result<Spawned> spawn(const std::string& script) {
    SpawnRequest request;
    const char* const bin = std::getenv("PTYD_BIN_DIR");
    request.host_program = std::string(bin != nullptr ? bin : ".") + "/ptyd-host";
    request.socket_path = socket_;
    request.id.fill(0x5a);
    request.cwd = "/";
    request.file = "/bin/sh";
    request.argv = {"sh", "-c", script};
    request.env = {"PATH=/usr/bin:/bin", "PS1="};
    request.record = "who I am";
    return run(loop_, spawn_host(loop_.get_executor(), std::move(request), kLimit));
  }

  std::unique_ptr<HostLink> connect() {
    auto link = run(loop_, HostLink::connect(loop_.get_executor(), socket_, kLimit));
    if (!link) throw ErrorException(link.error());
    return std::move(*link);
  }

  TempDir temp_;
  std::string socket_ = temp_ / "host";
  asio::io_context loop_;
};

TEST_F(RealHost, RunsAProgramFromItsFirstByteToItsEnd) {
  const auto spawned = spawn("stty -echo; printf ready; read line; printf \"got:$line\"; exit 7");
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
  read_until(loop_, *link, "ready");

  InputStreamId stream{};
  stream[0] = 1;
  const std::string typed = "words\n";
  ASSERT_TRUE(link->send_input(stream, 0, std::as_bytes(std::span(typed))));
  EXPECT_EQ(read_until(loop_, *link, "got:words"), "readygot:words");
  run_until(loop_, [&] { return exited && ended; });
  EXPECT_EQ(link->ring().state(), host::State::exited);
  EXPECT_EQ(link->ring().exit_kind(), host::ExitKind::exited);
  EXPECT_EQ(link->ring().exit_value(), 7u);
  std::uint64_t accepted = 0;
  EXPECT_TRUE(link->ring().input_stream(stream, accepted));
  EXPECT_EQ(accepted, typed.size());

  EXPECT_TRUE(run(loop_, link->forget()));
  run_until(loop_, [&lost] { return lost; });
  close_link(loop_, *link);
}

TEST_F(RealHost, AnswersEveryRequest) {
  const auto spawned = spawn("printf ready; while read line; do :; done");
  ASSERT_TRUE(spawned) << spawned.error().message;
  const auto link = connect();
  bool exited = false;
  HostEvents events;
  events.on_exited = [&exited] { exited = true; };
  link->start(std::move(events));
  read_until(loop_, *link, "ready");

  const auto record = run(loop_, link->get(host::Slot::record));
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->value_or(""), "who I am");
  const auto kept = run(loop_, link->put(host::Slot::checkpoint, 5, "screen"));
  EXPECT_TRUE(kept) << kept.error().message;
  const auto checkpoint = run(loop_, link->get(host::Slot::checkpoint));
  ASSERT_TRUE(checkpoint) << checkpoint.error().message;
  EXPECT_EQ(checkpoint->value_or(""), "screen");
  const auto status = run(loop_, link->status());
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(status->canonical, 1u);
  ASSERT_TRUE(link->resize({100, 30, 0, 0}));
  run_until(loop_, [&link] { return link->ring().window_size().cols == 100; });
  const auto refused = run(loop_, link->forget());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::failed_precondition);
  EXPECT_TRUE(run(loop_, link->signal(SIGTERM, host::SignalTarget::leader)));
  run_until(loop_, [&exited] { return exited; });
  EXPECT_EQ(link->ring().exit_kind(), host::ExitKind::signaled);
  EXPECT_EQ(link->ring().exit_value() & 0xff, static_cast<std::uint32_t>(SIGTERM));
  EXPECT_TRUE(run(loop_, link->forget()));
  close_link(loop_, *link);
}

TEST_F(RealHost, IsTakenOverByTheNextDaemonWithAllItsOutput) {
  const auto spawned = spawn("printf ready; read line");
  ASSERT_TRUE(spawned) << spawned.error().message;
  const auto first = connect();
  bool fenced = false;
  HostEvents events;
  events.on_lost = [&fenced](bool by_newer) { fenced = by_newer; };
  first->start(std::move(events));
  const auto second = connect();
  run_until(loop_, [&fenced] { return fenced; });
  EXPECT_GT(second->generation(), first->generation());
  read_until(loop_, *second, "ready");
  EXPECT_TRUE(run(loop_, second->terminate()));
  run_until(loop_, [&second] { return second->ring().state() == host::State::exited; });
  EXPECT_TRUE(run(loop_, second->forget()));
  close_link(loop_, *first);
  close_link(loop_, *second);
}

TEST_F(RealHost, RefusesASecondHostForOneSession) {
  auto spawned = spawn("exec cat");
  ASSERT_TRUE(spawned) << spawned.error().message;
  const auto again = spawn("exit 0");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, errc::already_exists);
  const auto link = connect();
  link->start({});
  EXPECT_TRUE(run(loop_, link->terminate()));
  run_until(loop_, [&link] { return link->ring().state() == host::State::exited; });
  EXPECT_TRUE(run(loop_, link->forget()));
  close_link(loop_, *link);
}

}  // namespace
}  // namespace ptyd
