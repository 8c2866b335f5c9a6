// The leases of one session as time goes on: who holds what, told by events.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/core/lease.hpp"
#include "daemon/session/alarm.hpp"
#include "daemon/session/event_bus.hpp"

namespace ptyd {

// Owned by its session: at most one lease of each kind. Thread: the loop's.
class Leases {
 public:
  // `changed`: a lease is over; it may destroy nothing.
  Leases(boost::asio::any_io_executor executor, EventBus& events, const Session& session,
         std::function<void(LeaseKind)> changed);
  Leases(const Leases&) = delete;
  Leases& operator=(const Leases&) = delete;

  // As LeaseDesk::claim(). Naming the lease of the other kind gives both the same token.
  Result<Lease> claim(LeaseKind kind, LeaseUser user, std::optional<LeaseDesk::Duration> ttl, bool steal);
  // False: nobody held it. Errors: busy.
  Result<bool> release(LeaseKind kind, const LeaseUser& user, bool force);
  // Those that are bound to connections which are not `there` any more.
  void drop_clients(const std::function<bool(std::uint64_t client)>& there);
  // The program is gone; that is told by other events.
  void finish();

  // Whether `bytes` are to be typed. Errors: busy.
  Result<bool> type(const LeaseUser& user, std::string_view bytes);
  // Whether `user` may set the size. Errors: busy.
  Result<void> may_size(const LeaseUser& user);
  // Somebody holds the input.
  bool typed() const noexcept { return input_.lease().has_value(); }
  bool sized();
  // The same as far as was told: an expired one counts until then.
  bool size_held() const noexcept { return size_.lease().has_value(); }
  bool sized_by(const LeaseUser& user);

  // An expired one is among them until the loop has told its end.
  std::vector<HeldLease> held() const;
  // What the next daemon shall know when this one dies.
  std::vector<HeldLease> kept() const;
  void adopt(const std::vector<HeldLease>& kept);
  // Goes on with what the program before this one had.
  void resume(HeldLease held);

 private:
  LeaseDesk& desk_of(LeaseKind kind) noexcept { return kind == LeaseKind::input ? input_ : size_; }
  void settle(LeaseTime time);
  void ended(LeaseKind kind, const Lease& lease, LeaseEnd end, const ClientIdentity& by);
  void tell(LeaseKind kind, const Lease& lease, std::optional<LeaseEnd> end, const ClientIdentity& by);
  void arm();

  EventBus& events_;
  const Session& session_;
  std::function<void(LeaseKind)> changed_;
  LeaseDesk input_{LeaseKind::input};
  LeaseDesk size_{LeaseKind::size};
  BootAlarm alarm_;
};

}  // namespace ptyd
