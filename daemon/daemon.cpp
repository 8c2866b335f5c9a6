#include "daemon/daemon.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <filesystem>
#include <new>
#include <utility>

#include "common/clock.hpp"
#include "common/escape.hpp"
#include "common/file_path.hpp"
#include "common/local_endpoint.hpp"
#include "common/log.hpp"
#include "common/log_exception.hpp"
#include "common/memory_reserve.hpp"
#include "common/random.hpp"
#include "common/runtime_paths.hpp"
#include "common/standard_output.hpp"
#include "daemon/config.hpp"
#include "daemon/lifecycle.hpp"
#include "daemon/process_signals.hpp"
#include "daemon/server/create_session.hpp"
#include "daemon/server/retention.hpp"
#include "daemon/server/server.hpp"
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

// What is settled before the loop runs.
struct Setup {
  RuntimePaths paths;
  std::string config_file;
  bool config_must_exist = false;
  Config config;
  UniqueHandle runtime_dir;
  UniqueHandle lock;
  UniqueHandle listener;
  bool listener_is_ours = true;
};

LogOptions log_options(const Config& config, const DaemonOptions& options, const RuntimePaths& paths) {
  LogOptions log;
  log.level = options.log_level.value_or(config.log_level);
  log.file = config.log_file.empty() ? paths.log_file : config.log_file;
  log.max_bytes = config.log_max_bytes;
  log.max_files = config.log_max_files;
  const auto target = options.log_target.value_or(config.log_target);
  if (target == "file") {
    log.target = LogOptions::Target::file;
  } else if (target == "journal" || (target == "auto" && logs_to_journal())) {
    log.target = LogOptions::Target::journal;
  }
  return log;
}

Result<void> read_config(Setup& setup, const DaemonOptions& options) {
  setup.config_file = options.config.value_or(setup.paths.config_file);
  setup.config_must_exist = options.config.has_value();
  if (setup.config_file.empty()) return {};
  auto config = load_config(setup.config_file, setup.config_must_exist);
  if (!config) return config.error();
  setup.config = std::move(*config);
  std::error_code ignored;
  if (!std::filesystem::exists(file_path(setup.config_file), ignored)) setup.config_file.clear();
  return {};
}

Result<void> start_logging(const Setup& setup, const DaemonOptions& options) {
  const auto log = log_options(setup.config, options, setup.paths);
  if (log.target == LogOptions::Target::file)
    if (auto made = make_parent_dirs(log.file); !made) return made;
  return set_up_logging(log);
}

Result<void> make_folders(Setup& setup) {
  if (auto made = make_parent_dirs(setup.paths.runtime_dir); !made) return made;
  auto runtime = open_private_dir(setup.paths.runtime_dir, true);
  if (!runtime) return runtime.error();
  setup.runtime_dir = std::move(*runtime);
  for (const auto& folder : {setup.paths.hosts_dir, setup.paths.agents_dir})
    if (auto made = open_private_dir(folder, true); !made) return made.error();
  return {};
}

Result<void> open_listener(Setup& setup) {
  auto inherited = inherited_listener();
  if (!inherited) return inherited.error();
  if (*inherited) {
    setup.listener = std::move(**inherited);
    setup.listener_is_ours = false;
    return {};
  }
  auto listener = listen_local(setup.paths.socket);
  if (!listener) return listener.error();
  setup.listener = std::move(*listener);
  return {};
}

Result<Setup> set_up(const DaemonOptions& options) {
  Setup setup;
  auto paths = compute_paths(system_path_inputs(), options.socket);
  if (!paths) return paths.error();
  setup.paths = std::move(*paths);
  if (auto allowed = check_rights(setup.paths.socket); !allowed) return allowed.error();
  if (auto read = read_config(setup, options); !read) return read.error();
  if (auto started = start_logging(setup, options); !started) return started.error();
  if (auto made = make_folders(setup); !made) return made.error();
  auto lock = take_lock(setup.paths.lock);
  if (!lock) return lock.error();
  setup.lock = std::move(*lock);
  if (auto opened = open_listener(setup); !opened) return opened.error();
  return setup;
}

// The running daemon. Thread: the loop's.
class Daemon {
 public:
  Daemon(asio::io_context& io, Setup setup, const DaemonOptions& options, std::uint64_t nofile_soft)
      : setup_(std::move(setup)),
        options_(options),
        nofile_soft_(nofile_soft),
        state_(io.get_executor()),
        server_(state_),
        retention_(state_),
        signals_(io),
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
    state_.screen_thread = std::make_unique<ScreenThread>();
    add_process_signals(signals_);
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

  asio::awaitable<void> run() {
    own_tasks_.spawn(watch_signals());
    own_tasks_.spawn(retention_.run());
    co_await adopt_sessions(state_, kAdoptLimit);
    if (const auto listening = server_.listen(std::move(setup_.listener)); !listening) {
      spdlog::critical("{}", escape_text(listening.error().message));
      failed_ = true;
    } else {
      spdlog::info("ptyd {} listens at {} with {} sessions", kVersion, escape_text(state_.paths.socket),
                   state_.sessions.size());
      notify_manager("READY=1");
      if (options_.ready_fd) tell_ready(*options_.ready_fd);
      co_await stop_.wait();
    }
    co_await shut_down();
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
  DaemonState state_;
  Server server_;
  Retention retention_;
  asio::signal_set signals_;
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
  memory_reserve::install(kMemoryReserve);
  const auto nofile_soft = prepare_process();
  auto setup = set_up(options);
  if (!setup) {
    print_error(setup.error());
    return 1;
  }
  asio::io_context io(1);
  Daemon daemon(io, std::move(*setup), options, nofile_soft);
  daemon.start();
  run_loop(io);
  return daemon.failed() ? 1 : 0;
}

}  // namespace ptyd
