#include "client/commands/find_sessions.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ptyd {

namespace asio = boost::asio;

namespace {

std::string describe_labels(const std::vector<LabelSetting>& labels) {
  std::string text;
  for (const auto& [key, value] : labels) text += (text.empty() ? "" : ", ") + key + "=" + value;
  return text;
}

Error no_such_label(const std::vector<LabelSetting>& labels) {
  Error error;
  error.code = errc::not_found;
  error.message = "no session has " + describe_labels(labels);
  error.hint = "`ptyctl list` shows the sessions, `ptyctl inspect` their labels";
  return error;
}

}  // namespace

asio::awaitable<Result<std::vector<v1::SessionInfo>>> list_sessions(std::shared_ptr<Client> client, bool all,
                                                                    std::vector<LabelSetting> labels,
                                                                    std::chrono::milliseconds deadline) {
  std::vector<v1::SessionInfo> sessions;
  v1::ListRequest request;
  request.set_all(all);
  for (const auto& [key, value] : labels) {
    auto* label = request.add_labels();
    label->set_key(key);
    label->set_value(value);
  }
  for (;;) {
    auto reply = co_await client->call(request, deadline);
    if (!reply) co_return reply.error();
    auto& page = *reply->mutable_sessions();
    std::move(page.begin(), page.end(), std::back_inserter(sessions));
    if (!reply->truncated() || sessions.empty() || sessions.back().id() == request.after()) co_return sessions;
    request.set_after(sessions.back().id());
  }
}

asio::awaitable<Result<std::string>> find_one_session(std::shared_ptr<Client> client, SessionRef session,
                                                      std::chrono::milliseconds deadline) {
  if (session.labels.empty()) co_return session.name;
  const auto found = co_await list_sessions(client, true, session.labels, deadline);
  if (!found) co_return found.error();
  if (found->empty()) co_return no_such_label(session.labels);
  if (found->size() == 1) co_return found->front().id();
  Error error;
  error.code = errc::ambiguous;
  error.message = std::to_string(found->size()) + " sessions have " + describe_labels(session.labels);
  error.hint = "name one of them";
  co_return error;
}

asio::awaitable<Result<std::vector<std::string>>> find_all_sessions(std::shared_ptr<Client> client,
                                                                    SessionRefs sessions, WhichSessions which,
                                                                    std::chrono::milliseconds deadline) {
  if (!sessions.names.empty()) co_return sessions.names;
  const bool all = which != WhichSessions::running;
  const auto found = co_await list_sessions(client, all, sessions.labels, deadline);
  if (!found) co_return found.error();
  if (found->empty() && !sessions.labels.empty()) co_return no_such_label(sessions.labels);
  std::vector<std::string> ids;
  for (const auto& session : *found) ids.push_back(session.id());
  co_return ids;
}

}  // namespace ptyd
