// Lists the sessions of the daemon at a socket; with a session's name also shows its next output.
#include <ptyd/attached_session.hpp>
#include <ptyd/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <exception>
#include <string>

namespace asio = boost::asio;

asio::awaitable<void> show(asio::any_io_executor executor, ptyd::ClientOptions options, std::string name) {
  ptyd::AttachParameters parameters;
  parameters.session = name;
  parameters.role = ptyd::v1::OBSERVER;
  const auto session =
      co_await ptyd::AttachedSession::attach(executor, ptyd::client_factory(executor, options), parameters);
  if (!session) co_return;
  const auto chunk = co_await (*session)->read();
  std::printf("%zu bytes\n", chunk.data.size());
}

asio::awaitable<void> list(asio::any_io_executor executor, ptyd::ClientOptions options) {
  const auto client = co_await ptyd::Client::connect(executor, options);
  if (!client) {
    std::printf("%s: %s\n", std::string(to_string(client.error().code)).c_str(), client.error().message.c_str());
    co_return;
  }
  ptyd::v1::ListRequest request;
  const auto reply = co_await (*client)->call(request);
  if (!reply) co_return;
  for (const auto& session : reply->sessions()) std::printf("%s\n", session.name().c_str());
}

int main(int argc, char** argv) {
  asio::io_context loop;
  ptyd::ClientOptions options;
  options.name = "list_sessions";
  if (argc > 1) options.socket = argv[1];
  const auto rethrow = [](const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
  };
  asio::co_spawn(loop, list(loop.get_executor(), options), rethrow);
  if (argc > 2) asio::co_spawn(loop, show(loop.get_executor(), options, argv[2]), rethrow);
  loop.run();
}
