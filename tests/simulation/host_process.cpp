// The sources of ptyd-host once more: with steps at its atomics and calls of the system, on the simulated system, and in
// a namespace of its own, so that the daemon in the same program has nothing of it.
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

#include "tests/simulation/host_process.hpp"
#include "tests/simulation/host_system.hpp"
#include "tests/simulation/stepped_atomic.hpp"

namespace std {
template <class T>
using stepped_atomic = ptyd::simulation::SteppedAtomic<T>;
}

// Each call of the system that the sources make.
#define host simulated_host
#define atomic stepped_atomic
#define close(...) simulated_close(__VA_ARGS__)
#define open(...) simulated_open(__VA_ARGS__)
#define readv(...) simulated_readv(__VA_ARGS__)
#define write(...) simulated_write(__VA_ARGS__)
#define pread(...) simulated_pread(__VA_ARGS__)
#define mmap(...) simulated_mmap(__VA_ARGS__)
#define fstat(...) simulated_fstat(__VA_ARGS__)
#define fcntl(...) simulated_fcntl(__VA_ARGS__)
#define recvmsg(...) simulated_recvmsg(__VA_ARGS__)
#define sendmsg(...) simulated_sendmsg(__VA_ARGS__)
#define getpid() simulated_getpid()
#define setsid() simulated_nothing()
#define chdir(path) simulated_nothing()
#define sigaction(...) simulated_nothing(__VA_ARGS__)
#define sigprocmask(...) simulated_nothing(__VA_ARGS__)
#define waitid(...) simulated_waitid(__VA_ARGS__)
#define kill(...) simulated_nothing(__VA_ARGS__)
#define getpgid(...) simulated_nothing(__VA_ARGS__)

#include "common/time_slice_posix.cpp"
#include "daemon/host/boot_clock_linux.cpp"
#include "daemon/host/clock.cpp"
#include "daemon/host/connection_posix.cpp"
#include "daemon/host/custody_linux.cpp"
#include "daemon/host/custody_memory.cpp"
#include "daemon/host/descriptor_posix.cpp"
#include "daemon/host/errors_posix.cpp"
#include "daemon/host/grace.cpp"
#include "daemon/host/host_posix.cpp"
#include "daemon/host/input_buffer.cpp"
#include "daemon/host/message_buffer.cpp"
#include "daemon/host/nursery_posix.cpp"
#include "daemon/host/output_posix.cpp"
#include "daemon/host/output_rate.cpp"
#include "daemon/host/output_ring.cpp"
#include "daemon/host/pacing.cpp"
#include "daemon/host/program_posix.cpp"
#include "daemon/host/rules.cpp"
#include "daemon/host/size_log.cpp"
#include "daemon/host/spawn_result_posix.cpp"
#include "daemon/host/takeover_posix.cpp"
#include "daemon/host/terminal_posix.cpp"

#undef host
#undef atomic
#undef close
#undef kill

