#include "tests/unit/client/connection_fake_daemon.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "tests/unit/client/stream_pair.hpp"

namespace ptyd {

namespace asio = boost::asio;

FakePeer::FakePeer(asio::any_io_executor executor, UniqueHandle socket)
    : stream_(DaemonStream::adopt(executor, std::move(socket)).value()) {}

asio::awaitable<std::optional<v1::Frame>> FakePeer::receive() {
  v1::Frame frame;
  while (!reader_.next(frame)) {
    const auto room = reader_.prepare();
    const std::size_t size = co_await stream_->read_some(room);
    if (size == 0) co_return std::nullopt;
    reader_.commit(size);
  }
  co_return frame;
}

asio::awaitable<void> FakePeer::send(v1::Frame frame) {
  std::string bytes;
  append_frame(bytes, frame, Encoding::binary);
  co_await send_bytes(std::move(bytes));
}

asio::awaitable<void> FakePeer::send_bytes(std::string bytes) {
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const std::size_t size = co_await stream_->write_some(rest);
    if (size == 0) co_return;
    rest.remove_prefix(size);
  }
}

asio::awaitable<bool> FakePeer::welcome() {
  const auto hello = co_await receive();
  if (!hello || !hello->has_hello()) co_return false;
  v1::Frame frame;
  frame.set_id(hello->id());
  auto* welcome = frame.mutable_welcome();
  welcome->set_protocol(1);
  welcome->set_server_version("fake");
  welcome->mutable_limits()->set_max_frame(kMaxFrame);
  welcome->mutable_limits()->set_max_data(kMaxData);
  co_await send(std::move(frame));
  co_return true;
}

asio::awaitable<std::optional<v1::Frame>> FakePeer::request() {
  for (;;) {
    auto frame = co_await receive();
    if (!frame || frame->has_request()) co_return frame;
  }
}

asio::awaitable<Result<std::shared_ptr<Client>>> FakeDaemon::connect() {
  ++tries;
  if (refuse > 0) {
    --refuse;
    co_return Error{errc::unavailable, "nobody listens"};
  }
  auto ends = stream_pair();
  if (!ends) co_return ends.error();
  peers_.push_back(std::make_shared<FakePeer>(executor_, std::move(ends->second)));
  arrived_.notify();
  ClientOptions options;
  options.name = "test";
  co_return co_await Client::adopt(executor_, ends->first.release(), options);
}

ClientFactory FakeDaemon::factory() {
  return [this](Autostart autostart) {
    asked = autostart;
    return connect();
  };
}

asio::awaitable<std::shared_ptr<FakePeer>> FakeDaemon::accept() {
  while (peers_.empty()) co_await arrived_.wait();
  auto peer = peers_.front();
  peers_.pop_front();
  co_return peer;
}

void run_test(asio::io_context& loop, asio::awaitable<void> test) {
  bool done = false;
  asio::co_spawn(loop, std::move(test), [&](const std::exception_ptr& error) {
    done = true;
    loop.stop();
    if (error) std::rethrow_exception(error);
  });
  loop.run_for(std::chrono::seconds(60));
  EXPECT_TRUE(done) << "the test did not come to its end";
}

v1::Frame output_frame(std::uint32_t attachment, std::uint64_t offset, std::string data) {
  v1::Frame frame;
  frame.mutable_output()->set_attachment(attachment);
  frame.mutable_output()->set_offset(offset);
  frame.mutable_output()->set_data(std::move(data));
  return frame;
}

v1::Frame attach_reply(std::uint64_t id, std::uint32_t attachment, std::uint64_t offset, bool resumed,
                       std::uint64_t input_offset) {
  v1::Frame frame;
  frame.set_id(id);
  auto* reply = frame.mutable_response()->mutable_attach();
  reply->set_attachment(attachment);
  reply->mutable_session()->set_id("0123456789abcdef0123456789abcdef");
  reply->mutable_session()->set_name("s");
  reply->set_offset(offset);
  reply->set_resumed(resumed);
  reply->set_input_offset(input_offset);
  reply->set_input_limit(input_offset + 65536);
  return frame;
}

}  // namespace ptyd
