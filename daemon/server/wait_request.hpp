// A `wait` that was checked: its sessions, its conditions, what it may cost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "daemon/core/line_pattern.hpp"
#include "daemon/core/wait_condition.hpp"
#include "daemon/server/connection.hpp"
#include "daemon/session/session.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

// What waits for screens may take, beside the open requests of a connection.
inline constexpr std::size_t kMaxWaitSessions = 256;
inline constexpr std::size_t kMaxConnectionWaits = 1024;  // a wait counts once for each session
inline constexpr std::size_t kMaxWaits = 16 * 1024;       // of all connections
inline constexpr std::size_t kMaxWaitPatterns = 1024;     // of all connections; each may take LinePattern::kMaxMemory
inline constexpr std::size_t kMaxWaitTerminals = 512;     // of all connections: waits that count new output only

struct WaitPlan {
  std::vector<std::shared_ptr<Session>> sessions;
  std::vector<WaitCondition> conditions;             // at least one
  std::vector<std::optional<LinePattern>> patterns;  // one for each condition
  bool any = false;
  bool of_screen = false;
  bool only_new = false;  // `from_offset`, or `send`
  std::optional<std::uint64_t> from_offset;
};

// Errors: invalid_argument that names the field, not_found, ambiguous, out_of_range, failed_precondition.
Result<WaitPlan> plan_wait(DaemonState& state, const v1::WaitRequest& request);

// What a wait takes of the limits, until it is destroyed.
class WaitSlots {
 public:
  // Errors: resource_exhausted.
  static Result<std::unique_ptr<WaitSlots>> take(const std::shared_ptr<Connection>& connection, const WaitPlan& plan);
  WaitSlots(const WaitSlots&) = delete;
  WaitSlots& operator=(const WaitSlots&) = delete;
  ~WaitSlots();

 private:
  explicit WaitSlots(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}

  std::shared_ptr<Connection> connection_;
  WaitUse use_;
};

}  // namespace ptyd
