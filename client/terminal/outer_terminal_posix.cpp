#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <string>
#include <utility>

#include "client/terminal/last_answer.hpp"
#include "client/terminal/outer_terminal.hpp"
#include "common/unique_handle.hpp"

namespace ptyd {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxEmergencySequence = 4096;
constexpr std::chrono::milliseconds kMaxRestoreWait{1000};
constexpr std::chrono::milliseconds kMaxAnswerWait{500};

struct EmergencySequence {
  std::array<char, kMaxEmergencySequence> bytes;
  std::size_t size;
};

// What a signal handler needs. The settings are written before `descriptor` is; the sequence is double-buffered,
// so that a signal never sees half of one.
struct EmergencyState {
  std::atomic<int> descriptor{-1};
  termios settings{};
  std::array<EmergencySequence, 2> sequences{};
  std::atomic<std::size_t> current{0};
};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<std::size_t>::is_always_lock_free);

EmergencyState emergency;

// tcsetattr() from a background process group raises SIGTTOU, which would stop us with the terminal still raw.
// Source: POSIX.1-2017, General Terminal Interface, 11.1.4: with the signal blocked the call proceeds.
void set_attributes(int descriptor, const termios& settings) noexcept {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  while (tcsetattr(descriptor, TCSANOW, &settings) != 0 && errno == EINTR) {
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

UniqueHandle open_device(const char* path) {
  int descriptor = -1;
  do {
    descriptor = ::open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  } while (descriptor < 0 && errno == EINTR);
  return UniqueHandle(descriptor);
}

bool same_device(int first, int second) {
  struct stat a {};
  struct stat b {};
  return fstat(first, &a) == 0 && fstat(second, &b) == 0 && S_ISCHR(a.st_mode) && S_ISCHR(b.st_mode) &&
         a.st_rdev == b.st_rdev;
}

// The device behind `standard`, by a description of its own. Nothing when it is no terminal, or its name leads
// elsewhere, as in a container that sees the terminal of its host.
UniqueHandle reopen(int standard) {
  std::array<char, 256> name{};
  if (isatty(standard) == 0 || ttyname_r(standard, name.data(), name.size()) != 0) return UniqueHandle();
  auto device = open_device(name.data());
  if (!device || !same_device(device.fd(), standard)) return UniqueHandle();
  return device;
}

// False: the deadline has passed, or the terminal is gone.
bool wait_for(int descriptor, short event, Clock::time_point deadline) noexcept {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd ready{descriptor, event, 0};
    if (left <= 0) return false;
    const int count = poll(&ready, 1, static_cast<int>(left));
    if (count > 0) return true;
    if (count == 0 || errno != EINTR) return false;
  }
}

// Writes all of `bytes` but never waits longer than the deadline.
void write_all(int descriptor, std::string_view bytes) noexcept {
  const auto deadline = Clock::now() + kMaxRestoreWait;
  while (!bytes.empty()) {
    const auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
      continue;
    }
    if (written < 0 && errno == EINTR) continue;
    if (written == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) return;
    if (!wait_for(descriptor, POLLOUT, deadline)) return;
  }
}

// Reads until the answer to kLastQuestion has come, or for too long. A terminal answers in the order it was asked.
void drop_answers(int descriptor) noexcept {
  const auto deadline = Clock::now() + kMaxAnswerWait;
  std::array<char, 512> room{};
  std::size_t kept = 0;  // the end of what came before, which may be half of the answer
  while (wait_for(descriptor, POLLIN, deadline)) {
    const auto size = ::read(descriptor, room.data() + kept, room.size() - kept);
    if (size < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK)) continue;
    if (size <= 0) return;
    const std::string_view seen(room.data(), kept + static_cast<std::size_t>(size));
    if (has_last_answer(seen)) return;
    kept = std::min(seen.size(), room.size() / 2);
    std::copy(seen.end() - static_cast<std::ptrdiff_t>(kept), seen.end(), room.begin());
  }
}

}  // namespace

struct OuterTerminal::Impl {
  UniqueHandle device;
  int flags_before = -1;  // of a description that we share; -1: it is our own
  termios settings{};
  bool raw = false;
};

OuterTerminal::OuterTerminal(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) { set_emergency_sequence({}); }

