#include "tests/simulation/daemon.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <chrono>
#include <utility>

#include "daemon/session/waiting.hpp"
#include "tests/simulation/daemon_system.hpp"
#include "tests/simulation/failure.hpp"
#include "tests/simulation/host_process.hpp"

namespace ptyd::simulation {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kHeader = 16;  // of a frame

std::string copy_of(const RingSpans& spans) {
  std::string bytes;
  for (const auto& span : {spans.first, spans.second})
    bytes.append(reinterpret_cast<const char*>(span.data()), span.size());
  return bytes;
}

// Of its input: what an attachment before it left on its way to the host may have come meanwhile.
std::uint64_t already_there(const Attachment& attachment) {
  std::uint64_t accepted = 0;
  return attachment.session().ring().input_stream(attachment.stream(), accepted) ? accepted : 0;
}

}  // namespace

// ---------------------------------------------------------------- to a client

void ServerConnection::reply(Frame frame) {
  frame.size = kHeader;
  link_->to_client.push_back(std::move(frame));
  ready_ = true;
}

// False: the socket is full.
bool ServerConnection::flush() {
  for (auto& frame : link_->to_client) {
    const auto bytes = std::min(frame.size - frame.sent, link_->room);
    frame.sent += bytes;
    link_->room -= bytes;
    if (frame.sent < frame.size) return false;
  }
  if (std::exchange(in_flight_, false) && attachment) attachment->flushed();
  return true;
}

bool ServerConnection::send(const OutgoingItem& item) {
  Frame frame;
  frame.item = item.kind;
  frame.offset = item.offset;
  frame.limit = item.limit;
  frame.last = item.last;
  frame.reason = item.reason;
  const bool output = item.kind == OutgoingItem::Kind::output;
  frame.data = output ? copy_of(item.output) : std::string(item.snapshot);
  frame.size = kHeader + frame.data.size();
  if (output && link_->room == 0) {
    attachment->unsent();
    return false;
  }
  if (output) frame.sent = std::min(frame.size, link_->room);
  link_->room -= frame.sent;
  in_flight_ = output && frame.sent < frame.size;
  attachment->sent(item, in_flight_);
  link_->to_client.push_back(std::move(frame));
  if (item.kind == OutgoingItem::Kind::ended) attachment.reset();
  return true;
}

void ServerConnection::pump() {
  ready_ = false;
  for (int i = 0; i < 16; ++i) {
    if (!flush()) return;
    if (!attachment) return;
    const auto item = attachment->next();
    if (item.kind == OutgoingItem::Kind::none) return;
    if (!send(item)) {
      ready_ = true;  // when there is room
      return;
    }
  }
  ready_ = true;
}

// ---------------------------------------------------------------- its life

Daemon::Daemon(Kernel& kernel, TypingObserver& observer) : kernel_(kernel), observer_(observer) {
  events_.add(this);
  asio::co_spawn(io_, adopt(), asio::detached);
}

// As server/adopt_sessions.cpp does it.
asio::awaitable<void> Daemon::adopt() {
  auto linked = co_await HostLink::connect(io_.get_executor(), kHostPath, std::chrono::seconds(5));
  if (!linked) {
    failed_ = true;
    adopting_ = false;
    co_return;
  }
  auto link = std::move(*linked);
  const auto content = co_await link->get(host::Slot::record);
  auto record = content && *content ? decode_record(**content)
                                    : Result<SessionRecord>(Error{errc::unavailable, "there is no record"});
  if (!record) {
    co_await link->close();
    failed_ = true;
    adopting_ = false;
    co_return;
  }
  co_await link->take_custody("ptyd-host", kHostPath);
  ScreenSettings screen;
  screen.thread = &thread_;
  screen.scrollback_lines = 200;
  session_ = Session::start(io_.get_executor(), events_, std::move(*record), std::move(link), screen);
  session_->announce();
  adopting_ = false;
}

