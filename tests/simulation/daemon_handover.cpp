// Daemon: another program goes on in its place, as server/handover.cpp and server/connection_handover.cpp do it.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

#include "daemon/handover/state_file.hpp"
#include "tests/simulation/daemon.hpp"
#include "tests/simulation/daemon_system.hpp"
#include "tests/simulation/failure.hpp"
#include "tests/simulation/host_process.hpp"

namespace ptyd::simulation {

namespace asio = boost::asio;

namespace {

// Descriptors outlive the program that had them open.
void keep(Kernel& kernel, SavedHandle& handle) {
  if (handle >= 0) handle = static_cast<SavedHandle>(kernel.add(kernel.find(handle)));
}

void keep_handles(Kernel& kernel, SavedHost& host) {
  for (auto* const handle :
       {&host.ring, &host.process, &host.counts, &host.terminal, &host.memory, &host.program, &host.checkpoint})
    keep(kernel, *handle);
}

}  // namespace

void ServerConnection::settle() {
  if (!attachment || !attachment->ended()) return;
  const auto item = attachment->next();
  send(item);
}

Handover::Client ServerConnection::save() const {
  return {client_, link_, attachment ? attachment->spec().max_data : 0, received, in_flight_, waits};
}

void ServerConnection::resume(const Handover::Client& saved) {
  received = saved.received;
  in_flight_ = saved.in_flight;
  waits = saved.waits;
  ready_ = true;
}

std::optional<Handover> Daemon::hand_over() {
  if (!up() || session_->replacing_host() || claims_ > 0) return std::nullopt;
  session_->settle();
  for (const auto& [number, connection] : connections_) connection->settle();
  Handover left;
  left.replaced = replaced;
  left.exits = exits;
  SavedState saved;
  saved.lock = saved.listener = 0;  // such things are not simulated
  saved.next_connection = 100;
  auto session = session_->save();
  if (!session) return std::nullopt;
  keep_handles(kernel_, session->host);
  keep_connected(session->host.socket);
  saved.sessions.push_back(std::move(*session));
  for (const auto& [number, connection] : connections_) {
    left.clients.push_back(connection->save());
    if (!connection->attachment) continue;
    SavedConnection client;
    client.number = number + 1;
    client.socket = 0;
    client.greeted = true;
    client.attachments.push_back(connection->attachment->save());
    saved.connections.push_back(std::move(client));
  }
  auto state = encode_state(saved);
  expect(static_cast<bool>(state), "the state can't be handed over");
  left.state = std::move(*state);
  return left;
}

Daemon::Daemon(Kernel& kernel, TypingObserver& observer, const Handover& left) : kernel_(kernel), observer_(observer) {
  events_.add(this);
  adopting_ = false;
  replaced = left.replaced;
  exits = left.exits;
  const auto saved = decode_state(left.state);
  expect(static_cast<bool>(saved), "the state that was handed over can't be read: " + (saved ? "" : saved.error().message));
  const auto& one = saved->sessions.front();
  auto session = Session::resume(io_.get_executor(), events_, one);
  expect(static_cast<bool>(session), "the session could not be taken over");
  session_ = std::move(*session);
  for (const auto& client : left.clients) {
    auto& connection = accept(client.link, client.number);
    connection.resume(client);
    for (const auto& other : saved->connections) {
      if (other.number != client.number + 1) continue;
      ClientIdentity identity;
      identity.client = other.number;
      connection.attachment =
          session_->resume_attachment(connection, std::move(identity), client.max_data, other.attachments.front());
    }
  }
  ScreenSettings screen;
  screen.thread = &thread_;
  screen.scrollback_lines = 200;
  session_->go_on(one, screen);
  asio::co_spawn(io_, session_->outlive_host("ptyd-host", kHostPath), asio::detached);
  session_->leases().drop_clients([this](std::uint64_t client) { return connections_.contains(client - 1); });
  for (const auto& client : left.clients)
    if (client.waits) begin_wait(client.number, client.link);
}

}  // namespace ptyd::simulation
