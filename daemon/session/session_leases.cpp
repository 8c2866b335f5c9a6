// Session: leases of its input and its size.
#include <algorithm>

#include "common/crash_point.hpp"
#include "common/log_exception.hpp"
#include "daemon/session/session.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

bool same(const std::vector<HeldLease>& a, const std::vector<HeldLease>& b) {
  const auto equal = [](const HeldLease& x, const HeldLease& y) {
    return x.kind == y.kind && x.lease.token == y.lease.token && x.lease.expires_ms == y.lease.expires_ms &&
           x.lease.until == y.lease.until;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), equal);
}

}  // namespace

asio::awaitable<Result<Lease>> Session::claim(LeaseUser user, LeaseClaim wanted) {
  const auto self = shared_from_this();
  if (closed_) co_return Error{errc::unavailable, "the daemon is stopping"};
  if (!running()) co_return session_ended(*this);
  std::optional<GateHold> hold;
  if (wanted.kind == LeaseKind::input) {
    hold.emplace(*this);
    const auto shut = co_await shut_gates();
    if (!shut) co_return shut.error();
    if (closed_) co_return Error{errc::unavailable, "the daemon is stopping"};
    if (!running()) co_return session_ended(*this);
  }
  const auto lease = leases_.claim(wanted.kind, user, wanted.ttl, wanted.steal);
  hold.reset();
  if (!lease) co_return lease.error();
  if (wanted.kind == LeaseKind::size && wanted.size) set_window(*wanted.size, user.client);
  tell_rights();
  PTYD_CRASH_POINT("lease_claimed");
  // What is under way to the host was put before: it keeps the last one.
  if (note_leases() || record_puts_ > 0) {
    ++record_puts_;
    co_await put_record(self);
  }
  co_return *lease;
}

void Session::client_gone(std::uint64_t client) noexcept {
  try {
    leases_.drop_clients([client](std::uint64_t holder) { return holder != client; });
  } catch (const std::bad_alloc&) {
    log_exception("the end of a lease", std::current_exception());
  }
}

void Session::size_by_lease(const Attachment& attachment) {
  const auto& spec = attachment.spec();
  if (spec.size && spec.role == Role::controller && leases_.sized_by(attachment.lease_user()))
    set_window(*spec.size, spec.client);
}

bool Session::note_leases() {
  auto kept = leases_.kept();
  if (same(kept, record_.leases)) return false;
  record_.leases = std::move(kept);
  return true;
}

void Session::lease_over(LeaseKind kind) {
  if (closed_) return;
  if (kind == LeaseKind::size) apply_size(nullptr);
  tell_rights();
  if (note_leases()) keep_record();
}

}  // namespace ptyd
