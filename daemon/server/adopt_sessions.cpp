// Finding the hosts that a daemon before us left, and taking them over.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <filesystem>

#include "common/cancellation.hpp"
#include "common/escape.hpp"
#include "daemon/core/session_name.hpp"
#include "daemon/server/create_session.hpp"
#include "daemon/session/session.hpp"

namespace ptyd {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kConnectLimit{5};
// A host that is just starting has bound its socket but does not listen yet: only after this many tries is the
// socket a leftover.
constexpr int kLeftoverTries = 5;
constexpr std::chrono::milliseconds kLeftoverPause{100};
// A host that does not answer, stopped by a debugger for example, is asked again, ever more rarely.
constexpr std::chrono::seconds kFirstPause{1};
constexpr std::chrono::seconds kLongestPause{60};

asio::awaitable<Result<SessionRecord>> fetch_record(HostLink& link) {
  const auto content = co_await link.get(host::Slot::record);
  if (!content) co_return content.error();
  if (!content->has_value()) co_return Error{errc::malformed, "the host keeps no record of its session"};
  co_return decode_record(**content);
}

}  // namespace

asio::awaitable<Result<std::shared_ptr<Session>>> connect_session(DaemonState& state, SessionId id) {
  auto linked = co_await HostLink::connect(state.executor, host_socket(state, id), kConnectLimit);
  if (!linked) co_return linked.error();
  auto link = std::move(*linked);
  Result<SessionRecord> content = Error{errc::resource_exhausted, "the daemon is out of memory"};
  try {
    content = co_await fetch_record(*link);
  } catch (const std::bad_alloc&) {
    // The host is asked again later.
  }
  if (!content) {
    co_await link->close();
    co_return content.error();
  }
  if (content->id != id || link->session_id() != id) {
    co_await link->close();
    co_return Error{errc::malformed, "the host at " + host_socket(state, id) + " belongs to another session"};
  }
  ScreenSettings screen;
  screen.thread = state.settings.screen ? state.screen_thread.get() : nullptr;
  screen.scrollback_lines = state.settings.scrollback_lines;
  screen.scrollback_bytes = state.settings.scrollback_bytes;
  // Before anything is typed, so that it is all accounted for.
  co_await link->take_custody(state.settings.host_program, host_socket(state, id));
  auto session = Session::start(state.executor, state.events, std::move(*content), std::move(link), screen);
  co_return session;
}

