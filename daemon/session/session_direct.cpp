// Session: clients that read the ring themselves, and type to the host.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <new>
#include <utility>

#include "common/escape.hpp"
#include "common/log_exception.hpp"
#include "common/random.hpp"
#include "daemon/session/session.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr auto kRead = static_cast<std::uint32_t>(host::GuestRights::read);
constexpr auto kType = static_cast<std::uint32_t>(host::GuestRights::type);
constexpr auto kSize = static_cast<std::uint32_t>(host::GuestRights::size);

}  // namespace

// All that push_input() does beyond handing bytes on must have nothing to do.
bool Session::may_type_directly(const Attachment& attachment) const {
  if (attachment.spec().role != Role::controller || attachment.ended() || !running()) return false;
  if (gates_held_ > 0 || attachment.spec().lease || leases_.typed()) return false;
  if (records() && recording_->status().spec.input) return false;
  return attachments_.size() == 1 || attachment.size_order_ + 1 == next_order_;
}

std::uint32_t Session::rights_of(const Attachment& attachment) const {
  if (!may_type_directly(attachment)) return kRead;
  return may_size_directly(attachment) ? kSize : kType;
}

void Session::tell_rights() {
  if (closed_) return;
  for (auto* attachment : attachments_) {
    auto& grant = attachment->grant_;
    if (!grant) continue;
    const auto rights = rights_of(*attachment);
    if (grant->rights != rights) tell_right(*grant, rights);
  }
}

Session::GateHold::~GateHold() {
  --session_.gates_held_;
  try {
    session_.tell_rights();
  } catch (const std::bad_alloc&) {
    log_exception("the rights of a session's guests", std::current_exception());
  }
}

asio::awaitable<Result<void>> Session::shut_gates() {
  const auto self = shared_from_this();
  tell_rights();
  co_return co_await link_->close_gates();
}

// Also those that another daemon has let in.
asio::awaitable<void> Session::shut_out_others(std::shared_ptr<Session>) {
  const GateHold hold(*this);
  const auto shut = co_await shut_gates();
  if (!shut) spdlog::warn("session={} its guests may still type: {}", name(), escape_text(shut.error().message));
}

asio::awaitable<Result<host::Grant>> Session::let_in(std::uint64_t client, std::uint32_t number,
                                                     std::optional<GuestToken> known) {
  const auto self = shared_from_this();
  const auto find = [&] {
    const auto found = std::find_if(attachments_.begin(), attachments_.end(), [&](const Attachment* attachment) {
      return attachment->spec().client.client == client && attachment->spec().number == number && !attachment->ended();
    });
    return found != attachments_.end() ? *found : nullptr;
  };
  const Error over{errc::not_found, "there is no attachment " + std::to_string(number)};
  auto* attachment = find();
  if (attachment == nullptr) co_return over;
  if (!attachment->grant_) {
    host::Grant fresh{};
    const auto token = known.value_or(random_bytes16());
    std::copy(token.begin(), token.end(), std::begin(fresh.token));
    attachment->grant_ = fresh;
  }
  // Each time: the stream is another one for a client that has attached again.
  auto& grant = *attachment->grant_;
  std::copy(attachment->stream().begin(), attachment->stream().end(), std::begin(grant.stream));
  grant.rights = may_type_directly(*attachment) ? kType : kRead;  // more by tell_rights()
  const auto told = grant;
  auto done = co_await link_->let_in(told);
  // The host has died meanwhile, and there is another one.
  if (!done && !link_->lost()) done = co_await link_->let_in(told);
  attachment = find();
  if (attachment == nullptr) co_return over;
  if (!done) {
    attachment->grant_.reset();
    co_return done.error();
  }
  tell_rights();
  co_return told;
}

}  // namespace ptyd
