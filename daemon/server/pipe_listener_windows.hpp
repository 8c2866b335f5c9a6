// The instances of a named pipe that wait for clients: more are made as clients come. Windows only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>

#include "common/async_event.hpp"
#include "common/error.hpp"
#include "common/unique_handle.hpp"
#include "daemon/server/pipe_instance_windows.hpp"

namespace ptyd {

// The pipe always has an instance that waits: its name is never free for others, and clients find it. When no more can
// be made, the client at the last one is sent away, which it learns at once, and more are tried every 100 ms.
// Owned by an Acceptor, and by the waits it began. Thread: the executor's.
class PipeListener : public std::enable_shared_from_this<PipeListener> {
 public:
  static constexpr std::size_t kWaiting = 8;
  // Clients that have connected and were not taken by accept(). With more of them the others find the pipe busy.
  static constexpr std::size_t kMaxReady = 32;

  // Makes one more instance.
  using Maker = std::function<Result<UniqueHandle>()>;

  PipeListener(boost::asio::any_io_executor executor, Maker maker);

  // Begins to wait, at `first` and at others. Errors: the system is short of handles.
  Result<void> start(UniqueHandle first);
  // The next client; none after close().
  boost::asio::awaitable<std::optional<boost::asio::windows::stream_handle>> accept();
  void close();
  std::size_t waiting() const noexcept { return waiting_.size(); }

 private:
  using Waiting = std::list<std::shared_ptr<PipeInstance>>;

  Result<void> add(UniqueHandle pipe);
  void wait_at(Waiting::iterator place);
  void connected(Waiting::iterator place, int error);
  void fill_up();
  void try_again_later();

  boost::asio::any_io_executor executor_;
  Maker maker_;
  Waiting waiting_;
  std::deque<boost::asio::windows::stream_handle> ready_;
  AsyncEvent arrived_;
  boost::asio::steady_timer timer_;
  bool closed_ = false;
};

}  // namespace ptyd
