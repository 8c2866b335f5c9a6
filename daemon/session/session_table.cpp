#include "daemon/session/session_table.hpp"

#include <algorithm>

#include "daemon/core/session_name.hpp"

namespace ptyd {

namespace {

bool is_hex(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// The lowest id that begins with these digits; of more digits than an id has, with the first of them.
SessionId first_with(std::string_view digits) {
  SessionId id{};
  for (std::size_t i = 0; i < std::min(digits.size(), 2 * id.size()); ++i) {
    const char digit = digits[i];
    const unsigned value = digit <= '9' ? static_cast<unsigned>(digit - '0') : static_cast<unsigned>(digit - 'a') + 10U;
    id[i / 2] = static_cast<std::uint8_t>(id[i / 2] | (i % 2 == 0 ? value << 4U : value));
  }
  return id;
}

}  // namespace

Result<void> SessionTable::insert(const std::shared_ptr<Session>& session) {
  if (find_name(session->name()) || sessions_.contains(session->id()))
    return Error{errc::already_exists, "a session named " + session->name() + " exists already"};
  const auto named = names_.emplace(session->name(), session).first;
  try {
    sessions_.emplace(session->id(), session);
  } catch (...) {
    names_.erase(named);
    throw;
  }
  history_ += session->ring().capacity();
  return {};
}

void SessionTable::erase(const SessionId& id) {
  const auto it = sessions_.find(id);
  if (it == sessions_.end()) return;
  history_ -= it->second->ring().capacity();
  names_.erase(it->second->name());
  sessions_.erase(it);
}

void SessionTable::rename(Session& session, std::string name) {
  auto node = names_.extract(session.name());
  node.key() = name;
  names_.insert(std::move(node));
  session.rename(std::move(name));
}

std::shared_ptr<Session> SessionTable::find_id(const SessionId& id) const {
  const auto it = sessions_.find(id);
  return it == sessions_.end() ? nullptr : it->second;
}

std::shared_ptr<Session> SessionTable::find_name(std::string_view name) const {
  const auto it = names_.find(name);
  return it == names_.end() ? nullptr : it->second;
}

Result<std::shared_ptr<Session>> SessionTable::find(std::string_view spec) const {
  if (auto named = find_name(spec)) return named;
  std::shared_ptr<Session> found;
  std::string candidates;
  if (is_hex(spec)) {
    // They are sorted as their digits are.
    for (auto at = sessions_.lower_bound(first_with(spec)); at != sessions_.end(); ++at) {
      const auto& [id, session] = *at;
      const auto hex = id_to_hex(id);
      if (!std::string_view(hex).starts_with(spec)) break;
      candidates += (candidates.empty() ? "" : ", ") + hex.substr(0, 12) + " (" + session->name() + ")";
      if (found) {
        Error error{errc::ambiguous, "more than one session's id begins with " + std::string(spec)};
        error.hint = "use more digits, or a name: " + candidates;
        return error;
      }
      found = session;
    }
  }
  if (found) return found;
  Error error{errc::not_found, "there is no session " + std::string(spec)};
  error.hint = "ptyctl list -a shows all sessions";
  error.subject = std::string(spec);
  return error;
}

std::vector<std::shared_ptr<Session>> SessionTable::all() const {
  std::vector<std::shared_ptr<Session>> out;
  out.reserve(sessions_.size());
  for (const auto& [id, session] : sessions_) out.push_back(session);
  return out;
}

}  // namespace ptyd
