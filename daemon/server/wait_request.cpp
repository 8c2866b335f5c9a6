#include "daemon/server/wait_request.hpp"

#include <algorithm>
#include <string>

#include "daemon/server/convert.hpp"
#include "daemon/server/request_fields.hpp"

namespace ptyd {

namespace {

Result<WaitKind> kind_from_wire(v1::WaitKind kind) {
  switch (kind) {
    case v1::WAIT_EXIT: return WaitKind::exit;
    case v1::WAIT_TEXT: return WaitKind::text;
    case v1::WAIT_MATCH: return WaitKind::match;
    case v1::WAIT_QUIET: return WaitKind::quiet;
    case v1::WAIT_SETTLED: return WaitKind::settled;
    case v1::WAIT_CHANGED: return WaitKind::changed;
    case v1::WAIT_COMMAND: return WaitKind::command;
    case v1::WAIT_ATTACHED: return WaitKind::attached;
    default: return bad_field("kind", "of a condition is missing or has a value this daemon does not know");
  }
}

Result<void> add_condition(WaitPlan& plan, const v1::WaitCondition& wire) {
  WaitCondition condition;
  const auto kind = kind_from_wire(wire.kind());
  if (!kind) return kind.error();
  condition.kind = *kind;
  condition.text = wire.text();
  condition.duration =
      std::chrono::milliseconds(std::min<std::uint64_t>(wire.for_ms(), static_cast<std::uint64_t>(kLongestStill.count()) + 1));
  condition.min_bytes = wire.min_bytes();
  if (auto fine = check_condition(condition); !fine) return fine.error();
  std::optional<LinePattern> pattern;
  if (condition.kind == WaitKind::text || condition.kind == WaitKind::match) {
    auto compiled = condition.kind == WaitKind::text ? LinePattern::plain(condition.text, "text")
                                                     : LinePattern::regex(condition.text, "text");
    if (!compiled) return compiled.error();
    pattern = std::move(*compiled);
  }
  if (condition.kind == WaitKind::changed) {
    const auto hash = parse_screen_hash(condition.text, "text");
    if (!hash) return hash.error();
    condition.hash = *hash;
  }
  plan.of_screen = plan.of_screen || condition.of_screen();
  plan.conditions.push_back(std::move(condition));
  plan.patterns.push_back(std::move(pattern));
  return {};
}

Result<void> check_alone(const v1::WaitRequest& request) {
  const char* const needs_one = request.has_from_offset() ? "from_offset"
                                : request.has_send()      ? "send"
                                : request.has_screen()    ? "screen"
                                                          : nullptr;
  if (needs_one != nullptr && request.sessions_size() > 1) return bad_field(needs_one, "is for one session only");
  if (!request.send().session().empty()) return bad_field("send", "names a session: that of the wait counts");
  if (!request.screen().session().empty()) return bad_field("screen", "names a session: that of the wait counts");
  return {};
}

Result<void> check_offset(const WaitPlan& plan) {
  const auto& ring = plan.sessions.front()->ring();
  const auto wanted = *plan.from_offset;
  const auto oldest = ring.oldest();
  const auto head = ring.head();
  if (wanted >= oldest && wanted <= head) return {};
  Error error{errc::out_of_range, "offset " + std::to_string(wanted) + " is not in the session's replay buffer"};
  error.have_from = oldest;
  error.have_to = head;
  error.hint = "it holds " + std::to_string(oldest) + " to " + std::to_string(head);
  return error;
}

Error too_many(const char* what, std::size_t most) {
  Error error{errc::resource_exhausted, std::string(what) + ": there may be " + std::to_string(most)};
  error.hint = "cancel some, or wait for several conditions at once";
  return error;
}

}  // namespace

Result<WaitPlan> plan_wait(DaemonState& state, const v1::WaitRequest& request) {
  if (request.sessions_size() == 0) return bad_field("sessions", "is missing");
  if (request.sessions_size() > static_cast<int>(kMaxWaitSessions))
    return bad_field("sessions", "has more than 256 entries");
  if (request.conditions_size() > static_cast<int>(kMaxWaitConditions))
    return bad_field("conditions", "has more than 16 entries");
  if (auto fine = check_alone(request); !fine) return fine.error();
  WaitPlan plan;
  plan.any = request.any();
  for (const auto& condition : request.conditions())
    if (auto added = add_condition(plan, condition); !added) return added.error();
  if (plan.conditions.empty()) {
    plan.conditions.emplace_back();
    plan.patterns.emplace_back();
  }
  for (const auto& spec : request.sessions()) {
    auto found = find_session(state, spec);
    if (!found) return found.error();
    if (plan.of_screen && !(*found)->keeps_screen()) return no_screen(**found);
    plan.sessions.push_back(std::move(*found));
  }
  plan.only_new = request.has_from_offset() || request.has_send();
  if (request.has_from_offset()) {
    plan.from_offset = request.from_offset();
    if (auto there = check_offset(plan); !there) return there.error();
  }
  return plan;
}

Result<std::unique_ptr<WaitSlots>> WaitSlots::take(const std::shared_ptr<Connection>& connection, const WaitPlan& plan) {
  auto slots = std::unique_ptr<WaitSlots>(new WaitSlots(connection));
  if (!plan.of_screen) return slots;
  WaitUse use;
  use.waits = plan.sessions.size();
  const auto patterns = std::count_if(plan.conditions.begin(), plan.conditions.end(),
                                      [](const auto& condition) { return condition.kind == WaitKind::match; });
  use.patterns = static_cast<std::size_t>(patterns);
  use.terminals = plan.only_new ? 1 : 0;
  const auto& all = connection->state().waits;
  if (connection->waits() + use.waits > kMaxConnectionWaits)
    return too_many("too many waits on this connection", kMaxConnectionWaits);
  if (all.waits + use.waits > kMaxWaits) return too_many("too many waits", kMaxWaits);
  if (all.patterns + use.patterns > kMaxWaitPatterns) return too_many("too many waits for patterns", kMaxWaitPatterns);
  if (all.terminals + use.terminals > kMaxWaitTerminals)
    return too_many("too many waits from an offset", kMaxWaitTerminals);
  slots->use_ = use;
  connection->state().waits.add(use);
  connection->add_waits(use.waits);
  return slots;
}

WaitSlots::~WaitSlots() {
  connection_->state().waits.remove(use_);
  connection_->remove_waits(use_.waits);
}

}  // namespace ptyd
