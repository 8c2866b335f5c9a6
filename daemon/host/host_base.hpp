// What the loops of ptyd-host do alike on all systems.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>

#include "daemon/host/clock.hpp"
#include "daemon/host/control.hpp"
#include "daemon/host/crash_point.hpp"
#include "daemon/host/grace.hpp"
#include "daemon/host/spawn_result.hpp"

namespace ptyd::host {

// The system's own classes, as in control.hpp.
template <class Listener, class Terminal, class Connection>
class HostBase {
 protected:
  static constexpr std::size_t kConnections = 4 + kGuests;

  // The program runs: from now on nobody's absence is counted.
  void begin() noexcept {
    grace_ns_ = abandoned_grace_ms() * 1'000'000;
    alone_since_ns_ = monotonic_ns();
  }
  // Told to forget.
  bool ended() const noexcept { return ended_; }

  // No daemon for so long that the floor does not count any more.
  bool abandoned() const noexcept { return !control_.has_daemon() && monotonic_ns() >= abandoned_at_ns(); }
  std::uint64_t abandoned_at_ns() const noexcept { return alone_since_ns_ + grace_ns_; }
  // Before any place is given to a new connection: until then Control takes the place for the daemon.
  void note_closed() noexcept {
    if (control_.forget_closed()) alone_since_ns_ = monotonic_ns();
  }

  // Answers what has come, for at most one turn of the loop.
  void serve(Connection& connection);
  // A connection of our own user. Closed again when there is no memory for it.
  void take(Descriptor connection) noexcept {
    if (Connection* const place = free_connection(); place != nullptr)
      place->open(static_cast<Descriptor&&>(connection), ++accepted_);
  }

  Listener listener_;
  Terminal terminal_;
  Control<Terminal, Connection> control_;
  Connection* connections_[kConnections] = {};  // those that were needed so far, from the front on

 private:
  // Connections that are neither the daemon's nor a guest's.
  static constexpr std::size_t kStrangers = kConnections - 1 - kGuests;
  static constexpr int kMessagesInOneTurn = 32;  // of one connection, before others and the program get theirs

  void finish(Connection& connection);
  Connection* free_connection() noexcept;
  Connection* another_connection() noexcept;

  bool ended_ = false;
  std::uint64_t accepted_ = 0;
  std::uint64_t alone_since_ns_ = 0;
  std::uint64_t grace_ns_ = 0;
  alignas(Connection) std::byte places_[kConnections][sizeof(Connection)];
};

template <class Listener, class Terminal, class Connection>
void HostBase<Listener, Terminal, Connection>::serve(Connection& connection) {
  for (int i = 0; i < kMessagesInOneTurn && connection.is_open() && !connection.sending(); ++i) {
    if (connection.receive() != Connection::Received::message) return;
    control_.handle(connection);
    if (control_.ending()) return finish(connection);
    connection.next();
  }
}

template <class Listener, class Terminal, class Connection>
void HostBase<Listener, Terminal, Connection>::finish(Connection& connection) {
  listener_.remove();
  crash_point("host_forgotten");
  answer(connection, MessageType::forget, 0);
  ended_ = true;
}

// The oldest of those that have said nothing yet gives way. There is one, as guests are fewer.
template <class Listener, class Terminal, class Connection>
Connection* HostBase<Listener, Terminal, Connection>::free_connection() noexcept {
  Connection* oldest = nullptr;
  std::size_t strangers = 0;
  for (Connection* const connection : connections_) {
    if (connection == nullptr) break;
    if (!connection->is_open()) return connection;
    if (control_.attached(*connection) || control_.guest(*connection)) continue;
    ++strangers;
    if (oldest == nullptr || connection->number() < oldest->number()) oldest = connection;
  }
  return strangers < kStrangers ? another_connection() : oldest;
}

template <class Listener, class Terminal, class Connection>
Connection* HostBase<Listener, Terminal, Connection>::another_connection() noexcept {
  for (std::size_t i = 0; i < kConnections; ++i) {
    if (connections_[i] != nullptr) continue;
    auto* const made = new (places_[i]) Connection;
    if constexpr (requires { made->create(); }) {
      if (made->create() != 0) {
        made->~Connection();
        return nullptr;
      }
    }
    return connections_[i] = made;
  }
  return nullptr;
}

}  // namespace ptyd::host
