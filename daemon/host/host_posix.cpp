#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <new>
#include <utility>

#include "daemon/host/clock.hpp"
#include "daemon/host/crash_point.hpp"
#include "daemon/host/host.hpp"
#include "daemon/host/host_posix.hpp"
#include "daemon/host/os.hpp"
#include "daemon/host/spawn_result.hpp"

namespace ptyd::host {

namespace {

constexpr int kAcceptPauseMs = 100;  // when the system is out of descriptors

// The program must find its tty at 0, 1 and 2, and nothing of ours may get these numbers.
void fill_standard_descriptors() {
  for (int fd = ::open("/dev/null", O_RDWR); fd >= 0; fd = ::open("/dev/null", O_RDWR)) {
    if (fd <= STDERR_FILENO) continue;
    ::close(fd);
    return;
  }
}

// Nothing but SIGKILL ends a host: neither its starter's terminal nor a log-out nor a resource limit.
void settle_signals() {
  struct sigaction action {};
  action.sa_handler = SIG_IGN;
  for (const int number :
       {SIGPIPE, SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2, SIGALRM, SIGXFSZ})
    ::sigaction(number, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void report(const SpawnResult& result) {
  while (::write(kResultFd, &result, sizeof result) < 0 && errno == EINTR) {
  }
  ::close(kResultFd);
}

}  // namespace

int Host::run() {
  fill_standard_descriptors();
  settle_signals();
  close_from(kRecordFd + 1);
  ::setsid();
  const SpawnResult result = start();
  if (result.error != 0) listener_.remove();
  crash_point("host_started");
  report(result);
  if (result.error != 0) return 1;

  drop_new_privileges();
  static_cast<void>(::chdir("/") == 0);  // so that no file system is kept busy
  begin();
  while (!ended()) wait();
  return 0;
}

SpawnResult Host::start() {
  Spec spec;
  const int error = read_spec(kSpecFd, spec);
  const SpawnResult result = error != 0 ? spawn_result(SpawnStep::spec, error) : start_program(spec);
  ::close(kSpecFd);
  free_spec(spec);
  return result;
}

SpawnResult Host::start_program(const Spec& spec) {
  Descriptor record;
  if (spec.fixed.record_size > 0) {
    record.reset(::fcntl(kRecordFd, F_DUPFD_CLOEXEC, 0));
    if (!record) return spawn_result(SpawnStep::spec, errno);
  }
  ::close(kRecordFd);
  subreaper_ = set_up_process();
  if (const int error = listener_.open(spec.socket_path); error != 0) return spawn_result(SpawnStep::socket, error);
  crash_point("host_bound");
  children_fd_ = Program::watch_children();
  if (children_fd_ < 0) return spawn_result(SpawnStep::fork, errno);
  const SpawnResult result = terminal_.start(spec);
  if (result.error != 0) return result;
  control_.create(terminal_, kFeatureKeptTty | (subreaper_ ? kFeatureSubreaper : 0U) |
                                 (terminal_.program().has_pidfd() ? kFeaturePidfd : 0U));
  if (record) control_.set_record(static_cast<Descriptor&&>(record), spec.fixed.record_size);
  return result;
}

void Host::wait() {
  const bool must_read = terminal_.must_read();
  watches_[0] = {children_fd_, true, false, false, false};
  watches_[1] = {listener_.fd(), !accept_failed_, false, false, false};
  // Asking about a pty that is being flooded costs as much as reading it too early.
  watches_[2] = {terminal_.pty(), terminal_.wants_to_read() && !must_read, terminal_.wants_to_write(), false, false};
  for (std::size_t i = 0; i < kConnections; ++i) {
    const Connection& connection = connections_[i];
    const bool sending = connection.sending();
    watches_[kFixedWatches + i] = {connection.fd(), connection.is_open() && !sending, sending, false, false};
  }
  wait_ready(watches_, kFixedWatches + kConnections, must_read ? 0 : timeout_ms());

  serve_connections();
  if (ended()) return;
  if (watches_[1].readable || accept_failed_) accept_connections();
  if (watches_[2].writable) terminal_.write_input();
  // The status first: once the program has ended, the next read that finds nothing means that all was read.
  if (watches_[0].readable && terminal_.reap()) control_.tell(MessageType::exited);
  if (terminal_.output().at_floor() && abandoned()) terminal_.output().look_again();
  if ((watches_[2].readable || terminal_.must_read()) && terminal_.wants_to_read() &&
      terminal_.read_output(abandoned()))
    control_.tell(MessageType::stream_end);
}

// Time runs only for a host that waits at the floor and has no daemon, or that could not accept one.
int Host::timeout_ms() const noexcept {
  int timeout = accept_failed_ ? kAcceptPauseMs : -1;
  if (!terminal_.output().at_floor() || control_.has_daemon()) return timeout;
  const int grace = static_cast<int>(ms_until(abandoned_at_ns()));
  return timeout < 0 ? grace : std::min(timeout, grace);
}

void Host::serve_connections() {
  // The daemon's first: what it asked for before it died is done before the next one takes over.
  for (const bool daemons : {true, false}) {
    for (std::size_t i = 0; i < kConnections && !ended(); ++i) {
      Watch& watch = watches_[kFixedWatches + i];
      if (control_.attached(connections_[i]) != daemons) continue;
      if (std::exchange(watch.writable, false)) connections_[i].flush();
      if (std::exchange(watch.readable, false)) serve(connections_[i]);
    }
  }
  note_closed();
}

void Host::accept_connections() {
  accept_failed_ = false;
  for (std::size_t i = 0; i < kConnections; ++i) {
    Descriptor socket = accept_connection(listener_.fd());
    if (!socket) {
      // Others mean that there is none, or that it is gone already.
      accept_failed_ = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
      return;
    }
    if (peer_is_our_user(socket.fd())) take(static_cast<Descriptor&&>(socket));
  }
}

int run(int, char**) {
  // Not initialised as a whole: the buffers in it take no memory before they are used.
  alignas(Host) static std::byte memory[sizeof(Host)];
  return (new (memory) Host)->run();
}

}  // namespace ptyd::host
