#include "common/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
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
  bool emitting = false;
  // One signal for each running coroutine. It must live until the coroutine has ended: operations in
  // flight keep their state in its slot.
  struct Task {
    asio::cancellation_signal signal;
    bool ended = false;
  };
  using Tasks = std::list<Task>;
  Tasks running;

  void finish(Tasks::iterator task, std::exception_ptr error);
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

// Asio ends a coroutine that has never waited by a wait of its own, which fails in a cancelled one: the exception would
// come out of the loop.
asio::awaitable<void> run_to_its_end(asio::awaitable<void> task) {
  std::exception_ptr failure;
  try {
    co_await std::move(task);
  } catch (...) {
    failure = std::current_exception();
  }
  co_await asio::this_coro::throw_if_cancelled(false);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

void TaskGroup::State::finish(Tasks::iterator task, std::exception_ptr error) {
  // A coroutine may end inside its own signal's emit(): cancel() takes it out of the list then.
  if (emitting)
    task->ended = true;
  else
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
  try {
    asio::co_spawn(
        state_->executor, run_to_its_end(std::move(task)),
        asio::bind_cancellation_slot(
            place->signal.slot(), [state = state_, place](std::exception_ptr error) { state->finish(place, error); }));
  } catch (...) {
    state_->running.erase(place);
    throw;
  }
}

void TaskGroup::cancel() {
  const auto state = state_;
  state->cancelled = true;
  if (state->emitting) return;
  state->emitting = true;
  for (auto& task : state->running)
    if (!task.ended) task.signal.emit(asio::cancellation_type::all);
  state->emitting = false;
  state->running.remove_if([](const State::Task& task) { return task.ended; });
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
