#include "daemon/upgrade.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "common/crash_point.hpp"
#include "common/escape.hpp"
#include "common/program_path.hpp"
#include "daemon/check_program.hpp"
#include "daemon/config.hpp"
#include "daemon/handover/state_file.hpp"
#include "daemon/hostlink/close_descriptors.hpp"
#include "daemon/hostlink/memory_file.hpp"
#include "daemon/keep_descriptors.hpp"
#include "daemon/process_signals.hpp"
#include "daemon/program_file.hpp"
#include "daemon/server/features.hpp"
#include "daemon/server/handover.hpp"
#include "daemon/server/open_request.hpp"

extern char** environ;  // NOLINT: POSIX declares it nowhere

namespace ptyd {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
// How often is looked whether requests have come to their end, while nobody is held up but those who begin new ones.
constexpr std::chrono::milliseconds kLook{1};
constexpr int kRefused = 3;

#ifdef PTYD_TEST_HOOKS
std::uint32_t newest_format() {
  const char* const text = std::getenv("PTYD_TEST_STATE_FORMAT");
  return text == nullptr ? kStateFormat : static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10));
}
#else
std::uint32_t newest_format() { return kStateFormat; }
#endif

Result<std::string> read_state(int descriptor) {
  struct stat info {};
  if (::fstat(descriptor, &info) != 0) return os_error("look at the daemon's state", errno);
  constexpr off_t kHeader = 64;
  if (!S_ISREG(info.st_mode) || info.st_size > static_cast<off_t>(kMaxState) + kHeader)
    return Error{errc::malformed, "the daemon's state can't be used: it is no file, or too large"};
  std::string bytes(static_cast<std::size_t>(info.st_size), '\0');
  for (std::size_t at = 0; at < bytes.size();) {
    const auto got = ::pread(descriptor, bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return os_error("read the daemon's state", got < 0 ? errno : EIO);
    at += static_cast<std::size_t>(got);
  }
  return bytes;
}

// Clients were told what the daemon can do, and are not told anew.
Result<void> has_features(const SavedState& saved) {
  for (const auto& told : saved.features) {
    if (std::find(kFeatures.begin(), kFeatures.end(), told) != kFeatures.end()) continue;
    Error error{errc::failed_precondition, "this program lacks the feature " + told + ", which clients were told of"};
    error.hint = "ptyctl daemon upgrade --cold stops the daemon and starts it: clients connect again";
    return error;
  }
  return {};
}

Result<void> check(const DaemonOptions& options, int descriptor) {
  const auto bytes = read_state(descriptor);
  if (!bytes) return bytes.error();
  const auto saved = decode_state(*bytes, newest_format());
  if (!saved) return saved.error();
  if (auto has = has_features(*saved); !has) return has;
  const auto paths = compute_paths(system_path_inputs(), options.socket);
  if (!paths) return paths.error();
  const auto file = options.config.value_or(paths->config_file);
  if (file.empty()) return {};
  const auto config = load_config(file, options.config.has_value());
  return config ? Result<void>() : config.error();
}

}  // namespace

bool can_upgrade() noexcept { return true; }

int check_state(const DaemonOptions& options, int descriptor) {
  const auto checked = check(options, descriptor);
  if (checked) return 0;
  std::fputs(refusal_text(checked.error()).c_str(), stdout);
  return kRefused;
}

Result<SavedState> take_state(int descriptor) {
  auto bytes = read_state(descriptor);
  ::close(descriptor);
  Result<SavedState> saved = bytes ? decode_state(*bytes, newest_format()) : Result<SavedState>(bytes.error());
  if (saved) {
    if (const auto kept = close_on_exec(handles_of(*saved)); !kept) saved = kept.error();
  }
  PTYD_CRASH_POINT("upgrade_read");
  if (!saved) close_descriptors_from(STDERR_FILENO + 1);
  return saved;
}

Upgrade::Upgrade(DaemonState& state, const Server& server, ProcessState process)
    : state_(state), server_(server), process_(std::move(process)) {}

