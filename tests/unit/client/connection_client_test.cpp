// Requests over one connection, against a scripted daemon.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <vector>

#include "tests/unit/client/connection_fake_daemon.hpp"

namespace ptyd {
namespace {

namespace asio = boost::asio;

class ClientTest : public testing::Test {
 protected:
  // Starts what must run while the test itself waits.
  void start(asio::awaitable<void> task) {
    asio::co_spawn(loop_, std::move(task), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
  }

  asio::io_context loop_{1};
  FakeDaemon daemon_{loop_.get_executor()};
};

asio::awaitable<void> answer_in_reverse(FakeDaemon* daemon, std::size_t count) {
  const auto peer = co_await daemon->accept();
  const bool greeted = co_await peer->welcome();
  EXPECT_TRUE(greeted);
  std::vector<v1::Frame> requests;
  while (requests.size() < count) {
    auto request = co_await peer->request();
    if (!request) co_return;
    requests.push_back(std::move(*request));
  }
  for (auto it = requests.rbegin(); it != requests.rend(); ++it) {
    v1::Frame reply;
    reply.set_id(it->id());
    reply.mutable_response()->mutable_inspect()->mutable_session()->set_name(it->request().inspect().session());
    co_await peer->send(std::move(reply));
  }
}

asio::awaitable<void> ask(std::shared_ptr<Client> client, std::string name, std::size_t* right) {
  v1::InspectRequest request;
  request.set_session(name);
  const auto reply = co_await client->call(request);
  if (reply && reply->session().name() == name) ++*right;
}

asio::awaitable<void> ask_many(FakeDaemon* daemon, asio::io_context* loop, std::size_t count) {
  const auto client = co_await daemon->connect();
  EXPECT_TRUE(client.has_value());
  if (!client) co_return;
  std::size_t right = 0;
  for (std::size_t i = 1; i < count; ++i)
    asio::co_spawn(*loop, ask(*client, std::to_string(i), &right), [](const std::exception_ptr&) {});
  // The others were sent before this one, and are answered after it.
  co_await ask(*client, "0", &right);
  // Nobody answers this: it passes time until they have come.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  do {
    v1::StatusRequest last;
    const auto end = co_await (*client)->call(last, std::chrono::milliseconds(1));
    EXPECT_FALSE(end.has_value());
  } while (right < count && std::chrono::steady_clock::now() < deadline);
  EXPECT_EQ(right, count);
}

TEST_F(ClientTest, MatchesAThousandRepliesThatComeInReverse) {
  start(answer_in_reverse(&daemon_, 1000));
  run_test(loop_, ask_many(&daemon_, &loop_, 1000));
}

asio::awaitable<void> refuse_version(FakeDaemon* daemon) {
  const auto peer = co_await daemon->accept();
  const auto hello = co_await peer->receive();
  if (!hello) co_return;
  v1::Frame reply;
  reply.set_id(hello->id());
  auto* error = reply.mutable_response()->mutable_error();
  error->set_code(v1::UNSUPPORTED_VERSION);
  error->mutable_versions()->set_min(7);
  error->mutable_versions()->set_max(9);
  co_await peer->send(std::move(reply));
}

asio::awaitable<void> expect_version_error(FakeDaemon* daemon) {
  const auto client = co_await daemon->connect();
  EXPECT_TRUE(client.has_error());
  if (client) co_return;
  EXPECT_EQ(client.error().code, errc::unsupported_version);
  EXPECT_NE(client.error().message.find("1 to 1"), std::string::npos) << client.error().message;
  EXPECT_NE(client.error().message.find("7 to 9"), std::string::npos) << client.error().message;
}

TEST_F(ClientTest, NamesBothRangesWhenThereIsNoCommonVersion) {
  start(refuse_version(&daemon_));
  run_test(loop_, expect_version_error(&daemon_));
}

asio::awaitable<void> talk_nonsense(FakeDaemon* daemon, std::string bytes) {
  const auto peer = co_await daemon->accept();
  const auto hello = co_await peer->receive();
  EXPECT_TRUE(hello.has_value());
  co_await peer->send_bytes(std::move(bytes));
  peer->close();
}

asio::awaitable<void> expect_code(FakeDaemon* daemon, errc code) {
  const auto client = co_await daemon->connect();
  EXPECT_TRUE(client.has_error());
  if (client) co_return;
  EXPECT_EQ(client.error().code, code) << client.error().message;
}

TEST_F(ClientTest, SomethingElseThatListensIsRefused) {
  const std::vector<std::string> greetings{"HTTP/1.1 400 Bad Request\r\n\r\n", std::string("\0\0\0\3\377\377\377", 7),
                                           std::string("\0\377\377\377", 4), std::string("\0\0\0\0", 4)};
  for (const auto& greeting : greetings) {
    SCOPED_TRACE(testing::PrintToString(greeting));
    loop_.restart();
    start(talk_nonsense(&daemon_, greeting));
    run_test(loop_, expect_code(&daemon_, errc::malformed));
  }
}

TEST_F(ClientTest, AConnectionThatIsClosedAtOnceIsUnavailable) {
  start(talk_nonsense(&daemon_, ""));
  run_test(loop_, expect_code(&daemon_, errc::unavailable));
}

asio::awaitable<void> keep_silent(FakeDaemon* daemon, std::vector<v1::Frame>* seen) {
  const auto peer = co_await daemon->accept();
  const bool greeted = co_await peer->welcome();
  EXPECT_TRUE(greeted);
  for (;;) {
    auto frame = co_await peer->receive();
    if (!frame) co_return;
    seen->push_back(*frame);
    if (frame->has_cancel()) peer->close();
  }
}

asio::awaitable<void> give_up(FakeDaemon* daemon) {
  const auto client = co_await daemon->connect();
  v1::StatusRequest request;
  const auto late = co_await (*client)->call(request, std::chrono::milliseconds(1));
  EXPECT_EQ(late.error().code, errc::deadline_exceeded);
  const auto closed = co_await (*client)->wait_closed(std::chrono::seconds(30));
  EXPECT_TRUE(closed.has_value());
  const auto after = co_await (*client)->call(request);
  EXPECT_EQ(after.error().code, errc::unavailable);
}

TEST_F(ClientTest, ARequestThatIsNotAnsweredIsGivenUpAndCancelled) {
  std::vector<v1::Frame> seen;
  start(keep_silent(&daemon_, &seen));
  run_test(loop_, give_up(&daemon_));
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].request().deadline_ms(), 1u);
  EXPECT_TRUE(seen[1].has_cancel());
  EXPECT_EQ(seen[0].id(), seen[1].id());
}

