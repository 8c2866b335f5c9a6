#include "client/ptyd/output_cursor.hpp"

#include <algorithm>

namespace ptyd {

namespace {

Error broken(std::string what) {
  Error error;
  error.code = errc::malformed;
  error.message = "the daemon broke the protocol: " + std::move(what);
  error.hint = "make sure that ptyctl and ptyd are of the same version";
  return error;
}

}  // namespace

void OutputCursor::begin(std::uint64_t offset, bool snapshot_follows) noexcept {
  begun_ = true;
  in_snapshot_ = false;
  awaits_snapshot_ = snapshot_follows;
  next_ = offset;
}

Result<void> OutputCursor::spend(std::uint64_t bytes) {
  if (bytes > credit_) return broken("it sent more than it was granted");
  credit_ -= bytes;
  unread_ += bytes;
  return {};
}

Result<std::uint64_t> OutputCursor::output(std::uint64_t offset, std::uint64_t size) {
  if (in_snapshot_ || awaits_snapshot_) return broken("output came before the snapshot was complete");
  if (offset > next_) return broken("output " + std::to_string(next_) + ".." + std::to_string(offset) + " is missing");
  if (auto fine = spend(size); !fine) return fine.error();
  const auto skip = std::min(next_ - offset, size);
  next_ += size - skip;
  return skip;
}

Result<bool> OutputCursor::snapshot(std::uint64_t offset, std::uint64_t size, bool last) {
  if (auto fine = spend(size); !fine) return fine.error();
  const bool first = !in_snapshot_;
  if (!first && offset != next_) return broken("the parts of a snapshot have different offsets");
  awaits_snapshot_ = false;
  in_snapshot_ = !last;
  next_ = offset;
  return first;
}

Result<void> OutputCursor::gap(std::uint64_t from, std::uint64_t to) {
  if (to < from) return broken("a gap ends before it begins");
  in_snapshot_ = false;
  awaits_snapshot_ = true;
  next_ = to;
  return {};
}

std::optional<std::uint64_t> OutputCursor::resume_offset() const noexcept {
  if (!begun_ || in_snapshot_ || awaits_snapshot_) return std::nullopt;
  return next_;
}

std::uint64_t OutputCursor::first_credit() noexcept {
  credit_ = window_ - std::min(unread_, window_);
  unreturned_ = 0;
  return credit_;
}

void OutputCursor::consumed(std::uint64_t bytes) noexcept {
  bytes = std::min(bytes, unread_);
  unread_ -= bytes;
  unreturned_ += bytes;
}

std::uint64_t OutputCursor::take_grant() noexcept {
  // Half a window at a time: few frames, and the daemon never runs dry.
  if (unreturned_ < window_ / 2) return 0;
  const auto grant = std::min(unreturned_, window_ - std::min(window_, credit_ + unread_));
  unreturned_ = 0;
  credit_ += grant;
  return grant;
}

}  // namespace ptyd
