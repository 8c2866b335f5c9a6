#include "tests/unit/failures/raw_client.hpp"

#include <algorithm>
#include <utility>

#include "client/ptyd/daemon_socket.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

Error gone() { return Error{errc::unavailable, "the daemon closed the connection"}; }

}  // namespace

std::string hello_frame(const std::string& name) {
  v1::Frame frame;
  frame.set_id(1);
  frame.mutable_hello()->set_protocol_min(1);
  frame.mutable_hello()->set_protocol_max(1);
  frame.mutable_hello()->set_client_name(name);
  std::string bytes;
  append_frame(bytes, frame, Encoding::binary);
  return bytes;
}

asio::awaitable<std::unique_ptr<RawClient>> RawClient::connect(asio::any_io_executor executor, ClientOptions options) {
  auto socket = co_await open_daemon_socket(executor, std::move(options));
  if (!socket) throw ErrorException(socket.error());
  auto stream = DaemonStream::adopt(executor, std::move(*socket));
  if (!stream) throw ErrorException(stream.error());
  std::unique_ptr<RawClient> client(new RawClient(std::move(*stream)));
  const std::string hello = hello_frame("raw");
  const std::size_t sent = co_await client->stream_->write_some(hello);
  if (sent != hello.size()) throw ErrorException(gone());
  const auto welcome = co_await client->receive();
  if (!welcome.has_welcome()) throw ErrorException(Error{errc::malformed, "no welcome"});
  co_return client;
}

asio::awaitable<void> RawClient::send(v1::Frame frame) {
  std::string bytes;
  append_frame(bytes, frame, Encoding::binary);
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const std::size_t sent = co_await stream_->write_some(rest);
    if (sent == 0) throw ErrorException(gone());
    rest.remove_prefix(sent);
  }
}

asio::awaitable<v1::Frame> RawClient::receive() {
  v1::Frame frame;
  while (!reader_.next(frame)) {
    const auto room = reader_.prepare();
    const std::size_t size = co_await stream_->read_some(room);
    if (size == 0) throw ErrorException(gone());
    reader_.commit(size);
  }
  co_return frame;
}

asio::awaitable<v1::Response> RawClient::call(v1::Request request) {
  v1::Frame frame;
  const std::uint64_t id = ++requests_;
  frame.set_id(id);
  *frame.mutable_request() = std::move(request);
  co_await send(std::move(frame));
  for (;;) {
    auto answer = co_await receive();
    if (answer.has_response() && answer.id() == id) co_return std::move(*answer.mutable_response());
  }
}

asio::awaitable<std::uint64_t> RawClient::connection_number(std::string session) {
  v1::Request attach;
  attach.mutable_attach()->set_session(session);
  attach.mutable_attach()->set_no_replay(true);
  const auto attached = co_await call(std::move(attach));
  v1::Request inspect;
  inspect.mutable_inspect()->set_session(session);
  const auto found = co_await call(std::move(inspect));
  std::uint64_t number = 0;  // the newest is ours
  for (const auto& attachment : found.inspect().attachments()) number = std::max(number, attachment.client());
  if (number == 0 || !attached.has_attach())
    throw ErrorException(Error{errc::not_found, "the attachment is not listed"});
  co_return number;
}

}  // namespace ptyd
