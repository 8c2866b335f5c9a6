// One instance of a named pipe that waits for its client. Windows only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/windows/stream_handle.hpp>
#include <functional>
#include <memory>

#include "common/error.hpp"
#include "common/unique_handle.hpp"
#include "daemon/server/live_pipe_windows.hpp"

namespace ptyd {

// That a client connected is all that is told: whether it sent anything, or is still there, a read tells.
// Thread: the executor's.
class PipeInstance : public std::enable_shared_from_this<PipeInstance> {
 public:
  // Errors: the loop can't watch it.
  static Result<std::shared_ptr<PipeInstance>> make(boost::asio::any_io_executor executor, UniqueHandle pipe);

  // Begins to wait. `done` is called by the loop, once, with 0 or what GetLastError() gives; the wait keeps this alive.
  void listen(std::function<void(int)> done);
  // Sends the client that has connected away, so that listen() may be called again.
  void send_away() noexcept;
  // Closes the pipe. `done` is still called, with any result.
  void close() noexcept;
  // The pipe, once its client has connected.
  boost::asio::windows::stream_handle take() noexcept { return std::move(pipe_); }

 private:
  explicit PipeInstance(boost::asio::any_io_executor executor) : pipe_(executor) {}

  LivePipe live_;
  boost::asio::windows::stream_handle pipe_;
};

}  // namespace ptyd
