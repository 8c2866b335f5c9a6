// The clients that a daemon has let in, and what it lets them do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "daemon/host/errors.hpp"
#include "daemon/host/wire.hpp"

namespace ptyd::host {

inline constexpr std::uint32_t kGuestFeatures = kFeatureGuests | kFeatureGuestSizes;

// Fixed memory. `Connection` as in control.hpp.
template <class Connection>
class Guests {
 public:
  struct Guest {
    Grant grant{};                     // rights none: a free place
    Connection* connection = nullptr;  // once it has joined
    bool told_may_type = false;
    bool armed = false;
    Arm arm{};
    std::uint64_t number = 0;  // rises with each grant

    bool may_type() const noexcept { return grant.rights >= static_cast<std::uint32_t>(GuestRights::type); }
    bool may_size() const noexcept { return grant.rights >= static_cast<std::uint32_t>(GuestRights::size); }
  };

  // 0, or an error.
  int grant(const Grant& grant) noexcept;
  void close_gates() noexcept {
    for (Guest& guest : guests_)
      if (guest.may_type()) guest.grant.rights = static_cast<std::uint32_t>(GuestRights::read);
  }
  // Another daemon knows of nobody that sizes.
  void close_sizes() noexcept {
    for (Guest& guest : guests_)
      if (guest.may_size()) guest.grant.rights = static_cast<std::uint32_t>(GuestRights::type);
  }
  // 0, or an error.
  int join(Connection& connection, const Join& request) noexcept;
  // Whose connection this is; null when it is none of a guest's.
  Guest* of(const Connection& connection) noexcept {
    if (joined_ > 0)
      for (Guest& guest : guests_)
        if (guest.connection == &connection) return &guest;
    return nullptr;
  }
  // Before their places are given to others.
  void forget_closed() noexcept {
    if (joined_ == 0) return;
    for (Guest& guest : guests_)
      if (guest.connection != nullptr && !guest.connection->is_open()) leave(guest);
  }
  // Tells who is waiting for what there is now. `accepted(stream)`: bytes taken of a stream.
  template <class Accepted>
  void tell(std::uint64_t head, bool ended, Accepted accepted) noexcept;

 private:
  void leave(Guest& guest) noexcept {
    guest.connection = nullptr;
    guest.armed = false;
    --joined_;
  }
  Guest* find(const std::uint8_t (&token)[16]) noexcept {
    for (Guest& guest : guests_)
      if (guest.grant.rights != 0 && std::memcmp(guest.grant.token, token, sizeof token) == 0) return &guest;
    return nullptr;
  }
  Guest* free_place() noexcept;

  Guest guests_[kGrants];
  std::size_t joined_ = 0;
  std::uint64_t granted_ = 0;
};

template <class Connection>
int Guests<Connection>::grant(const Grant& grant) noexcept {
  if (grant.rights > static_cast<std::uint32_t>(GuestRights::size)) return kInvalid;
  Guest* guest = find(grant.token);
  if (grant.rights == static_cast<std::uint32_t>(GuestRights::none)) {
    if (guest == nullptr) return 0;
    if (guest->connection != nullptr) {
      guest->connection->close();
      leave(*guest);
    }
    guest->grant = Grant{};
    return 0;
  }
  if (guest == nullptr) guest = free_place();
  if (guest == nullptr) return kBusy;
  guest->grant = grant;
  guest->number = ++granted_;
  return 0;
}

// Else the oldest of those that nobody uses: the daemon that let it in may have died, and its client with it.
template <class Connection>
typename Guests<Connection>::Guest* Guests<Connection>::free_place() noexcept {
  Guest* oldest = nullptr;
  for (Guest& guest : guests_) {
    if (guest.grant.rights == 0) return &guest;
    if (guest.connection == nullptr && (oldest == nullptr || guest.number < oldest->number)) oldest = &guest;
  }
  return oldest;
}

template <class Connection>
int Guests<Connection>::join(Connection& connection, const Join& request) noexcept {
  Guest* const guest = find(request.token);
  if (guest == nullptr) return kNotAllowed;
  if (guest->connection != nullptr || joined_ >= kGuests) return kBusy;
  guest->connection = &connection;
  guest->told_may_type = guest->may_type();
  guest->armed = false;
  ++joined_;
  return 0;
}

template <class Connection>
template <class Accepted>
void Guests<Connection>::tell(std::uint64_t head, bool ended, Accepted accepted) noexcept {
  if (joined_ == 0) return;
  for (Guest& guest : guests_) {
    if (guest.connection == nullptr || !guest.connection->is_open()) continue;
    if (guest.armed && (head > guest.arm.head || ended ||
                        (guest.arm.accepted != ~std::uint64_t{0} && accepted(guest.grant.stream) >= guest.arm.accepted))) {
      guest.armed = false;
      guest.connection->tell(MessageType::wake);
    }
    // While something is being sent this waits for its end, and comes to the newest state.
    if (guest.told_may_type != guest.may_type() && !guest.connection->sending()) {
      guest.told_may_type = guest.may_type();
      guest.connection->send(MessageType::gate, Gate{guest.told_may_type ? 1U : 0U, 0});
    }
  }
}

}  // namespace ptyd::host
