// ScreenFollower: what is waited for on the screen.
#include <boost/asio/post.hpp>
#include <utility>

#include "daemon/session/screen_follower.hpp"

namespace ptyd {

using Clock = std::chrono::steady_clock;

// ---------------------------------------------------------------- on the loop

void ScreenFollower::watch(std::shared_ptr<ScreenWatch> watch) {
  if (ring_ == nullptr) return;
  if (jobs_ > 0) return post_job([this, watch = std::move(watch)] { watches_.add(watch); });
  if (!started_ || terminal_ == nullptr || terminal_->offset() != ring_->head() || watch->cost() > kInlineCost) {
    watches_.add(std::move(watch));
    if (started_) follow();
    return;
  }
  try {
    watches_.add_now(watch, *terminal_, Clock::now());
  } catch (const std::bad_alloc&) {
    start_over();
  }
  if (on_news_) on_news_(take_news());
  // It may have to read what came before.
  if (terminal_ != nullptr && watches_.behind(*terminal_)) post_job([] {});
  arm_watch_timer();
}

void ScreenFollower::unwatch(std::shared_ptr<ScreenWatch> watch) {
  if (ring_ == nullptr) return;
  if (jobs_ > 0) return post_job([this, watch = std::move(watch)] { watches_.remove(watch); });
  watches_.remove(watch);
}

bool ScreenFollower::may_read_inline() const noexcept {
  return terminal_ != nullptr && ring_->head() <= terminal_->offset() + kInline && watches_.cost() <= kInlineCost &&
         !watches_.behind(*terminal_);
}

bool ScreenFollower::look_now(const Look& look) {
  constexpr int kTries = 4;  // a program that writes all the time is ahead each time
  for (int i = 0; i < kTries; ++i) {
    if (jobs_ > 0 || !started_ || ring_ == nullptr) return false;
    follow();
    if (jobs_ > 0 || terminal_ == nullptr || terminal_->state().on(screen::Mode::synchronized)) return false;
    if (terminal_->offset() != ring_->head()) continue;
    look(*terminal_, approximate_);
    return true;
  }
  return false;
}

void ScreenFollower::arm_watch_timer() {
  const auto due = watches_.due();
  if (!due || ring_ == nullptr || (watch_due_ && *watch_due_ <= *due)) return;
  watch_due_ = due;
  watch_timer_.expires_at(*due);
  watch_timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    auto self = weak.lock();
    if (error || !self) return;
    self->watch_due_.reset();
    self->follow();
  });
}

// ---------------------------------------------------------------- of whoever has the screen

void ScreenFollower::look_at_watches() {
  if (terminal_ != nullptr) watches_.look(*terminal_, Clock::now());
}

// True: there is more to read.
bool ScreenFollower::catch_up_watches() {
  if (terminal_ == nullptr || !watches_.behind(*terminal_)) return false;
  const auto read = [this](std::uint64_t offset, std::size_t size) { return read_past(offset, size); };
  watches_.catch_up(*terminal_, read, watched_slice());
  return watches_.behind(*terminal_);
}

// What the screen has seen need not be held any more: it may be overwritten while it is copied.
PastOutput ScreenFollower::read_past(std::uint64_t offset, std::size_t max) {
  const std::lock_guard lock(ring_mutex_);
  const auto end = terminal_->offset();
  for (;;) {
    PastOutput past{ring_ == nullptr ? end : std::max(offset, ring_->oldest()), {}};
    if (past.offset >= end) return past;
    const auto spans = ring_->read(past.offset, static_cast<std::size_t>(std::min<std::uint64_t>(max, end - past.offset)));
    for (const auto& span : {spans.first, spans.second}) past.bytes += text_of(span);
    if (ring_->oldest() <= past.offset) return past;
  }
}

}  // namespace ptyd
