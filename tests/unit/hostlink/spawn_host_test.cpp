#include "daemon/hostlink/spawn_host.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>

#include "tests/unit/hostlink/fake_host.hpp"

namespace ptyd {
namespace {

namespace asio = boost::asio;
constexpr std::chrono::seconds kLimit{20};

SpawnRequest request_for(const std::string& file) {
  SpawnRequest request;
  request.host_program = SPAWN_PROBE;
  request.socket_path = "/run/hosts/1";
  request.cwd = "/";
  request.file = file;
  request.argv = {file, "one argument", ""};
  request.env = {"A=1", "B="};
  return request;
}

Result<Spawned> spawn(SpawnRequest request, std::chrono::milliseconds deadline = kLimit) {
  asio::io_context loop;
  return run(loop, spawn_host(loop.get_executor(), std::move(request), deadline));
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(SpawnHost, GivesTheHostItsDescriptorsAndNothingElse) {
  const TempDir temp;
  const UniqueHandle leaked(::open("/dev/null", O_RDONLY));  // not closed on exec
  ASSERT_TRUE(leaked);
  sigset_t term;
  sigset_t before;
  ::sigemptyset(&term);
  ::sigaddset(&term, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &term, &before);
  const auto old_pipe = ::signal(SIGPIPE, SIG_IGN);
  auto request = request_for("report");
  request.cwd = temp / "seen";
  request.record = "the record";
  const auto spawned = spawn(std::move(request));
  ::signal(SIGPIPE, old_pipe);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ASSERT_TRUE(spawned) << spawned.error().message;
  EXPECT_EQ(spawned->child_pid, 4711u);
  EXPECT_GT(spawned->host_pid, 0u);

  const std::string seen = read_file(temp / "seen");
  for (const char* const line : {"fd 0 null", "fd 1 null", "fd 2 null", "fd 3", "fd 4", "fd 5", "leader 0", "cwd /",
                                 "signals 00", "string /run/hosts/1", "string report", "string one argument", "string ",
                                 "string A=1", "string B=", "record the record"})
    EXPECT_TRUE(has_line(seen, line)) << line << " in\n" << seen;
  EXPECT_EQ(seen.find("fd 6"), std::string::npos) << seen;
  EXPECT_FALSE(has_line(seen, "session " + std::to_string(::getsid(0)))) << "a session of its own";
}

TEST(SpawnHost, LeavesNoChildAndNoDescriptorBehind) {
  const auto count_open = [] {
    int open = 0;
    for (int fd = 0; fd < 256; ++fd) open += ::fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
    return open;
  };
  ASSERT_FALSE(spawn(request_for("no-such-program")));
  const int before = count_open();
  for (int i = 0; i < 5; ++i) {
    const auto spawned = spawn(request_for("no-such-program"));
    ASSERT_FALSE(spawned);
  }
  // One less when it was found out meanwhile that the probe does not wait for more, as a host would.
  EXPECT_LE(count_open(), before);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD) << "the host is not our child";
}

TEST(SpawnHost, WorksWithoutStandardDescriptors) {
  // As a service manager may start us. In a process of its own: the test needs its own.
  EXPECT_EXIT(
      {
        for (int fd = 0; fd < 3; ++fd) ::close(fd);
        const auto spawned = spawn(request_for("no-such-program"));
        ::_exit(!spawned && spawned.error().step == "exec" ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

TEST(SpawnHost, SaysWhyTheProgramDidNotStart) {
  const auto spawned = spawn(request_for("no-such-program"));
  ASSERT_FALSE(spawned);
  const auto& error = spawned.error();
  EXPECT_EQ(error.code, errc::spawn_failed);
  EXPECT_EQ(error.step, "exec");
  EXPECT_EQ(error.os_error, static_cast<std::uint32_t>(ENOENT));
  EXPECT_EQ(error.subject, "no-such-program");
  EXPECT_NE(error.message.find("no-such-program"), std::string::npos);
  EXPECT_NE(error.hint.find("PATH"), std::string::npos);
}

TEST(SpawnHost, SaysThatTheSessionHasAHostAlready) {
  const auto spawned = spawn(request_for("socket-in-use"));
  ASSERT_FALSE(spawned);
  EXPECT_EQ(spawned.error().code, errc::already_exists);
}

TEST(SpawnHost, SurvivesAHostThatMisbehaves) {
  for (const char* const what : {"strange-step", "half-answer", "no-answer"}) {
    const auto spawned = spawn(request_for(what));
    ASSERT_FALSE(spawned) << what;
    EXPECT_EQ(spawned.error().code, errc::spawn_failed) << what;
    EXPECT_FALSE(spawned.error().step.empty()) << what;
    EXPECT_FALSE(spawned.error().message.empty()) << what;
  }
}

TEST(SpawnHost, GivesUpAtTheDeadline) {
  for (const auto deadline : {std::chrono::milliseconds(50), std::chrono::milliseconds(0)}) {
    const auto spawned = spawn(request_for("silent"), deadline);
    ASSERT_FALSE(spawned);
    EXPECT_EQ(spawned.error().code, errc::deadline_exceeded);
  }
}

TEST(SpawnHost, SaysWhenTheHostItselfIsMissing) {
  auto request = request_for("report");
  request.host_program = "/nonexistent/ptyd-host";
  const auto spawned = spawn(std::move(request));
  ASSERT_FALSE(spawned);
  EXPECT_EQ(spawned.error().code, errc::spawn_failed);
  EXPECT_EQ(spawned.error().step, "host");
  EXPECT_EQ(spawned.error().os_error, static_cast<std::uint32_t>(ENOENT));
  EXPECT_EQ(spawned.error().subject, "/nonexistent/ptyd-host");
}

TEST(SpawnHost, RefusesWhatNoProgramCanBeGiven) {
  auto with_nul = request_for("report");
  with_nul.env.push_back(std::string("X=a\0b", 5));
  auto without_name = request_for("report");
  without_name.argv.clear();
  auto too_long = request_for("report");
  too_long.env.push_back("X=" + std::string(host::kMaxSpec, 'x'));
  for (const auto& request : {with_nul, without_name, too_long}) {
    const auto spawned = spawn(request);
    ASSERT_FALSE(spawned);
    EXPECT_EQ(spawned.error().code, errc::invalid_argument);
    EXPECT_FALSE(spawned.error().subject.empty());
  }
}

}  // namespace
}  // namespace ptyd
