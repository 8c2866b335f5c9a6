// The daemon's end of connections, scripted by a test.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "client/ptyd/client.hpp"
#include "client/ptyd/daemon_stream.hpp"
#include "common/async_event.hpp"
#include "proto/frame.hpp"

namespace ptyd {

// One connection as the daemon sees it. Every wait has a deadline.
class FakePeer {
 public:
  FakePeer(boost::asio::any_io_executor executor, UniqueHandle socket);
  // The next frame; nothing when the client is gone or too slow.
  boost::asio::awaitable<std::optional<v1::Frame>> receive();
  boost::asio::awaitable<void> send(v1::Frame frame);
  boost::asio::awaitable<void> send_bytes(std::string bytes);
  // Takes hello and answers it.
  boost::asio::awaitable<bool> welcome();
  // Takes frames up to the next request.
  boost::asio::awaitable<std::optional<v1::Frame>> request();
  void close() { stream_->shut_down(); }

 private:
  std::unique_ptr<DaemonStream> stream_;
  FrameReader reader_{1024 * 1024, Encoding::binary};
};

// Makes pairs of connected sockets: each connection of the client's gives a peer.
class FakeDaemon {
 public:
  explicit FakeDaemon(boost::asio::any_io_executor executor) : executor_(executor), arrived_(executor) {}
  // For AttachedSession. While `absent`, connecting fails with `unavailable`.
  ClientFactory factory();
  // The next connection.
  boost::asio::awaitable<std::shared_ptr<FakePeer>> accept();
  boost::asio::awaitable<Result<std::shared_ptr<Client>>> connect();

  unsigned refuse = 0;  // so many tries to connect fail
  unsigned tries = 0;
  std::optional<Autostart> asked;  // by the last try

 private:
  boost::asio::any_io_executor executor_;
  AsyncEvent arrived_;
  std::deque<std::shared_ptr<FakePeer>> peers_;
};

// Runs `test` on `loop` to its end; a test that takes longer than a minute fails.
void run_test(boost::asio::io_context& loop, boost::asio::awaitable<void> test);

v1::Frame output_frame(std::uint32_t attachment, std::uint64_t offset, std::string data);
v1::Frame attach_reply(std::uint64_t id, std::uint32_t attachment, std::uint64_t offset, bool resumed,
                       std::uint64_t input_offset);

}  // namespace ptyd
