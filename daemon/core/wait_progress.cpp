#include "daemon/core/wait_progress.hpp"

#include <algorithm>

namespace ptyd {

WaitProgress::WaitProgress(std::vector<WaitCondition> conditions, std::uint64_t from, Time start)
    : conditions_(std::move(conditions)),
      held_(conditions_.size(), false),
      from_(from),
      offset_(from),
      output_at_(start),
      changed_at_(start) {
  for (const auto& condition : conditions_) left_ += condition.of_screen() ? 1 : 0;
}

bool WaitProgress::any_pending(bool (*wanted)(WaitKind)) const noexcept {
  for (std::size_t i = 0; i < conditions_.size(); ++i)
    if (!held_[i] && wanted(conditions_[i].kind)) return true;
  return false;
}

bool WaitProgress::wants_hash() const noexcept {
  return any_pending([](WaitKind kind) { return kind == WaitKind::settled || kind == WaitKind::changed; });
}

bool WaitProgress::wants_lines() const noexcept {
  return any_pending([](WaitKind kind) { return kind == WaitKind::text || kind == WaitKind::match; });
}

bool WaitProgress::wants_commands() const noexcept {
  return any_pending([](WaitKind kind) { return kind == WaitKind::command; });
}

std::vector<std::size_t> WaitProgress::look(const ScreenSight& sight, Time now) {
  if (sight.offset > offset_) {
    offset_ = sight.offset;
    output_at_ = std::max(output_at_, now);
  }
  if (wants_hash() && hash_ != sight.hash) {
    // The first look only tells what it looks like.
    if (hash_) changed_at_ = std::max(changed_at_, now);
    hash_ = sight.hash;
  }
  std::vector<std::size_t> held;
  for (std::size_t i = 0; i < conditions_.size(); ++i)
    if (!held_[i] && holds(conditions_[i], sight, now)) held.push_back(i);
  for (const auto condition : held) found(condition);
  return held;
}

void WaitProgress::found(std::size_t condition) {
  if (held_[condition]) return;
  held_[condition] = true;
  --left_;
}

bool WaitProgress::holds(const WaitCondition& condition, const ScreenSight& sight, Time now) const {
  switch (condition.kind) {
    case WaitKind::changed: return sight.hash != condition.hash;
    case WaitKind::quiet:
    case WaitKind::settled: {
      const auto due = due_of(condition);
      return due && now >= *due;
    }
    default: return false;
  }
}

std::optional<WaitProgress::Time> WaitProgress::due_of(const WaitCondition& condition) const noexcept {
  const bool still = condition.kind == WaitKind::quiet || condition.kind == WaitKind::settled;
  if (!still || offset_ - from_ < condition.min_bytes) return std::nullopt;
  return (condition.kind == WaitKind::quiet ? output_at_ : changed_at_) + condition.duration;
}

std::optional<WaitProgress::Time> WaitProgress::due() const noexcept {
  std::optional<Time> first;
  for (std::size_t i = 0; i < conditions_.size(); ++i) {
    if (held_[i]) continue;
    const auto due = due_of(conditions_[i]);
    if (due && (!first || *due < *first)) first = due;
  }
  return first;
}

}  // namespace ptyd
