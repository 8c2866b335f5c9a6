#include "daemon/core/lease.hpp"

#include <algorithm>
#include <utility>

namespace ptyd {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

const char* word_for(LeaseKind kind) { return kind == LeaseKind::input ? "input" : "size"; }

// "ptyctl (process 12)"
std::string name_of(const ClientIdentity& client) {
  const std::string name = client.name.empty() ? "a client" : client.name;
  return client.pid == 0 ? name : name + " (process " + std::to_string(client.pid) + ")";
}

// In whole seconds, up.
std::string seconds_left(const Lease& lease, LeaseTime time) {
  const auto left = std::max(duration_cast<milliseconds>(*lease.until - time.boot), milliseconds(0));
  return std::to_string((left.count() + 999) / 1000) + " s";
}

void set_end(Lease& lease, std::optional<milliseconds> ttl, LeaseTime time) {
  lease.until.reset();
  lease.expires_ms = 0;
  if (!ttl) return;
  lease.until = time.boot + *ttl;
  lease.expires_ms = time.unix_ms + static_cast<std::uint64_t>(ttl->count());
}

// Nothing: it is over.
std::optional<std::chrono::nanoseconds> end_by_wall_clock(const Lease& lease, LeaseTime time) {
  if (lease.expires_ms <= time.unix_ms || lease.expires_ms < lease.since_ms) return std::nullopt;
  // The clock may have been set back meanwhile.
  const auto whole = lease.expires_ms - lease.since_ms;
  const auto longest = static_cast<std::uint64_t>(LeaseDesk::kLongest.count());
  return time.boot + milliseconds(std::min({lease.expires_ms - time.unix_ms, whole, longest}));
}

}  // namespace

bool LeaseDesk::held_by(const LeaseUser& user) const noexcept {
  if (!lease_ || lease_->person) return false;
  if (user.token) return *user.token == lease_->token;
  return user.client.client != 0 && user.client.client == lease_->holder.client;
}

Result<LeaseDesk::Claimed> LeaseDesk::claim(const LeaseUser& user, std::optional<Duration> ttl, bool steal,
                                            const LeaseToken& fresh, LeaseTime time) {
  Claimed claimed;
  if (held_by(user)) {
    lease_->holder = user.client;
    set_end(*lease_, ttl, time);
    return claimed;
  }
  if ((lease_ || user.token) && !steal) return refusal(user, time);
  claimed.ended = std::exchange(lease_, std::nullopt);
  claimed.began = true;
  lease_ = Lease{fresh, user.client, time.unix_ms, 0, {}, false};
  set_end(*lease_, ttl, time);
  return claimed;
}

Result<std::optional<Lease>> LeaseDesk::release(const LeaseUser& user, bool force, LeaseTime time) {
  if (lease_ && !force && !held_by(user)) return refusal(user, time);
  return std::exchange(lease_, std::nullopt);
}

std::optional<Lease> LeaseDesk::expire(LeaseTime time) {
  if (!lease_ || !lease_->until || time.boot < *lease_->until) return std::nullopt;
  return std::exchange(lease_, std::nullopt);
}

std::optional<Lease> LeaseDesk::disconnected(std::uint64_t client) {
  if (!lease_ || lease_->until || lease_->holder.client != client) return std::nullopt;
  return std::exchange(lease_, std::nullopt);
}

LeaseDesk::Typing LeaseDesk::typing(const LeaseUser& user, bool report) const noexcept {
  if (!lease_) return user.token && !user.person ? Typing::refused : Typing::granted;
  if (held_by(user)) return Typing::granted;
  if (!user.person) return Typing::refused;
  if (lease_->person) return Typing::granted;
  return report ? Typing::ignored : Typing::takes_over;
}

std::optional<Lease> LeaseDesk::take_over(const LeaseUser& user, const LeaseToken& fresh, LeaseTime time) {
  auto ended = std::exchange(lease_, Lease{fresh, user.client, time.unix_ms, 0, {}, true});
  set_end(*lease_, kPersonHolds, time);
  return ended;
}

void LeaseDesk::typed(const LeaseUser& user, bool report, LeaseTime time) {
  if (lease_ && lease_->person && user.person && !report) set_end(*lease_, kPersonHolds, time);
}

Error LeaseDesk::refusal(const LeaseUser& user, LeaseTime time) const {
  const std::string what = word_for(kind_);
  Error error{errc::busy, "the lease that was named is over: nobody holds the " + what + " now"};
  error.hint = "look at what has changed, then claim it again";
  if (!lease_) return error;
  const std::string over = user.token ? "the lease that was named is over: " : "";
  const std::string who = lease_->person ? "a person at the terminal of " : "";
  const std::string end = lease_->until ? "for another " + seconds_left(*lease_, time) : "until it disconnects";
  error.message = over + who + name_of(lease_->holder) + " holds the " + what + " " + end;
  error.hint = "wait until it is free, name the lease, or claim it with steal";
  return error;
}

std::optional<Lease> adopted_lease(Lease lease, LeaseTime time) {
  if (!lease.until) lease.until = end_by_wall_clock(lease, time);
  if (!lease.until || *lease.until <= time.boot) return std::nullopt;
  lease.until = std::min<std::chrono::nanoseconds>(*lease.until, time.boot + LeaseDesk::kLongest);
  lease.holder.client = 0;
  lease.person = false;
  return lease;
}

}  // namespace ptyd