void Daemon::run_until(const std::function<bool()>& done) {
  for (int i = 0; i < 100'000 && !done(); ++i)
    if (!turn()) pass_time(1'000'000);
}

// It is killed: what its objects do at their end is seen by nobody.
Daemon::~Daemon() {
  auto& header = *reinterpret_cast<host::RingHeader*>(kernel_.ring->data);
  const auto floor = header.floor.load();
  const auto output_armed = header.output_armed.load();
  const auto input_armed = header.input_armed.load();
  const auto holders = header.floor_holders.load();
  auto& names = *reinterpret_cast<host::FloorNames*>(kernel_.ring->data + host::kFloorNamesOffset);
  std::array<std::uint64_t, host::kFloorNames> names_were{};
  for (std::size_t i = 0; i < names_were.size(); ++i) names_were[i] = names.names[i].load();
  spdlog::debug("the daemon dies: head {}, floor {} for {}", header.head.load(), floor, holders);
  for (const auto& [number, connection] : connections_)
    if (const auto& attachment = connection->attachment)
      spdlog::debug("client {} was there: flow {}, at {}, held {}", number, static_cast<int>(attachment->spec().flow),
                    attachment->cursor(), attachment->held());
  cut_daemon_off();
  const auto start_host = std::exchange(kernel_.on_start, [] {});
  connections_.clear();
  // It may still come to have a session.
  run_until([this] { return !adopting_; });
  ending_ = true;
  for (auto* wait : waits_) wait->notify();
  bool closed = session_ == nullptr;
  if (session_)
    asio::co_spawn(io_, session_->close(EndReason::daemon_stopping), [&closed](std::exception_ptr) { closed = true; });
  run_until([&closed] { return closed; });
  drop_screen_jobs();
  session_.reset();
  while (io_.poll_one() > 0) {
  }
  drop_screen_jobs();
  kernel_.on_start = start_host;
  header.floor.store(floor);
  header.output_armed.store(output_armed);
  header.input_armed.store(input_armed);
  header.floor_holders.store(holders);
  for (std::size_t i = 0; i < names_were.size(); ++i) names.names[i].store(names_were[i]);
}

void Daemon::on_session_event(const SessionEvent& event) {
  if (event.type == SessionEventType::host_replaced) {
    uncertain += event.count;
    ++replaced;
  }
  if (event.type != SessionEventType::exited) return;
  ++exits;
  if (event.session->state() == SessionState::lost) lost = true;
}

ServerConnection& Daemon::accept(std::shared_ptr<ClientLink> link, std::uint64_t client) {
  drop(client);
  auto& place = connections_[client];
  place = std::make_unique<ServerConnection>(std::move(link), client);
  return *place;
}

void Daemon::drop(std::uint64_t client) {
  const auto found = connections_.find(client);
  if (found == connections_.end()) return;
  const auto connection = std::move(found->second);
  connections_.erase(found);
  connection->attachment.reset();
  if (session_) session_->client_gone(client + 1);
}

// ---------------------------------------------------------------- requests

void Daemon::attach(ServerConnection& connection, Request& request) {
  request.spec.client.client = connection.client() + 1;  // 0 is nobody's
  auto attached = session_->attach(connection, std::move(request.spec));
  Frame frame;
  if (!attached) {
    frame.kind = Frame::Kind::refused;
    return connection.reply(std::move(frame));
  }
  connection.attachment = std::move(*attached);
  frame.kind = Frame::Kind::attached;
  frame.offset = connection.attachment->input_offset();
  frame.limit = connection.attachment->input_limit();
  connection.received = frame.offset;
  observer_.begins(connection.client(), frame.offset);
  frame.unknown = connection.attachment->input_unknown();
  frame.resumed = connection.attachment->resumed();
  const auto& ring = session_->ring();
  spdlog::debug("client {} attached: flow {} at {}, resumed {}; ring {} to {}, floor {} for {}", connection.client(),
                static_cast<int>(connection.attachment->spec().flow), connection.attachment->cursor(), frame.resumed,
                ring.oldest(), ring.head(), ring.floor(), ring.floor_holders());
  connection.reply(std::move(frame));
}

asio::awaitable<void> Daemon::claim(std::uint64_t client, Request request) {
  LeaseClaim wanted;
  if (request.amount > 0) wanted.ttl = std::chrono::milliseconds(request.amount);
  wanted.steal = request.steal;
  LeaseUser user;
  user.client.client = client + 1;
  const auto session = session_;
  ++claims_;
  const auto lease = co_await session->claim(std::move(user), wanted);
  --claims_;
  const auto found = connections_.find(client);
  if (found == connections_.end()) co_return;
  Frame frame;
  frame.kind = Frame::Kind::claimed;
  frame.unknown = !lease;
  found->second->reply(std::move(frame));
}

void Daemon::begin_wait(std::uint64_t client, std::shared_ptr<ClientLink> link) {
  auto waiting = wait_for_end(client, std::move(link));
  asio::co_spawn(io_, std::move(waiting), asio::detached);
}

// As server/handle_wait.cpp does it.
asio::awaitable<void> Daemon::wait_for_end(std::uint64_t client, std::shared_ptr<ClientLink> link) {
  const auto session = session_;
  AsyncEvent wake(io_.get_executor());
  const Waiting told(session->exit_waiters(), wake);
  const Waiting ended(waits_, wake);
  while (!session->complete() && !ending_) co_await wake.wait();
  const auto found = connections_.find(client);
  if (ending_ || found == connections_.end() || &found->second->link() != link.get()) co_return;
  Frame frame;
  found->second->waits = false;
  frame.kind = Frame::Kind::waited;
  frame.offset = session->ring().head();
  found->second->reply(std::move(frame));
}

bool Daemon::serve(ServerConnection& connection) {
  auto& link = connection.link();
  if (link.carried == 0) return false;
  auto request = std::move(link.to_daemon.front());
  link.to_daemon.pop_front();
  --link.carried;
  auto* const attachment = connection.attachment.get();
  switch (request.kind) {
    case Request::Kind::attach: attach(connection, request); break;
    case Request::Kind::credit:
      if (attachment != nullptr) attachment->grant(request.amount);
      break;
    case Request::Kind::input: {
      if (attachment == nullptr) break;
      connection.received = std::max(connection.received, already_there(*attachment));
      const auto typed = attachment->input(request.amount, request.data);
      const auto end = request.amount + request.data.size();
      if (typed && end > connection.received)
        observer_.typed(connection.client(), *session_);
      else if (typed)
        break;
      else if (typed.error().code == errc::busy)
        observer_.refused(connection.client(), std::max(request.amount, connection.received), end);
      else
        expect(lost || !session_->running(), "input was refused: " + typed.error().message);
      connection.received = std::max(connection.received, end);
      break;
    }
    case Request::Kind::resize:
      if (attachment != nullptr) attachment->set_size(request.size);
      break;
    case Request::Kind::claim: {
      auto claiming = claim(connection.client(), std::move(request));
      asio::co_spawn(io_, std::move(claiming), asio::detached);
      break;
    }
    case Request::Kind::wait: {
      connection.waits = true;
      begin_wait(connection.client(), connection.shared_link());
      break;
    }
    case Request::Kind::release: {
      LeaseUser user;
      user.client.client = connection.client() + 1;
      static_cast<void>(session_->leases().release(LeaseKind::input, user, false));
      break;
    }
  }
  return true;
}

}  // namespace ptyd::simulation
