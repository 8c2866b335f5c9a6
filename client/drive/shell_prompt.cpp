#include "client/drive/shell_prompt.hpp"

#include <algorithm>

#include "common/clock.hpp"
#include "common/escape.hpp"

namespace ptyd {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::milliseconds kLook{250};
// From a command's end to the prompt, and from the start of a session to the first one.
constexpr std::chrono::milliseconds kPrompt{10'000};
constexpr std::uint64_t kStillMs = 20;

Error untold(const std::string& session) {
  Error error{errc::failed_precondition, "the shell of session " + session + " does not tell when it is at its prompt"};
  error.hint = "start the session with `ptyctl new --shell-integration`";
  error.subject = "shell";
  return error;
}

Error runs(const std::string& session) {
  Error error{errc::busy, "the shell of session " + session + " runs a command"};
  error.hint = "wait for its end: `ptyctl wait " + session + " --command`";
  return error;
}

// Until something else is shown, or for a moment.
asio::awaitable<Result<void>> look_later(std::shared_ptr<Client> client, std::string session, std::string hash) {
  v1::WaitRequest request;
  request.add_sessions(session);
  request.set_any(true);
  auto& changed = *request.add_conditions();
  changed.set_kind(v1::WAIT_CHANGED);
  changed.set_text(hash);
  auto& settled = *request.add_conditions();
  settled.set_kind(v1::WAIT_QUIET);
  settled.set_for_ms(kStillMs);
  settled.set_min_bytes(1);
  const auto reply = co_await client->call(request, kLook);
  if (!reply && reply.error().code != errc::deadline_exceeded) co_return reply.error();
  if (reply && reply->outcome() == v1::WAIT_ENDED) co_return Error{errc::session_ended, "the session has ended"};
  co_return Result<void>();
}

}  // namespace

asio::awaitable<Result<ShellPrompt>> find_prompt(std::shared_ptr<Client> client, v1::SessionInfo session,
                                                 Clock::time_point deadline) {
  const auto name = escape_text(session.name());
  const auto age = std::chrono::milliseconds(unix_ms() - std::min(unix_ms(), session.created_ms()));
  // A shell that has just been started has not told anything yet.
  const auto first = Clock::now() + std::max(kPrompt - age, std::chrono::milliseconds(0));
  const auto last = std::min(deadline, Clock::now() + kPrompt);
  for (;;) {
    v1::ScreenRequest request;
    request.set_session(session.id());
    request.set_format(v1::STRUCTURED);
    request.set_since_generation(UINT64_MAX);  // no rows
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) co_return Error{errc::deadline_exceeded, "the shell did not come to its prompt in time"};
    const auto reply =
        co_await client->call(request, std::min<std::chrono::milliseconds>(left, Client::kDefaultDeadline));
    if (!reply) co_return reply.error();
    const auto phase = reply->screen().shell().phase();
    if (phase == v1::SHELL_INPUT) co_return ShellPrompt{reply->hash(), reply->offset()};
    if (phase == v1::SHELL_RUNNING) co_return runs(name);
    const auto now = Clock::now();
    if (phase == v1::SHELL_PHASE_UNSPECIFIED && now >= first) co_return untold(name);
    if (now >= last) co_return runs(name);
    const auto later = co_await look_later(client, session.id(), reply->hash());
    if (!later) co_return later.error();
  }
}

}  // namespace ptyd
