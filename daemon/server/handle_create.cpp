// Requests that start programs.
#include <algorithm>
#include <bit>
#include <filesystem>
#include <optional>

#include "common/clock.hpp"
#include "common/counted.hpp"
#include "common/file_path.hpp"
#include "common/random.hpp"
#include "daemon/core/session_name.hpp"
#include "daemon/server/convert.hpp"
#include "daemon/server/create_session.hpp"
#include "daemon/server/global_limits.hpp"
#include "daemon/server/handlers.hpp"
#include "daemon/server/recording_spec.hpp"
#include "daemon/server/request_fields.hpp"
#include "daemon/server/user.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

bool has_nul(const std::string& text) { return text.find('\0') != std::string::npos; }

bool is_term_name(const std::string& text) {
  return text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
                  c == '+' || c == '-';
         });
}

Result<void> set_command(SessionRecord& record, const v1::CreateRequest& request, const DaemonState& state) {
  for (const auto& arg : request.argv())
    if (has_nul(arg)) return bad_field("argv", "must not hold NUL bytes");
  record.argv.assign(request.argv().begin(), request.argv().end());
  if (record.argv.empty()) record.argv.push_back(state.settings.shell.empty() ? login_shell() : state.settings.shell);
  if (record.argv.front().empty()) return bad_field("argv", "must begin with the name of a program");
  record.file = record.argv.front();
  if (request.login()) record.argv.front() = "-" + record.file.substr(record.file.rfind('/') + 1);
  record.cwd = request.cwd().empty() ? home_folder() : request.cwd();
  if (!file_path(record.cwd).is_absolute() || has_nul(record.cwd)) return bad_field("cwd", "must be an absolute path");
  return {};
}

Result<void> set_environment(SessionRecord& record, const v1::CreateRequest& request) {
  for (const auto& entry : request.env()) {
    if (entry.name().empty() || has_nul(entry.name()) || entry.name().find('=') != std::string::npos)
      return bad_field("env", "has a name that is empty or holds '=' or NUL");
    if (has_nul(entry.value())) return bad_field("env", "has a value that holds a NUL byte");
    record.env.push_back(entry.name() + "=" + entry.value());
  }
  if (record.env.empty()) record.env = basic_environment();
  record.env.shrink_to_fit();
  const auto agent = env_value(request.env(), "SSH_AUTH_SOCK");
  if (!agent.empty() && agent.front() == '/') record.agent_socket = agent;
  return {};
}

Result<SessionRecord> record_of(const DaemonState& state, const v1::CreateRequest& request) {
  SessionRecord record;
  auto id = id_from_wire(request.id(), "id");
  if (!id) return id.error();
  record.id = id->value_or(random_bytes16());
  if (!request.name().empty())
    if (auto valid = validate_session_name(request.name()); !valid) return valid.error();
  record.name = request.name();
  if (auto set = set_command(record, request, state); !set) return set.error();
  if (auto set = set_environment(record, request); !set) return set.error();
  const auto policy = from_wire(request.policy(), state.settings.policy);
  if (!policy) return policy.error();
  record.policy = *policy;
  auto labels = change_labels({}, request.labels(), {});
  if (!labels) return labels.error();
  record.labels = std::move(*labels);
  if (request.history_bytes() > host::kMaxRing) return bad_field("history_bytes", "must be at most 1 GiB");
  const auto history = request.history_bytes() == 0 ? state.settings.history_bytes : request.history_bytes();
  record.history_bytes = std::bit_ceil(std::clamp(history, host::kMinRing, host::kMaxRing));
  record.term = request.term().empty() ? state.settings.term : request.term();
  if (!is_term_name(record.term)) return bad_field("term", "may hold letters, digits and . _ + - only");
  record.remove_on_exit = request.remove_on_exit();
  record.ttl_ms = request.ttl_ms();
  record.created_ms = unix_ms();
  return record;
}

}  // namespace

LaterReply handle_create(ConnectionPtr connection, OpenRequestPtr open, v1::CreateRequest request) {
  auto& state = connection->state();
  WindowSize size{80, 24, 0, 0};
  if (request.has_size()) {
    const auto wanted = from_wire(request.size());
    if (!wanted) co_return wanted.error();
    size = *wanted;
  }
  auto record = record_of(state, request);
  if (!record) co_return record.error();
  std::unique_ptr<Recording> recording;
  std::optional<Counted<std::size_t>> beginning;
  if (request.has_record()) {
    auto spec = from_wire(request.record());
    if (!spec) co_return spec.error();
    beginning.emplace(state.beginning_recordings);
    if (const auto allowed = check_recordings(state); !allowed) co_return allowed.error();
    auto opened = co_await Recording::open(state.executor, std::move(*spec));
    if (!opened) co_return opened.error();
    recording = std::move(*opened);
  }
  const auto created = co_await create_session(state, std::move(*record), size, open->deadline);
  // A session that was there already goes on as it was.
  Result<void> recorded;
  if (created && recording && !created->existed) recorded = created->session->record(recording, true);
  if (recording) co_await recording->discard();
  if (!created) co_return created.error();
  if (!recorded) co_return recorded.error();
  if (request.has_record() && !created->existed) co_await created->session->recording_begun();
  v1::Response response;
  response.mutable_create()->set_existed(created->existed);
  *response.mutable_create()->mutable_session() = describe(*created->session);
  co_return response;
}

LaterReply handle_restart(DaemonState& state, OpenRequestPtr open, v1::RestartRequest request) {
  auto found = find_session(state, request.session());
  if (!found) co_return found.error();
  const auto session = *found;
  const auto ended = co_await end_first(state, session, request.force(), &open->told_until);
  if (!ended) co_return ended.error();
  auto record = session->record();
  record.id = random_bytes16();
  record.created_ms = unix_ms();
  const auto created = co_await create_session(state, std::move(record), session->size(), open->deadline);
  if (!created) co_return created.error();
  v1::Response response;
  *response.mutable_restart()->mutable_session() = describe(*created->session);
  co_return response;
}

}  // namespace ptyd