asio::awaitable<void> flood_events(FakeDaemon* daemon, std::uint64_t count) {
  const auto peer = co_await daemon->accept();
  const bool greeted = co_await peer->welcome();
  EXPECT_TRUE(greeted);
  for (std::uint64_t seq = 1; seq <= count; ++seq) {
    v1::Frame frame;
    frame.mutable_event()->set_seq(seq);
    frame.mutable_event()->set_type(v1::CREATED);
    co_await peer->send(std::move(frame));
  }
  peer->close();
}

asio::awaitable<void> read_events_late(FakeDaemon* daemon, std::uint64_t count) {
  const auto client = co_await daemon->connect();
  const auto closed = co_await (*client)->wait_closed(std::chrono::seconds(30));
  EXPECT_TRUE(closed.has_value());
  const auto first = co_await (*client)->next_event();
  EXPECT_EQ(first->type(), v1::OVERFLOW);
  std::uint64_t next = first->seq() + 1;
  for (;;) {
    const auto event = co_await (*client)->next_event();
    if (!event) break;
    EXPECT_EQ(event->seq(), next);
    ++next;
  }
  EXPECT_EQ(next, count + 1);
}

TEST_F(ClientTest, EventsThatAreNotReadAreBoundedAndTheLossIsTold) {
  start(flood_events(&daemon_, 5000));
  run_test(loop_, read_events_late(&daemon_, 5000));
}

asio::awaitable<void> send_too_much(FakeDaemon* daemon) {
  const auto client = co_await daemon->connect();
  v1::SendRequest request;
  request.set_data(std::string(kMaxFrame, 'x'));
  const auto reply = co_await (*client)->call(request);
  EXPECT_EQ(reply.error().code, errc::frame_too_large);
}

TEST_F(ClientTest, ARequestThatDoesNotFitAFrameIsNotSent) {
  std::vector<v1::Frame> seen;
  start(keep_silent(&daemon_, &seen));
  run_test(loop_, send_too_much(&daemon_));
  EXPECT_TRUE(seen.empty());
}

}  // namespace
}  // namespace ptyd
