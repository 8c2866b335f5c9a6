#include "tests/bench/drain.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace ptyd::bench {
namespace {

constexpr std::size_t kRead = 64 * 1024;
constexpr std::size_t kFullRead = 4000;  // the terminal's own buffer has 4096

}  // namespace

Drain::Drain(const std::vector<Terminal>& terminals, std::chrono::microseconds pace)
    : terminals_(terminals),
      pace_(pace),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      ready_(terminals.size()),
      buffer_(kRead) {
  for (std::size_t i = 0; i < terminals.size(); ++i) {
    ::fcntl(terminals[i].master, F_SETFL, ::fcntl(terminals[i].master, F_GETFL) | O_NONBLOCK);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    event.data.u64 = i;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, terminals[i].master, &event) != 0) die("epoll_ctl");
  }
}

Drain::~Drain() { ::close(epoll_); }

bool Drain::wait(int timeout_ms) {
  std::array<epoll_event, 64> events{};
  const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout_ms);
  for (int i = 0; i < count; ++i) ready_[events[static_cast<std::size_t>(i)].data.u64] = true;
  return count > 0;
}

Drain::More Drain::read_once(std::size_t terminal, const Take& take) {
  const auto got = ::read(terminals_[terminal].master, buffer_.data(), buffer_.size());
  if (got < 0 && errno == EINTR) return More::yes;
  if (got < 0 && errno == EAGAIN) return More::no;
  if (got <= 0) give_up("the program ended early");
  const auto came = Clock::now();
  const auto size = static_cast<std::size_t>(got);
  take(terminal, std::string_view(buffer_.data(), size));
  if (pace_.count() == 0) return More::yes;
  if (size < kFullRead) return More::no;  // what came meanwhile is told by another event
  while (Clock::now() - came < pace_) {
  }
  return More::yes;
}

bool Drain::run(const Take& take, const std::function<bool()>& done, int silence_ms) {
  while (!done()) {
    const bool some = std::find(ready_.begin(), ready_.end(), true) != ready_.end();
    if (!some && !wait(silence_ms)) return false;
    for (std::size_t i = 0; i < ready_.size(); ++i)
      if (ready_[i] && read_once(i, take) == More::no) ready_[i] = false;
    if (some && ready_.size() > 1) wait(0);
  }
  return true;
}

}  // namespace ptyd::bench
