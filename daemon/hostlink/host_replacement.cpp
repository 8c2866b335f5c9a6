// HostLink: when the host has died, another one goes on where it was.
#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#include <spdlog/spdlog.h>

#include "common/crash_point.hpp"
#include "common/escape.hpp"
#include "common/log_exception.hpp"
#include "daemon/hostlink/copy_handle.hpp"
#include "daemon/hostlink/host_link_impl.hpp"
#include "daemon/hostlink/memory_file.hpp"
#include "daemon/hostlink/start_process.hpp"

namespace ptyd {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using host::MessageType;

namespace {

// From the end of the connection to that of the process it is no way at all.
constexpr std::chrono::seconds kDeathLimit{5};
constexpr std::chrono::seconds kStartLimit{5};
constexpr int kAttempts = 10;
// Whatever kills hosts, not every one of them is to be replaced.
constexpr unsigned kMaxBarren = 10;
constexpr std::chrono::seconds kSoon{1};

struct EarlyEnd {
  HostProcess host;
  bool dead = false;
  std::optional<ProcessCounts> counts;
};

}  // namespace

bool HostLink::replaceable() const noexcept { return impl_->replaceable() && !impl_->lost; }
// Also from when the host's end is known until that of the connection is: nobody could be told of the first one again.
bool HostLink::replacing() const noexcept {
  return impl_->replacing || (impl_->custody && impl_->host_dead && !impl_->lost);
}

asio::awaitable<void> HostLink::take_custody(std::string program, std::string socket_path) {
  impl_->host_program = std::move(program);
  impl_->socket_path = std::move(socket_path);
  if (impl_->custody) co_return;
  const auto end = co_await impl_->take_custody();
  static_cast<void>(end);
}

bool HostLink::Impl::replaceable() const noexcept { return custody.has_value() && !ring.stream_ended(); }

asio::awaitable<HostLink::Impl::CustodyEnd> HostLink::Impl::take_custody() {
  if ((hello.features & host::kFeatureCustody) == 0) co_return CustodyEnd::refused;
  auto watched = watch_host(hello.host_pid);
  if (!watched) {
    spdlog::debug("a session would end with its host: {}", escape_text(watched.error().message));
    co_return watched.error().code == errc::failed_precondition ? CustodyEnd::gone : CustodyEnd::refused;
  }
  // It may die, and be waited for, before the answer is looked at.
  const auto early = std::make_shared<EarlyEnd>();
  early->host = std::move(*watched);
  const ChildClaim claim(early->host.pid, [early](int) {
    early->dead = true;
    early->counts = read_counts(early->host.counts);
  });
  auto asked = ask(MessageType::custody, {});
  const auto request = asked ? *asked : nullptr;
  if (!request) co_return CustodyEnd::gone;
  const auto answer = co_await await_answer(std::move(asked));
  host::Entrusted entrusted{};
  // Once the answer is there the host may have read, also when it is dead by now. Before it sends it, it reads nothing.
  if (!answer || answer->type != MessageType::entrusted || !decode(answer->body, entrusted))
    co_return connected ? CustodyEnd::refused : CustodyEnd::gone;
  auto& handles = request->handles;
  const bool whole = entrusted.kept != 0 && handles.size() == (entrusted.process != 0 ? 3U : 2U) &&
                     std::all_of(handles.begin(), handles.end(), [](const auto& handle) { return bool(handle); });
  if (!whole) co_return CustodyEnd::refused;
  Custody taken;
  taken.host = std::move(early->host);
  taken.terminal = std::move(handles[0]);
  taken.memory = std::move(handles[1]);
  if (handles.size() > 2) taken.program = std::move(handles[2]);
  hold(std::move(taken));
  last_counts = early->counts;
  host_dead = early->dead;
  if (host_dead) host_ended.notify();
  co_return CustodyEnd::held;
}

void HostLink::Impl::hold(Custody taken) {
  taken.host_claim = ChildClaim(taken.host.pid, [this](int) { on_host_end(); });
  // Ours only once its host is dead; but then at once.
  program_claim = ChildClaim(ring.child_pid(), [this](int status) { on_program_end(status); });
  last_counts.reset();
  host_dead = false;
  custody = std::move(taken);
}

void HostLink::Impl::drop_custody() noexcept {
  custody.reset();
  program_claim = ChildClaim();
}

void HostLink::Impl::remember_checkpoint(const UniqueHandle& content, std::uint64_t offset, std::uint64_t size) {
  if (!custody) return;
  checkpoint = copy_handle(content);
  checkpoint_offset = offset;
  checkpoint_size = size;
}

// Before anybody has waited for it.
void HostLink::Impl::on_host_end() {
  if (!custody || host_dead) return;
  host_dead = true;
  last_counts = read_counts(custody->host.counts);
  if (!last_counts) spdlog::error("the kernel does not tell how much a dead host has read");
  host_ended.notify();
}

void HostLink::Impl::on_program_end(int status) {
  if (ring.state() == host::State::exited) return;
  const auto number = static_cast<std::uint32_t>(status);
  const bool exited = (number & 0x7f) == 0;
  host::ProgramEnded end{};
  end.kind = static_cast<std::uint32_t>(exited ? host::ExitKind::exited : host::ExitKind::signaled);
  end.value = exited ? number >> 8 & 0xff : (number & 0x7f) | ((number & 0x80) != 0 ? 0x100U : 0U);
  if (const auto used = read_usage(ring.child_pid())) {
    end.used_known = 1;
    end.user_us = used->user_us;
    end.system_us = used->system_us;
    end.max_rss_bytes = used->max_rss_bytes;
  }
  program_end = end;
  tell_program_end();
}

void HostLink::Impl::tell_program_end() {
  if (program_end && connected && !replacing && (hello.features & host::kFeatureCustody) != 0)
    static_cast<void>(channel->send(MessageType::program_ended, bytes_of(*program_end)));
}

asio::awaitable<Result<void>> HostLink::Impl::until_there() {
  while (replacing && !closing) {
    AsyncEvent over(executor);
    waiting.push_back(&over);
    struct Leave {
      std::vector<AsyncEvent*>& list;
      AsyncEvent* event;
      ~Leave() { std::erase(list, event); }
    };
    const Leave leave{waiting, &over};
    co_await over.wait();
  }
  if (lost || closing) co_return Error{errc::unavailable, "the session's host is gone"};
  co_return Result<void>{};
}

asio::awaitable<void> HostLink::Impl::replace() {
  wake->give_up();
  Result<HostReplaced> done = Error{errc::resource_exhausted, "the daemon is out of memory"};
  try {
    done = co_await start_another();
  } catch (const std::bad_alloc&) {
    // As if no host could be started.
  }
  replacing = false;
  if (closing) co_return;
  if (done) {
    replaced = *done;
    news.replaced = true;
    tell_program_end();
    // It may have died meanwhile.
    if (!connected) lose(Error{errc::unavailable, "the session's host is gone"});
  } else {
    spdlog::error("no other host could take over: {}", escape_text(done.error().message));
    drop_custody();
    channel->shut_down();
    lost = news.lost = true;
  }
  for (auto* waiter : waiting) waiter->notify();
  tell_news();
}

bool HostLink::Impl::worth_another() noexcept {
  const auto now = ring.head() + ring.input_written();
  const bool useful = now != moved || Clock::now() - joined_at > kSoon;
  moved = now;
  barren = useful ? 0 : barren + 1;
  return barren <= kMaxBarren;
}

// As long as it may read the terminal, nobody else may.
asio::awaitable<void> HostLink::Impl::wait_for_death() {
  if (custody && !custody->host.counts) {
    auto pidfd = copy_handle(custody->host.handle);
    host_dead = co_await wait_for_end(executor, std::move(pidfd), kDeathLimit);
    co_return;
  }
  const auto deadline = Clock::now() + kDeathLimit;
  while (!host_dead && !closing) {
    const bool in_time = co_await host_ended.wait_until(deadline);
    if (!in_time) co_return;
  }
}

asio::awaitable<Result<HostReplaced>> HostLink::Impl::start_another() {
  co_await wait_for_death();
  if (host_program.empty()) co_return Error{errc::internal, "it is not known which program hosts are"};
  if (!host_dead || !custody) co_return Error{errc::unavailable, "the host is not known to be dead"};
  if (!worth_another()) co_return Error{errc::unavailable, "one host after the other has died at once"};
  PTYD_CRASH_POINT("rehost_begun");
  Error why{errc::unavailable, "it was not tried"};
  for (int attempt = 0; attempt < kAttempts && !closing && custody; ++attempt) {
    const auto taken = co_await spawn_another();
    if (!taken) {
      why = taken.error();
      // What the dead one left can't be gone on with by any other, or it is unknown what the new one will do.
      if (why.step == "takeover" || why.step == "late") break;
      continue;
    }
    PTYD_CRASH_POINT("rehost_started");
    const bool joined = co_await join_another(*taken);
    PTYD_CRASH_POINT("rehost_joined");
    if (joined)
      co_return HostReplaced{taken->uncertain_offset, taken->uncertain_bytes, taken->head, taken->output_missing != 0};
    why = Error{errc::unavailable, "the new host ended as well"};
    // It has read nothing yet: only with our custody it does.
    if (!end_child(taken->result.host_pid)) break;
  }
  co_return why;
}

std::string HostLink::Impl::takeover_spec(std::uint64_t record_size) const {
  host::Takeover spec{};
  spec.magic = host::kTakeoverMagic;
  spec.version = host::kProtocolVersion;
  std::copy(id.begin(), id.end(), std::begin(spec.session_id));
  spec.generation = hello.generation;
  spec.record_size = record_size;
  spec.checkpoint_offset = checkpoint_offset;
  spec.checkpoint_size = checkpoint_size;
  if (last_counts) {
    spec.counted = 1;
    spec.read_bytes = last_counts->read;
    spec.written_bytes = last_counts->written;
  }
  spec.given = 1U << host::kRecordFd | 1U << host::kRingFd | 1U << host::kTerminalFd | 1U << host::kMemoryFd;
  if (custody->program) spec.given |= 1U << host::kProgramFd;
  if (checkpoint) spec.given |= 1U << host::kCheckpointFd;
  if (program_end) spec.ended = *program_end;
  spec.path_size = static_cast<std::uint32_t>(socket_path.size() + 1);
  std::string content(static_cast<const char*>(static_cast<const void*>(&spec)), sizeof spec);
  content.append(socket_path.c_str(), socket_path.size() + 1);
  return content;
}

asio::awaitable<Result<host::TakenOver>> HostLink::Impl::spawn_another() {
  const auto content = events.record ? events.record() : std::string();
  const auto record = make_memory_file(content);
  if (!record) co_return record.error();
  const auto spec = make_memory_file(takeover_spec(content.size()));
  if (!spec) co_return spec.error();
  std::vector<PlacedHandle> handles{{&*spec, host::kSpecFd},
                                    {&*record, host::kRecordFd},
                                    {&ring_handle, host::kRingFd},
                                    {&custody->terminal, host::kTerminalFd},
                                    {&custody->memory, host::kMemoryFd}};
  if (custody->program) handles.push_back({&custody->program, host::kProgramFd});
  if (checkpoint) handles.push_back({&checkpoint, host::kCheckpointFd});
  const auto process = start_process_with(executor, host_program, handles);
  if (!process) co_return process.error();
  const auto pipe = *process;
  asio::steady_timer timer(executor);
  timer.expires_after(kStartLimit);
  const std::weak_ptr<ProcessAnswer> weak = pipe;
  timer.async_wait([weak](const boost::system::error_code& error) {
    if (const auto still = error ? nullptr : weak.lock()) still->give_up();
  });
  const auto answer = co_await pipe->read(sizeof(host::TakenOver));
  if (!answer) {
    Error late{errc::deadline_exceeded, "the new host did not start in time"};
    late.step = "late";
    co_return late;
  }
  host::TakenOver taken{};
  if (answer->size() == sizeof taken) std::memcpy(&taken, answer->data(), sizeof taken);
  if (answer->size() == sizeof taken && taken.result.error == 0) co_return taken;
  Error error{errc::spawn_failed, "the new host ended before it could answer"};
  if (answer->size() >= sizeof taken.result) {
    std::memcpy(&taken.result, answer->data(), sizeof taken.result);
    error = os_error("start a host for a session", static_cast<int>(taken.result.error));
    error.code = errc::spawn_failed;
    if (taken.result.step == static_cast<std::uint32_t>(host::SpawnStep::takeover)) error.step = "takeover";
  }
  co_return error;
}

asio::awaitable<bool> HostLink::Impl::join_another(const host::TakenOver& taken) {
  auto host = co_await open_host(executor, socket_path, kStartLimit);
  if (!host || closing || !std::equal(id.begin(), id.end(), std::begin(host->hello.session_id)) ||
      host->hello.host_pid != taken.result.host_pid)
    co_return false;
  channel = host->channel;
  hello = host->hello;
  wake = std::move(host->wake);
  connected = true;
  joined_at = Clock::now();
  begin();
  const auto end = co_await take_custody();
  // Asked or not, it goes on: nobody takes over from it. Only one that is gone has certainly read nothing.
  if (end == CustodyEnd::refused) drop_custody();
  if (end != CustodyEnd::gone) co_return true;
  connected = false;
  channel->shut_down();
  wake->give_up();
  co_return false;
}

}  // namespace ptyd
