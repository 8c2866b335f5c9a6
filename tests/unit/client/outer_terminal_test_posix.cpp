#include "client/terminal/outer_terminal.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "common/unique_handle.hpp"

namespace ptyd {
namespace {

// A pseudoterminal on stdin for the time of a test.
class OuterTerminalTest : public testing::Test {
 protected:
  void SetUp() override {
    pty_.reset(posix_openpt(O_RDWR | O_NOCTTY));
    ASSERT_TRUE(pty_);
    ASSERT_EQ(grantpt(pty_.fd()), 0);
    ASSERT_EQ(unlockpt(pty_.fd()), 0);
    tty_.reset(::open(ptsname(pty_.fd()), O_RDWR | O_NOCTTY));
    ASSERT_TRUE(tty_);
    stdin_before_.reset(dup(STDIN_FILENO));
    ASSERT_EQ(dup2(tty_.fd(), STDIN_FILENO), STDIN_FILENO);
    ASSERT_EQ(tcgetattr(tty_.fd(), &before_), 0);
  }
  void TearDown() override {
    if (stdin_before_) dup2(stdin_before_.fd(), STDIN_FILENO);
  }

  termios settings() const {
    termios now{};
    EXPECT_EQ(tcgetattr(tty_.fd(), &now), 0);
    return now;
  }
  bool is_raw() const { return (settings().c_lflag & static_cast<tcflag_t>(ICANON | ECHO | ISIG)) == 0; }
  void expect_as_before() const {
    const auto now = settings();
    EXPECT_EQ(now.c_iflag, before_.c_iflag);
    EXPECT_EQ(now.c_oflag, before_.c_oflag);
    EXPECT_EQ(now.c_cflag, before_.c_cflag);
    EXPECT_EQ(now.c_lflag, before_.c_lflag);
    EXPECT_EQ(std::memcmp(now.c_cc, before_.c_cc, sizeof now.c_cc), 0);
  }
  // What was written to the terminal; waits for `size` bytes at most five seconds.
  std::string written(std::size_t size) const {
    std::string text;
    while (text.size() < size) {
      pollfd ready{pty_.fd(), POLLIN, 0};
      if (poll(&ready, 1, 5000) <= 0) break;
      char buffer[256];
      const auto count = ::read(pty_.fd(), buffer, sizeof buffer);
      if (count <= 0) break;
      text.append(buffer, static_cast<std::size_t>(count));
    }
    return text;
  }

  UniqueHandle pty_;
  UniqueHandle tty_;
  UniqueHandle stdin_before_;
  termios before_{};
};

TEST_F(OuterTerminalTest, IsRawUntilItIsDestroyed) {
  auto terminal = OuterTerminal::open();
  ASSERT_TRUE(terminal);
  expect_as_before();
  ASSERT_TRUE((*terminal)->enter_raw());
  EXPECT_TRUE(is_raw());
  terminal->reset();
  expect_as_before();
}

TEST_F(OuterTerminalTest, DoesNotMakeTheSharedDescriptionNonBlocking) {
  const auto terminal = OuterTerminal::open();
  ASSERT_TRUE(terminal);
  EXPECT_EQ(fcntl(STDIN_FILENO, F_GETFL) & O_NONBLOCK, 0);
  const int flags = fcntl(static_cast<int>((*terminal)->input()), F_GETFL);
  EXPECT_NE(flags & O_NONBLOCK, 0);
  EXPECT_NE(fcntl(static_cast<int>((*terminal)->input()), F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(OuterTerminalTest, WritesTheSequenceAndDropsLateInput) {
  auto terminal = OuterTerminal::open();
  ASSERT_TRUE(terminal);
  ASSERT_TRUE((*terminal)->enter_raw());
  ASSERT_EQ(::write(pty_.fd(), "\x1b[?62c\n", 7), 7);
  (*terminal)->restore("\x1b[?1049l");
  EXPECT_EQ(written(8), "\x1b[?1049l");
  expect_as_before();
  pollfd ready{tty_.fd(), POLLIN, 0};
  EXPECT_EQ(poll(&ready, 1, 0), 0);
  (*terminal)->restore({});
  expect_as_before();
}

TEST_F(OuterTerminalTest, SaysItsSize) {
  const auto terminal = OuterTerminal::open();
  ASSERT_TRUE(terminal);
  winsize none{};
  ASSERT_EQ(ioctl(pty_.fd(), TIOCSWINSZ, &none), 0);
  EXPECT_EQ((*terminal)->size(), (TerminalSize{80, 24, 0, 0}));
  winsize window{40, 120, 960, 640};
  ASSERT_EQ(ioctl(pty_.fd(), TIOCSWINSZ, &window), 0);
  EXPECT_EQ((*terminal)->size(), (TerminalSize{120, 40, 960, 640}));
}

TEST_F(OuterTerminalTest, EmergencyRestorePutsItRight) {
  auto terminal = OuterTerminal::open();
  ASSERT_TRUE(terminal);
  OuterTerminal::emergency_restore();  // not raw yet: nothing to do
  ASSERT_TRUE((*terminal)->enter_raw());
  (*terminal)->set_emergency_sequence("\x1b[?25h");
  (*terminal)->set_emergency_sequence(std::string(5000, 'x'));  // too long: the one before stays
  OuterTerminal::emergency_restore();
  EXPECT_EQ(written(6), "\x1b[?25h");
  expect_as_before();
}

TEST_F(OuterTerminalTest, ASequenceOfAnEarlierTerminalIsNotUsed) {
  {
    auto terminal = OuterTerminal::open();
    ASSERT_TRUE(terminal);
    ASSERT_TRUE((*terminal)->enter_raw());
    (*terminal)->set_emergency_sequence("old");
  }
  auto terminal = OuterTerminal::open();
  ASSERT_TRUE(terminal);
  ASSERT_TRUE((*terminal)->enter_raw());
  OuterTerminal::emergency_restore();
  (*terminal)->restore("end");
  EXPECT_EQ(written(3), "end");
}

}  // namespace
}  // namespace ptyd
