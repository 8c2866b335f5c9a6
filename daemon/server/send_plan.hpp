// What a `send` asks for: bytes or keys, and guards on the screen they are typed at.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "common/error.hpp"
#include "daemon/core/line_pattern.hpp"
#include "daemon/session/session.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

// Made of a request, then prepared, then typed.
class SendPlan {
 public:
  // Errors: invalid_argument that names the field.
  static Result<SendPlan> check(v1::SendRequest request);

  // Waits until the screen has all output, if the request depends on it. When it completes, type() has to follow in the
  // same turn of the loop. Errors: failed_precondition with the subject "guard"; invalid_argument for keys.
  boost::asio::awaitable<Result<void>> prepare(std::shared_ptr<Session> session);
  // Completes when the host has taken all of it. `progress`: see Session::type().
  boost::asio::awaitable<Session::Typed> type(std::shared_ptr<Session> session, ClientIdentity client,
                                              std::chrono::steady_clock::time_point deadline,
                                              std::optional<Typing>* progress);

 private:
  bool guarded() const noexcept { return if_screen_ || if_match_; }
  bool needs_modes() const noexcept { return request_.keys_size() > 0 || request_.paste(); }
  // `look` of the screen as it is now.
  Result<void> check_guards(const screen::Terminal& terminal) const;
  Result<void> encode(const TerminalModes& modes);

  v1::SendRequest request_;
  std::optional<std::array<std::uint8_t, 16>> stream_;
  std::optional<LeaseToken> lease_;
  std::optional<std::uint64_t> if_screen_;
  std::optional<LinePattern> if_match_;
  std::string bytes_;
};

// What is answered when that is done.
Result<v1::SendReply> reply_of(Session::Typed typed);

}  // namespace ptyd
