// Decides when conditions about a screen hold, from what is seen of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "daemon/core/wait_condition.hpp"

namespace ptyd {

// What a look at the screen tells.
struct ScreenSight {
  std::uint64_t offset = 0;  // the output before it is on the screen
  std::uint64_t hash = 0;    // if WaitProgress::wants_hash()
};

// The conditions of one wait on one session. Of lines and commands it is told by found(). Each counts once it has held.
// Time is the caller's.
class WaitProgress {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Bytes count from the offset `from`; quiet and settled not before `start`.
  WaitProgress(std::vector<WaitCondition> conditions, std::uint64_t from, Time start);

  const std::vector<WaitCondition>& conditions() const noexcept { return conditions_; }
  bool pending(std::size_t condition) const { return !held_[condition]; }
  bool done() const noexcept { return left_ == 0; }
  bool wants_hash() const noexcept;
  bool wants_lines() const noexcept;
  bool wants_commands() const noexcept;

  // Those that hold now and did not before.
  std::vector<std::size_t> look(const ScreenSight& sight, Time now);
  void found(std::size_t condition);
  // When to look again though nothing changes.
  std::optional<Time> due() const noexcept;

 private:
  bool holds(const WaitCondition& condition, const ScreenSight& sight, Time now) const;
  bool any_pending(bool (*wanted)(WaitKind)) const noexcept;
  std::optional<Time> due_of(const WaitCondition& condition) const noexcept;

  std::vector<WaitCondition> conditions_;
  std::vector<bool> held_;
  std::size_t left_ = 0;  // conditions of the screen that have not held
  std::uint64_t from_;
  std::uint64_t offset_ = 0;
  std::optional<std::uint64_t> hash_;
  Time output_at_;  // when output came last, or the wait began
  Time changed_at_;
};

}  // namespace ptyd
