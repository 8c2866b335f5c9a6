#include "daemon/core/event_pacing.hpp"

#include <algorithm>
#include <utility>

namespace ptyd {

std::uint64_t PacedNews::take(PacingTime now) noexcept {
  if (pending_ == 0 || (told_ && now - *told_ < interval_)) return 0;
  told_ = now;
  return std::exchange(pending_, 0);
}

std::optional<PacingTime> PacedNews::deadline() const noexcept {
  if (pending_ == 0) return std::nullopt;
  return told_ ? *told_ + interval_ : PacingTime{};
}

bool QuietWatch::take(PacingTime now) noexcept {
  if (!last_ || now - *last_ < quiet_) return false;
  last_.reset();
  return true;
}

std::optional<PacingTime> QuietWatch::deadline() const noexcept {
  if (!last_) return std::nullopt;
  return *last_ + quiet_;
}

bool EventBudget::spend(PacingTime now) noexcept {
  if (!refilled_) refilled_ = now;
  const auto earned = (now - *refilled_) / interval_;
  if (earned > 0) {
    left_ = static_cast<std::uint32_t>(std::min<std::int64_t>(burst_, left_ + std::min<std::int64_t>(earned, burst_)));
    *refilled_ += earned * interval_;
  }
  if (left_ == 0) {
    ++skipped_;
    return false;
  }
  --left_;
  return true;
}

std::uint64_t EventBudget::take_skipped() noexcept { return std::exchange(skipped_, 0); }

void InputMeter::typed(const ClientIdentity& client, std::uint64_t bytes) {
  const auto same = [&client](const Typist& typist) { return typist.client.client == client.client; };
  auto typist = std::find_if(typists_.begin(), typists_.end(), same);
  if (typist == typists_.end()) {
    if (typists_.size() == kMaxClients) {
      const auto told = [](const Typist& a, const Typist& b) { return a.told < b.told; };
      typist = std::min_element(typists_.begin(), typists_.end(), told);
      if (const auto left = typist->bytes.take(PacingTime::max()); left > 0) overflow_.push_back({typist->client, left});
      typists_.erase(typist);
    }
    typist = typists_.insert(typists_.end(), Typist{client, PacedNews(interval_)});
  }
  typist->bytes.happened(bytes);
}

std::vector<InputMeter::Report> InputMeter::take(PacingTime now) {
  auto reports = std::exchange(overflow_, {});
  for (auto& typist : typists_) {
    const auto bytes = typist.bytes.take(now);
    if (bytes == 0) continue;
    typist.told = now;
    reports.push_back({typist.client, bytes});
  }
  std::erase_if(typists_, [&](const Typist& typist) { return !typist.bytes.deadline() && now - typist.told >= interval_; });
  return reports;
}

std::vector<InputMeter::Report> InputMeter::take_all() {
  auto reports = std::exchange(overflow_, {});
  for (auto& typist : typists_)
    if (const auto bytes = typist.bytes.take(PacingTime::max()); bytes > 0) reports.push_back({typist.client, bytes});
  typists_.clear();
  return reports;
}

std::optional<PacingTime> InputMeter::deadline() const noexcept {
  std::optional<PacingTime> first;
  if (!overflow_.empty()) first = PacingTime{};
  for (const auto& typist : typists_) first = earliest(first, typist.bytes.deadline());
  return first;
}

std::optional<PacingTime> earliest(std::optional<PacingTime> a, std::optional<PacingTime> b) noexcept {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace ptyd
