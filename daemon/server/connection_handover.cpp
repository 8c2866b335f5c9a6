// Connection: as one program hands it to the next.
#include <algorithm>
#include <utility>

#include "daemon/handover/saved_client.hpp"
#include "daemon/server/connection.hpp"
#include "daemon/session/session.hpp"

namespace ptyd {

namespace {

// All of `bytes`, however little room the reader makes at a time.
void feed(FrameReader& reader, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto room = reader.prepare();
    const auto size = bytes.copy(room.data(), room.size());
    reader.commit(size);
    bytes.remove_prefix(size);
  }
}

}  // namespace

SavedConnection Connection::save() const {
  SavedConnection saved;
  saved.number = number_;
  saved.socket = static_cast<SavedHandle>(stream_->native());
  saved.encoding = static_cast<std::uint8_t>(reader_.encoding());
  saved.received = reader_.held();
  saved.greeted = greeted();
  saved.closing = closing_;
  saved.client_name = client_name_;
  saved.max_data = max_data_;
  saved.json_text = json_text_;
  if (deadline_armed_) saved.deadline = deadline_.expiry().time_since_epoch().count();
  saved.next_attachment = next_attachment_;
  saved.turn = turn_;
  saved.pending = pending_.substr(pending_position_);
  saved.in_flight = in_flight_;
  saved.replies.assign(replies_.begin(), replies_.end());
  saved.subscribed = listener_ != 0;
  saved.subscribed_to = filter_.session;
  saved.event_types = filter_.types;
  saved.next_event = next_event_;
  for (const auto& [number, viewer] : viewers_) {
    if (viewer.attachment->ended()) continue;
    saved.attachments.push_back(viewer.attachment->save());
    saved.attachments.back().text = viewer.text.pending();
  }
  return saved;
}

bool Connection::resume(const SavedConnection& saved) {
  reader_ = FrameReader(saved.greeted ? kMaxFrame : kMaxHelloFrame, static_cast<Encoding>(saved.encoding));
  feed(reader_, saved.received);
  if (saved.greeted) greeted_.emplace(state_.clients);
  finish_at_once_ = saved.closing;
  client_name_ = saved.client_name;
  may_hold_leases_ = true;  // the state does not say
  max_data_ = std::clamp<std::uint64_t>(saved.max_data, kMinMaxData, kMaxData);
  json_text_ = saved.json_text;
  if (saved.deadline)
    resumed_deadline_ = std::chrono::steady_clock::time_point(std::chrono::steady_clock::duration(*saved.deadline));
  next_attachment_ = saved.next_attachment;
  turn_ = saved.turn;
  pending_ = saved.pending;
  in_flight_ = saved.in_flight;
  replies_.assign(saved.replies.begin(), saved.replies.end());
  for (const auto& reply : replies_) reply_bytes_ += reply.size();
  bool whole = true;
  for (const auto& attachment : saved.attachments) {
    const auto session = state_.sessions.find_id(attachment.session);
    whole = whole && session;
    if (!session) continue;
    auto& viewer = viewers_.try_emplace(attachment.number, state_).first->second;
    viewer.attachment = session->resume_attachment(*this, {number_, client_name_, peer_.pid}, max_data_, attachment);
    static_cast<void>(viewer.text.decode(attachment.text));
  }
  if (saved.subscribed) listen_for_events({saved.subscribed_to, saved.event_types}, saved.next_event);
  writer_.notify();
  return whole;
}

void Connection::begin_held() {
  for (const auto& request : std::exchange(held_, {})) {
    --running_;
    request->held = false;
    if (!request->answered && !dead_) take_up(request, std::move(request->again));
  }
}

void Connection::settle() {
  for (auto& [number, viewer] : viewers_)
    if (!viewer.over && viewer.attachment->ended()) queue_ended(viewer);
  drop_over();
}

// What was begun goes out first, and is kept in pending_; nothing else of this attachment comes.
void Connection::queue_ended(Viewer& viewer) {
  const auto item = viewer.attachment->next();
  v1::Frame frame;
  item_to_frame(viewer, item, frame);
  send(frame);
  viewer.attachment->sent(item);
  viewer.over = true;
  viewers_over_ = true;
}

}  // namespace ptyd
