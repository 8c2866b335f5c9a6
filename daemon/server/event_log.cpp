#include "daemon/server/event_log.hpp"

#include <algorithm>

#include "common/clock.hpp"
#include "daemon/server/convert.hpp"
#include "daemon/session/session.hpp"

namespace ptyd {

namespace {

constexpr std::uint32_t kOfPrograms = EventFilter::bit(v1::TITLE_CHANGED) | EventFilter::bit(v1::CWD_CHANGED) |
                                      EventFilter::bit(v1::BELL) | EventFilter::bit(v1::COMMAND_STARTED) |
                                      EventFilter::bit(v1::COMMAND_ENDED) | EventFilter::bit(v1::IDLE) |
                                      EventFilter::bit(v1::INPUT);

}  // namespace

EventLog::EventLog(EventBus& bus) : bus_(bus) {
  lanes_[0].types = ~kOfPrograms;
  lanes_[1].types = kOfPrograms;
  bus_.add(this);
}

EventLog::~EventLog() { bus_.remove(this); }

void EventLog::on_session_event(const SessionEvent& event) {
  const auto type = to_wire(event.type);
  try {
    keep(event);
  } catch (const std::bad_alloc&) {
    if (type == v1::SCREEN_CHANGED) return;
    lane_of(type).lost = next_++;
  }
}

void EventLog::keep(const SessionEvent& event) {
  auto message = std::make_shared<v1::Event>(to_wire(event));
  message->set_at_ms(unix_ms());
  if (event.type == SessionEventType::screen_changed) return tell(*message);
  message->set_seq(next_);
  auto& lane = lane_of(message->type());
  lane.events.push_back(message);
  ++next_;
  if (lane.events.size() > kKept) {
    lane.lost = lane.events.front()->seq();
    lane.events.pop_front();
  }
  tell(*message);
}

void EventLog::tell(const v1::Event& event) {
  // A listener may remove itself or others.
  const auto listeners = listeners_;
  for (const auto& entry : listeners)
    if (entry.filter.wants(event)) entry.listener(event);
}

EventLog::Kept EventLog::save(std::size_t max_bytes) const {
  Kept kept;
  for (const auto& lane : lanes_) kept.lost.push_back(lane.lost);
  std::vector<std::pair<const v1::Event*, std::size_t>> all;
  for (std::size_t kind = 0; kind < lanes_.size(); ++kind)
    for (const auto& event : lanes_[kind].events) all.emplace_back(event.get(), kind);
  const auto newer = [](const auto& a, const auto& b) { return a.first->seq() > b.first->seq(); };
  std::sort(all.begin(), all.end(), newer);
  std::size_t bytes = 0;
  for (const auto& [event, kind] : all) {
    bytes += event->ByteSizeLong();
    if (bytes <= max_bytes)
      kept.events.push_back(event->SerializeAsString());
    else
      kept.lost[kind] = std::max(kept.lost[kind], event->seq());
  }
  std::reverse(kept.events.begin(), kept.events.end());
  return kept;
}

void EventLog::resume(std::uint64_t next, const Kept& kept) {
  next_ = next;
  for (std::size_t kind = 0; kind < lanes_.size(); ++kind)
    lanes_[kind].lost = kind < kept.lost.size() ? kept.lost[kind] : 0;
  for (const auto& bytes : kept.events) {
    auto event = std::make_shared<v1::Event>();
    if (event->ParseFromString(bytes)) lane_of(event->type()).events.push_back(std::move(event));
  }
}

EventLog::Lane& EventLog::lane_of(v1::EventType type) noexcept {
  return lanes_[(lanes_[0].types & EventFilter::bit(type)) != 0 ? 0 : 1];
}

std::shared_ptr<const v1::Event> EventLog::first(std::uint64_t seq, const EventFilter& filter) const {
  std::shared_ptr<const v1::Event> found;
  for (const auto& lane : lanes_) {
    if ((lane.types & filter.types) == 0) continue;
    const auto before = [](const auto& event, std::uint64_t number) { return event->seq() < number; };
    auto at = std::lower_bound(lane.events.begin(), lane.events.end(), seq, before);
    at = std::find_if(at, lane.events.end(), [&filter](const auto& event) { return filter.wants(*event); });
    if (at != lane.events.end() && (!found || (*at)->seq() < found->seq())) found = *at;
  }
  return found;
}

std::uint64_t EventLog::newest(std::uint64_t seq, const EventFilter& filter) const {
  std::uint64_t newest = 0;
  for (const auto& lane : lanes_) {
    const auto wanted = [&](const auto& event) { return filter.wants(*event); };
    const auto at = std::find_if(lane.events.rbegin(), lane.events.rend(), wanted);
    if (at != lane.events.rend() && (*at)->seq() >= seq) newest = std::max(newest, (*at)->seq());
  }
  return newest;
}

std::uint64_t EventLog::lost(const EventFilter& filter) const noexcept {
  std::uint64_t newest = 0;
  for (const auto& lane : lanes_)
    if ((lane.types & filter.types) != 0) newest = std::max(newest, lane.lost);
  return newest;
}

std::uint64_t EventLog::missed(std::uint64_t since, const EventFilter& filter) const {
  const auto newest = lost(filter);
  return newest >= since ? newest - since + 1 : 0;
}

std::uint64_t EventLog::add_listener(const EventFilter& filter, Listener listener) {
  listeners_.push_back({next_listener_, filter, std::move(listener)});
  update_wants();
  return next_listener_++;
}

void EventLog::remove_listener(std::uint64_t number) {
  std::erase_if(listeners_, [number](const auto& entry) { return entry.number == number; });
  update_wants();
}

void EventLog::update_wants() {
  bus_.want_screens(std::any_of(listeners_.begin(), listeners_.end(),
                                [](const auto& entry) { return entry.filter.wants(v1::SCREEN_CHANGED); }));
}

}  // namespace ptyd
