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

Result<void> InputQueue::hand_on(Piece piece) {
  const auto bytes = std::as_bytes(std::span(piece.data.data(), piece.data.size()));
  if (piece.skipped > 0) {
    if (auto sent = link_.skip_input(piece.stream, piece.offset, piece.skipped); !sent) return sent;
  }
  // Empty behind what is left out: a host wakes whoever waits for input to be taken when it gets some.
  if (auto sent = link_.send_input(piece.stream, piece.offset + piece.skipped, bytes); !sent) return sent;
  PTYD_CRASH_POINT("input_handed_on");
  handed_on_ += piece.data.size();
  if (sent_.size() >= kMaxSent) sent_.pop_front();
  sent_.push_back({std::move(piece), handed_on_});
  return {};
}

// A host counts no bytes that come again: what it has dropped of them is not on its way any more.
void InputQueue::count_taken() {
  forget_taken();
  if (sent_.empty() && handed_on_ != link_.ring().input_taken()) handed_on_ = link_.ring().input_reached();
}

std::size_t InputQueue::window() {
  const auto room = [this]() -> std::size_t {
    const std::uint64_t written = link_.ring().input_written();
    const std::uint64_t in_flight = handed_on_ > written ? handed_on_ - written : 0;
    return in_flight < host::kInputWindow ? static_cast<std::size_t>(host::kInputWindow - in_flight) : 0;
  };
  if (const auto bytes = room(); bytes > 0) return bytes;
  // Of bytes that came again no host tells when it has dropped them.
  count_taken();
  return room();
}

Result<void> InputQueue::pump() {
  count_taken();
  while (!queue_.empty() && !link_.replacing()) {
    auto& piece = queue_.front();
    Piece next{piece.stream, piece.offset, {}, piece.skipped};
    if (piece.skipped == 0) {
      const std::size_t room = window();
      if (room == 0) return {};
      next.data = piece.data.substr(0, std::min<std::size_t>({piece.data.size(), room, host::kMaxPayload}));
    }
    const std::size_t size = next.data.size();
    // Another host will be given it.
    if (auto sent = hand_on(std::move(next)); !sent) return link_.replaceable() ? Result<void>() : sent;
    queued_ -= size;
    piece.offset += size;
    piece.data.erase(0, size);
    if (piece.data.empty()) queue_.pop_front();
  }
  return {};
}

bool InputQueue::taken(const Sent& sent) const {
  const auto& piece = sent.piece;
  std::uint64_t accepted = 0;
  if (link_.ring().input_stream(piece.stream, accepted))
    return accepted >= piece.offset + piece.data.size() + piece.skipped;
  return piece.skipped == 0 && link_.ring().input_taken() >= sent.end;
}

void InputQueue::forget_taken() {
  while (!sent_.empty() && taken(sent_.front())) sent_.pop_front();
}

void InputQueue::send_again() {
  forget_taken();
  while (!sent_.empty()) {
    queued_ += sent_.back().piece.data.size();
    queue_.push_front(std::move(sent_.back().piece));
    sent_.pop_back();
  }
  handed_on_ = link_.ring().input_taken();
  static_cast<void>(pump());
}

SmallDeque<InputQueue::Piece> InputQueue::sent() const {
  SmallDeque<Piece> pieces;
  for (const auto& sent : sent_)
    if (!taken(sent)) pieces.push_back(sent.piece);
  return pieces;
}

void InputQueue::resume(SmallDeque<Piece> pieces, std::uint64_t handed_on, SmallDeque<Piece> sent) {
  queue_ = std::move(pieces);
  handed_on_ = handed_on;
  queued_ = 0;
  for (const auto& piece : queue_) queued_ += piece.data.size();
  std::uint64_t end = handed_on;
  for (auto piece = sent.rbegin(); piece != sent.rend(); ++piece) {
    const auto bytes = piece->data.size();
    sent_.push_front({std::move(*piece), end});
    end -= std::min<std::uint64_t>(end, bytes);
  }
}

std::size_t InputQueue::withdraw(const InputStreamId& stream) {
  std::size_t taken = 0;
  const auto gone = std::remove_if(queue_.begin(), queue_.end(), [&](const Piece& piece) {
    if (piece.stream != stream) return false;
    taken += piece.data.size();
    return true;
  });
  queue_.erase(gone, queue_.end());
  queued_ -= taken;
  return taken;
}

}  // namespace ptyd
