// Session: how far back output must stay, for whom, and until when.
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "daemon/core/flow.hpp"
#include "daemon/session/session.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

// How long a daemon keeps the floor that the one before it left, so that clients can come back and
// find every byte.
constexpr std::chrono::seconds kInheritedFloorGrace{10};

}  // namespace

void Session::find_floor() {
  const auto floor = ring().floor();
  if (floor == host::kNoFloor) return;
  missing_holders_ = FloorReturn(ring().floor_names(), ring().floor_holders());
  if (!missing_holders_.all_back()) inherited_floor_ = floor;
}

void Session::holder_came_back(const Attachment& attachment) noexcept {
  const auto name = attachment.floor_name();
  if (name == 0 && !(attachment.resumed() && holds(attachment))) return;
  missing_holders_.came_back(name);
  if (missing_holders_.all_back()) inherited_floor_.reset();
}

asio::awaitable<void> Session::drop_inherited_floor(std::shared_ptr<Session>) {
  asio::steady_timer timer(executor_);
  timer.expires_after(kInheritedFloorGrace);
  const auto [error] = co_await timer.async_wait(kTuple);
  if (error) co_return;
  inherited_floor_.reset();
  missing_holders_.give_up();
  update_floor();
}

bool Session::holds(const Attachment& attachment) const {
  return holds_floor(attachment.spec().flow, attachment.held(), ring().head(), ring().capacity());
}

// Those that were found are held for as well, until they are back.
void Session::tell_holders(std::size_t count) {
  const auto& missing = missing_holders_.names();
  holder_names_.insert(holder_names_.end(), missing.begin(), missing.end());
  count += missing_holders_.count();
  if (count == ring().floor_holders() && holder_names_ == told_names_) return;
  ring().set_floor_holders(static_cast<std::uint32_t>(count), holder_names_);
  std::swap(told_names_, holder_names_);
}

void Session::update_floor() {
  std::vector<FloorHolder> holders;
  holders.reserve(attachments_.size());
  holder_names_.clear();
  for (const auto* attachment : attachments_) {
    if (attachment->ended() || !holds(*attachment)) continue;
    holders.push_back({attachment->held()});
    holder_names_.push_back(attachment->floor_name());
  }
  tell_holders(holders.size());
  auto floor = floor_of(holders);
  if (inherited_floor_) floor = std::min(floor, *inherited_floor_);
  floor = std::min(floor, screen_floor());
  const auto before = ring().floor();
  if (floor == before) return;
  if (floor == host::kNoFloor)
    ring().release();
  else
    ring().hold(floor);
  if (floor > before && ring().host_waits()) link_->kick();
}

}  // namespace ptyd
