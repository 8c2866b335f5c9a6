// Session: the size of its window. While the host lets an attachment's client set it, the daemon only hears of it; each time
// that something else is to have a say, the client's right ends before.
#include <algorithm>
#include <cstring>

#include "common/crash_point.hpp"
#include "common/quantity.hpp"
#include "common/random.hpp"
#include "daemon/session/host_size.hpp"
#include "daemon/session/session.hpp"

namespace ptyd {

namespace {

constexpr auto kType = static_cast<std::uint32_t>(host::GuestRights::type);
constexpr auto kSize = static_cast<std::uint32_t>(host::GuestRights::size);
static_assert(kMaxCols == host::kMaxWindowSize);

}  // namespace

std::vector<SizeVote> Session::size_votes() const {
  std::vector<SizeVote> votes;
  for (const auto* attachment : attachments_)
    if (attachment->spec().size && attachment->spec().role == Role::controller && !attachment->ended())
      votes.push_back({*attachment->spec().size, attachment->size_order_});
  return votes;
}

void Session::bump_size(Attachment& attachment) {
  attachment.size_order_ = next_order_++;
  apply_size(&attachment);
  tell_rights();
}

WindowSize Session::apply_size(const Attachment* by) {
  if (leases_.sized()) return size_;
  const auto wanted = resolve_size(record_.policy, size_votes());
  if (wanted && *wanted != size_ && running() && send_size(*wanted)) note_size(*wanted, by);
  return size_;
}

WindowSize Session::resize(WindowSize size, SizePolicy policy, const ClientIdentity& by) {
  if (policy != record_.policy) {
    record_.policy = policy;
    keep_record();
  }
  set_window(size, by);
  tell_rights();
  return size_;
}

WindowSize Session::set_window(WindowSize size, const ClientIdentity& by) {
  if (size != size_ && running() && send_size(size)) {
    PTYD_CRASH_POINT("resize_sent");
    size_ = size;
    SessionEvent event;
    event.type = SessionEventType::resized;
    event.session = this;
    event.client = by;
    events_.publish(event);
  }
  return size_;
}

void Session::note_size(WindowSize size, const Attachment* by) {
  size_ = size;
  SessionEvent event;
  event.type = SessionEventType::resized;
  event.session = this;
  event.attachment = by;
  if (by != nullptr) event.client = by->spec().client;
  event.by_policy = true;
  events_.publish(event);
}

bool Session::send_size(WindowSize size) {
  for (auto* attachment : attachments_)
    if (attachment->grant_ && attachment->grant_->rights == kSize) tell_right(*attachment->grant_, kType);
  return static_cast<bool>(link_->resize(to_host(size)));
}

void Session::assert_size() {
  if (!closed_ && running() && from_host(ring().window_size()) != size_) static_cast<void>(link_->resize(to_host(size_)));
}

// ---------------------------------------------------------------- set by a client at the host

bool Session::may_size_directly(const Attachment& attachment) const {
  if ((link_->features() & host::kFeatureGuestSizes) == 0 || !attachment.spec().size || leases_.size_held()) return false;
  return decides_size(record_.policy, size_votes(), attachment.size_order_);
}

// A number that no grant had: what was set by an older one may have been overruled since.
void Session::tell_right(host::Grant& grant, std::uint32_t right) {
  grant.rights = right;
  if (right == kSize) {
    const auto random = random_bytes16();
    std::memcpy(&grant.turn, random.data(), sizeof grant.turn);
    grant.turn |= 1;  // 0 is none
  }
  link_->tell_rights(grant);
}

bool Session::take_direct_size(const Attachment& attachment, std::uint32_t turn) {
  const auto& grant = attachment.grant_;
  if (turn == 0 || !grant || grant->rights != kSize || grant->turn != turn) return false;
  if (*attachment.spec().size != size_) note_size(*attachment.spec().size, &attachment);
  return true;
}

}  // namespace ptyd
