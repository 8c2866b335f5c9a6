#include "daemon/server/send_plan.hpp"

#include <algorithm>

#include "daemon/core/key_encoding.hpp"
#include "daemon/core/wait_condition.hpp"
#include "daemon/screen/changed_lines.hpp"
#include "daemon/server/convert.hpp"
#include "daemon/server/request_fields.hpp"
#include "proto/limits.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

// The kernel's longest canonical line on Linux, termios(3).
constexpr std::uint32_t kCanonicalLineLimit = 4095;
// How often the screen is waited for to have seen all output, when the program goes on writing.
constexpr int kTries = 20;

Error guard_failed(std::string why) {
  Error error{errc::failed_precondition, std::move(why) + "; nothing was typed"};
  error.subject = "guard";
  error.hint = "look at the screen again";
  return error;
}

}  // namespace

Result<SendPlan> SendPlan::check(v1::SendRequest request) {
  SendPlan plan;
  auto stream = id_from_wire(request.input_stream(), "input_stream");
  if (!stream) return stream.error();
  plan.stream_ = *stream;
  auto lease = id_from_wire(request.lease(), "lease");
  if (!lease) return lease.error();
  plan.lease_ = *lease;
  if (!request.data().empty() && request.keys_size() > 0) return bad_field("keys", "can't be combined with data");
  if (request.data().size() > kMaxData) return bad_field("data", "is longer than 65536 bytes");
  if (!request.if_screen().empty()) {
    const auto hash = parse_screen_hash(request.if_screen(), "if_screen");
    if (!hash) return hash.error();
    plan.if_screen_ = *hash;
  }
  if (!request.if_match().empty()) {
    auto pattern = LinePattern::regex(request.if_match(), "if_match");
    if (!pattern) return pattern.error();
    plan.if_match_ = std::move(*pattern);
  }
  plan.request_ = std::move(request);
  // What is wrong with keys does not depend on the modes, but for what some terminals have no bytes for.
  if (auto fine = plan.encode({}); !fine && !plan.needs_modes()) return fine.error();
  return plan;
}

Result<void> SendPlan::encode(const TerminalModes& modes) {
  if (request_.keys_size() == 0) {
    bytes_ = request_.paste() ? encode_paste(request_.data(), modes) : request_.data();
    return {};
  }
  const std::vector<std::string> keys(request_.keys().begin(), request_.keys().end());
  auto bytes = encode_keys(keys, modes);
  if (!bytes) return bytes.error();
  bytes_ = std::move(*bytes);
  return {};
}

Result<void> SendPlan::check_guards(const screen::Terminal& terminal) const {
  if (if_screen_ && terminal.hash() != *if_screen_) return guard_failed("the screen is not the one that was given");
  if (!if_match_) return {};
  bool found = false;
  screen::ChangedLines lines;
  lines.begin(terminal);
  lines.look(terminal, [&](const std::string& line) { found = found || if_match_->find(line).has_value(); });
  if (!found) return guard_failed("no line of the screen matches");
  return {};
}

asio::awaitable<Result<void>> SendPlan::prepare(std::shared_ptr<Session> session) {
  if (!guarded() && !needs_modes()) co_return Result<void>();
  if (!session->keeps_screen()) {
    if (guarded()) co_return no_screen(*session);
    const auto modes = co_await session->current_modes();
    co_return encode(modes);
  }
  for (int i = 0; i < kTries; ++i) {
    Result<void> fine;
    TerminalModes modes;
    const ScreenFollower::Look check = [&](const screen::Terminal& terminal, bool) {
      fine = check_guards(terminal);
      modes = modes_of(terminal.state());
    };
    if (session->look_now(check)) {
      if (!fine) co_return fine;
      co_return encode(modes);
    }
    ScreenFollower::Look nothing = [](const screen::Terminal&, bool) {};
    const bool seen = co_await session->look(std::move(nothing));
    if (!seen) break;
  }
  if (guarded()) co_return guard_failed("the screen does not hold still");
  const auto modes = co_await session->current_modes();
  co_return encode(modes);
}

asio::awaitable<Session::Typed> SendPlan::type(std::shared_ptr<Session> session, ClientIdentity client,
                                               std::chrono::steady_clock::time_point deadline,
                                               std::optional<Typing>* progress) {
  LeaseUser by{std::move(client), lease_, false};
  auto typed = co_await session->type(std::move(by), stream_, request_.input_offset(), std::move(bytes_), deadline,
                                      progress);
  co_return typed;
}

Result<v1::SendReply> reply_of(Session::Typed typed) {
  if (typed.error) {
    typed.error->message += "; " + std::to_string(typed.accepted) + " bytes were typed";
    return *typed.error;
  }
  v1::SendReply reply;
  reply.set_accepted(typed.accepted);
  reply.set_input_offset(typed.next_offset);
  if (typed.line_cut) reply.set_line_limit(kCanonicalLineLimit);
  return reply;
}

}  // namespace ptyd
