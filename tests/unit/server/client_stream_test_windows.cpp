#include "daemon/server/client_stream.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <functional>
#include <list>
#include <thread>
#include <vector>

#include "proto/frame.hpp"
#include "tests/unit/server/pipe_client.hpp"
#include "tests/unit/server/pipe_server.hpp"

namespace ptyd {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kStorm = 1000;

asio::awaitable<void> read_all(SharedStream stream, std::size_t& bytes) {
  std::array<char, 4096> room{};
  for (;;) {
    const std::size_t size = co_await stream->read_some(room);
    if (size == 0) co_return;
    bytes += size;
  }
}

asio::awaitable<void> send_all(SharedStream stream, std::string bytes) {
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const std::array<std::string_view, 2> pieces{rest.substr(0, rest.size() / 2), rest.substr(rest.size() / 2)};
    const auto sent = stream->send_some(pieces);
    if (!sent) co_return;
    rest.remove_prefix(*sent);
    if (*sent == 0) co_await stream->wait_writable();
  }
  while (!stream->all_taken()) co_await stream->wait_writable();
}

asio::awaitable<void> echo(SharedStream stream) {
  std::array<char, 4096> room{};
  for (;;) {
    const std::size_t size = co_await stream->read_some(room);
    if (size == 0) co_return;
    std::string bytes(room.data(), size);
    co_await send_all(stream, std::move(bytes));
  }
}

asio::awaitable<void> ask_who(SharedStream stream, std::string& user) {
  user = stream->peer().value().user;
  co_return;
}

// Tells `seen` the data of each frame of input, and sends it back.
asio::awaitable<void> answer_frames(SharedStream stream, std::function<void(const std::string&)> seen) {
  FrameReader reader(kMaxFrame, Encoding::binary);
  v1::Frame frame;
  for (;;) {
    const auto room = reader.prepare();
    const std::size_t size = co_await stream->read_some(room);
    if (size == 0) co_return;
    reader.commit(size);
    while (reader.next(frame)) {
      std::string data = frame.input().data();
      seen(data);
      co_await send_all(stream, std::move(data));
    }
  }
}

// Runs `each` so many times on a few threads, and the server until all of them were served.
template <class Each>
void storm(PipeServer& server, Each each) {
  std::atomic<std::size_t> opened{0};
  std::vector<std::thread> threads;
  constexpr std::size_t kThreads = 4;
  for (std::size_t i = 0; i < kThreads; ++i)
    threads.emplace_back([&] {
      for (std::size_t n = 0; n < kStorm / kThreads; ++n) {
        PipeClient client(server.name());
        if (client.connected() && each(client)) ++opened;
      }
    });
  server.run_until([&] { return server.closed() == kStorm; });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(opened, kStorm);
  EXPECT_EQ(server.accepted(), kStorm);
}

// As many clients at once as there are instances that wait.
void expect_all_waiting(PipeServer& server) {
  const std::size_t before = server.accepted();
  server.loop().poll();
  std::vector<UniqueHandle> clients;
  for (std::size_t i = 0; i < 8; ++i) {
    auto client = connect_local(server.name());
    ASSERT_TRUE(client) << i << ": " << client.error().message;
    clients.push_back(std::move(*client));
  }
  server.run_until([&] { return server.accepted() == before + 8; });
}

TEST(ClientStream, KnowsItsPeerBeforeAByteIsRead) {
  std::string user;
  PipeServer server([&](SharedStream stream) { return ask_who(stream, user); });
  const PipeClient client(server.name());
  ASSERT_TRUE(client.connected());
  server.run_until([&] { return server.closed() == 1; });
  EXPECT_EQ(user, own_identity().user);
}

TEST(ClientStream, CountsEachOfAStormOfClientsThatConnectAndClose) {
  std::size_t bytes = 0;
  PipeServer server([&](SharedStream stream) { return read_all(stream, bytes); });
  storm(server, [](PipeClient&) { return true; });
  EXPECT_EQ(bytes, 0u);
  expect_all_waiting(server);
}

TEST(ClientStream, ReadsEachOfAStormOfClientsThatWriteAndClose) {
  std::size_t bytes = 0;
  PipeServer server([&](SharedStream stream) { return read_all(stream, bytes); });
  storm(server, [](PipeClient& client) { return client.send("0123456789"); });
  EXPECT_EQ(bytes, 10 * kStorm);
  expect_all_waiting(server);
}

