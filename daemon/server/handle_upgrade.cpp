// The request that puts another program in this one's place.
#include "daemon/server/handlers.hpp"

namespace ptyd {

LaterReply handle_upgrade(ConnectionPtr connection, OpenRequestPtr open, v1::UpgradeRequest request) {
  auto& state = connection->state();
  if (!state.upgrade) {
    Error error{errc::unimplemented, "a daemon can't be replaced in place on this system"};
    error.hint = "ptyctl daemon upgrade --cold stops it and starts the new one: sessions live on";
    co_return error;
  }
  connection.reset();
  open->is_upgrade = true;
  // What comes back is why this program is still here; otherwise the other one answers.
  const Error why = co_await state.upgrade(request.program(), open);
  co_return why;
}

}  // namespace ptyd
