#include "daemon/session/input_queue.hpp"

#include <algorithm>
#include <new>
#include <span>

#include "common/crash_point.hpp"

namespace ptyd {

InputQueue::InputQueue(HostLink& link) : link_(link), handed_on_(link.ring().input_taken()) {}

Result<void> InputQueue::push(const InputStreamId& stream, std::uint64_t offset, std::string_view data) {
  PTYD_CRASH_POINT("input_received");
  if (data.size() > kMaxQueued - queued_) {
    Error error{errc::resource_exhausted, "the program does not read its input"};
    error.hint = "wait until it does, or send less";
    return error;
  }
  auto* const back = queue_.empty() ? nullptr : &queue_.back();
  if (back != nullptr && back->stream == stream && back->skipped == 0 && back->offset + back->data.size() == offset &&
      back->data.size() + data.size() <= host::kMaxPayload)
    back->data.append(data);
  else
    queue_.push_back({stream, offset, std::string(data), 0});
  queued_ += data.size();
  try {
    return pump();
  } catch (const std::bad_alloc&) {
    if (!take_back(stream, data.size())) return {};
    throw;
  }
}

// Of what has just been queued, unless some of it is under way: then the host wakes us, and the rest follows.
bool InputQueue::take_back(const InputStreamId& stream, std::size_t bytes) noexcept {
  if (queue_.empty() || queue_.back().stream != stream || queue_.back().data.size() < bytes) return false;
  auto& data = queue_.back().data;
  data.resize(data.size() - bytes);
  queued_ -= bytes;
  if (data.empty()) queue_.pop_back();
  return true;
}

Result<void> InputQueue::skip(const InputStreamId& stream, std::uint64_t offset, std::uint64_t bytes) {
  auto* const back = queue_.empty() ? nullptr : &queue_.back();
  if (back != nullptr && back->stream == stream && back->skipped > 0 && back->offset + back->skipped == offset &&
      back->skipped + bytes <= host::kMaxPayload) {
    back->skipped += bytes;
    return pump();
  }
  if (queue_.size() >= kMaxPieces) return Error{errc::resource_exhausted, "the program does not read its input"};
  queue_.push_back({stream, offset, {}, bytes});
  return pump();
}

Result<void> InputQueue::pump() {
  while (!queue_.empty()) {
    if (queue_.front().skipped > 0) {
      const auto& piece = queue_.front();
      if (auto sent = link_.skip_input(piece.stream, piece.offset, piece.skipped); !sent) return sent;
      // A host wakes whoever waits for input to be taken when it gets some, but not for what is left out.
      if (auto sent = link_.send_input(piece.stream, piece.offset + piece.skipped, {}); !sent) return sent;
      queue_.pop_front();
      continue;
    }
    const std::uint64_t written = link_.ring().input_written();
    const std::uint64_t in_flight = handed_on_ > written ? handed_on_ - written : 0;
    if (in_flight >= host::kInputWindow) return {};
    auto& piece = queue_.front();
    const std::size_t size =
        std::min<std::size_t>({piece.data.size(), host::kInputWindow - in_flight, host::kMaxPayload});
    const auto bytes = std::as_bytes(std::span(piece.data.data(), size));
    if (auto sent = link_.send_input(piece.stream, piece.offset, bytes); !sent) return sent;
    PTYD_CRASH_POINT("input_handed_on");
    handed_on_ += size;
    queued_ -= size;
    piece.offset += size;
    piece.data.erase(0, size);
    if (piece.data.empty()) queue_.pop_front();
  }
  return {};
}

void InputQueue::resume(std::deque<Piece> pieces, std::uint64_t handed_on) {
  queue_ = std::move(pieces);
  handed_on_ = handed_on;
  queued_ = 0;
  for (const auto& piece : queue_) queued_ += piece.data.size();
}

std::size_t InputQueue::withdraw(const InputStreamId& stream) {
  std::size_t taken = 0;
  std::erase_if(queue_, [&](const Piece& piece) {
    if (piece.stream != stream) return false;
    taken += piece.data.size();
    return true;
  });
  queued_ -= taken;
  return taken;
}

}  // namespace ptyd
