// Accepts clients and serves them until the daemon stops.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <list>
#include <memory>
#include <vector>

#include "common/error.hpp"
#include "common/task_group.hpp"
#include "common/unique_handle.hpp"
#include "daemon/server/connection.hpp"
#include "daemon/server/daemon_state.hpp"

namespace ptyd {

class Acceptor;
struct SavedConnection;

// Owned by the daemon. Thread: the loop's.
class Server {
 public:
  explicit Server(DaemonState& state);
  ~Server();

  // Begins to accept on `listener`. Errors: the loop can't watch it.
  Result<void> listen(UniqueHandle listener);
  // Accepts no more. Connections live on.
  void stop_accepting();
  // The listening socket, for the program after this one; it stays this server's.
  UniqueHandle::Native listener() const noexcept;
  std::uint64_t next_number() const noexcept { return next_number_; }
  void set_next_number(std::uint64_t number) noexcept { next_number_ = number; }
  // Takes a connection of another program, whose sessions are resumed. It is served once they go on. Errors: another
  // user's, broken, or without one of its sessions: then it is closed, and the client resumes by itself.
  Result<void> resume(const SavedConnection& saved);
  void serve_resumed();
  // Lets every connection send what it has queued, closes all, waits until they are gone.
  boost::asio::awaitable<void> close();

 private:
  boost::asio::awaitable<void> accept_loop();
  boost::asio::awaitable<void> serve(std::shared_ptr<Connection> connection);
  void take(std::unique_ptr<ClientStream> stream);
  void keep_newcomers_few();

  DaemonState& state_;
  std::unique_ptr<Acceptor> acceptor_;
  std::uint64_t next_number_ = 1;
  std::vector<std::shared_ptr<Connection>> resumed_;
  // Clients that have not said hello, oldest first.
  std::list<std::weak_ptr<Connection>> newcomers_;
  TaskGroup accepting_;
  TaskGroup serving_;
};

}  // namespace ptyd
