#include <signal.h>

#include "daemon/process_signals.hpp"

namespace ptyd {

namespace {

constexpr int kNumbers[] = {SIGTERM, SIGINT, SIGHUP};

void mask(int how) noexcept {
  sigset_t ours;
  ::sigemptyset(&ours);
  for (const int number : kNumbers) ::sigaddset(&ours, number);
  ::pthread_sigmask(how, &ours, nullptr);
}

}  // namespace

void add_process_signals(boost::asio::signal_set& signals) {
  for (const int number : kNumbers) signals.add(number);
}

void hold_process_signals() noexcept { mask(SIG_BLOCK); }
void release_process_signals() noexcept { mask(SIG_UNBLOCK); }

bool asks_to_reload(int number) noexcept { return number == SIGHUP; }

}  // namespace ptyd
