// Owns coroutines: they are cancelled and joined together, never detached.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <exception>
#include <functional>
#include <memory>

namespace ptyd {

// Owned by the object whose work the coroutines do; that object awaits close() before it dies. A coroutine
// that ends by an exception other than "operation aborted" is reported to the error handler.
// Thread: the executor's only.
class TaskGroup {
 public:
  using ErrorHandler = std::function<void(std::exception_ptr)>;

  explicit TaskGroup(boost::asio::any_io_executor executor, ErrorHandler on_error = {});
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  // All coroutines must have ended: a failed check otherwise.
  ~TaskGroup();

  // Starts `task`. After cancel(), `task` is destroyed unstarted.
  void spawn(boost::asio::awaitable<void> task);

  // Asks every coroutine to stop at its next await. Further spawns are refused.
  void cancel();

  // cancel(), then waits until all have ended.
  boost::asio::awaitable<void> close();

  // Waits until all have ended, without asking them to.
  boost::asio::awaitable<void> join();

  bool empty() const noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ptyd
