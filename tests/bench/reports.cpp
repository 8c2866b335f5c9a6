#include "tests/bench/reports.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cstdio>

#include "tests/bench/terminal.hpp"

namespace ptyd::bench {

Reports::Reports(const std::string& folder) {
  start_ = ::open((folder + "/start").c_str(), O_RDWR | O_CLOEXEC);
  report_ = ::open((folder + "/report").c_str(), O_RDWR | O_CLOEXEC);
  if (start_ < 0 || report_ < 0) die("open the FIFOs");
}

Reports::~Reports() {
  ::close(start_);
  ::close(report_);
}

void Reports::start_child() const {
  if (::write(start_, "s", 1) != 1) die("write to the FIFO");
}

std::optional<Reports::Size> Reports::next_size(int within_ms) {
  for (;;) {
    if (const auto end = unread_.find('\n'); end != std::string::npos) {
      const std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      long long time = 0;
      Size size{};
      if (std::sscanf(line.c_str(), "size %lld %u", &time, &size.columns) != 2) continue;
      size.time = time;
      return size;
    }
    pollfd ready{report_, POLLIN, 0};
    if (::poll(&ready, 1, within_ms) <= 0) return std::nullopt;
    char buffer[4096];
    const auto got = ::read(report_, buffer, sizeof buffer);
    if (got <= 0) die("read the FIFO");
    unread_.append(buffer, static_cast<std::size_t>(got));
  }
}

}  // namespace ptyd::bench
