// Requests about one or all sessions that are answered at once.
#include <algorithm>
#include <boost/asio/post.hpp>

#include "daemon/core/session_name.hpp"
#include "daemon/server/acceptor.hpp"
#include "daemon/server/convert.hpp"
#include "daemon/server/features.hpp"
#include "daemon/server/handlers.hpp"
#include "daemon/server/request_fields.hpp"
#include "ptyd/version.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

// Bytes of sessions in one list reply: leaves room for JSON's base64 and names within a frame.
constexpr std::size_t kMaxListBytes = 40 * 1024;
// And fields, because clients bound them as we do (kMaxFields).
constexpr std::size_t kMaxListFields = kMaxFields * 3 / 4;

// At least as many as there are.
std::size_t fields_of(const v1::SessionInfo& info) {
  constexpr std::size_t kOwn = 48;  // all single fields, those of size, exit and output among them
  return kOwn + static_cast<std::size_t>(info.argv_size()) + 3 * static_cast<std::size_t>(info.labels_size());
}

bool has_labels(const SessionRecord& record, const google::protobuf::RepeatedPtrField<v1::Label>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&record](const v1::Label& label) {
    return std::find(record.labels.begin(), record.labels.end(), std::pair(label.key(), label.value())) !=
           record.labels.end();
  });
}

// Leaves room for times in a frame.
constexpr std::uint64_t kMaxTimedBytes = 32 * 1024;
constexpr int kMaxTimes = 512;

// Cuts `data` where there are more times than fit.
void add_times(const Session& session, std::uint64_t offset, std::string& data, v1::HistoryReply& history) {
  history.set_times_from(session.clock().known_from());
  for (const auto& time : session.clock().times()) {
    if (time.offset <= offset) continue;
    auto* shown = history.add_times();
    shown->set_offset(time.offset);
    shown->set_at_ms(time.at_ms);
    if (time.offset >= offset + data.size()) break;
    if (history.times_size() == kMaxTimes) {
      data.resize(time.offset - offset);
      break;
    }
  }
  std::vector<SizeChange> sizes;
  session.ring().size_changes(0, sizes);
  const SizeChange* first = nullptr;
  for (const auto& change : sizes)
    if (change.offset <= offset) first = &change;
  const auto add = [&history](std::uint64_t at, const WindowSize& size) {
    auto* shown = history.add_sizes();
    shown->set_offset(at);
    *shown->mutable_size() = to_wire(size);
  };
  const auto from_host = [](const host::Resize& size) {
    return WindowSize{size.cols, size.rows, size.x_pixels, size.y_pixels};
  };
  add(offset, first == nullptr ? session.size() : from_host(first->size));
  for (const auto& change : sizes)
    if (change.offset > offset && change.offset <= offset + data.size() && history.sizes_size() < kMaxTimes)
      add(change.offset, from_host(change.size));
}

}  // namespace

Reply handle_status(Connection& connection, const v1::StatusRequest&) {
  auto& state = connection.state();
  v1::Response response;
  auto* status = response.mutable_status();
  status->set_server_version(kVersion);
  status->set_server_pid(process_id());
  status->set_started_ms(state.started_ms);
  status->set_socket(state.paths.socket);
  status->set_sessions(static_cast<std::uint32_t>(state.sessions.size()));
  const auto sessions = state.sessions.all();
  status->set_running(static_cast<std::uint32_t>(
      std::count_if(sessions.begin(), sessions.end(), [](const auto& session) { return session->running(); })));
  status->set_connections(static_cast<std::uint32_t>(state.connections.size()));
  status->set_log_file(state.log_file);
  status->set_config_file(state.config_file);
  for (const auto& warning : state.warnings) status->add_warnings(warning);
  if (!Acceptor::can_be_found(state.paths.socket))
    status->add_warnings("the socket " + state.paths.socket +
                         " is gone: restart ptyd to make it anew, sessions live on");
  status->set_last_create_us(state.last_create_us);
  status->set_upgrades(state.upgrades);
  return response;
}

Reply handle_list(Connection& connection, const v1::ListRequest& request) {
  v1::Response response;
  auto* list = response.mutable_list();
  std::size_t bytes = 0;
  std::size_t fields = 0;
  for (const auto& session : connection.state().sessions.all()) {
    if (!request.after().empty() && id_to_hex(session->id()) <= request.after()) continue;
    if (!request.all() && !session->running()) continue;
    if (!has_labels(session->record(), request.labels())) continue;
    auto info = describe(*session);
    bytes += info.ByteSizeLong();
    fields += fields_of(info);
    if ((bytes > kMaxListBytes || fields > kMaxListFields) && list->sessions_size() > 0) {
      list->set_truncated(true);
      break;
    }
    *list->add_sessions() = std::move(info);
  }
  return response;
}

Reply handle_resize(Connection& connection, const v1::ResizeRequest& request) {
  auto session = find_session(connection.state(), request.session());
  if (!session) return session.error();
  const auto size = from_wire(request.size());
  if (!size) return size.error();
  const auto lease = id_from_wire(request.lease(), "lease");
  if (!lease) return lease.error();
  if (!(*session)->running()) return session_ended(**session);
  auto& leases = (*session)->leases();
  if (auto fine = leases.may_size({connection.identity(), *lease, false}); !fine) return fine.error();
  // The policy is what takes effect when the lease is over.
  const auto policy = from_wire(request.policy(), leases.sized() ? (*session)->policy() : SizePolicy::manual);
  if (!policy) return policy.error();
  v1::Response response;
  *response.mutable_resize()->mutable_size() = to_wire((*session)->resize(*size, *policy, connection.identity()));
  return response;
}

