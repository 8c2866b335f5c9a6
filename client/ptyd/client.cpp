#include "client/ptyd/client.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

#include "client/ptyd/backoff.hpp"
#include "client/ptyd/client_connection.hpp"
#include "client/ptyd/daemon_socket.hpp"
#include "common/random.hpp"
#include "ptyd/version.hpp"

namespace ptyd {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds kGreetAgain{2};

v1::Hello make_hello(const ClientOptions& options) {
  v1::Hello hello;
  hello.set_protocol_min(kProtocolMin);
  hello.set_protocol_max(kProtocolMax);
  hello.set_client_name(options.name);
  hello.set_client_version(options.version.empty() ? kVersion : options.version);
  hello.set_max_data(options.max_data);
  return hello;
}

asio::awaitable<Result<std::shared_ptr<ClientConnection>>> greet(asio::any_io_executor executor, UniqueHandle socket,
                                                                 ClientOptions options, Clock::time_point deadline) {
  auto stream = DaemonStream::adopt(executor, std::move(socket));
  if (!stream) co_return stream.error();
  const auto connection = std::make_shared<ClientConnection>(executor, std::move(*stream));
  auto hello = make_hello(options);
  const auto greeted = co_await connection->greet(std::move(hello), deadline);
  if (!greeted) {
    connection->abort();
    co_return greeted.error();
  }
  co_return connection;
}

}  // namespace

Client::Client(std::shared_ptr<ClientConnection> connection) : connection_(std::move(connection)) {}

Client::~Client() { connection_->abort(); }

asio::awaitable<Result<std::shared_ptr<Client>>> Client::connect(asio::any_io_executor executor,
                                                                 ClientOptions options) {
  const auto deadline = Clock::now() + options.deadline;
  // A daemon that closes before it answers ends just now, or too many come at once. Nothing was asked yet, so the next
  // one will do.
  std::optional<Backoff> backoff;
  asio::steady_timer timer(executor);
  for (;;) {
    Error error;
    auto socket = co_await open_daemon_socket(executor, options);
    if (socket) {
      auto connection = co_await greet(executor, std::move(*socket), options, deadline);
      if (connection) {
        (*connection)->set_local();
        co_return std::shared_ptr<Client>(new Client(std::move(*connection)));
      }
      error = connection.error();
      if (!backoff) backoff.emplace(std::min(deadline, Clock::now() + kGreetAgain), random_bytes16().front());
    } else {
      error = socket.error();
    }
    const auto at = backoff && error.code == errc::unavailable ? backoff->next(Clock::now()) : std::nullopt;
    if (!at) co_return error;
    timer.expires_at(*at);
    const auto [stopped] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    if (stopped) co_return error;
  }
}

asio::awaitable<Result<std::shared_ptr<Client>>> Client::adopt(asio::any_io_executor executor, std::intptr_t socket,
                                                               ClientOptions options) {
  UniqueHandle owned(socket);
  const auto deadline = Clock::now() + options.deadline;
  auto connection = co_await greet(executor, std::move(owned), options, deadline);
  if (!connection) co_return connection.error();
  co_return std::shared_ptr<Client>(new Client(std::move(*connection)));
}

const v1::Welcome& Client::welcome() const noexcept { return connection_->welcome(); }

asio::awaitable<Result<v1::Response>> Client::request(v1::Request request, std::chrono::milliseconds deadline) {
  return connection_->request(std::move(request), deadline, {});
}

asio::awaitable<Result<v1::Event>> Client::next_event() { return connection_->next_event(); }

asio::awaitable<Result<void>> Client::wait_closed(std::chrono::milliseconds deadline) {
  const auto connection = connection_;
  const bool closed = co_await connection->wait_closed(Clock::now() + deadline);
  if (closed) co_return Result<void>();
  co_return Error{errc::deadline_exceeded, "the daemon keeps the connection open"};
}

Error Client::wrong_answer() {
  Error error;
  error.code = errc::malformed;
  error.message = "the daemon's answer does not fit the request";
  error.hint = "make sure that ptyctl and ptyd are of the same version";
  return error;
}

ClientFactory client_factory(asio::any_io_executor executor, ClientOptions options) {
  return [executor, options](Autostart autostart) {
    auto wanted = options;
    if (autostart == Autostart::no) wanted.autostart = Autostart::no;
    return Client::connect(executor, std::move(wanted));
  };
}

}  // namespace ptyd
