#include "client/drive/input_hold.hpp"

#include <chrono>
#include <utility>

#include "client/drive/lease_feature.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {
// A daemon that does not answer is left: the lease ends with the connection.
constexpr std::chrono::seconds kLetGo{2};
}  // namespace

asio::awaitable<Result<InputHold>> hold_input(std::shared_ptr<Client> client, std::string session, std::string named) {
  const auto known = knows_leases(*client);
  if (!named.empty()) {
    if (!known) co_return known.error();
    co_return InputHold{std::move(named), false};
  }
  if (!known) co_return InputHold();
  v1::ClaimRequest request;
  request.set_session(std::move(session));
  request.set_kind(v1::INPUT_LEASE);
  auto reply = co_await client->call(std::move(request));
  if (!reply) co_return reply.error();
  co_return InputHold{std::move(*reply->mutable_lease()), true};
}

asio::awaitable<void> let_go_of_input(std::shared_ptr<Client> client, std::string session, InputHold hold) {
  if (!hold.claimed) co_return;
  v1::ReleaseRequest request;
  request.set_session(std::move(session));
  request.set_kind(v1::INPUT_LEASE);
  request.set_lease(std::move(hold.token));
  static_cast<void>(co_await client->call(std::move(request), kLetGo));
}

}  // namespace ptyd
