#include "client/ptyd/input_backlog.hpp"

#include <algorithm>

namespace ptyd {

std::size_t InputBacklog::append(std::string_view bytes) {
  const auto taken = std::min(room(), bytes.size());
  bytes_.append(bytes.substr(0, taken));
  return taken;
}

InputBacklog::Piece InputBacklog::next(std::size_t max) const noexcept {
  const auto kept = std::string_view(bytes_).substr(dropped_);
  const auto unsent = kept.substr(static_cast<std::size_t>(sent_ - accepted_));
  const auto allowed = limit_ > sent_ ? limit_ - sent_ : 0;
  return {sent_, unsent.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(allowed, max)))};
}

void InputBacklog::sent(std::size_t bytes) noexcept {
  sent_ += bytes;
  ever_sent_ = std::max(ever_sent_, sent_);
}

bool InputBacklog::acknowledge(std::uint64_t accepted, std::uint64_t limit) {
  if (accepted > end()) return false;
  if (accepted > accepted_) drop(accepted - accepted_);
  sent_ = std::max(sent_, accepted_);
  limit_ = std::max(limit_, limit);
  return true;
}

std::uint64_t InputBacklog::resume(std::uint64_t accepted, std::uint64_t limit, bool unknown) {
  limit_ = limit;
  if (!unknown && accepted >= accepted_ && accepted <= accepted_ + size()) {
    drop(accepted - accepted_);
    sent_ = accepted_;
    return 0;
  }
  const auto uncertain = ever_sent_ > accepted_ ? std::min<std::uint64_t>(ever_sent_ - accepted_, size()) : 0;
  drop(uncertain);
  // The host counts from `accepted` on.
  accepted_ = accepted;
  sent_ = accepted;
  ever_sent_ = accepted;
  return uncertain;
}

void InputBacklog::drop(std::uint64_t bytes) {
  accepted_ += bytes;
  dropped_ += static_cast<std::size_t>(bytes);
  // Moving the rest down for each keystroke's worth would be quadratic.
  if (dropped_ < bytes_.size() / 2) return;
  bytes_.erase(0, dropped_);
  dropped_ = 0;
}

}  // namespace ptyd
