// A client that stopped reading once held up all others, and the program with them.
#include <algorithm>

#include "client/ptyd/attached_session.hpp"
#include "common/task_group.hpp"
#include "tests/unit/failures/daemon_test.hpp"
#include "tests/unit/failures/raw_client.hpp"

namespace ptyd {
namespace {

namespace asio = boost::asio;

constexpr std::string_view kEnd = "end-of-text";
constexpr auto kProgram = "text 4194304";  // far more than any pipe or socket holds

class StalledReader : public DaemonTest {
 protected:
  asio::awaitable<void> others_go_on();

 private:
  asio::awaitable<void> read_all(std::unique_ptr<AttachedSession>* session);
  asio::awaitable<std::unique_ptr<AttachedSession>> attach_lossless(std::shared_ptr<Client> client);

  int whole_ = 0;  // readers that have all
};

asio::awaitable<std::unique_ptr<AttachedSession>> StalledReader::attach_lossless(std::shared_ptr<Client> client) {
  AttachParameters parameters;
  parameters.session = "flood";
  parameters.flow = v1::LOSSLESS;
  parameters.from_offset = 0;
  auto session = co_await AttachedSession::attach(executor(), client, client_factory(executor(), options()),
                                                  std::move(parameters));
  if (!session) throw ErrorException(session.error());
  co_return std::move(*session);
}

asio::awaitable<void> StalledReader::read_all(std::unique_ptr<AttachedSession>* session) {
  std::uint64_t next = 0;
  std::string tail;
  while (tail.find(kEnd) == std::string::npos) {
    const auto chunk = co_await (*session)->read();
    if (chunk.kind != AttachedChunk::Kind::output) {
      ADD_FAILURE() << "a lossless reader got kind " << static_cast<int>(chunk.kind) << " " << chunk.error.message << " "
                    << chunk.ended.ShortDebugString() << " at " << next;
      co_return;
    }
    EXPECT_EQ(chunk.offset, next);
    next = chunk.offset + chunk.data.size();
    tail = tail.substr(tail.size() - std::min(tail.size(), kEnd.size())) + chunk.data;
  }
  ++whole_;
}

// One reader stops with its socket full and more credit than it can ever use; two others read on.
asio::awaitable<void> StalledReader::others_go_on() {
  auto client = co_await connect();
  co_await create(client, "flood", kProgram);
  const auto stalled = co_await RawClient::connect(executor(), options());
  v1::Request attach;
  attach.mutable_attach()->set_session("flood");
  attach.mutable_attach()->set_credit(1ull << 40);
  const auto attached = co_await stalled->call(std::move(attach));
  EXPECT_TRUE(attached.has_attach()) << attached.ShortDebugString();

  auto first_client = co_await connect();
  auto second_client = co_await connect();
  auto first = co_await attach_lossless(first_client);
  auto second = co_await attach_lossless(second_client);
  const auto typed = co_await first->type("\r");
  EXPECT_TRUE(typed);
  TaskGroup readers(executor(), report);
  readers.spawn(read_all(&first));
  readers.spawn(read_all(&second));
  co_await readers.join();
  EXPECT_EQ(whole_, 2);

  v1::InspectRequest inspect;
  inspect.set_session("flood");
  const auto found = co_await client->call(inspect);
  EXPECT_TRUE(found);
  if (!found) co_return;
  EXPECT_EQ(found->attachments_size(), 3);
  std::uint64_t lag = 0;
  for (const auto& one : found->attachments())
    if (one.client_name() == "raw") lag = one.lag();
  EXPECT_GT(lag, 64u * 1024);

  // It only fell behind: when it reads again it is told what it missed, and gets the screen.
  bool gap = false;
  std::string screen;
  while (!gap || screen.find(kEnd) == std::string::npos) {
    auto frame = co_await stalled->receive();
    if (frame.has_gap()) gap = true;
    if (gap && frame.has_snapshot()) screen += frame.snapshot().data();
    EXPECT_FALSE(frame.has_ended());
    if (frame.has_ended()) co_return;
  }
}

TEST_F(StalledReader, FallsBehindWhileOthersGoOn) { run(others_go_on()); }

}  // namespace
}  // namespace ptyd