TEST(ClientStream, ServesOthersWhileOneDoesNotRead) {
  const std::string flood = std::string(1024 * 1024, 'x') + "end";
  bool first = true;
  PipeServer server(
      [&](SharedStream stream) { return std::exchange(first, false) ? send_all(stream, flood) : echo(stream); });
  PipeClient stalled(server.name());
  ASSERT_TRUE(stalled.connected());
  server.run_until([&] { return server.accepted() == 1; });
  std::thread others([&] {
    PipeClient client(server.name());
    for (int i = 0; i < 200; ++i) {
      const std::string line = "line " + std::to_string(i);
      EXPECT_TRUE(client.send(line));
      EXPECT_EQ(client.receive(line.size()), line);
    }
  });
  server.run_until([&] { return server.closed() == 1; });
  others.join();
  EXPECT_EQ(server.accepted(), 2u);
  std::string received;
  std::thread reader([&] { received = stalled.receive(flood.size()); });
  server.run_until([&] { return server.closed() == 2; });
  reader.join();
  EXPECT_EQ(received, flood);
}

TEST(ClientStream, SaysWhatTheSystemHasNotTaken) {
  SharedStream stream;
  std::size_t bytes = 0;
  PipeServer server([&](SharedStream opened) {
    stream = opened;
    return read_all(opened, bytes);
  });
  PipeClient client(server.name());
  ASSERT_TRUE(client.connected());
  server.run_until([&] { return stream != nullptr; });
  const std::string block(32 * 1024, 'b');
  const std::array<std::string_view, 1> pieces{block};
  std::size_t sent = 0;
  // The pipe has room for some; then a write stays under way, and nothing more is taken.
  for (std::size_t size = block.size(); size > 0; sent += size) {
    size = stream->send_some(pieces).value();
    server.loop().run_for(std::chrono::milliseconds(50));
    server.loop().restart();
  }
  EXPECT_FALSE(stream->all_taken());
  std::string received;
  std::thread reader([&] { received = client.receive(sent); });
  server.run_until([&] { return stream->all_taken(); });
  reader.join();
  EXPECT_EQ(received.size(), sent);
  client.close();
  server.run_until([&] { return server.closed() == 1; });
  EXPECT_TRUE(stream->peer_gone());
  EXPECT_FALSE(stream->send_some(pieces));
  stream.reset();
}

TEST(ClientStream, TakesFramesThatAreCutAtAnyByte) {
  v1::Frame small;
  small.set_id(7);
  small.mutable_input()->set_data(std::string(200, 'i'));
  v1::Frame large;
  large.mutable_input()->set_data(std::string(kMaxData, 'L'));
  std::string bytes;
  append_frame(bytes, small, Encoding::binary);
  const std::size_t cuts = bytes.size() - 1;
  std::size_t smalls = 0;
  std::size_t larges = 0;
  PipeServer server([&](SharedStream stream) {
    return answer_frames(stream, [&](const std::string& data) {
      if (data == small.input().data()) ++smalls;
      if (data == large.input().data()) ++larges;
    });
  });
  std::thread writer([&] {
    PipeClient client(server.name());
    for (std::size_t cut = 1; cut <= cuts; ++cut) {
      EXPECT_TRUE(client.send(std::string_view(bytes).substr(0, cut)));
      EXPECT_TRUE(client.send(std::string_view(bytes).substr(cut)));
      EXPECT_EQ(client.receive(200), small.input().data());
    }
    std::string whole;
    append_frame(whole, large, Encoding::binary);
    for (const std::size_t step : {1021u, 4096u, 65537u}) {
      for (std::size_t at = 0; at < whole.size(); at += step)
        EXPECT_TRUE(client.send(std::string_view(whole).substr(at, step)));
      EXPECT_EQ(client.receive(kMaxData), large.input().data());
    }
  });
  server.run_until([&] { return server.closed() == 1; });
  writer.join();
  EXPECT_EQ(smalls, cuts);
  EXPECT_EQ(larges, 3u);
}

TEST(ClientStream, GivesThePeerAllThatWasTakenBeforeTheClose) {
  const std::string last(50'000, 'e');
  PipeServer server([&](SharedStream stream) { return send_all(stream, last); });
  PipeClient client(server.name());
  server.run_until([&] { return server.closed() == 1; });
  EXPECT_EQ(client.receive(last.size() + 1), last);
}

TEST(ClientStream, LeavesNothingBehindWhenItStopsInTheMiddle) {
  std::vector<SharedStream> streams;
  bool flooding = false;
  const std::string flood(1024 * 1024, 'f');
  PipeServer server([&](SharedStream stream) {
    streams.push_back(stream);
    flooding = !flooding;
    return flooding ? send_all(stream, flood) : echo(stream);
  });
  std::list<PipeClient> clients;
  for (std::size_t i = 0; i < 60; ++i) {
    clients.emplace_back(server.name());
    ASSERT_TRUE(clients.back().connected());
    server.run_until([&] { return server.accepted() == i + 1; });
  }
  EXPECT_GE(LivePipe::count(), 60);
  for (const auto& stream : streams) stream->shut_down();
  server.run_until([&] { return server.closed() == 60; });
  streams.clear();
  server.stop();
  server.run_until([] { return LivePipe::count() == 0; });
  EXPECT_EQ(LivePipe::count(), 0);
}

}  // namespace
}  // namespace ptyd