Result<std::unique_ptr<OuterTerminal>> OuterTerminal::open() {
  auto impl = std::make_unique<Impl>();
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (!impl->device) impl->device = reopen(standard);
  }
  if (!impl->device) impl->device = open_device("/dev/tty");
  if (!impl->device && isatty(STDIN_FILENO) != 0) {
    // Its name can't be had: share stdin, and put its flags back in the end.
    impl->device.reset(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
    impl->flags_before = fcntl(impl->device.fd(), F_GETFL);
    fcntl(impl->device.fd(), F_SETFL, impl->flags_before | O_NONBLOCK);
  }
  if (!impl->device) {
    Error error;
    error.code = errc::failed_precondition;
    error.message = "there is no terminal to attach";
    error.hint = "run it in a terminal, or use `ptyctl logs -f`, `ptyctl send` or `ptyctl new -d`";
    return error;
  }
  return std::unique_ptr<OuterTerminal>(new OuterTerminal(std::move(impl)));
}

OuterTerminal::~OuterTerminal() {
  restore({});
  if (impl_->flags_before != -1) fcntl(impl_->device.fd(), F_SETFL, impl_->flags_before);
}

std::intptr_t OuterTerminal::input() const noexcept { return impl_->device.native(); }
std::intptr_t OuterTerminal::output() const noexcept { return impl_->device.native(); }

Result<void> OuterTerminal::enter_raw() {
  if (impl_->raw) return {};
  const int descriptor = impl_->device.fd();
  if (tcgetattr(descriptor, &impl_->settings) != 0) return os_error("read the settings of the terminal", errno);
  termios raw = impl_->settings;
  raw.c_iflag &= ~static_cast<tcflag_t>(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
  raw.c_oflag &= ~static_cast<tcflag_t>(OPOST);
  raw.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
  raw.c_cflag &= ~static_cast<tcflag_t>(CSIZE | PARENB);
  raw.c_cflag |= CS8;
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  emergency.settings = impl_->settings;
  emergency.descriptor.store(descriptor, std::memory_order_release);
  if (tcsetattr(descriptor, TCSADRAIN, &raw) != 0) {
    const int error = errno;
    emergency.descriptor.store(-1);
    return os_error("set the terminal to raw mode", error);
  }
  impl_->raw = true;
  return {};
}

void OuterTerminal::restore(std::string_view sequence, bool answers_due) noexcept {
  const int descriptor = impl_->device.fd();
  write_all(descriptor, sequence);
  if (!std::exchange(impl_->raw, false)) return;
  if (answers_due) {
    write_all(descriptor, kLastQuestion);
    drop_answers(descriptor);
  }
  tcflush(descriptor, TCIFLUSH);
  set_attributes(descriptor, impl_->settings);
  emergency.descriptor.store(-1, std::memory_order_release);
}

TerminalSize OuterTerminal::size() const noexcept {
  winsize window{};
  TerminalSize result;
  if (ioctl(impl_->device.fd(), TIOCGWINSZ, &window) != 0 || window.ws_col == 0 || window.ws_row == 0) return result;
  result.cols = window.ws_col;
  result.rows = window.ws_row;
  result.x_pixels = window.ws_xpixel;
  result.y_pixels = window.ws_ypixel;
  return result;
}

void OuterTerminal::set_emergency_sequence(std::string_view sequence) noexcept {
  if (sequence.size() > kMaxEmergencySequence) return;
  const std::size_t next = 1 - emergency.current.load();
  auto& target = emergency.sequences[next];
  std::copy(sequence.begin(), sequence.end(), target.bytes.begin());
  target.size = sequence.size();
  emergency.current.store(next, std::memory_order_release);
}

void OuterTerminal::emergency_restore() noexcept {
  const int descriptor = emergency.descriptor.load(std::memory_order_acquire);
  if (descriptor == -1) return;
  const int saved_errno = errno;
  const auto& sequence = emergency.sequences[emergency.current.load(std::memory_order_acquire)];
  // One try: the terminal may take nothing, and nobody waits here.
  [[maybe_unused]] const auto written = ::write(descriptor, sequence.bytes.data(), sequence.size);
  set_attributes(descriptor, emergency.settings);
  errno = saved_errno;
}

}  // namespace ptyd