// What the system's side of the host is here.
namespace ptyd::simulated_host {

namespace {

using simulation::Kernel;

Kernel& kernel() { return *Kernel::current; }

// Of the process that runs: begin_process() sets them back.
std::uint64_t other_reads_done = 0;
std::uint64_t other_bytes_written = 0;
Watch waiting_for[kMaxWatches];
std::size_t waiting_count = 0;
std::uint64_t waiting_until = 0;
bool waiting = false;

bool look(Watch* watches, std::size_t count) {
  bool any = false;
  for (std::size_t i = 0; i < count; ++i) {
    Watch& watch = watches[i];
    watch.readable = watch.read && simulated_readable(watch.fd);
    watch.writable = watch.write && simulated_writable(watch.fd);
    any = any || watch.readable || watch.writable;
  }
  return any;
}

}  // namespace

#ifdef PTYD_TEST_HOOKS
void crash_point(const char*) noexcept { simulation::Fiber::step(); }
#endif

void wait_ready(Watch* watches, std::size_t count, int timeout_ms) {
  simulation::Fiber::step();
  std::copy(watches, watches + count, waiting_for);
  waiting_count = count;
  waiting_until = timeout_ms < 0 ? 0 : monotonic_ns() + static_cast<std::uint64_t>(timeout_ms) * 1'000'000;
  while (!look(watches, count) && (waiting_until == 0 || monotonic_ns() < waiting_until)) {
    waiting = true;
    simulation::Fiber::pause();
  }
  waiting = false;
}

Descriptor create_shared_memory(std::uint64_t bytes) {
  const auto memory = std::make_shared<simulation::Memory>(static_cast<std::size_t>(bytes));
  if (!kernel().ring) kernel().ring = memory;
  return Descriptor(kernel().add_for_host(memory));
}
const bool kHasReadOnlyMemory = false;
Descriptor read_only(const Descriptor&) { return Descriptor(); }

void keep_out_of_dumps(void*, std::size_t) {}

bool open_wakeup(Wakeup& wakeup) {
  const auto event = std::make_shared<simulation::Event>();
  wakeup.to_write = Descriptor(kernel().add_for_host(event));
  wakeup.to_read = Descriptor(kernel().add_for_host(event));
  return true;
}
void wake(const Wakeup& wakeup) {
  const std::uint64_t one = 1;
  if (simulated_write(wakeup.to_write.fd(), &one, sizeof one) == sizeof one) other_bytes_written += sizeof one;
}

int watch_children() { return kernel().add_for_host(std::make_shared<simulation::ChildNews>()); }
void take_children_news(int) {
  count_other_read();
  kernel().host->read += 128;
}
void count_other_read() noexcept { ++other_reads_done; }
std::uint64_t other_reads() noexcept { return other_reads_done; }
std::uint64_t other_writes() noexcept { return other_bytes_written; }

Descriptor accept_connection(int listener) { return Descriptor(simulated_accept(listener)); }
bool peer_is_our_user(int) { return true; }
Descriptor open_process(int) { return Descriptor(kernel().add_for_host(kernel().program)); }
int signal_process(const Descriptor&, int, int) { return 0; }
int signal_process_group(const Descriptor&, int, int) { return 0; }
Ended end_of_process(const Descriptor& process, int& status) {
  simulation::Fiber::step();
  const auto program = kernel().find_as<simulation::Task>(process.fd());
  if (!program->reaped) return Ended::not_yet;
  status = program->status;
  return kernel().tells_exits ? Ended::known : Ended::unknown;
}
std::size_t list_descendants(int*, std::size_t) { return 0; }
std::size_t list_terminal_session(int, int*, std::size_t) { return 0; }
void tell_usage_before_reaping(int, RingHeader&) {}
bool reap_child(int, RingHeader*) {
  simulation::Fiber::step();
  kernel().program->reaped = true;
  return true;
}
SpawnResult start_child(const Spec&, int) {
  kernel().start_program();
  SpawnResult result = spawn_result(SpawnStep::none, 0);
  result.child_pid = simulation::kProgram;
  return result;
}
void close_from(int) {}
bool set_up_process() { return true; }
void drop_new_privileges() {}
bool times_driven_off(std::uint64_t&) noexcept { return false; }

int Listener::open(const char*) {  // still the name that the macro makes of it
  if (kernel().listening.lock()) return EADDRINUSE;
  const auto listening = std::make_shared<simulation::Listening>();
  kernel().listening = listening;
  socket_ = Descriptor(kernel().add_for_host(listening));
  return 0;
}
void Listener::remove() noexcept { socket_.reset(); }

int open_pty(const Resize&, Pty& pty) {
  pty.pty = Descriptor(kernel().add_for_host(kernel().pty));
  pty.tty = Descriptor(kernel().add_for_host(std::make_shared<simulation::Tty>(kernel().pty)));
  return 0;
}
bool reopen_tty(Pty& pty) {
  pty.tty = Descriptor(kernel().add_for_host(std::make_shared<simulation::Tty>(kernel().pty)));
  return true;
}
int set_window_size(int, const Resize&) { return 0; }
bool in_line_mode(int) { return false; }
std::size_t line_limit() noexcept { return 4095; }
StatusReply tty_status(int, int) { return {}; }
bool signal_foreground(int, int) { return true; }
int foreground_group(int) { return 0; }

int read_spec(Descriptor::Native, Spec& spec) {
  spec.fixed.ring_capacity = simulation::kRing;
  std::copy(simulation::kSessionId.begin(), simulation::kSessionId.end(), spec.fixed.session_id);
  spec.fixed.size = {80, 24, 0, 0};
  spec.fixed.record_size = simulated_size(kRecordFd);
  spec.socket_path = simulation::kHostPath;
  return 0;
}
void free_spec(Spec&) {}

namespace {

void begin_process() {
  other_reads_done = 0;
  other_bytes_written = 0;
  waiting = false;
}

}  // namespace

}  // namespace ptyd::simulated_host

namespace ptyd::simulation {

void begin_host() { simulated_host::begin_process(); }
void run_host() { simulated_host::run(0, nullptr); }

bool host_has_work() {
  using namespace simulated_host;
  return !waiting || look(waiting_for, waiting_count) || (waiting_until != 0 && monotonic_ns() >= waiting_until);
}

std::uint64_t host_deadline_ns() { return simulated_host::waiting ? simulated_host::waiting_until : 0; }

}  // namespace ptyd::simulation
