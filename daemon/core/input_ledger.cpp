#include "daemon/core/input_ledger.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace ptyd {

Result<InputLedger::Piece> InputLedger::receive(std::uint64_t offset, std::uint64_t size) {
  if (offset > next_) {
    Error error{errc::out_of_range, "input before offset " + std::to_string(offset) + " is missing"};
    error.hint = "go on at offset " + std::to_string(next_);
    error.subject = "offset";
    error.have_from = error.have_to = next_;
    return error;
  }
  const auto skip = std::min(next_ - offset, size);
  const auto take = size - skip;
  if (take > limit() - next_) {
    Error error{errc::resource_exhausted, "input goes beyond offset " + std::to_string(limit())};
    error.hint = "wait until more of it was accepted";
    error.subject = "offset";
    return error;
  }
  next_ += take;
  return Piece{skip, take};
}

void InputLedger::retract(std::uint64_t bytes) noexcept { next_ -= std::min(bytes, next_ - accepted_); }

void InputLedger::acknowledge(std::uint64_t accepted) noexcept {
  accepted_ = std::max(accepted_, accepted);
  next_ = std::max(next_, accepted_);
}

std::uint64_t InputLedger::limit() const noexcept {
  return accepted_ + std::min(window_, std::numeric_limits<std::uint64_t>::max() - accepted_);
}

}  // namespace ptyd
