#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <new>
#include <utility>

#include "common/time_slice.hpp"
#include "daemon/host/clock.hpp"
#include "daemon/host/crash_point.hpp"
#include "daemon/host/host.hpp"
#include "daemon/host/host_posix.hpp"
#include "daemon/host/nursery.hpp"
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

void report(const void* result, std::size_t bytes) {
  while (::write(kResultFd, result, bytes) < 0 && errno == EINTR) {
  }
  ::close(kResultFd);
}

constexpr int kEndPauseMs = 20;  // until the status of an adopted program is asked for again

}  // namespace

int Host::run() {
  fill_standard_descriptors();
  settle_signals();
  close_from(kCheckpointFd + 1);
  ::setsid();
  TakenOver taken{};
  const bool taking_over = is_takeover(kSpecFd);
  if (taking_over) {
    taken.result = take_over(taken);
  } else {
    close_from(kRecordFd + 1);
    taken.result = start();
  }
  if (taken.result.error != 0) listener_.remove();
  crash_point(taking_over ? "host_took_over" : "host_started");
  report(&taken, taking_over ? sizeof taken : sizeof taken.result);
  if (taken.result.error != 0) return 1;

  drop_new_privileges();
  static_cast<void>(::chdir("/") == 0);  // so that no file system is kept busy
  set_time_slice(TimeSlice::brief);
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

// The new host has the dead one's terminal, and is seen by whoever looks for this session from here on.
SpawnResult Host::take_over(TakenOver& taken) {
  TakeoverFiles files;
  const int error = read_takeover(kSpecFd, files);
  ::close(kSpecFd);
  if (error != 0) return spawn_result(SpawnStep::spec, error);
  const Takeover& fixed = files.fixed;
  subreaper_ = set_up_process();
  if (const int failed = listener_.open(files.socket_path); failed != 0) return spawn_result(SpawnStep::socket, failed);
  crash_point("host_takeover_bound");
  if (const int failed = terminal_.program().watch_children(); failed != 0)
    return spawn_result(SpawnStep::fork, failed);
  if (const int failed = terminal_.take_over(files, taken); failed != 0)
    return spawn_result(SpawnStep::takeover, failed);
  control_.create(terminal_, kFeatureKeptTty | kFeaturePidfd | kFeatureCustody | kGuestFeatures);
  control_.set_generation(fixed.generation);
  if (files.record) control_.keep(Slot::record, static_cast<Descriptor&&>(files.record), 0, fixed.record_size);
  if (files.checkpoint)
    control_.keep(Slot::checkpoint, static_cast<Descriptor&&>(files.checkpoint), fixed.checkpoint_offset,
                  fixed.checkpoint_size);
  held_until_ns_ = monotonic_ns() + std::uint64_t{kTakeoverWaitMs} * 1'000'000;
  SpawnResult result = spawn_result(SpawnStep::none, 0);
  result.child_pid = terminal_.header().child_pid;
  return result;
}

void Host::go_on_without_custody() noexcept {
  if (terminal_.held() && monotonic_ns() >= held_until_ns_) terminal_.go_on();
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
  if (const int error = terminal_.program().watch_children(); error != 0) return spawn_result(SpawnStep::fork, error);
  const SpawnResult result = terminal_.start(spec);
  if (result.error != 0) return result;
  control_.create(terminal_, kFeatureKeptTty | (subreaper_ ? kFeatureSubreaper : 0U) |
                                 (terminal_.program().has_pidfd() ? kFeaturePidfd : 0U) |
                                 (terminal_.can_be_replaced() ? kFeatureCustody : 0U) |
                                 (kHasReadOnlyMemory ? kGuestFeatures : 0U));
  if (record) control_.keep(Slot::record, static_cast<Descriptor&&>(record), 0, spec.fixed.record_size);
  return result;
}

void Host::wait() {
  const bool must_read = terminal_.must_read();
  Program& program = terminal_.program();
  watches_[0] = {program.children_fd(), true, false, false, false};
  watches_[1] = {listener_.fd(), !accept_failed_, false, false, false};
  // Asking about a pty that is being flooded costs as much as reading it too early.
  watches_[2] = {terminal_.pty(), terminal_.wants_to_read() && !must_read, terminal_.wants_to_write(), false, false};
  // Once it has ended, it is looked at from time to time: its parent has to wait for it first.
  watches_[3] = {program.process_fd(), program.adopted() && !program.leaving(), false, false, false};
  std::size_t count = kFixedWatches;
  for (const Connection* const connection : connections_) {
    if (connection == nullptr) break;
    const bool sending = connection->sending();
    watches_[count++] = {connection->fd(), connection->is_open() && !sending, sending, false, false};
  }
  wait_ready(watches_, count, must_read ? 0 : timeout_ms());

  serve_connections();
  if (ended()) return;
  if (watches_[1].readable || accept_failed_) accept_connections();
  if (watches_[2].writable) terminal_.write_input();
  // The status first: once the program has ended, the next read that finds nothing means that all was read.
  const bool look = watches_[0].readable || watches_[3].readable || program.leaving();
  if (look && terminal_.reap(control_.has_daemon() || terminal_.held())) control_.tell(MessageType::exited);
  go_on_without_custody();
  if (terminal_.output().at_floor() && abandoned()) terminal_.output().look_again();
  if ((watches_[2].readable || terminal_.must_read()) && terminal_.wants_to_read() &&
      terminal_.read_output(abandoned()))
    control_.tell(MessageType::stream_end);
  control_.tell_guests();
}

// Time runs only for a host that waits at the floor and has no daemon, or that could not accept one.
int Host::timeout_ms() const noexcept {
  int timeout = accept_failed_ ? kAcceptPauseMs : -1;
  const auto at_most = [&timeout](int ms) { timeout = timeout < 0 ? ms : std::min(timeout, ms); };
  if (terminal_.program_leaving()) at_most(kEndPauseMs);
  if (terminal_.held()) at_most(static_cast<int>(ms_until(held_until_ns_)));
  if (!terminal_.output().at_floor() || control_.has_daemon()) return timeout;
  at_most(static_cast<int>(ms_until(abandoned_at_ns())));
  return timeout;
}

void Host::serve_connections() {
  // The daemon's first: what it asked for before it died is done before the next one takes over.
  for (const bool daemons : {true, false}) {
    for (std::size_t i = 0; i < kConnections && connections_[i] != nullptr && !ended(); ++i) {
      Watch& watch = watches_[kFixedWatches + i];
      Connection& connection = *connections_[i];
      if (control_.attached(connection) != daemons) continue;
      if (std::exchange(watch.writable, false)) connection.flush();
      if (std::exchange(watch.readable, false)) serve(connection);
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

int run(int argc, char** argv) {
  if (wait_in_nursery(argc, argv) == Nursery::over) return 0;
  // Not initialised as a whole: the buffers in it take no memory before they are used.
  alignas(Host) static std::byte memory[sizeof(Host)];
  return (new (memory) Host)->run();
}

}  // namespace ptyd::host
