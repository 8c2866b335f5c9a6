#include "daemon/server/pipe_listener_windows.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

#include "common/escape.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {
constexpr std::chrono::milliseconds kPause{100};
}

PipeListener::PipeListener(asio::any_io_executor executor, Maker maker)
    : executor_(executor), maker_(std::move(maker)), arrived_(executor), timer_(executor) {}

Result<void> PipeListener::start(UniqueHandle first) {
  if (auto added = add(std::move(first)); !added) return added;
  fill_up();
  return {};
}

Result<void> PipeListener::add(UniqueHandle pipe) {
  auto instance = PipeInstance::make(executor_, std::move(pipe));
  if (!instance) return instance.error();
  wait_at(waiting_.insert(waiting_.end(), std::move(*instance)));
  return {};
}

void PipeListener::wait_at(Waiting::iterator place) {
  (*place)->listen([self = shared_from_this(), place](int error) { self->connected(place, error); });
}

void PipeListener::connected(Waiting::iterator place, int error) {
  if (closed_) return;
  const auto instance = *place;
  if (error != 0) {
    spdlog::warn("a client could not be accepted: {}", escape_text(os_message(error)));
    waiting_.erase(place);
    return try_again_later();
  }
  // The next one first: with this one gone there might be none.
  waiting_.erase(place);
  fill_up();
  if (waiting_.empty() && ready_.size() < kMaxReady) {
    instance->send_away();
    spdlog::warn("a client was sent away: no more pipes can be made");
    return wait_at(waiting_.insert(waiting_.end(), instance));
  }
  ready_.push_back(instance->take());
  arrived_.notify();
}

void PipeListener::fill_up() {
  while (!closed_ && waiting_.size() < kWaiting && ready_.size() < kMaxReady) {
    auto pipe = maker_();
    const auto added = pipe ? add(std::move(*pipe)) : Result<void>(pipe.error());
    if (added) continue;
    spdlog::warn("{}", escape_text(added.error().message));
    return try_again_later();
  }
}

void PipeListener::try_again_later() {
  timer_.expires_after(kPause);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
    if (const auto self = weak.lock(); self && !cancelled) self->fill_up();
  });
}

asio::awaitable<std::optional<asio::windows::stream_handle>> PipeListener::accept() {
  const auto self = shared_from_this();
  while (ready_.empty() && !closed_) co_await arrived_.wait();
  if (closed_) co_return std::nullopt;
  auto pipe = std::move(ready_.front());
  ready_.pop_front();
  fill_up();
  co_return std::move(pipe);
}

void PipeListener::close() {
  closed_ = true;
  for (const auto& instance : waiting_) instance->close();
  waiting_.clear();
  ready_.clear();
  timer_.cancel();
  arrived_.notify();
}

}  // namespace ptyd
