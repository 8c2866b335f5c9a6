// Requests that look at a session's screen.
#include <memory>

#include "daemon/server/convert_screen.hpp"
#include "daemon/server/create_session.hpp"
#include "daemon/server/handlers.hpp"
#include "daemon/server/request_fields.hpp"

namespace ptyd {

namespace {

// Replies that may be made at once: each may have a megabyte.
constexpr std::size_t kMaxLooks = 64;

class Looking {
 public:
  explicit Looking(DaemonState& state) : state_(state) { ++state_.looks; }
  Looking(const Looking&) = delete;
  Looking& operator=(const Looking&) = delete;
  ~Looking() { --state_.looks; }
  bool allowed() const noexcept { return state_.looks <= kMaxLooks; }

 private:
  DaemonState& state_;
};

Error too_many_looks() {
  Error error{errc::resource_exhausted, "too many screens are being looked at"};
  error.hint = "wait for an answer before asking again";
  return error;
}

}  // namespace

LaterReply handle_screen(ConnectionPtr connection, OpenRequestPtr, v1::ScreenRequest request) {
  auto found = find_session(connection->state(), request.session());
  if (!found) co_return found.error();
  if (auto fine = check_screen_request(request); !fine) co_return fine.error();
  const auto session = *found;
  const Looking looking(connection->state());
  if (!looking.allowed()) co_return too_many_looks();
  const auto response = std::make_shared<v1::Response>();
  ScreenFollower::Look look = [response, request](const screen::Terminal& terminal, bool approximate) {
    *response->mutable_screen() = screen_reply(terminal, request, approximate);
  };
  const bool seen = co_await session->look(std::move(look));
  if (!seen) co_return no_screen(*session);
  auto& reply = *response->mutable_screen();
  if (connection->json_text()) reply.set_text(reply.data());
  co_return std::move(*response);
}

LaterReply handle_search(ConnectionPtr connection, OpenRequestPtr, v1::SearchRequest request) {
  auto found = find_session(connection->state(), request.session());
  if (!found) co_return found.error();
  const auto session = *found;
  const Looking looking(connection->state());
  if (!looking.allowed()) co_return too_many_looks();
  const auto reply = std::make_shared<Result<v1::SearchReply>>(Error{errc::internal, "not searched"});
  ScreenFollower::Look look = [reply, request](const screen::Terminal& terminal, bool approximate) {
    *reply = search_reply(terminal, request, approximate);
  };
  const bool seen = co_await session->look(std::move(look));
  if (!seen) co_return no_screen(*session);
  if (!*reply) co_return reply->error();
  v1::Response response;
  *response.mutable_search() = std::move(**reply);
  co_return response;
}

}  // namespace ptyd
