#include "daemon/daemon.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <ctime>
#include <exception>
#include <filesystem>
#include <new>
#include <utility>

#include "common/clock.hpp"
#include "common/crash_point.hpp"
#include "common/escape.hpp"
#include "common/file_path.hpp"
#include "common/log_exception.hpp"
#include "common/memory_reserve.hpp"
#include "common/random.hpp"
#include "common/standard_output.hpp"
#include "common/time_slice.hpp"
#include "daemon/hostlink/children.hpp"
#include "daemon/lifecycle.hpp"
#include "daemon/process_signals.hpp"
#include "daemon/server/create_session.hpp"
#include "daemon/server/handover.hpp"
#include "daemon/server/open_request.hpp"
#include "daemon/server/retention.hpp"
#include "daemon/server/server.hpp"
#include "daemon/setup.hpp"
#include "daemon/upgrade.hpp"
#include "ptyd/version.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
// Clients wait in the listening socket's queue until the sessions of the daemon before us are taken over.
constexpr std::chrono::seconds kAdoptLimit{1};

void print_error(const Error& error) {
  std::string text = "ptyd: " + escape_text(error.message) + "\n";
  if (!error.hint.empty()) text += "ptyd: hint: " + escape_text(error.hint) + "\n";
  write_output(OutputStream::error, text);
}

// The running daemon. Thread: the loop's.
class Daemon {
 public:
  // `saved`: of the program that was here before.
  Daemon(asio::io_context& io, Setup setup, const DaemonOptions& options, std::uint64_t nofile_soft,
         std::optional<SavedState> saved)
      : setup_(std::move(setup)),
        options_(options),
        nofile_soft_(nofile_soft),
        saved_(std::move(saved)),
        state_(io.get_executor()),
        server_(state_),
        upgrade_(state_, server_, {arguments_of(options), setup_.lock.native(), setup_.listener_is_ours, nofile_soft}),
        retention_(state_),
        signals_(io),
        child_signal_(io),
        stop_(io.get_executor()),
        own_tasks_(io.get_executor(), [](std::exception_ptr error) { log_exception("daemon", error); }) {
    state_.paths = setup_.paths;
    state_.instance = random_bytes16();
    state_.started_ms = unix_ms();
    state_.config_file = setup_.config_file;
    state_.tasks = std::make_unique<TaskGroup>(io.get_executor(),
                                               [](std::exception_ptr error) { log_exception("a request", error); });
    state_.stop = [this](bool kill_sessions) {
      kill_sessions_ = kill_sessions_ || kill_sessions;
      stop_.notify();
    };
    apply(setup_.config);
    if (can_upgrade())
      state_.upgrade = [this](std::string program, std::shared_ptr<OpenRequest> asked) {
        return upgrade_.run(std::move(program), std::move(asked));
      };
    hold_process_signals();
    state_.screen_thread = std::make_unique<ScreenThread>();
    add_process_signals(signals_);
    release_process_signals();
  }

  void start() { own_tasks_.spawn(run()); }
  bool failed() const noexcept { return failed_; }

 private:
  void apply(const Config& config) {
    state_.settings = config.settings;
    state_.settings.host_program = options_.host_program.value_or(find_host_program());
    state_.settings.nofile_soft = nofile_soft_;
    state_.warnings = config.warnings;
    if (auto danger = started_in_danger(); !danger.empty()) state_.warnings.push_back(std::move(danger));
    for (const auto& warning : state_.warnings) spdlog::warn("{}", escape_text(warning));
    const auto log = log_options(config, options_, setup_.paths);
    state_.log_file = log.target == LogOptions::Target::file ? log.file : std::string();
  }

  void reload() {
    const auto path = options_.config.value_or(setup_.paths.config_file);
    auto config = path.empty() ? Result<Config>(Config{}) : load_config(path, setup_.config_must_exist);
    if (!config) {
      spdlog::error("the configuration stays as it was: {}", escape_text(config.error().message));
      state_.warnings = {config.error().message};
      config = setup_.config;
    } else {
      setup_.config = *config;
      apply(*config);
    }
    if (auto opened = start_logging(setup_, options_); !opened)
      spdlog::error("the log can't be opened anew: {}", escape_text(opened.error().message));
    spdlog::info("configuration read");
  }

  asio::awaitable<void> watch_signals() {
    for (;;) {
      const auto [error, number] = co_await signals_.async_wait(kTuple);
      if (error) co_return;
      if (asks_to_reload(number)) {
        notify_manager("RELOADING=1");
        reload();
        notify_manager("READY=1");
        continue;
      }
      spdlog::info("stopping: signal {}", number);
      stop_.notify();
    }
  }

  // A parent that can't be told of its children's ends would keep them all: it is one of orphans once it has been told.
  asio::awaitable<void> watch_children() {
    if (!add_child_signal(child_signal_)) co_return;
    for (bool told = false;; told = true) {
      const auto [error, number] = co_await child_signal_.async_wait(kTuple);
      if (error) co_return;
      if (!told && !adopt_orphans()) spdlog::debug("sessions end with their hosts on this system");
      reap_children();
    }
  }

  asio::awaitable<void> run() {
    own_tasks_.spawn(watch_signals());
    if (saved_) resume_state(state_, server_, *saved_);
    own_tasks_.spawn(retention_.run());
    own_tasks_.spawn(watch_children());
    const std::chrono::milliseconds patience = saved_ ? std::chrono::milliseconds(0) : kAdoptLimit;
    co_await adopt_sessions(state_, patience);
    if (const auto listening = server_.listen(std::move(setup_.listener)); !listening) {
      spdlog::critical("{}", escape_text(listening.error().message));
      failed_ = true;
    } else {
      spdlog::info("ptyd {} listens at {} with {} sessions", kVersion, escape_text(state_.paths.socket),
                   state_.sessions.size());
      notify_manager("READY=1");
      if (saved_) tell_upgraded();
      if (options_.ready_fd) tell_ready(*options_.ready_fd);
      co_await stop_.wait();
    }
    co_await shut_down();
  }

