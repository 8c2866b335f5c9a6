// Clients that came and went at once, and requests that came in a burst, once hung the loop that served them.
#include <set>

#include "client/ptyd/daemon_socket.hpp"
#include "common/task_group.hpp"
#include "tests/unit/failures/daemon_test.hpp"
#include "tests/unit/failures/raw_client.hpp"

namespace ptyd {
namespace {

namespace asio = boost::asio;

constexpr std::uint32_t kStorm = 1000;
constexpr std::uint32_t kAtOnce = 8;

class Storm : public DaemonTest {
 protected:
  asio::awaitable<void> clients_come_and_go(bool write);
  asio::awaitable<void> resizes();
  asio::awaitable<void> requests();

 private:
  asio::awaitable<void> come_and_go(bool write);
  asio::awaitable<void> wait_for_connections(std::shared_ptr<Client> client, std::uint32_t count);
  asio::awaitable<void> resize(std::shared_ptr<Client> client, std::uint32_t number);
  asio::awaitable<void> ask(std::shared_ptr<Client> client, std::uint32_t number);
  asio::awaitable<void> wait_for_exit(std::shared_ptr<Client> client);

  std::uint32_t done_ = 0;
  std::set<std::uint32_t> answered_;
  bool exited_ = false;
};

asio::awaitable<void> Storm::come_and_go(bool write) {
  const std::string bytes = hello_frame("storm");
  for (std::uint32_t i = 0; i < kStorm / kAtOnce; ++i) {
    auto socket = co_await open_daemon_socket(executor(), options());
    if (!socket) throw ErrorException(socket.error());
    if (write) {
      auto stream = DaemonStream::adopt(executor(), std::move(*socket));
      if (!stream) throw ErrorException(stream.error());
      const std::size_t sent = co_await (*stream)->write_some(bytes);
      EXPECT_EQ(sent, bytes.size());
      (*stream)->shut_down();
    }
    ++done_;
  }
}

// The daemon forgets a client when it has seen its end, and says so in its status.
asio::awaitable<void> Storm::wait_for_connections(std::shared_ptr<Client> client, std::uint32_t count) {
  const auto deadline = std::chrono::steady_clock::now() + kLimit;
  std::uint32_t seen = 0;
  while (seen != count && std::chrono::steady_clock::now() < deadline) {
    const auto status = co_await client->call(v1::StatusRequest());
    if (!status) throw ErrorException(status.error());
    seen = status->connections();
  }
  EXPECT_EQ(seen, count);
}

asio::awaitable<void> Storm::clients_come_and_go(bool write) {
  auto client = co_await connect();
  co_await create(client, "quiet", "echo");
  const auto before = co_await RawClient::connect(executor(), options());
  const auto first = co_await before->connection_number("quiet");
  TaskGroup storm(executor(), report);
  for (std::uint32_t i = 0; i < kAtOnce; ++i) storm.spawn(come_and_go(write));
  co_await storm.join();
  EXPECT_EQ(done_, kStorm);
  co_await wait_for_connections(client, 2);
  const auto after = co_await RawClient::connect(executor(), options());
  const auto last = co_await after->connection_number("quiet");
  EXPECT_EQ(last - first, kStorm + 1) << "each of them was taken, once";
}

asio::awaitable<void> Storm::resize(std::shared_ptr<Client> client, std::uint32_t number) {
  v1::ResizeRequest request;
  request.set_session("sized");
  request.mutable_size()->set_cols(1 + number);
  request.mutable_size()->set_rows(1 + number % 50);
  const auto reply = co_await client->call(std::move(request));
  if (!reply) throw ErrorException(reply.error());
  EXPECT_EQ(reply->size().cols(), 1 + number);
  EXPECT_EQ(reply->size().rows(), 1 + number % 50);
  answered_.insert(number);
}

asio::awaitable<void> Storm::resizes() {
  auto client = co_await connect();
  co_await create(client, "sized", "sizes");
  TaskGroup burst(executor(), report);
  for (std::uint32_t number = 0; number < kStorm; ++number) burst.spawn(resize(client, number));
  co_await burst.join();
  EXPECT_EQ(answered_.size(), kStorm);
  v1::InspectRequest inspect;
  inspect.set_session("sized");
  const auto found = co_await client->call(inspect);
  EXPECT_TRUE(found);
  if (!found) co_return;
  EXPECT_EQ(found->session().size().cols(), kStorm);
  EXPECT_EQ(found->session().size().rows(), 1 + (kStorm - 1) % 50);
  EXPECT_EQ(found->session().policy(), v1::MANUAL);
}

asio::awaitable<void> Storm::ask(std::shared_ptr<Client> client, std::uint32_t number) {
  if (number % 3 == 0) {
    const auto reply = co_await client->call(v1::StatusRequest());
    EXPECT_TRUE(reply);
  } else if (number % 3 == 1) {
    v1::InspectRequest request;
    request.set_session("one");
    const auto reply = co_await client->call(request);
    EXPECT_TRUE(reply && reply->session().name() == "one");
  } else {
    v1::InspectRequest request;
    request.set_session("none-" + std::to_string(number));
    const auto reply = co_await client->call(request);
    EXPECT_TRUE(!reply && reply.error().code == errc::not_found);
  }
  EXPECT_FALSE(exited_) << "a request that waits does not hold others up";
  answered_.insert(number);
}

asio::awaitable<void> Storm::wait_for_exit(std::shared_ptr<Client> client) {
  v1::WaitRequest request;
  request.add_sessions("one");
  const auto reply = co_await client->call(std::move(request));
  EXPECT_TRUE(reply);
  exited_ = true;
}

asio::awaitable<void> Storm::requests() {
  auto client = co_await connect();
  co_await create(client, "one", "echo");
  TaskGroup waiting(executor(), report);
  waiting.spawn(wait_for_exit(client));
  TaskGroup burst(executor(), report);
  for (std::uint32_t number = 0; number < kStorm; ++number) burst.spawn(ask(client, number));
  co_await burst.join();
  EXPECT_EQ(answered_.size(), kStorm);
  v1::KillRequest kill;
  kill.set_session("one");
  kill.set_force(true);
  const auto killed = co_await client->call(std::move(kill));
  EXPECT_TRUE(killed);
  co_await waiting.join();
  EXPECT_TRUE(exited_);
}

TEST_F(Storm, OfClientsThatConnectAndCloseCostsNothing) { run(clients_come_and_go(false)); }
TEST_F(Storm, OfClientsThatWriteAndCloseCostsNothing) { run(clients_come_and_go(true)); }
TEST_F(Storm, OfResizesIsAnsweredCompletelyAndTheLastCounts) { run(resizes()); }
TEST_F(Storm, OfRequestsIsAnsweredCompletelyWhileOneWaits) { run(requests()); }

}  // namespace
}  // namespace ptyd