namespace {

// The id that names a host's socket. Nothing: the file is not one.
std::optional<SessionId> id_of_file(const std::string& name) {
  SessionId id{};
  if (name.size() != 2 * id.size() || name.find_first_not_of("0123456789abcdef") != std::string::npos)
    return std::nullopt;
  for (std::size_t i = 0; i < id.size(); ++i)
    id[i] = static_cast<std::uint8_t>(std::stoul(name.substr(2 * i, 2), nullptr, 16));
  return id;
}

// What adopt_sessions() waits for.
struct Progress {
  explicit Progress(asio::any_io_executor executor) : changed(executor) {}
  AsyncEvent changed;
  std::size_t open = 0;
};

void forget_leftover(const DaemonState& state, const SessionId& id) {
  std::error_code ignored;
  fs::remove(host_socket(state, id), ignored);
  fs::remove(state.paths.agents_dir + "/" + id_to_hex(id), ignored);
  spdlog::info("id={} its host is gone: leftover socket removed", id_to_hex(id));
}

void keep(DaemonState& state, const std::shared_ptr<Session>& session) {
  if (state.sessions.find_name(session->name())) {
    const auto taken = [&state](std::string_view name) { return state.sessions.find_name(name) != nullptr; };
    session->rename(choose_name(session->name(), taken));
  }
  if (const auto inserted = state.sessions.insert(session); !inserted) {
    spdlog::error("session={} {}", session->name(), escape_text(inserted.error().message));
    return;
  }
  session->announce();
  spdlog::info("session={} id={} taken over", session->name(), id_to_hex(session->id()));
}

asio::awaitable<void> pause_for(asio::any_io_executor executor, std::chrono::milliseconds time) {
  asio::steady_timer timer(executor);
  timer.expires_after(time);
  const auto [error] = co_await timer.async_wait(kTuple);
  static_cast<void>(error);
}

asio::awaitable<Result<void>> take_over(DaemonState& state, SessionId id) {
  const ClaimedSession claim(state.adopting, id);
  const auto connected = co_await connect_session(state, id);
  if (!connected) co_return connected.error();
  keep(state, *connected);
  co_return Result<void>{};
}

// Asking again changes nothing. A lack of descriptors or memory passes, and the session is to be there then.
bool is_lasting(const Error& error) {
  switch (error.code) {
    case errc::malformed:
    case errc::unsupported_version:
    case errc::permission_denied:
    case errc::busy: return true;
    default: return false;
  }
}

asio::awaitable<void> adopt(DaemonState& state, SessionId id, std::shared_ptr<AwaitedHost> awaited) {
  int refused = 0;
  std::chrono::milliseconds pause = kFirstPause;
  while (!state.stopping) {
    const auto there = co_await settled_session(state, id);
    if (there || state.stopping) co_return;
    co_await hold_off_cancellation();
    const auto taken = co_await take_over(state, id);
    co_await allow_cancellation();
    if (taken) co_return;
    const auto& error = taken.error();
    if (error.code == errc::not_found || state.stopping) co_return;
    if (error.code == errc::unavailable && error.os_error != 0) {
      if (++refused >= kLeftoverTries) {
        forget_leftover(state, id);
        co_return;
      }
      co_await pause_for(state.executor, kLeftoverPause);
      continue;
    }
    awaited->failed();
    spdlog::warn("id={} can't be taken over now: {}", id_to_hex(id), escape_text(error.message));
    if (is_lasting(error)) co_return;
    co_await pause_for(state.executor, pause);
    pause = std::min<std::chrono::milliseconds>(pause * 2, kLongestPause);
  }
}

asio::awaitable<void> adopt_one(DaemonState& state, SessionId id, std::shared_ptr<AwaitedHost> awaited,
                                std::shared_ptr<Progress> progress) {
  try {
    co_await adopt(state, id, std::move(awaited));
  } catch (...) {
    // Told by the task group; here only counted.
    --progress->open;
    progress->changed.notify();
    throw;
  }
  --progress->open;
  progress->changed.notify();
}

}  // namespace

void adopt_later(DaemonState& state, const SessionId& id) {
  state.tasks->spawn(adopt(state, id, std::make_shared<AwaitedHost>(state.awaited, id)));
}

namespace {

// Begins to take over all hosts that are there. False: the folder can't be read now.
bool look_for_hosts(DaemonState& state, const std::shared_ptr<Progress>& progress) {
  std::error_code error;
  for (fs::directory_iterator it(state.paths.hosts_dir, error), end; !error && it != end; it.increment(error)) {
    const auto id = id_of_file(it->path().filename().string());
    if (!id || state.sessions.find_id(*id)) continue;
    ++progress->open;
    state.tasks->spawn(adopt_one(state, *id, std::make_shared<AwaitedHost>(state.awaited, *id), progress));
  }
  if (error) spdlog::error("can't look for sessions in {}: {}", escape_text(state.paths.hosts_dir), error.message());
  return !error;
}

asio::awaitable<void> look_again(DaemonState& state, std::shared_ptr<Progress> progress) {
  std::chrono::milliseconds pause = kFirstPause;
  for (bool found = false; !found && !state.stopping; found = look_for_hosts(state, progress)) {
    co_await pause_for(state.executor, pause);
    pause = std::min<std::chrono::milliseconds>(pause * 2, kLongestPause);
  }
}

}  // namespace

asio::awaitable<void> adopt_sessions(DaemonState& state, std::chrono::milliseconds limit) {
  const auto progress = std::make_shared<Progress>(state.executor);
  if (!look_for_hosts(state, progress)) state.tasks->spawn(look_again(state, progress));
  const auto deadline = Clock::now() + limit;
  while (progress->open > 0) {
    const bool in_time = co_await progress->changed.wait_until(deadline);
    if (!in_time) break;
  }
}

}  // namespace ptyd
