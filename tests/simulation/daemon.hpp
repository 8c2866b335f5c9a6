// The daemon as far as one session goes: from the host's socket up to what it sends to its clients.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/async_event.hpp"
#include "daemon/session/session.hpp"
#include "tests/simulation/kernel.hpp"

namespace ptyd::simulation {

struct Request {
  enum class Kind : std::uint8_t { attach, credit, input, resize, claim, release, wait };
  Kind kind = Kind::attach;
  AttachSpec spec;           // attach
  std::uint64_t amount = 0;  // credit: bytes; input: offset; claim: ms, 0: as long as it is connected
  std::string data;          // input
  WindowSize size;           // resize
  bool steal = false;        // claim
};

struct Frame {
  enum class Kind : std::uint8_t { attached, refused, claimed, waited, item };
  Kind kind = Kind::item;
  OutgoingItem::Kind item = OutgoingItem::Kind::none;
  std::uint64_t offset = 0;  // attached: of input; waited: of the program's last byte
  std::uint64_t limit = 0;
  std::string data;
  bool last = false;
  bool resumed = false;
  bool unknown = false;  // attached: the input stream is not known; claimed: it was not granted
  EndReason reason = EndReason::detached;
  std::size_t size = 0;
  std::size_t sent = 0;  // bytes of it that are in the socket, or were
  std::size_t read = 0;  // by the client
};

// Between a client and the daemon: what is in the sockets stays there when one of the two dies.
struct ClientLink {
  std::deque<Request> to_daemon;
  std::size_t carried = 0;  // of them, what the daemon sees
  std::deque<Frame> to_client;
  std::size_t room = 0;
  bool over = false;  // for the client: when it has read all
};

// What a daemon leaves to the program that it executes in its place.
struct Handover {
  struct Client {
    std::uint64_t number = 0;
    std::shared_ptr<ClientLink> link;
    std::uint64_t max_data = 0;
    std::uint64_t received = 0;
    bool in_flight = false;
    bool waits = false;
  };
  std::string state;  // encode_state()
  std::vector<Client> clients;
  std::uint64_t replaced = 0;
  std::uint64_t exits = 0;
};

// As server/connection_output.cpp does it.
class ServerConnection final : public OutputSink {
 public:
  ServerConnection(std::shared_ptr<ClientLink> link, std::uint64_t client) : link_(std::move(link)), client_(client) {}

  void output_ready() override { ready_ = true; }
  bool ready() const { return ready_ || (unsent() && link_->room > 0); }
  void pump();
  void reply(Frame frame);
  // What has ended is told before the rest is handed over.
  void settle();
  Handover::Client save() const;
  void resume(const Handover::Client& saved);

  ClientLink& link() { return *link_; }
  std::shared_ptr<ClientLink> shared_link() const { return link_; }
  std::uint64_t client() const { return client_; }
  std::unique_ptr<Attachment> attachment;
  std::uint64_t received = 0;  // of its input, up to here
  bool waits = false;

 private:
  bool unsent() const { return !link_->to_client.empty() && link_->to_client.back().sent < link_->to_client.back().size; }
  bool flush();
  bool send(const OutgoingItem& item);

  std::shared_ptr<ClientLink> link_;
  std::uint64_t client_;
  bool ready_ = false;
  bool in_flight_ = false;
};

// Told of what was typed and what was refused, when it is.
class TypingObserver {
 public:
  // Input goes on at `accepted`: what came of the rest that was sent before is not known.
  virtual void begins(std::uint64_t client, std::uint64_t accepted) = 0;
  virtual void refused(std::uint64_t client, std::uint64_t from, std::uint64_t to) = 0;
  virtual void typed(std::uint64_t client, const Session& session) = 0;

 protected:
  ~TypingObserver() = default;
};

class Daemon final : SessionObserver {
 public:
  Daemon(Kernel& kernel, TypingObserver& observer);
  // Goes on where another program was.
  Daemon(Kernel& kernel, TypingObserver& observer, const Handover& left);
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  bool up() const { return session_ != nullptr; }
  bool failed() const { return failed_; }
  Session& session() { return *session_; }
  // Nothing: it is in the middle of something. After that it does nothing any more but end.
  std::optional<Handover> hand_over();
  bool replaceable() const { return up() && session_->rehostable(); }

  ServerConnection& accept(std::shared_ptr<ClientLink> link, std::uint64_t client);
  void drop(std::uint64_t client);
  std::map<std::uint64_t, std::unique_ptr<ServerConnection>>& connections() { return connections_; }

  // One handler of the loop. False: there was none.
  bool turn() {
    if (io_.stopped()) io_.restart();
    return io_.poll_one() > 0;
  }
  // One request of this client. False: there was none.
  bool serve(ServerConnection& connection);

  std::uint64_t uncertain = 0;  // bytes of input that may not have been typed
  std::uint64_t replaced = 0;
  std::uint64_t exits = 0;  // told
  bool lost = false;

 private:
  boost::asio::awaitable<void> adopt();
  boost::asio::awaitable<void> claim(std::uint64_t client, Request request);
  boost::asio::awaitable<void> wait_for_end(std::uint64_t client, std::shared_ptr<ClientLink> link);
  void begin_wait(std::uint64_t client, std::shared_ptr<ClientLink> link);
  void attach(ServerConnection& connection, Request& request);
  void run_until(const std::function<bool()>& done);
  void on_session_event(const SessionEvent& event) override;

  Kernel& kernel_;
  TypingObserver& observer_;
  ScreenThread thread_;
  boost::asio::io_context io_{1};
  EventBus events_;
  std::shared_ptr<Session> session_;
  std::map<std::uint64_t, std::unique_ptr<ServerConnection>> connections_;
  std::vector<AsyncEvent*> waits_;
  unsigned claims_ = 0;  // under way
  bool ending_ = false;
  bool adopting_ = true;
  bool failed_ = false;
};

}  // namespace ptyd::simulation
