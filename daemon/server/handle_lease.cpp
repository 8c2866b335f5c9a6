// Requests about leases of input and size.
#include <string>

#include "daemon/server/convert.hpp"
#include "daemon/server/handlers.hpp"
#include "daemon/server/request_fields.hpp"

namespace ptyd {

namespace {

Result<LeaseUser> user_of(const Connection& connection, const std::string& token) {
  auto named = id_from_wire(token, "lease");
  if (!named) return named.error();
  return LeaseUser{connection.identity(), *named, false};
}

Result<LeaseClaim> claim_of(const v1::ClaimRequest& request) {
  LeaseClaim claim;
  const auto kind = from_wire(request.kind());
  if (!kind) return kind.error();
  claim.kind = *kind;
  constexpr auto kLongest = static_cast<std::uint64_t>(LeaseDesk::kLongest.count());
  if (request.ttl_ms() > kLongest) return bad_field("ttl_ms", "must be at most " + std::to_string(kLongest));
  if (request.ttl_ms() > 0) claim.ttl = LeaseDesk::Duration(request.ttl_ms());
  claim.steal = request.steal();
  if (!request.has_size()) return claim;
  if (claim.kind != LeaseKind::size) return bad_field("size", "is for a lease of the size");
  const auto size = from_wire(request.size());
  if (!size) return size.error();
  claim.size = *size;
  return claim;
}

}  // namespace

LaterReply handle_claim(ConnectionPtr connection, OpenRequestPtr, v1::ClaimRequest request) {
  auto session = find_session(connection->state(), request.session());
  if (!session) co_return session.error();
  auto user = user_of(*connection, request.lease());
  if (!user) co_return user.error();
  auto wanted = claim_of(request);
  if (!wanted) co_return wanted.error();
  const auto kind = wanted->kind;
  // It would be bound to a client that is gone.
  if (connection->gone()) co_return Error{errc::cancelled, "the client is gone"};
  connection->note_claim();
  const auto lease = co_await (*session)->claim(std::move(*user), std::move(*wanted));
  if (!lease) co_return lease.error();
  v1::Response response;
  auto* reply = response.mutable_claim();
  reply->set_lease(lease->token.data(), lease->token.size());
  *reply->mutable_info() = describe(HeldLease{kind, *lease});
  co_return response;
}

Reply handle_release(Connection& connection, const v1::ReleaseRequest& request) {
  auto session = find_session(connection.state(), request.session());
  if (!session) return session.error();
  const auto user = user_of(connection, request.lease());
  if (!user) return user.error();
  const auto kind = from_wire(request.kind());
  if (!kind) return kind.error();
  const auto released = (*session)->leases().release(*kind, *user, request.force());
  if (!released) return released.error();
  v1::Response response;
  response.mutable_release()->set_released(*released);
  return response;
}

}  // namespace ptyd