Reply handle_rename(Connection& connection, const v1::RenameRequest& request) {
  auto& state = connection.state();
  auto session = find_session(state, request.session());
  if (!session) return session.error();
  if (auto valid = validate_session_name(request.name()); !valid) return valid.error();
  if (request.name() != (*session)->name()) {
    const auto holder = state.sessions.find_name(request.name());
    const bool reserved = std::find(state.reserved_names.begin(), state.reserved_names.end(), request.name()) !=
                          state.reserved_names.end();
    if (holder || reserved) {
      Error error{errc::already_exists, "a session named " + request.name() + " exists already"};
      error.subject = request.name();
      error.hint = "choose another name, or remove that one";
      return error;
    }
    state.sessions.rename(**session, request.name());
  }
  v1::Response response;
  *response.mutable_rename()->mutable_session() = describe(**session);
  return response;
}

Reply handle_label(Connection& connection, const v1::LabelRequest& request) {
  auto session = find_session(connection.state(), request.session());
  if (!session) return session.error();
  auto labels = change_labels((*session)->record().labels, request.set(), request.remove());
  if (!labels) return labels.error();
  (*session)->set_labels(std::move(*labels));
  v1::Response response;
  *response.mutable_label()->mutable_session() = describe(**session);
  return response;
}

Reply handle_history(Connection& connection, const v1::HistoryRequest& request) {
  auto found = find_session(connection.state(), request.session());
  if (!found) return found.error();
  auto& session = **found;
  if (request.has_from_offset() && request.tail_lines() > 0)
    return bad_field("tail_lines", "can't be combined with from_offset");
  if (request.max_bytes() > kMaxData) return bad_field("max_bytes", "must be at most 65536");
  auto max = request.max_bytes() == 0 ? connection.max_data() : request.max_bytes();
  if (request.times()) max = std::min<std::uint64_t>(max, kMaxTimedBytes);
  const auto oldest = session.ring().oldest();
  const auto head = session.ring().head();
  auto offset = request.has_from_offset() ? request.from_offset() : oldest;
  if (request.tail_lines() > 0) offset = session.tail_offset(request.tail_lines());
  if (offset < oldest || offset > head) {
    Error error{errc::out_of_range, "offset " + std::to_string(offset) + " is not in the session's replay buffer"};
    error.have_from = oldest;
    error.have_to = head;
    error.hint = "it holds " + std::to_string(oldest) + " to " + std::to_string(head);
    return error;
  }
  auto data = session.copy_output(offset, max);
  v1::Response response;
  auto* history = response.mutable_history();
  history->set_offset(offset);
  history->mutable_available()->set_from(session.ring().oldest());
  history->mutable_available()->set_to(head);
  history->set_end(offset + data.size() >= head);
  if (request.times()) {
    add_times(session, offset, data, *history);
    history->set_end(offset + data.size() >= head);
  }
  if (connection.json_text()) history->set_text(Utf8Decoder().decode(data));
  history->set_data(std::move(data));
  return response;
}

Reply handle_subscribe(Connection& connection, const v1::SubscribeRequest& request) {
  std::string id;
  if (!request.session().empty()) {
    auto session = find_session(connection.state(), request.session());
    if (!session) return session.error();
    id = id_to_hex((*session)->id());
  }
  const auto& state = connection.state();
  const std::string instance(state.instance.begin(), state.instance.end());
  auto since = request.has_since() ? std::optional(request.since()) : std::nullopt;
  // A number that was not given yet is another daemon's, too.
  const bool restarted = (!request.instance().empty() && request.instance() != instance) ||
                         (since && *since > state.event_log.next());
  if (since && restarted) since = 1;
  EventFilter filter;
  filter.session = std::move(id);
  if (request.types_size() > 0) filter.types = 0;
  for (const auto type : request.types()) filter.types |= EventFilter::bit(type);
  v1::Response response;
  auto* reply = response.mutable_subscribe();
  if (since) reply->set_newest(state.event_log.newest(*since, filter));
  reply->set_missed(connection.subscribe(std::move(filter), since));
  reply->set_next(state.event_log.next());
  reply->set_instance(instance);
  reply->set_restarted(restarted);
  return response;
}

Reply handle_unsubscribe(Connection& connection, const v1::UnsubscribeRequest&) {
  connection.unsubscribe();
  v1::Response response;
  response.mutable_unsubscribe();
  return response;
}

Reply handle_shutdown(Connection& connection, const v1::ShutdownRequest& request) {
  auto& state = connection.state();
  std::uint32_t running = 0;
  for (const auto& session : state.sessions.all()) running += session->running() ? 1 : 0;
  v1::Response response;
  response.mutable_shutdown()->set_sessions_left(request.kill_sessions() ? 0 : running);
  // The answer is queued before the end begins.
  ++state.posted;
  asio::post(state.executor, [&state, kill = request.kill_sessions()] {
    --state.posted;
    state.stop(kill);
  });
  return response;
}

}  // namespace ptyd