  // Clients are served again from here on.
  void tell_upgraded() {
    PTYD_CRASH_POINT("upgrade_resumed");
    const auto pause =
        std::chrono::steady_clock::now().time_since_epoch() - std::chrono::nanoseconds(saved_->frozen_at);
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(pause).count();
    // A busy machine makes the pause longer than the work in it.
    const auto worked = (std::clock() - saved_->processor_time) * 1'000'000 / CLOCKS_PER_SEC;
    spdlog::info("upgraded from {} in {} us, working for {} of them; {} clients, {} sessions",
                 escape_text(saved_->version), micros, worked, state_.connections.size(), state_.sessions.size());
    v1::Frame frame;
    frame.set_id(saved_->asked_id);
    auto* reply = frame.mutable_response()->mutable_upgrade();
    reply->set_server_version(kVersion);
    reply->set_previous_version(saved_->version);
    reply->set_pause_us(static_cast<std::uint64_t>(micros));
    reply->set_connections(static_cast<std::uint32_t>(state_.connections.size()));
    reply->set_sessions(static_cast<std::uint32_t>(state_.sessions.size()));
    reply->set_upgrades(state_.upgrades);
    const auto asked = state_.connections.find(saved_->asked_by);
    if (const auto client = asked == state_.connections.end() ? nullptr : asked->second.lock()) client->send(frame);
    saved_.reset();
  }

  asio::awaitable<void> shut_down() {
    state_.stopping = true;
    notify_manager("STOPPING=1");
    server_.stop_accepting();
    std::error_code ignored;
    if (setup_.listener_is_ours) std::filesystem::remove(file_path(state_.paths.socket), ignored);
    // Sessions that are being started are there afterwards.
    co_await state_.tasks->close();
    if (kill_sessions_) co_await end_sessions();
    for (const auto& session : state_.sessions.all()) co_await session->close(EndReason::daemon_stopping);
    co_await server_.close();
    signals_.cancel();
    child_signal_.cancel();
    own_tasks_.cancel();
    spdlog::info("stopped, {} sessions live on", running_sessions());
  }

  asio::awaitable<void> end_sessions() {
    TaskGroup ending(state_.executor, [](std::exception_ptr error) { log_exception("ending a session", error); });
    for (const auto& session : state_.sessions.all()) ending.spawn(end_session(session));
    co_await ending.join();
  }

  asio::awaitable<void> end_session(std::shared_ptr<Session> session) {
    KillSpec spec;
    spec.grace = state_.settings.kill_grace;
    if (session->running()) {
      const auto killed = co_await session->kill(spec);
      if (!killed) {
        spdlog::error("session={} {}", session->name(), escape_text(killed.error().message));
        co_return;
      }
    }
    const auto removed = co_await remove_session(state_, session);
    if (!removed) spdlog::error("session={} {}", session->name(), escape_text(removed.error().message));
  }

  std::size_t running_sessions() const {
    std::size_t running = 0;
    for (const auto& session : state_.sessions.all()) running += session->running() ? 1 : 0;
    return running;
  }

  Setup setup_;
  const DaemonOptions& options_;
  const std::uint64_t nofile_soft_;
  std::optional<SavedState> saved_;
  DaemonState state_;
  Server server_;
  Upgrade upgrade_;
  Retention retention_;
  asio::signal_set signals_;
  asio::signal_set child_signal_;
  AsyncEvent stop_;
  TaskGroup own_tasks_;
  bool kill_sessions_ = false;
  bool failed_ = false;
};

int check_config(const DaemonOptions& options) {
  Setup setup;
  auto paths = compute_paths(system_path_inputs(), options.socket);
  if (!paths) {
    print_error(paths.error());
    return 1;
  }
  setup.paths = std::move(*paths);
  if (auto read = read_config(setup, options); !read) {
    print_error(read.error());
    return 1;
  }
  std::string text;
  for (const auto& warning : setup.config.warnings) text += "warning: " + escape_text(warning) + "\n";
  text += setup.config_file.empty() ? "there is no configuration file: the defaults are used\n"
                                    : escape_text(setup.config_file) + ": ok\n";
  write_output(OutputStream::out, text);
  return 0;
}

// What is needed to end requests and clients in order.
constexpr std::size_t kMemoryReserve = std::size_t{1} << 20;

// Memory that ran out ends what needed it, never the daemon.
void run_loop(asio::io_context& io) {
  for (;;) {
    try {
      io.run();
      return;
    } catch (const std::bad_alloc&) {
      log_exception("the loop", std::current_exception());
    }
  }
}

}  // namespace

int run_daemon(const DaemonOptions& options) {
  if (options.check_config) return check_config(options);
  if (options.check_state) return check_state(options, *options.check_state);
  memory_reserve::install(kMemoryReserve);
  auto nofile_soft = prepare_process();
  std::optional<SavedState> saved;
  if (options.resume_state) {
    auto taken = take_state(*options.resume_state);
    if (taken)
      saved = std::move(*taken);
    else
      print_error(taken.error());
  }
  if (saved) nofile_soft = saved->open_files;
  auto setup = saved ? go_on(options, *saved) : set_up(options);
  if (!setup) {
    print_error(setup.error());
    return 1;
  }
  asio::io_context io(1);
  Daemon daemon(io, std::move(*setup), options, nofile_soft, std::move(saved));
  daemon.start();
  set_time_slice(TimeSlice::brief);
  run_loop(io);
  return daemon.failed() ? 1 : 0;
}

}  // namespace ptyd
