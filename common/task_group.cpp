#include "common/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <list>

#include "common/async_event.hpp"
#include "common/check.hpp"

namespace ptyd {

namespace asio = boost::asio;

struct TaskGroup::State {
  explicit State(asio::any_io_executor ex, ErrorHandler handler)
      : executor(ex), on_error(std::move(handler)), changed(ex) {}

  asio::any_io_executor executor;
  ErrorHandler on_error;
  AsyncEvent changed;
  bool cancelled = false;
  // One signal for each running coroutine. It must live until the coroutine has ended: operations in
  // flight keep their state in its slot.
  std::list<asio::cancellation_signal> running;

  void finish(std::list<asio::cancellation_signal>::iterator task, std::exception_ptr error);
};

namespace {

bool is_abort(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error& e) {
    return e.code() == asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

}  // namespace

void TaskGroup::State::finish(std::list<asio::cancellation_signal>::iterator task, std::exception_ptr error) {
  running.erase(task);
  if (error && on_error && !is_abort(error)) on_error(error);
  changed.notify();
}

TaskGroup::TaskGroup(asio::any_io_executor executor, ErrorHandler on_error)
    : state_(std::make_shared<State>(executor, std::move(on_error))) {}

TaskGroup::~TaskGroup() { PTYD_CHECK(state_->running.empty()); }

void TaskGroup::spawn(asio::awaitable<void> task) {
  if (state_->cancelled) return;
  const auto place = state_->running.emplace(state_->running.end());
  asio::co_spawn(state_->executor, std::move(task),
                 asio::bind_cancellation_slot(place->slot(), [state = state_, place](std::exception_ptr error) {
                   state->finish(place, error);
                 }));
}

void TaskGroup::cancel() {
  state_->cancelled = true;
  // A coroutine may end inside emit() and take its signal out of the list: look again from the next one.
  for (auto it = state_->running.begin(); it != state_->running.end();) {
    auto& signal = *it++;
    signal.emit(asio::cancellation_type::all);
  }
}

asio::awaitable<void> TaskGroup::close() {
  cancel();
  return join();
}

asio::awaitable<void> TaskGroup::join() {
  const auto state = state_;
  while (!state->running.empty()) co_await state->changed.wait();
}

bool TaskGroup::empty() const noexcept { return state_->running.empty(); }

}  // namespace ptyd
