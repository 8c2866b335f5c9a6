#include "daemon/hostlink/spawn_host.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/steady_timer.hpp>
#include <cstring>

#include "common/escape.hpp"
#include "daemon/hostlink/memory_file.hpp"
#include "daemon/hostlink/spawn_spec.hpp"
#include "daemon/hostlink/start_process.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

Error too_late(const SpawnRequest& request) {
  Error error{errc::deadline_exceeded, "the session host did not start " + request.file + " in time"};
  error.hint = "the system may be overloaded: try again";
  error.subject = request.file;
  return error;
}

Result<std::shared_ptr<ProcessAnswer>> start_host(asio::any_io_executor executor, const SpawnRequest& request) {
  const auto content = encode_spec(request);
  if (!content) return content.error();
  if (request.record.size() > kMaxBlob) return Error{errc::resource_exhausted, "the session's record is too large"};
  const auto spec = make_memory_file(*content);
  if (!spec) return spec.error();
  auto record = request.record.empty() ? Result<UniqueHandle>(UniqueHandle()) : make_memory_file(request.record);
  if (!record) return record.error();
  auto started = start_process(executor, request.host_program, *spec, *record);
  if (started) return started;
  auto error = started.error();
  error.code = errc::spawn_failed;
  error.step = "fork";
  error.hint = "the system may be out of processes, descriptors or memory";
  return error;
}

// What went another way than it was meant to, though the program runs.
void tell_detours(const SpawnRequest& request, const host::SpawnResult& result) {
  if (result.step != static_cast<std::uint32_t>(host::SpawnStep::pty)) return;
  spdlog::warn(
      "a session uses the system's console host: of conpty.dll and OpenConsole.exe beside {} one is missing, or they "
      "can't be used here",
      escape_text(request.host_program));
}

Result<Spawned> judge(const SpawnRequest& request, const std::string& answer) {
  host::SpawnResult result{};
  if (answer.size() != sizeof result) {
    Error error{errc::spawn_failed, "the session host " + request.host_program + " ended before it could answer"};
    error.step = "host";
    error.subject = request.host_program;
    error.hint = "ptyd-host belongs to ptyd: install both from the same release";
    return error;
  }
  std::memcpy(&result, answer.data(), sizeof result);
  if (result.error == 0) {
    tell_detours(request, result);
    return Spawned{result.host_pid, result.child_pid};
  }
  if (result.step == static_cast<std::uint32_t>(host::SpawnStep::none))
    return host_start_error(request, static_cast<int>(result.error));
  return spawn_error(request, result);
}

}  // namespace

asio::awaitable<Result<Spawned>> spawn_host(asio::any_io_executor executor, SpawnRequest request,
                                            std::chrono::milliseconds deadline) {
  if (deadline.count() <= 0) co_return too_late(request);
  const auto started = start_host(executor, request);
  if (!started) co_return started.error();
  const auto pipe = *started;

  auto late = std::make_shared<bool>(false);
  asio::steady_timer timer(executor);
  timer.expires_after(deadline);
  const std::weak_ptr<ProcessAnswer> weak = pipe;
  timer.async_wait([late, weak](const boost::system::error_code& error) {
    const auto waiting = error ? nullptr : weak.lock();
    if (!waiting) return;
    *late = true;
    waiting->give_up();
  });
  const auto answer = co_await pipe->read(sizeof(host::SpawnResult));
  if (!answer && *late) co_return too_late(request);
  if (!answer) co_return answer.error();
  co_return judge(request, *answer);
}

}  // namespace ptyd
