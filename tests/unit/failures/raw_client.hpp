// A client that reads only when it is told to, for what libptyd never does.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "client/ptyd/client.hpp"
#include "client/ptyd/daemon_stream.hpp"
#include "proto/frame.hpp"

namespace ptyd {

// Says hello and may then do anything. All throw an ErrorException when the daemon is gone.
class RawClient {
 public:
  static boost::asio::awaitable<std::unique_ptr<RawClient>> connect(boost::asio::any_io_executor executor,
                                                                    ClientOptions options);

  boost::asio::awaitable<void> send(v1::Frame frame);
  boost::asio::awaitable<v1::Frame> receive();
  // Sends it and takes frames up to its answer; those before it are thrown away.
  boost::asio::awaitable<v1::Response> call(v1::Request request);
  // Its number, from 1 on: the daemon counts those who connect. `session`, to which nobody may have attached later, is
  // attached to for it.
  boost::asio::awaitable<std::uint64_t> connection_number(std::string session);

 private:
  explicit RawClient(std::unique_ptr<DaemonStream> stream) : stream_(std::move(stream)) {}

  std::unique_ptr<DaemonStream> stream_;
  FrameReader reader_{1024 * 1024, Encoding::binary};
  std::uint64_t requests_ = 1;
};

// The first frame of a client.
std::string hello_frame(const std::string& name);

}  // namespace ptyd
