// All sessions of the daemon, by id and by name.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.hpp"
#include "daemon/session/session.hpp"

namespace ptyd {

// Owned by the daemon. Thread: the loop's.
class SessionTable {
 public:
  // Errors: already_exists when the name belongs to a running session.
  Result<void> insert(const std::shared_ptr<Session>& session);
  void erase(const SessionId& id);
  // To a name that no other one has.
  void rename(Session& session, std::string name);

  // By name, full id, or a prefix of the id that only one session has.
  // Errors: not_found, ambiguous (the hint lists the candidates).
  Result<std::shared_ptr<Session>> find(std::string_view spec) const;
  std::shared_ptr<Session> find_id(const SessionId& id) const;
  std::shared_ptr<Session> find_name(std::string_view name) const;

  // Sorted by id.
  std::vector<std::shared_ptr<Session>> all() const;
  // `visit` makes and removes none.
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& [id, session] : sessions_) visit(*session);
  }
  std::size_t size() const noexcept { return sessions_.size(); }
  // Bytes that all of them may keep.
  std::uint64_t history() const noexcept { return history_; }

 private:
  std::map<SessionId, std::shared_ptr<Session>> sessions_;
  std::map<std::string, std::shared_ptr<Session>, std::less<>> names_;
  std::uint64_t history_ = 0;
};

}  // namespace ptyd
