#include "daemon/server/dispatch.hpp"

#include "daemon/server/convert.hpp"
#include "daemon/server/handlers.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

v1::Response to_response(Reply reply) {
  if (reply) return std::move(*reply);
  v1::Response response;
  *response.mutable_error() = to_wire(reply.error());
  return response;
}

// The outcome of work that outlives the request that began it.
struct Outcome {
  explicit Outcome(asio::any_io_executor executor) : done(executor) {}
  AsyncEvent done;
  v1::Response response;
};

asio::awaitable<void> work_on(LaterReply work, std::shared_ptr<Outcome> outcome) {
  Reply reply = Error{errc::internal, "the request failed unexpectedly"};
  try {
    reply = co_await std::move(work);
  } catch (const std::bad_alloc&) {
    reply = Error{errc::resource_exhausted, "the daemon is out of memory"};
  }
  outcome->response = to_response(std::move(reply));
  outcome->done.notify();
}

LaterReply start(const ConnectionPtr& connection, const OpenRequestPtr& open, v1::Request& request) {
  switch (request.method_case()) {
    case v1::Request::kCreate: return handle_create(connection, open, std::move(*request.mutable_create()));
    case v1::Request::kInspect: return handle_inspect(connection, open, std::move(*request.mutable_inspect()));
    case v1::Request::kScreen: return handle_screen(connection, open, std::move(*request.mutable_screen()));
    case v1::Request::kSearch: return handle_search(connection, open, std::move(*request.mutable_search()));
    case v1::Request::kSend: return handle_send(connection, open, std::move(*request.mutable_send()));
    case v1::Request::kSignal: return handle_signal(connection, open, std::move(*request.mutable_signal()));
    case v1::Request::kKill: return handle_kill(connection, open, std::move(*request.mutable_kill()));
    case v1::Request::kRemove: return handle_remove(connection, open, std::move(*request.mutable_remove()));
    default: return handle_restart(connection, open, std::move(*request.mutable_restart()));
  }
}

}  // namespace

bool takes_memory(const v1::Request& request) {
  switch (request.method_case()) {
    case v1::Request::kCreate:
    case v1::Request::kAttach:
    case v1::Request::kHistory:
    case v1::Request::kRestart:
    case v1::Request::kScreen:
    case v1::Request::kSearch:
    case v1::Request::kSend:
    case v1::Request::kSubscribe: return true;
    case v1::Request::kWait: return request.wait().conditions_size() > 0;
    default: return false;
  }
}

std::optional<v1::Response> dispatch_now(Connection& connection, const v1::Request& request) {
  switch (request.method_case()) {
    case v1::Request::kStatus: return to_response(handle_status(connection, request.status()));
    case v1::Request::kDetach: return to_response(handle_detach(connection, request.detach()));
    case v1::Request::kList: return to_response(handle_list(connection, request.list()));
    case v1::Request::kResize: return to_response(handle_resize(connection, request.resize()));
    case v1::Request::kSetSize: return to_response(handle_set_size(connection, request.set_size()));
    case v1::Request::kHistory: return to_response(handle_history(connection, request.history()));
    case v1::Request::kRename: return to_response(handle_rename(connection, request.rename()));
    case v1::Request::kLabel: return to_response(handle_label(connection, request.label()));
    case v1::Request::kSubscribe: return to_response(handle_subscribe(connection, request.subscribe()));
    case v1::Request::kUnsubscribe: return to_response(handle_unsubscribe(connection, request.unsubscribe()));
    case v1::Request::kShutdown: return to_response(handle_shutdown(connection, request.shutdown()));
    case v1::Request::METHOD_NOT_SET:
      return to_response(Error{errc::unimplemented, "this daemon does not know that request"});
    default: return std::nullopt;
  }
}

asio::awaitable<v1::Response> dispatch_later(ConnectionPtr connection, OpenRequestPtr open, v1::Request request) {
  if (request.method_case() == v1::Request::kWait) {
    Reply reply = co_await handle_wait(connection, open, std::move(*request.mutable_wait()));
    co_return to_response(std::move(reply));
  }
  // Directly: the reply must be queued before the attachment's output is.
  if (request.method_case() == v1::Request::kAttach) {
    Reply reply = co_await handle_attach(connection, open, std::move(*request.mutable_attach()));
    co_return to_response(std::move(reply));
  }
  auto& state = connection->state();
  const auto outcome = std::make_shared<Outcome>(state.executor);
  state.tasks->spawn(work_on(start(connection, open, request), outcome));
  co_await outcome->done.wait();
  co_return std::move(outcome->response);
}

}  // namespace ptyd