// While another program may take over. When it does not, all is as it was before.
class Upgrade::Attempt {
 public:
  explicit Attempt(Upgrade& upgrade) : upgrade_(upgrade) { upgrade_.running_ = true; }
  ~Attempt() {
    upgrade_.running_ = false;
    upgrade_.state_.upgrading = false;
    release_process_signals();
    release_held(upgrade_.state_);
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

 private:
  Upgrade& upgrade_;
};

asio::awaitable<Error> Upgrade::run(std::string program, std::shared_ptr<OpenRequest> asked) {
  if (running_) co_return Error{errc::busy, "the daemon is being upgraded already"};
  const Attempt attempt(*this);
  Error why{errc::internal, "the upgrade failed unexpectedly"};
  try {
    why = co_await try_it(std::move(program), std::move(asked));
  } catch (const std::bad_alloc&) {
    why = Error{errc::resource_exhausted, "the daemon is out of memory"};
  }
  spdlog::warn("not upgraded: {}", escape_text(why.message));
  co_return why;
}

asio::awaitable<Error> Upgrade::try_it(std::string program, std::shared_ptr<OpenRequest> asked) {
  const auto file = look_at_program(program.empty() ? program_path() : program);
  if (!file) co_return file.error();
  std::vector<SavedHandle> handles;
  const auto state = write_state(*asked, false, handles);
  if (!state) co_return state.error();
  PTYD_CRASH_POINT("upgrade_begun");
  auto checked = co_await check_program(state_.executor, file->path, process_.arguments, state->native(), kCheckLimit);
  if (!checked) co_return checked.error();
  PTYD_CRASH_POINT("upgrade_checked");
  state_.upgrading = true;
  const auto quiet = co_await wait_until_quiet();
  if (!quiet) co_return quiet.error();
  // Nothing else of the loop runs from here on.
  const auto again = look_at_program(file->path);
  if (!again) co_return again.error();
  if (*again != *file) co_return Error{errc::busy, file->path + " was changed while it was looked at: try again"};
  co_return execute(file->path, *asked);
}

// Signals that came before are heard by this program, later ones by the next.
asio::awaitable<Result<void>> Upgrade::wait_until_quiet() {
  const auto deadline = Clock::now() + kQuietLimit;
  hold_process_signals();
  asio::steady_timer timer(state_.executor);
  constexpr int kTurns = 3;  // so many until the loop has heard of everything that had come
  for (int turns = 0;; ++turns) {
    timer.expires_after(kLook);
    const auto [error] = co_await timer.async_wait(kTuple);
    if (error) co_return Error{errc::cancelled, "the daemon is stopping"};
    const auto obstacle = in_the_way(state_);
    if (!obstacle && turns >= kTurns) co_return Result<void>();
    if (!obstacle || Clock::now() < deadline) continue;
    Error busy{errc::busy, "the daemon can't be upgraded now: " + *obstacle};
    busy.hint = "try again later";
    co_return busy;
  }
}

// Brings what can be brought to an end to its end before, when this is `final`.
Result<UniqueHandle> Upgrade::write_state(const OpenRequest& asked, bool final, std::vector<SavedHandle>& handles) {
  const auto now = Clock::now();
  const auto used = std::clock();
  if (final) settle(state_);
  auto saved = save_state(state_, server_);
  if (!saved) return saved.error();
  saved->frozen_at = now.time_since_epoch().count();
  saved->processor_time = used;
  saved->lock = static_cast<SavedHandle>(process_.lock);
  saved->listener_is_ours = process_.listener_is_ours;
  saved->open_files = process_.open_files;
  if (!asked.answered) {
    saved->asked_by = asked.client;
    saved->asked_id = asked.id;
  }
  const auto bytes = encode_state(*saved);
  if (!bytes) return bytes.error();
  handles = handles_of(*saved);
  return make_memory_file(*bytes);
}

Error Upgrade::execute(const std::string& program, const OpenRequest& asked) {
  std::vector<SavedHandle> handles;
  const auto state = write_state(asked, true, handles);
  if (!state) return state.error();
  handles.push_back(static_cast<SavedHandle>(state->fd()));
  auto arguments = process_.arguments;
  arguments.insert(arguments.begin(), program);
  arguments.insert(arguments.end(), {"--resume-state", std::to_string(state->fd())});
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  spdlog::info("upgrading: {} takes over", escape_text(program));
  spdlog::default_logger()->flush();
  keep_only(handles);
  PTYD_CRASH_POINT("upgrade_execute");
  ::execve(program.c_str(), argv.data(), environ);
  auto error = os_error("execute " + program, errno);
  static_cast<void>(close_on_exec(handles));
  error.code = errc::spawn_failed;
  error.step = "exec";
  return error;
}

}  // namespace ptyd
