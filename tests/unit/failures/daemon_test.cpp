#include "tests/unit/failures/daemon_test.hpp"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <sstream>
#include <utility>

namespace ptyd {

namespace asio = boost::asio;

DaemonTest::DaemonTest() : place_(daemon_place(temp_.path())) {}

ClientOptions DaemonTest::options() const {
  ClientOptions options;
  options.socket = place_.socket;
  options.daemon_program = place_.program;
  options.autostart = Autostart::yes;
  options.name = "test";
  options.deadline = kLimit;
  return options;
}

void DaemonTest::run(asio::awaitable<void> story) {
  bool ended = false;
  std::exception_ptr failure;
  asio::co_spawn(loop_, std::move(story), [&](const std::exception_ptr& error) {
    failure = error;
    ended = true;
  });
  const auto deadline = std::chrono::steady_clock::now() + kLimit;
  loop_.restart();
  while (!ended && std::chrono::steady_clock::now() < deadline) loop_.run_one_until(deadline);
  ASSERT_TRUE(ended) << "too slow";
  if (failure) std::rethrow_exception(failure);
}

void DaemonTest::report(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& failed) {
    ADD_FAILURE() << failed.what();
  }
}

void DaemonTest::TearDown() {
  run(stop_daemon());
  loop_.restart();
  loop_.run_for(kLimit);
  EXPECT_TRUE(loop_.stopped()) << "something is left in flight";
}

asio::awaitable<void> DaemonTest::stop_daemon() {
  auto client = co_await connect();
  v1::ShutdownRequest request;
  request.set_kill_sessions(true);
  const auto reply = co_await client->call(request);
  EXPECT_TRUE(reply) << reply.error().message;
  const auto closed = co_await client->wait_closed(kLimit);
  EXPECT_TRUE(closed);
}

asio::awaitable<std::shared_ptr<Client>> DaemonTest::connect() {
  auto client = co_await Client::connect(executor(), options());
  if (!client) throw ErrorException(client.error());
  co_return *client;
}

asio::awaitable<void> DaemonTest::create(std::shared_ptr<Client> client, std::string name, std::string arguments) {
  v1::CreateRequest request;
  request.set_name(name);
  request.add_argv(place_.child);
  std::istringstream words(arguments);
  for (std::string word; words >> word;) request.add_argv(word);
  request.set_cwd(temp_.path());
  request.set_history_bytes(64 * 1024);
  const auto reply = co_await client->call(std::move(request));
  if (!reply) throw ErrorException(reply.error());
}

}  // namespace ptyd
