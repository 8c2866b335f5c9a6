// libptyd: one connection to the daemon.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "client/ptyd/method.hpp"
#include "common/error.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

class ClientConnection;

// Whether to start a daemon when none listens.
enum class Autostart { no, yes };

struct ClientOptions {
  std::string socket{};          // absolute; empty: PTYD_SOCKET, else the user's own
  std::string name = "libptyd";  // of the client, for people
  std::string version{};         // of the client
  Autostart autostart = Autostart::no;
  std::string daemon_program{};                // to start; empty: ptyd beside the running program, then in PATH
  std::chrono::milliseconds deadline{10'000};  // for all of connect()
  std::uint32_t max_data = 64 * 1024;          // largest payload of one frame that is wanted, 1024..65536
};

// Any number of requests may be in flight; replies come in any order. When the connection is lost every open and
// every later request fails with `unavailable`; a Client is not connected again.
// Lifetime: may be dropped at any time; that closes the connection. Thread: the executor's, which must run one
// handler at a time.
class Client {
 public:
  static constexpr std::chrono::milliseconds kDefaultDeadline{30'000};
  // For requests that may take for ever: wait.
  static constexpr std::chrono::milliseconds kNoDeadline = std::chrono::milliseconds::max();

  // The daemon's user is checked before a byte is sent.
  // Errors: unavailable (no daemon, or it could not be started), permission_denied (somebody else's),
  // unsupported_version (names both ranges), deadline_exceeded, malformed (it is no ptyd).
  static boost::asio::awaitable<Result<std::shared_ptr<Client>>> connect(boost::asio::any_io_executor executor,
                                                                         ClientOptions options);
  // Speaks over a connected stream socket, which is owned from now on. Nobody's identity is checked.
  static boost::asio::awaitable<Result<std::shared_ptr<Client>>> adopt(boost::asio::any_io_executor executor,
                                                                       std::intptr_t socket, ClientOptions options);

  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  const v1::Welcome& welcome() const noexcept;

  // Sends `request` and waits for its answer. Errors: the daemon's own; deadline_exceeded also when it does not
  // answer at all; unavailable when the connection is lost; frame_too_large when the daemon would refuse it.
  boost::asio::awaitable<Result<v1::Response>> request(v1::Request request,
                                                       std::chrono::milliseconds deadline = kDefaultDeadline);

  // As request(), with the messages of one method: `co_await client->call(v1::ListRequest())`.
  template <class Query>
  boost::asio::awaitable<Result<typename Method<Query>::Reply>> call(
      Query query, std::chrono::milliseconds deadline = kDefaultDeadline) {
    v1::Request message;
    Method<Query>::put(message, std::move(query));
    auto response = co_await request(std::move(message), deadline);
    if (!response) co_return std::move(response).error();
    if (!Method<Query>::answered(*response)) co_return wrong_answer();
    co_return Method<Query>::take(*response);
  }

  // The next event, after a SubscribeRequest. Of events that are not fetched the newest 1024 are kept; an event of
  // type OVERFLOW stands for those that were dropped. One caller at a time. Errors: unavailable.
  boost::asio::awaitable<Result<v1::Event>> next_event();

  // Waits until the daemon has closed the connection. Errors: deadline_exceeded.
  boost::asio::awaitable<Result<void>> wait_closed(std::chrono::milliseconds deadline);

 private:
  friend class AttachedSession;
  explicit Client(std::shared_ptr<ClientConnection> connection);
  static Error wrong_answer();

  std::shared_ptr<ClientConnection> connection_;
};

// Connects; called again for each new connection that is needed.
using ClientFactory = std::function<boost::asio::awaitable<Result<std::shared_ptr<Client>>>(Autostart)>;

// Makes connections as Client::connect() does. Without `options.autostart` no daemon is ever started.
ClientFactory client_factory(boost::asio::any_io_executor executor, ClientOptions options);

}  // namespace ptyd
