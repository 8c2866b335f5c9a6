#include "daemon/session/leases.hpp"

#include <algorithm>
#include <utility>

#include "common/boot_clock.hpp"
#include "common/clock.hpp"
#include "common/random.hpp"
#include "daemon/core/terminal_report.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

LeaseTime this_moment() { return {BootClock::now().time_since_epoch(), unix_ms()}; }

}  // namespace

Leases::Leases(asio::any_io_executor executor, EventBus& events, const Session& session,
               std::function<void(LeaseKind)> changed)
    : events_(events),
      session_(session),
      changed_(std::move(changed)),
      alarm_(std::move(executor), "the leases of a session", [this] {
        settle(this_moment());
        arm();
      }) {}

Result<Lease> Leases::claim(LeaseKind kind, LeaseUser user, std::optional<LeaseDesk::Duration> ttl, bool steal) {
  const auto time = this_moment();
  settle(time);
  auto fresh = random_bytes16();
  const auto& other = desk_of(kind == LeaseKind::input ? LeaseKind::size : LeaseKind::input);
  if (user.token && !desk_of(kind).held_by(user) && other.held_by(user)) {
    fresh = *user.token;
    user.token.reset();
  }
  const auto claimed = desk_of(kind).claim(user, ttl, steal, fresh, time);
  if (!claimed) return claimed.error();
  const auto lease = *desk_of(kind).lease();
  if (claimed->ended) ended(kind, *claimed->ended, LeaseEnd::stolen, user.client);
  if (claimed->began) tell(kind, lease, std::nullopt, user.client);
  arm();
  return lease;
}

Result<bool> Leases::release(LeaseKind kind, const LeaseUser& user, bool force) {
  const auto time = this_moment();
  settle(time);
  const auto released = desk_of(kind).release(user, force, time);
  if (!released) return released.error();
  if (*released) ended(kind, **released, LeaseEnd::released, user.client);
  return released->has_value();
}

void Leases::drop_clients(const std::function<bool(std::uint64_t client)>& there) {
  for (const auto kind : {LeaseKind::input, LeaseKind::size}) {
    auto& desk = desk_of(kind);
    if (!desk.lease() || there(desk.lease()->holder.client)) continue;
    if (const auto lease = desk.disconnected(desk.lease()->holder.client))
      ended(kind, *lease, LeaseEnd::disconnected, {});
  }
}

void Leases::finish() {
  input_ = LeaseDesk(LeaseKind::input);
  size_ = LeaseDesk(LeaseKind::size);
  alarm_.cancel();
}

Result<bool> Leases::type(const LeaseUser& user, std::string_view bytes) {
  if (!input_.lease() && !user.token) return true;
  const auto time = this_moment();
  settle(time);
  const bool report = user.person && is_terminal_report(bytes);
  switch (input_.typing(user, report)) {
    case LeaseDesk::Typing::refused: return input_.refusal(user, time);
    case LeaseDesk::Typing::ignored: return false;
    case LeaseDesk::Typing::takes_over: {
      const auto over = input_.take_over(user, random_bytes16(), time);
      const auto hold = *input_.lease();
      if (over) ended(LeaseKind::input, *over, LeaseEnd::taken_over, user.client);
      tell(LeaseKind::input, hold, std::nullopt, user.client);
      break;
    }
    case LeaseDesk::Typing::granted: break;
  }
  input_.typed(user, report, time);
  arm();
  return true;
}

Result<void> Leases::may_size(const LeaseUser& user) {
  const auto time = this_moment();
  settle(time);
  if (size_.typing(user, false) == LeaseDesk::Typing::granted) return {};
  return size_.refusal(user, time);
}

bool Leases::sized() {
  if (!size_.lease()) return false;
  settle(this_moment());
  return size_.lease().has_value();
}

bool Leases::sized_by(const LeaseUser& user) { return sized() && size_.held_by(user); }

std::vector<HeldLease> Leases::held() const {
  std::vector<HeldLease> all;
  if (const auto& lease = input_.lease()) all.push_back({LeaseKind::input, *lease});
  if (const auto& lease = size_.lease()) all.push_back({LeaseKind::size, *lease});
  return all;
}

std::vector<HeldLease> Leases::kept() const {
  std::vector<HeldLease> kept;
  if (const auto& lease = input_.lease(); lease && lease->until && !lease->person)
    kept.push_back({LeaseKind::input, *lease});
  if (const auto& lease = size_.lease(); lease && lease->until) kept.push_back({LeaseKind::size, *lease});
  return kept;
}

void Leases::adopt(const std::vector<HeldLease>& kept) {
  for (const auto& [kind, lease] : kept)
    if (auto going_on = adopted_lease(lease, this_moment())) resume({kind, std::move(*going_on)});
}

void Leases::resume(HeldLease held) {
  desk_of(held.kind).resume(std::move(held.lease));
  arm();
}

void Leases::settle(LeaseTime time) {
  for (const auto kind : {LeaseKind::input, LeaseKind::size})
    if (const auto lease = desk_of(kind).expire(time)) ended(kind, *lease, LeaseEnd::expired, {});
}

void Leases::ended(LeaseKind kind, const Lease& lease, LeaseEnd end, const ClientIdentity& by) {
  tell(kind, lease, end, by);
  changed_(kind);
}

void Leases::tell(LeaseKind kind, const Lease& lease, std::optional<LeaseEnd> end, const ClientIdentity& by) {
  const HeldLease held{kind, lease};
  SessionEvent event;
  event.type = SessionEventType::lease_changed;
  event.session = &session_;
  event.client = by;
  event.lease = &held;
  event.lease_end = end;
  events_.publish(event);
}

void Leases::arm() {
  std::optional<BootClock::time_point> next;
  for (const auto* desk : {&input_, &size_}) {
    if (!desk->lease() || !desk->lease()->until) continue;
    const BootClock::time_point until(*desk->lease()->until);
    next = next ? std::min(*next, until) : until;
  }
  alarm_.set(next);
}

}  // namespace ptyd
