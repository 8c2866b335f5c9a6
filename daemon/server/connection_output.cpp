// Connection: the single writer. Replies go first, attachments take turns, nothing blocks.
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "daemon/server/connection.hpp"
#include "daemon/server/convert.hpp"
#include "daemon/session/session.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

// Output one connection may send before the others get their turn.
constexpr std::size_t kTurnBytes = 256 * 1024;

std::string_view as_text(std::span<const std::byte> bytes) {
  return {static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size()};
}

}  // namespace

void Connection::send(const v1::Frame& frame) {
  if (dead_) return;
  std::string bytes;
  append_frame(bytes, frame, reader_.encoding() == Encoding::json ? Encoding::json : Encoding::binary);
  reply_bytes_ += bytes.size();
  replies_.push_back(std::move(bytes));
  writer_.notify();
}

void Connection::output_ready() {
  if (served_)
    pump();
  else
    writer_.notify();
}

// Runs when the direct way, pump() from output_ready(), can't: the system takes nothing, the turn is used up,
// or there are replies.
asio::awaitable<void> Connection::write_loop() {
  const auto self = shared_from_this();
  while (!dead_) {
    if (blocked_) {
      co_await stream_->wait_writable();
      blocked_ = false;
    } else {
      co_await writer_.wait();
    }
    // Others first: one busy client must not keep the loop. Whoever did not use up a turn has waited already.
    if (std::exchange(turn_used_up_, false)) co_await asio::post(state_.executor, asio::use_awaitable);
    pump();
    drop_over();
    close_if_flushed();
  }
}

void Connection::pump() {
  if (pumping_) {
    pump_again_ = true;
    return;
  }
  if (blocked_ || dead_) return;
  pumping_ = true;
  std::size_t turns = 0;
  do {
    pump_again_ = false;
    while (!blocked_ && !dead_ && turns++ < kTurnBytes / kMaxData) {
      if (!pump_pending()) break;
      if (pump_replies()) continue;
      if (!pump_attachments()) break;
    }
  } while (pump_again_ && !blocked_ && !dead_ && turns < kTurnBytes / kMaxData);
  pumping_ = false;
  turn_used_up_ = turns >= kTurnBytes / kMaxData;
  if (blocked_ || turn_used_up_) writer_.notify();
}

// Sends bytes of frames begun, and waits until the system has the output among them. False: not all went out.
bool Connection::pump_pending() {
  if (!pending_.empty()) {
    const std::array<std::string_view, 1> pieces{std::string_view(pending_).substr(pending_position_)};
    const auto sent = stream_->send_some(pieces);
    if (!sent) {
      abort();
      return false;
    }
    pending_position_ += *sent;
    if (pending_position_ < pending_.size()) {
      blocked_ = true;
      return false;
    }
    pending_.clear();
    pending_position_ = 0;
  }
  if (in_flight_ == 0) return true;
  if (!stream_->all_taken()) {
    blocked_ = true;
    return false;
  }
  if (const auto it = viewers_.find(std::exchange(in_flight_, 0)); it != viewers_.end())
    it->second.attachment->flushed();
  return true;
}

// Takes up replies for sending. False: there are none.
bool Connection::pump_replies() {
  if (replies_.empty()) return false;
  while (!replies_.empty() && pending_.size() < kMaxData) {
    pending_ += replies_.front();
    reply_bytes_ -= replies_.front().size();
    replies_.pop_front();
  }
  drained_.notify();
  if (events_behind_) send_events();
  return true;
}

// Sends one item of the next attachment that has one. False: none has.
bool Connection::pump_attachments() {
  for (std::size_t tried = 0; tried < viewers_.size(); ++tried) {
    auto it = viewers_.upper_bound(turn_);
    if (it == viewers_.end()) it = viewers_.begin();
    turn_ = it->first;
    if (it->second.over) continue;
    const auto item = it->second.attachment->next();
    if (item.kind == OutgoingItem::Kind::none) continue;
    if (item.kind == OutgoingItem::Kind::output && reader_.encoding() != Encoding::json)
      return send_output(it->second, item);
    v1::Frame frame;
    item_to_frame(it->second, item, frame);
    append_frame(pending_, frame, reader_.encoding());
    // So far only we have it.
    const bool output = item.kind == OutgoingItem::Kind::output;
    if (output) in_flight_ = it->first;
    it->second.attachment->sent(item, output);
    if (item.kind == OutgoingItem::Kind::ended) {
      it->second.over = true;
      viewers_over_ = true;
      writer_.notify();
    }
    return true;
  }
  return false;
}

