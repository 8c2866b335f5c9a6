// Stands, when the program is linked, for the files of the system that daemon/hostlink and common have.
#include "tests/simulation/daemon_system.hpp"

#include <sys/timerfd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/async_event.hpp"
#include "common/crash_point.hpp"
#include "common/random.hpp"
#include "common/unique_handle.hpp"
#include "daemon/hostlink/children.hpp"
#include "daemon/hostwire/connect_host.hpp"
#include "daemon/hostlink/copy_handle.hpp"
#include "daemon/hostlink/custody.hpp"
#include "daemon/hostwire/host_channel.hpp"
#include "daemon/hostlink/memory_file.hpp"
#include "daemon/hostwire/ring_memory.hpp"
#include "daemon/hostlink/start_process.hpp"
#include "daemon/hostlink/wake_source.hpp"
#include "daemon/session/screen_thread.hpp"
#include "tests/simulation/host_process.hpp"
#include "tests/simulation/kernel.hpp"

namespace {

constexpr std::uint64_t kBegin = 1'700'000'000'000'000'000;
std::uint64_t now_ns = kBegin;
ptyd::simulation::Random chance(0);

}  // namespace

// The library's clocks, and Asio's, ask here.
extern "C" int clock_gettime(clockid_t, timespec* time) noexcept {
  time->tv_sec = static_cast<time_t>(now_ns / 1'000'000'000);
  time->tv_nsec = static_cast<long>(now_ns % 1'000'000'000);
  return 0;
}
// Without it Asio asks the clock each time.
extern "C" int timerfd_create(int, int) noexcept {
  errno = EINVAL;
  return -1;
}

namespace ptyd {

namespace asio = boost::asio;
using simulation::Kernel;

namespace {

Kernel& kernel() { return *Kernel::current; }

UniqueHandle own(simulation::ObjectPtr object) { return UniqueHandle(kernel().add(std::move(object))); }

std::vector<std::weak_ptr<simulation::Socket>> sockets;

struct ScreenJobs {
  std::deque<std::function<void()>> now;
  std::multimap<std::uint64_t, std::function<void()>> later;
} screen_jobs;

// ---------------------------------------------------------------- sockets

class Channel final : public HostChannel {
 public:
  Channel(asio::any_io_executor executor, std::shared_ptr<simulation::Socket> socket)
      : socket_(std::move(socket)), readable_(executor), over_(executor) {
    socket_->in->on_readable = [this] { readable_.notify(); };
  }
  Channel(asio::any_io_executor executor, std::shared_ptr<simulation::Socket> socket, ChannelState state)
      : Channel(executor, std::move(socket)) {
    received_ = std::move(state.received);
    for (const auto handle : state.handles) handles_.emplace_back(handle);
  }
  ~Channel() override {
    if (socket_) socket_->in->on_readable = nullptr;
  }

  Result<void> send(host::MessageType type, std::span<const std::byte> body, std::span<const std::byte> more,
                    UniqueHandle handle) override {
    if (!socket_ || socket_->in->at_end() || socket_->out->bytes.size() > kMaxQueued)
      return Error{errc::unavailable, "the connection is gone"};
    const host::MessageHeader header{static_cast<std::uint32_t>(body.size() + more.size()),
                                     static_cast<std::uint16_t>(type), 0};
    std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
    bytes.append(reinterpret_cast<const char*>(body.data()), body.size());
    bytes.append(reinterpret_cast<const char*>(more.data()), more.size());
    std::vector<simulation::ObjectPtr> with;
    if (handle) with.push_back(kernel().find(handle.fd()));
    socket_->out->write(bytes, std::move(with));
    return {};
  }

  asio::awaitable<void> write_queue() override { co_await over_.wait(); }

  asio::awaitable<Result<HostMessage>> receive() override {
    for (;;) {
      if (!socket_) co_return Error{errc::unavailable, "the connection is gone"};
      std::vector<simulation::ObjectPtr> with;
      received_ += socket_->in->read(socket_->in->carried, with);
      for (auto& object : with) handles_.push_back(own(std::move(object)));
      host::MessageHeader header{};
      if (received_.size() >= sizeof header) {
        std::memcpy(&header, received_.data(), sizeof header);
        const std::size_t size = sizeof header + header.size;
        if (received_.size() >= size) {
          HostMessage message{static_cast<host::MessageType>(header.type),
                              received_.substr(sizeof header, header.size)};
          received_.erase(0, size);
          co_return std::move(message);
        }
      }
      if (socket_->in->at_end()) co_return Error{errc::unavailable, "the connection is gone"};
      co_await readable_.wait();
    }
  }

  UniqueHandle take_handle() override { return take_oldest(handles_); }
  // From here on the connection is another program's, and for this one it is gone.
  std::optional<ChannelState> state() override {
    if (!socket_) return std::nullopt;
    ChannelState state;
    socket_->in->on_readable = nullptr;
    state.socket = own(std::exchange(socket_, std::make_shared<simulation::Socket>())).release();
    socket_->in->closed = true;
    socket_->out->cut = true;
    state.received = received_;
    for (const auto& handle : handles_) state.handles.push_back(copy_handle(handle).release());
    readable_.notify();
    return state;
  }
  void shut_down() noexcept override {
    if (!socket_) return;
    socket_->in->on_readable = nullptr;
    socket_.reset();
    readable_.notify();
    over_.notify();
  }

 private:
  std::shared_ptr<simulation::Socket> socket_;
  std::string received_;
  SmallDeque<UniqueHandle> handles_;
  AsyncEvent readable_;
  AsyncEvent over_;
};

class Wakes final : public WakeSource {
 public:
  Wakes(asio::any_io_executor executor, std::shared_ptr<simulation::Event> event)
      : event_(std::move(event)), set_(executor) {
    event_->on_set = [this] { set_.notify(); };
    if (event_->set) set_.notify();
  }
  ~Wakes() override { event_->on_set = nullptr; }

  asio::awaitable<bool> wait() override {
    while (!over_) {
      co_await set_.wait();
      if (std::exchange(event_->set, false)) co_return true;
    }
    co_return false;
  }
  UniqueHandle::Native native() override { return own(event_).release(); }
  void give_up() noexcept override {
    over_ = true;
    set_.notify();
  }

 private:
  std::shared_ptr<simulation::Event> event_;
  AsyncEvent set_;
  bool over_ = false;
};

class Answer final : public ProcessAnswer {
 public:
  Answer(asio::any_io_executor executor, std::shared_ptr<simulation::Socket> socket)
      : socket_(std::move(socket)), readable_(executor) {
    socket_->in->on_readable = [this] { readable_.notify(); };
  }
  ~Answer() override { socket_->in->on_readable = nullptr; }

  asio::awaitable<Result<std::string>> read(std::size_t size) override {
    std::string got;
    std::vector<simulation::ObjectPtr> none;
    for (;;) {
      if (given_up_) co_return Error{errc::cancelled, "it was given up"};
      got += socket_->in->read(size - got.size(), none);
      if (got.size() == size || socket_->in->at_end()) co_return got;
      co_await readable_.wait();
    }
  }
  void give_up() noexcept override {
    given_up_ = true;
    readable_.notify();
  }

 private:
  std::shared_ptr<simulation::Socket> socket_;
  AsyncEvent readable_;
  bool given_up_ = false;
};

}  // namespace

Result<std::shared_ptr<HostChannel>> HostChannel::open(asio::any_io_executor executor, UniqueHandle socket) {
  auto object = kernel().find_as<simulation::Socket>(socket.fd());
  sockets.emplace_back(object);
  return std::shared_ptr<HostChannel>(std::make_shared<Channel>(executor, std::move(object)));
}
Result<std::shared_ptr<HostChannel>> HostChannel::resume(asio::any_io_executor executor, ChannelState state) {
  const UniqueHandle handle(state.socket);
  auto object = kernel().find_as<simulation::Socket>(handle.fd());
  sockets.emplace_back(object);
  return std::shared_ptr<HostChannel>(std::make_shared<Channel>(executor, std::move(object), std::move(state)));
}

Result<std::unique_ptr<WakeSource>> WakeSource::open(asio::any_io_executor executor, UniqueHandle handle) {
  return std::unique_ptr<WakeSource>(
      std::make_unique<Wakes>(executor, kernel().find_as<simulation::Event>(handle.fd())));
}

Result<UniqueHandle> connect_host(const std::string&) {
  const auto listening = kernel().listening.lock();
  if (!listening) return Error{errc::not_found, "there is no host"};
  auto [ours, theirs] = Kernel::connect();
  listening->pending.push_back(std::move(theirs));
  return own(std::move(ours));
}

// ---------------------------------------------------------------- processes

std::optional<ProgramUsage> read_usage(std::uint32_t) noexcept { return std::nullopt; }

void reap_children() {
  for (const auto& child : std::exchange(kernel().children, {})) {
    if (!child->dead) {
      kernel().children.push_back(child);
      continue;
    }
    if (child->daemons_child) ChildClaim::tell(child->pid, 9);
    child->reaped = true;
  }
  if (!kernel().has_ended_child(simulation::Task::Parent::daemon)) return;
  ChildClaim::tell(simulation::kProgram, kernel().program->status);
  kernel().program->reaped = true;
}

Result<HostProcess> watch_host(std::uint32_t pid) {
  const auto& children = kernel().children;
  const auto child = std::find_if(children.begin(), children.end(), [pid](const auto& one) { return one->pid == pid; });
  if (child == children.end() || !(*child)->daemons_child)
    return Error{errc::failed_precondition, "another process than this one has to wait for the host"};
  HostProcess host;
  host.pid = pid;
  host.handle = own(*child);
  host.counts = own(*child);
  return host;
}

std::optional<ProcessCounts> read_counts(const UniqueHandle& counts) {
  const auto process = kernel().find_as<simulation::Process>(counts.fd());
  if (!process || process->reaped) return std::nullopt;
  return ProcessCounts{process->read, process->written};
}

// Hosts that are nobody's child here end with their sessions: see watch_host().
asio::awaitable<bool> wait_for_end(asio::any_io_executor, UniqueHandle, std::chrono::milliseconds) { co_return false; }

// Only of one whose connection is gone, and that is how it dies here.
bool end_child(std::uint32_t pid) {
  const auto& host = kernel().host;
  return host->pid != pid || host->dead;
}

Result<std::shared_ptr<ProcessAnswer>> start_process_with(asio::any_io_executor executor, const std::string&,
                                                          const std::vector<PlacedHandle>& handles) {
  auto [ours, theirs] = Kernel::connect();
  std::vector<std::pair<int, simulation::ObjectPtr>> placed{{host::kResultFd, theirs}};
  for (const auto& handle : handles) placed.emplace_back(handle.place, kernel().find(handle.handle->fd()));
  kernel().start_host(std::move(placed));
  return std::shared_ptr<ProcessAnswer>(std::make_shared<Answer>(executor, std::move(ours)));
}
Result<std::shared_ptr<ProcessAnswer>> start_process(asio::any_io_executor, const std::string&, const UniqueHandle&,
                                                     const UniqueHandle&) {
  return Error{errc::unimplemented, "not here"};
}

// ---------------------------------------------------------------- memory and descriptors

void UniqueHandle::reset(Native native) noexcept {
  const Native old = std::exchange(native_, native);
  if (old != kNone && Kernel::current != nullptr) kernel().close(static_cast<int>(old));
}

Result<RingMemory> map_ring(const UniqueHandle& ring, RingAccess) {
  const auto memory = kernel().find_as<simulation::Memory>(ring.fd());
  if (!memory) return bad_ring("it is no memory");
  return RingMemory{memory->data, memory->bytes};
}
void unmap_ring(const RingMemory&) noexcept {}

Result<UniqueHandle> make_memory_file(std::string_view content) {
  auto memory = std::make_shared<simulation::Memory>(content.size());
  std::memcpy(memory->data, content.data(), content.size());
  return own(std::move(memory));
}
Result<std::string> read_memory_file(const UniqueHandle& file, std::uint64_t size) {
  const auto memory = kernel().find_as<simulation::Memory>(file.fd());
  if (!memory || size > memory->bytes) return Error{errc::malformed, "it is shorter"};
  return std::string(reinterpret_cast<const char*>(memory->data), static_cast<std::size_t>(size));
}
UniqueHandle copy_handle(const UniqueHandle& handle) noexcept { return own(kernel().find(handle.fd())); }

// ---------------------------------------------------------------- chance, and the thread of the screens

std::array<std::uint8_t, 16> random_bytes16() {
  std::array<std::uint8_t, 16> bytes{};
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(chance.next());
  return bytes;
}

struct ScreenThread::Impl {};
ScreenThread::ScreenThread() = default;
ScreenThread::~ScreenThread() { simulation::drop_screen_jobs(); }
void ScreenThread::post(std::function<void()> job) { screen_jobs.now.push_back(std::move(job)); }
void ScreenThread::post_after(std::chrono::milliseconds delay, std::function<void()> job) {
  screen_jobs.later.emplace(now_ns + static_cast<std::uint64_t>(delay.count()) * 1'000'000, std::move(job));
}

namespace simulation {

std::uint64_t virtual_ns() noexcept { return now_ns; }
void pass_time(std::uint64_t ns) noexcept { now_ns += ns; }
void begin_time(std::uint64_t seed) noexcept {
  now_ns = kBegin;
  chance = Random(seed);
}

bool run_screen_job() {
  auto& [now, later] = screen_jobs;
  while (!later.empty() && later.begin()->first <= now_ns) {
    now.push_back(std::move(later.begin()->second));
    later.erase(later.begin());
  }
  if (now.empty()) return false;
  const auto job = std::move(now.front());
  now.pop_front();
  job();
  return true;
}

void drop_screen_jobs() {
  // What a job holds may post or drop others at its end.
  const auto dropped = std::exchange(screen_jobs, {});
}

void keep_connected(int handle) {
  const auto kept = kernel().find_as<Socket>(handle);
  std::erase_if(sockets, [&kept](const auto& socket) { return socket.lock() == kept; });
}

void cut_daemon_off() {
  for (const auto& weak : std::exchange(sockets, {})) {
    const auto socket = weak.lock();
    if (!socket) continue;
    socket->out->cut = true;
    socket->in->closed = true;
    socket->in->bytes.clear();
    socket->in->carried = 0;
    socket->in->objects.clear();
    if (socket->in->on_readable) socket->in->on_readable();
  }
}

}  // namespace simulation

}  // namespace ptyd
