#include "daemon/server/dispatch.hpp"

#include "daemon/core/session_name.hpp"
#include "daemon/server/convert.hpp"
#include "daemon/server/handlers.hpp"
#include "daemon/server/request_fields.hpp"

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

// What means the same session later, when its name may be another one's.
std::string id_of(DaemonState& state, const std::string& spec) {
  const auto session = find_session(state, spec);
  return session ? id_to_hex((*session)->id()) : spec;
}

// What `open` must know for the program that takes this one's place.
void note(DaemonState& state, OpenRequest& open, const v1::Request& request) {
  const auto keep = [&](const auto& asked, auto* again) {
    *again = asked;
    again->set_session(id_of(state, asked.session()));
  };
  switch (request.method_case()) {
    case v1::Request::kInspect: keep(request.inspect(), open.again.mutable_inspect()); break;
    case v1::Request::kScreen: keep(request.screen(), open.again.mutable_screen()); break;
    case v1::Request::kSearch: keep(request.search(), open.again.mutable_search()); break;
    case v1::Request::kCommands: keep(request.commands(), open.again.mutable_commands()); break;
    case v1::Request::kKill: keep(request.kill(), open.again.mutable_kill()); break;
    case v1::Request::kRemove: keep(request.remove(), open.again.mutable_remove()); break;
    case v1::Request::kRestart: keep(request.restart(), open.again.mutable_restart()); break;
    case v1::Request::kSend:
      // Without the bytes: it is known how far they are.
      open.again.mutable_send()->set_session(id_of(state, request.send().session()));
      break;
    case v1::Request::kWait:
      // What was typed is not typed again.
      if (request.wait().has_send()) return;
      *open.again.mutable_wait() = request.wait();
      for (auto& spec : *open.again.mutable_wait()->mutable_sessions()) spec = id_of(state, spec);
      break;
    default: return;
  }
  open.repeatable = request.has_inspect() || request.has_screen() || request.has_search() || request.has_commands() ||
                    request.has_wait();
}

// These need nobody who asked.
std::optional<LaterReply> start_alone(DaemonState& state, const OpenRequestPtr& open, v1::Request& request) {
  switch (request.method_case()) {
    case v1::Request::kSend: return handle_send(state, open, std::move(*request.mutable_send()));
    case v1::Request::kKill: return handle_kill(state, open, std::move(*request.mutable_kill()));
    case v1::Request::kRemove: return handle_remove(state, open, std::move(*request.mutable_remove()));
    case v1::Request::kRestart: return handle_restart(state, open, std::move(*request.mutable_restart()));
    default: return std::nullopt;
  }
}

Error unknown_request() { return Error{errc::unimplemented, "this daemon does not know that request"}; }

LaterReply refuse_unknown() { co_return unknown_request(); }

LaterReply start(const ConnectionPtr& connection, const OpenRequestPtr& open, v1::Request& request) {
  if (auto alone = start_alone(connection->state(), open, request)) return std::move(*alone);
  switch (request.method_case()) {
    case v1::Request::kCreate: return handle_create(connection, open, std::move(*request.mutable_create()));
    case v1::Request::kClaim: return handle_claim(connection, open, std::move(*request.mutable_claim()));
    case v1::Request::kDirect: return handle_direct(connection, open, std::move(*request.mutable_direct()));
    case v1::Request::kInspect: return handle_inspect(connection, open, std::move(*request.mutable_inspect()));
    case v1::Request::kScreen: return handle_screen(connection, open, std::move(*request.mutable_screen()));
    case v1::Request::kSearch: return handle_search(connection, open, std::move(*request.mutable_search()));
    case v1::Request::kCommands: return handle_commands(connection, open, std::move(*request.mutable_commands()));
    case v1::Request::kSignal: return handle_signal(connection, open, std::move(*request.mutable_signal()));
    case v1::Request::kRecord: return handle_record(connection, open, std::move(*request.mutable_record()));
    case v1::Request::kRecordChange:
      return handle_record_change(connection, open, std::move(*request.mutable_record_change()));
    case v1::Request::kUpgrade: return handle_upgrade(connection, open, std::move(*request.mutable_upgrade()));
    default: return refuse_unknown();
  }
}

}  // namespace

bool begins_something(const v1::Request& request) {
  switch (request.method_case()) {
    case v1::Request::kCreate:
    case v1::Request::kAttach:
    case v1::Request::kSend:
    case v1::Request::kSignal:
    case v1::Request::kKill:
    case v1::Request::kRemove:
    case v1::Request::kRecord:
    case v1::Request::kRecordChange:
    case v1::Request::kClaim:
    case v1::Request::kRestart: return true;
    case v1::Request::kWait: return request.wait().has_send();
    default: return false;
  }
}

void go_on_alone(DaemonState& state, OpenRequestPtr open, v1::Request request) {
  open->enter(state.requests);
  note(state, *open, request);
  if (auto work = start_alone(state, open, request))
    state.tasks->spawn(work_on(std::move(*work), std::make_shared<Outcome>(state.executor)));
}

bool takes_memory(const v1::Request& request) {
  switch (request.method_case()) {
    case v1::Request::kCreate:
    case v1::Request::kAttach:
    case v1::Request::kCommands:
    case v1::Request::kHistory:
    case v1::Request::kRecord:
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
    case v1::Request::kRelease: return to_response(handle_release(connection, request.release()));
    case v1::Request::kRename: return to_response(handle_rename(connection, request.rename()));
    case v1::Request::kLabel: return to_response(handle_label(connection, request.label()));
    case v1::Request::kSubscribe: return to_response(handle_subscribe(connection, request.subscribe()));
    case v1::Request::kUnsubscribe: return to_response(handle_unsubscribe(connection, request.unsubscribe()));
    case v1::Request::kEnvironment: return to_response(handle_environment(connection, request.environment()));
    case v1::Request::kShutdown: return to_response(handle_shutdown(connection, request.shutdown()));
    case v1::Request::METHOD_NOT_SET:
      return to_response(unknown_request());
    default: return std::nullopt;
  }
}

asio::awaitable<v1::Response> dispatch_later(ConnectionPtr connection, OpenRequestPtr open, v1::Request request) {
  note(connection->state(), *open, request);
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