// Output goes out as prefix + views into the ring. What the system does not take of a frame begun is copied,
// so that a slow client never holds the ring.
bool Connection::send_output(Viewer& viewer, const OutgoingItem& item) {
  std::array<char, kMaxOutputPrefix> prefix{};
  const auto prefix_size =
      output_prefix(viewer.attachment->spec().number, item.offset, item.output.size(), std::span(prefix));
  const std::array<std::string_view, 3> pieces{std::string_view(prefix.data(), prefix_size), as_text(item.output.first),
                                               as_text(item.output.second)};
  const auto sent = stream_->send_some(pieces);
  if (!sent || *sent == 0) {
    viewer.attachment->unsent();
    if (!sent)
      abort();
    else
      blocked_ = true;
    return false;
  }
  auto skip = *sent;
  for (const auto& piece : pieces) {
    const auto gone = std::min(skip, piece.size());
    pending_.append(piece.substr(gone));
    skip -= gone;
  }
  pending_position_ = 0;
  if (!pending_.empty() || !stream_->all_taken()) {
    blocked_ = true;
    in_flight_ = viewer.attachment->spec().number;
  }
  viewer.attachment->sent(item, blocked_);
  return true;
}

void Connection::item_to_frame(Viewer& viewer, const OutgoingItem& item, v1::Frame& frame) {
  const auto& attachment = *viewer.attachment;
  const auto number = attachment.spec().number;
  switch (item.kind) {
    case OutgoingItem::Kind::output: {
      auto* output = frame.mutable_output();
      output->set_attachment(number);
      output->set_offset(item.offset);
      std::string bytes(as_text(item.output.first));
      bytes += as_text(item.output.second);
      if (json_text()) output->set_text(viewer.text.decode(bytes));
      output->set_data(std::move(bytes));
      break;
    }
    case OutgoingItem::Kind::snapshot: {
      auto* snapshot = frame.mutable_snapshot();
      snapshot->set_attachment(number);
      snapshot->set_offset(item.offset);
      *snapshot->mutable_size() = to_wire(item.size.value_or(attachment.session().size()));
      snapshot->set_last(item.last);
      snapshot->set_approximate(item.approximate);
      if (json_text()) snapshot->set_text(viewer.text.decode(item.snapshot));
      snapshot->set_data(item.snapshot.data(), item.snapshot.size());
      break;
    }
    case OutgoingItem::Kind::gap:
      frame.mutable_gap()->set_attachment(number);
      frame.mutable_gap()->set_from(item.offset);
      frame.mutable_gap()->set_to(item.limit);
      viewer.text = {};
      break;
    case OutgoingItem::Kind::input_ack:
      frame.mutable_input_ack()->set_attachment(number);
      frame.mutable_input_ack()->set_accepted(item.offset);
      frame.mutable_input_ack()->set_limit(item.limit);
      break;
    case OutgoingItem::Kind::ended: {
      auto* ended = frame.mutable_ended();
      ended->set_attachment(number);
      ended->set_reason(to_wire(item.reason));
      ended->set_offset(item.offset);
      if (const auto exit = attachment.session().exit_info()) *ended->mutable_exit() = to_wire(*exit);
      break;
    }
    case OutgoingItem::Kind::none: break;
  }
}

void Connection::drop_over() {
  if (!viewers_over_) return;
  viewers_over_ = false;
  // An attachment tells its session while it goes, and the session tells others: leave the map alone by then.
  std::vector<decltype(viewers_)::node_type> over;
  for (auto it = viewers_.begin(); it != viewers_.end();) {
    const auto at = it++;
    if (at->second.over) over.push_back(viewers_.extract(at));
  }
}

void Connection::close_if_flushed() {
  if (!closing_ || dead_ || !pending_.empty() || !replies_.empty()) return;
  if (stream_->all_taken()) return abort();
  blocked_ = true;
  writer_.notify();
}

}  // namespace ptyd
