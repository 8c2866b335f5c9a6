#include "daemon/server/server.hpp"

#include <spdlog/spdlog.h>

#include <utility>

#include "common/escape.hpp"
#include "common/log_exception.hpp"
#include "common/memory_reserve.hpp"
#include "daemon/handover/saved_client.hpp"
#include "daemon/server/acceptor.hpp"

namespace ptyd {

namespace asio = boost::asio;

Server::Server(DaemonState& state)
    : state_(state),
      accepting_(state.executor, [](std::exception_ptr error) { log_exception("accepting clients", error); }),
      serving_(state.executor, [](std::exception_ptr error) { log_exception("serving a client", error); }) {}

Server::~Server() = default;

Result<void> Server::listen(UniqueHandle listener) {
  auto acceptor = Acceptor::adopt(state_.executor, std::move(listener));
  if (!acceptor) return acceptor.error();
  acceptor_ = std::move(*acceptor);
  accepting_.spawn(accept_loop());
  return {};
}

asio::awaitable<void> Server::accept_loop() {
  for (;;) {
    auto stream = co_await acceptor_->accept();
    if (!stream) co_return;
    if (!memory_reserve::held() && !memory_reserve::take_back()) {
      spdlog::warn("a client was not served: out of memory");
      continue;
    }
    try {
      take(std::move(stream));
    } catch (const std::bad_alloc&) {
      log_exception("serving a client", std::current_exception());
    }
  }
}

void Server::take(std::unique_ptr<ClientStream> stream) {
  const auto peer = stream->peer();
  // Nothing that another user sends is even read.
  if (const auto ours = peer ? check_same_user(*peer, "a client") : Result<void>(peer.error()); !ours) {
    spdlog::warn("a client was refused: {}", escape_text(ours.error().message));
    return;
  }
  const auto number = next_number_++;
  auto connection = std::make_shared<Connection>(state_, std::move(stream), number, *peer);
  state_.connections.emplace(number, connection);
  newcomers_.push_back(connection);
  keep_newcomers_few();
  serving_.spawn(serve(std::move(connection)));
}

UniqueHandle::Native Server::listener() const noexcept {
  return acceptor_ ? acceptor_->native() : UniqueHandle::kNone;
}

Result<void> Server::resume(const SavedConnection& saved) {
  auto stream = ClientStream::resume(state_.executor, UniqueHandle(saved.socket));
  if (!stream) return stream.error();
  const auto peer = (*stream)->peer();
  if (!peer) return peer.error();
  if (auto ours = check_same_user(*peer, "a client"); !ours) return ours;
  auto connection = std::make_shared<Connection>(state_, std::move(*stream), saved.number, *peer);
  const bool whole = connection->resume(saved);
  state_.connections.emplace(saved.number, connection);
  if (!connection->greeted()) newcomers_.push_back(connection);
  resumed_.push_back(connection);
  if (whole) return {};
  connection->abort();
  return Error{errc::unavailable, "a session that it is attached to is not there"};
}

void Server::serve_resumed() {
  for (auto& connection : std::exchange(resumed_, {})) serving_.spawn(serve(std::move(connection)));
}

void Server::keep_newcomers_few() {
  newcomers_.remove_if([](const std::weak_ptr<Connection>& weak) {
    const auto connection = weak.lock();
    return !connection || connection->greeted();
  });
  while (newcomers_.size() > state_.settings.max_unauthenticated) {
    if (const auto oldest = newcomers_.front().lock()) {
      spdlog::warn("client={} closed: too many clients that have not said hello", oldest->number());
      oldest->abort();
    }
    newcomers_.pop_front();
  }
}

asio::awaitable<void> Server::serve(std::shared_ptr<Connection> connection) {
  co_await connection->serve();
  state_.connections.erase(connection->number());
}

void Server::stop_accepting() {
  accepting_.cancel();
  if (acceptor_) acceptor_->close();
}

asio::awaitable<void> Server::close() {
  stop_accepting();
  co_await accepting_.close();
  for (const auto& [number, weak] : state_.connections)
    if (const auto connection = weak.lock()) connection->finish();
  co_await serving_.join();
}

}  // namespace ptyd
