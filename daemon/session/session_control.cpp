// Session: typing, signals and the end of the program.
#include <algorithm>

#include "common/crash_point.hpp"
#include "common/random.hpp"
#include "daemon/session/own_signals.hpp"
#include "daemon/session/session.hpp"

namespace ptyd {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

// After SIGKILL a program is gone at once, unless it hangs in the kernel.
constexpr std::chrono::seconds kForcedEndLimit{5};

}  // namespace

Error session_ended(const Session& session) {
  Error error{errc::session_ended, "session " + session.name() + " has ended"};
  error.subject = session.name();
  return error;
}

Result<void> Session::push_input(Attachment& from, std::uint64_t offset, std::string_view data) {
  if (!running()) return session_ended(*this);
  if (const auto may = leases_.type(from.lease_user(), data); !may || !*may) {
    auto skipped = input_.skip(from.stream(), offset, data.size());
    watch_input();
    return may || !skipped ? skipped : may.error();
  }
  if (attachments_.size() > 1 && from.size_order_ + 1 != next_order_) bump_size(from);
  auto pushed = input_.push(from.stream(), offset, data);
  watch_input();
  if (pushed) activity_.typed(from.spec().client, data.size());
  if (pushed && records()) recording_->typed(data);
  return pushed;
}

Result<void> Session::drop_answer(Attachment& from, std::uint64_t offset, std::string_view answer) {
  learn_color(answer);
  return input_.skip(from.stream(), offset, answer.size());
}

asio::awaitable<Session::Typed> Session::type(LeaseUser by, std::optional<InputStreamId> stream, std::uint64_t offset,
                                              std::string data, Clock::time_point deadline,
                                              std::optional<Typing>* progress) {
  const auto self = shared_from_this();
  Typed typed;
  const InputStreamId id = stream.value_or(send_stream_);
  std::uint64_t known = 0;
  if (!stream) {
    offset = send_offset_;
  } else if (ring().input_stream(id, known) && known > offset) {
    // Sent before: what was taken then is not typed again.
    data.erase(0, std::min<std::uint64_t>(data.size(), known - offset));
    offset = known;
  }
  const std::uint64_t end = offset + data.size();
  typed.next_offset = offset;
  if (data.empty()) co_return typed;
  if (!running()) {
    typed.error = session_ended(*this);
    co_return typed;
  }
  if (const auto may = leases_.type(by, data); !may) {
    typed.error = may.error();
    co_return typed;
  }
  const auto long_lines = ring().long_lines();
  if (auto pushed = input_.push(id, offset, data); !pushed) {
    typed.error = pushed.error();
    co_return typed;
  }
  if (!stream) send_offset_ = end;
  if (records()) recording_->typed(data);
  const Typing typing{id, stream.has_value(), offset, end, long_lines};
  if (progress != nullptr) *progress = typing;
  typed = co_await finish_typing(typing, deadline);
  co_return typed;
}

asio::awaitable<Session::Typed> Session::finish_typing(Typing typing, Clock::time_point deadline) {
  const auto self = shared_from_this();
  Typed typed;
  AsyncEvent moved(executor_);
  const Waiting waiting(input_waiters_, moved);
  const auto taken = [&] {
    std::uint64_t accepted = 0;
    return ring().input_stream(typing.stream, accepted) ? std::max(accepted, typing.begin) : typing.begin;
  };
  while (taken() < typing.end && running() && !lost_) {
    watch_input();
    const bool in_time = co_await moved.wait_until(deadline);
    if (!in_time) break;
  }
  typed.next_offset = std::min(taken(), typing.end);
  if (typed.next_offset < typing.end) {
    input_.withdraw(typing.stream);
    if (!typing.own_stream) send_stream_ = random_bytes16(), send_offset_ = 0;
    typed.error =
        running() ? Error{errc::deadline_exceeded, "the program does not read its input"} : session_ended(*this);
  }
  typed.accepted = typed.next_offset - typing.begin;
  typed.line_cut = ring().long_lines() != typing.long_lines;
  co_return typed;
}

asio::awaitable<Result<void>> Session::signal(std::uint32_t number, host::SignalTarget target) {
  const auto self = shared_from_this();
  if (!running() && target != host::SignalTarget::tree) co_return session_ended(*this);
  co_return co_await link_->signal(number, target);
}

asio::awaitable<Result<host::StatusReply>> Session::tty_status() {
  const auto self = shared_from_this();
  co_return co_await link_->status();
}

asio::awaitable<bool> Session::wait_exit(Clock::time_point deadline) {
  const auto self = shared_from_this();
  AsyncEvent ended(executor_);
  const Waiting waiting(exit_waiters_, ended);
  while (running()) {
    const bool in_time = co_await ended.wait_until(deadline);
    if (!in_time) break;
  }
  co_return !running();
}

asio::awaitable<Result<ExitInfo>> Session::kill(KillSpec spec) {
  const auto self = shared_from_this();
  if (running() && !spec.force) {
    if (!spec.told_until) {
      const auto& ours = own_signals();
      const auto number = spec.signal != 0 ? spec.signal : ours.hang_up;
      const auto target = spec.tree ? ours.program_and_tree : ours.program;
      auto told = co_await link_->signal(number, target);
      // Twice is better than never, if the host died meanwhile and there is another one.
      if (!told && running() && link_->replaceable()) told = co_await link_->signal(number, target);
      // A stopped program can't act on the signal before it goes on.
      if (told && ours.go_on != 0) told = co_await link_->signal(ours.go_on, target);
      if (told) spec.told_until = Clock::now() + spec.grace;
    }
    if (spec.progress != nullptr) *spec.progress = spec.told_until;
    if (spec.told_until) static_cast<void>(co_await wait_exit(*spec.told_until));
    if (spec.progress != nullptr) spec.progress->reset();
  }
  if (running() || spec.tree) {
    auto forced = co_await link_->terminate();
    if (!forced && running() && link_->replaceable()) forced = co_await link_->terminate();
    if (!forced && running()) co_return forced.error();
    static_cast<void>(co_await wait_exit(Clock::now() + kForcedEndLimit));
  }
  if (running()) {
    Error error{errc::deadline_exceeded, "session " + name() + " does not end, even by SIGKILL"};
    error.hint = "the program is stuck in the kernel, often on a file system that does not answer";
    co_return error;
  }
  co_return exit_info().value_or(ExitInfo{});
}

asio::awaitable<Result<void>> Session::forget() {
  const auto self = shared_from_this();
  if (lost_) co_return Result<void>{};
  forgotten_ = true;
  PTYD_CRASH_POINT("forget_begun");
  auto told = co_await link_->forget();
  PTYD_CRASH_POINT("forget_done");
  forgotten_ = told.has_value();
  co_return told;
}

}  // namespace ptyd
