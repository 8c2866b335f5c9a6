// Attachments that survive their connection, against a scripted daemon.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "client/ptyd/attached_session.hpp"
#include "common/async_event.hpp"
#include "tests/unit/client/connection_fake_daemon.hpp"

namespace ptyd {
namespace {

namespace asio = boost::asio;
using Kind = AttachedChunk::Kind;

class AttachedSessionTest : public testing::Test {
 protected:
  void start(asio::awaitable<void> task) {
    asio::co_spawn(loop_, std::move(task), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
  }

  asio::io_context loop_{1};
  FakeDaemon daemon_{loop_.get_executor()};
};

struct Attached {
  std::shared_ptr<FakePeer> peer;
  v1::Frame request;
};

// The next connection of the client's and its attach request, which is not answered yet.
asio::awaitable<Attached> accept_attach(FakeDaemon* daemon) {
  Attached attached;
  attached.peer = co_await daemon->accept();
  const bool greeted = co_await attached.peer->welcome();
  EXPECT_TRUE(greeted);
  auto request = co_await attached.peer->request();
  EXPECT_TRUE(request && request->request().has_attach());
  if (request) attached.request = std::move(*request);
  co_return attached;
}

v1::Frame ended_frame(std::uint32_t attachment, v1::EndReason reason) {
  v1::Frame frame;
  frame.mutable_ended()->set_attachment(attachment);
  frame.mutable_ended()->set_reason(reason);
  return frame;
}

AttachParameters parameters_for_test() {
  AttachParameters parameters;
  parameters.session = "s";
  parameters.from_offset = 0;
  parameters.window_bytes = 1000;
  parameters.reconnect_deadline = std::chrono::seconds(30);
  return parameters;
}

// Input that came from `peer` until there are `size` bytes of it.
asio::awaitable<std::string> typed_bytes(std::shared_ptr<FakePeer> peer, std::uint64_t from, std::size_t size) {
  std::string typed;
  while (typed.size() < size) {
    const auto frame = co_await peer->receive();
    if (!frame) break;
    if (!frame->has_input() || frame->input().data().empty()) continue;
    EXPECT_EQ(frame->input().offset(), from + typed.size());
    typed += frame->input().data();
  }
  co_return typed;
}

asio::awaitable<void> lose_connection_twice(FakeDaemon* daemon) {
  auto first = co_await accept_attach(daemon);
  EXPECT_EQ(first.request.request().attach().from_offset(), 0u);
  EXPECT_EQ(first.request.request().attach().credit(), 1000u);
  const std::string stream = first.request.request().attach().input_stream();
  EXPECT_EQ(stream.size(), 16u);
  co_await first.peer->send(attach_reply(first.request.id(), 3, 0, true, 0));
  co_await first.peer->send(output_frame(3, 0, "hello "));
  const auto typed = co_await typed_bytes(first.peer, 0, 6);
  EXPECT_EQ(typed, "abcdef");
  first.peer->close();

  // The host took four bytes, of which the client never heard; output comes doubled in part.
  auto second = co_await accept_attach(daemon);
  const auto again = second.request.request().attach();
  EXPECT_EQ(again.session(), "0123456789abcdef0123456789abcdef");
  EXPECT_TRUE(again.has_resume_offset());
  EXPECT_EQ(again.resume_offset(), 6u);
  EXPECT_FALSE(again.has_from_offset());
  EXPECT_EQ(again.input_stream(), stream);
  co_await second.peer->send(attach_reply(second.request.id(), 1, 6, true, 4));
  const auto rest = co_await typed_bytes(second.peer, 4, 2);
  EXPECT_EQ(rest, "ef");
  co_await second.peer->send(output_frame(1, 2, "llo wor"));
  co_await second.peer->send(ended_frame(1, v1::DAEMON_STOPPING));

  auto third = co_await accept_attach(daemon);
  EXPECT_EQ(third.request.request().attach().resume_offset(), 9u);
  EXPECT_EQ(daemon->asked, Autostart::no) << "a daemon that was stopped is not started in its place";
  co_await third.peer->send(attach_reply(third.request.id(), 1, 9, true, 6));
  co_await third.peer->send(output_frame(1, 9, "ld"));
  co_await third.peer->send(ended_frame(1, v1::ENDED_BY_EXIT));
}

asio::awaitable<void> expect_whole_stream(FakeDaemon* daemon, asio::io_context* loop) {
  auto session = co_await AttachedSession::attach(loop->get_executor(), daemon->factory(), parameters_for_test());
  EXPECT_TRUE(session.has_value());
  if (!session) co_return;
  daemon->refuse = 3;
  EXPECT_EQ((*session)->type_some("abcdef"), 6u);
  std::string output;
  std::string story;
  for (;;) {
    const auto chunk = co_await (*session)->read();
    if (chunk.kind == Kind::output) {
      EXPECT_EQ(chunk.offset, output.size());
      output += chunk.data;
    }
    if (chunk.kind == Kind::lost) story += "lost ";
    if (chunk.kind == Kind::resumed) story += "resumed ";
    EXPECT_NE(chunk.kind, Kind::failed) << chunk.error.message;
    if (chunk.kind == Kind::ended || chunk.kind == Kind::failed) break;
  }
  EXPECT_EQ(output, "hello world");
  EXPECT_EQ(story, "lost resumed lost resumed ");
  EXPECT_EQ(daemon->tries, 6u);
  const auto same = co_await (*session)->read();
  EXPECT_EQ(same.kind, Kind::ended);
  EXPECT_EQ((*session)->type_some("x"), 0u);
}

TEST_F(AttachedSessionTest, LosesAndDoublesNothingOverLostConnections) {
  start(lose_connection_twice(&daemon_));
  run_test(loop_, expect_whole_stream(&daemon_, &loop_));
}

asio::awaitable<void> be_lost_again_at_once(FakeDaemon* daemon) {
  auto first = co_await accept_attach(daemon);
  co_await first.peer->send(attach_reply(first.request.id(), 1, 0, true, 0));
  first.peer->close();
  for (const auto reason : {v1::DAEMON_STOPPING, v1::ENDED_BY_EXIT}) {
    auto next = co_await accept_attach(daemon);
    std::string bytes;
    append_frame(bytes, attach_reply(next.request.id(), 1, 0, true, 0), Encoding::binary);
    append_frame(bytes, ended_frame(1, reason), Encoding::binary);
    co_await next.peer->send_bytes(std::move(bytes));
  }
}

asio::awaitable<void> expect_one_loss(FakeDaemon* daemon, asio::io_context* loop) {
  auto session = co_await AttachedSession::attach(loop->get_executor(), daemon->factory(), parameters_for_test());
  if (!session) co_return;
  std::vector<Kind> kinds;
  while (kinds.empty() || kinds.back() != Kind::ended) {
    const auto chunk = co_await (*session)->read();
    kinds.push_back(chunk.kind);
    if (kinds.size() > 5) break;
  }
  EXPECT_EQ(kinds, (std::vector<Kind>{Kind::lost, Kind::ended}));
}

// Whoever counts losses and returns comes out even, or hears of the end.
TEST_F(AttachedSessionTest, TellsALossOnceHoweverOftenItTriesAgain) {
  start(be_lost_again_at_once(&daemon_));
  run_test(loop_, expect_one_loss(&daemon_, &loop_));
}

asio::awaitable<void> spend_credit(FakeDaemon* daemon, std::uint64_t total) {
  auto attached = co_await accept_attach(daemon);
  std::uint64_t credit = attached.request.request().attach().credit();
  co_await attached.peer->send(attach_reply(attached.request.id(), 1, 0, true, 0));
  std::uint64_t offset = 0;
  while (offset < total) {
    if (credit == 0) {
      const auto frame = co_await attached.peer->receive();
      if (!frame) co_return;
      if (frame->has_credit()) credit += frame->credit().bytes();
      continue;
    }
    EXPECT_LE(credit, 1000u);
    const auto size = std::min<std::uint64_t>({credit, 333, total - offset});
    co_await attached.peer->send(output_frame(1, offset, std::string(size, 'x')));
    offset += size;
    credit -= size;
  }
  co_await attached.peer->send(ended_frame(1, v1::ENDED_BY_EXIT));
}

asio::awaitable<void> read_all(FakeDaemon* daemon, asio::io_context* loop, std::uint64_t total) {
  auto session = co_await AttachedSession::attach(loop->get_executor(), daemon->factory(), parameters_for_test());
  EXPECT_TRUE(session.has_value());
  if (!session) co_return;
  std::uint64_t size = 0;
  for (;;) {
    const auto chunk = co_await (*session)->read();
    size += chunk.data.size();
    if (chunk.kind != Kind::output) break;
  }
  EXPECT_EQ(size, total);
}

TEST_F(AttachedSessionTest, GivesCreditBackAsOutputIsRead) {
  start(spend_credit(&daemon_, 100'000));
  run_test(loop_, read_all(&daemon_, &loop_, 100'000));
}

struct Meanwhile {
  explicit Meanwhile(asio::any_io_executor executor) : asked(executor), was_read(executor) {}
  AsyncEvent asked;     // to attach again
  AsyncEvent was_read;  // what came by the connection before
};

asio::awaitable<void> answer_once_all_is_read(FakeDaemon* daemon, Meanwhile* meanwhile) {
  auto first = co_await accept_attach(daemon);
  co_await first.peer->send(attach_reply(first.request.id(), 1, 0, true, 0));
  co_await first.peer->send(output_frame(1, 0, std::string(1000, 'x')));
  first.peer->close();
  auto second = co_await accept_attach(daemon);
  EXPECT_EQ(second.request.request().attach().credit(), 0u);
  meanwhile->asked.notify();
  co_await meanwhile->was_read.wait();
  co_await second.peer->send(attach_reply(second.request.id(), 1, 1000, true, 0));
  auto frame = co_await second.peer->receive();
  while (frame && !frame->has_credit()) frame = co_await second.peer->receive();
  EXPECT_TRUE(frame && frame->credit().bytes() == 1000);
  co_await second.peer->send(ended_frame(1, v1::ENDED_BY_EXIT));
}

asio::awaitable<void> read_while_it_attaches_again(FakeDaemon* daemon, asio::io_context* loop, Meanwhile* meanwhile) {
  auto session = co_await AttachedSession::attach(loop->get_executor(), daemon->factory(), parameters_for_test());
  if (!session) co_return;
  co_await meanwhile->asked.wait();
  const auto output = co_await (*session)->read();
  EXPECT_EQ(output.data.size(), 1000u);
  const auto lost = co_await (*session)->read();
  EXPECT_EQ(lost.kind, Kind::lost);
  meanwhile->was_read.notify();
  const auto resumed = co_await (*session)->read();
  EXPECT_EQ(resumed.kind, Kind::resumed);
  const auto end = co_await (*session)->read();
  EXPECT_EQ(end.kind, Kind::ended);
}

TEST_F(AttachedSessionTest, CreditForWhatIsReadWhileItAttachesAgainIsNotLost) {
  Meanwhile meanwhile(loop_.get_executor());
  start(answer_once_all_is_read(&daemon_, &meanwhile));
  run_test(loop_, read_while_it_attaches_again(&daemon_, &loop_, &meanwhile));
}

asio::awaitable<void> send_beyond_credit(FakeDaemon* daemon) {
  for (unsigned connection = 0; connection < 2; ++connection) {
    auto attached = co_await accept_attach(daemon);
    co_await attached.peer->send(attach_reply(attached.request.id(), 1, 0, true, 0));
    const auto reason = connection == 0 ? v1::END_REASON_UNSPECIFIED : v1::ENDED_BY_EXIT;
    if (connection == 0) co_await attached.peer->send(output_frame(1, 0, std::string(1001, 'x')));
    co_await attached.peer->send(ended_frame(1, reason));
  }
}

asio::awaitable<void> expect_violation(FakeDaemon* daemon, asio::io_context* loop) {
  auto session = co_await AttachedSession::attach(loop->get_executor(), daemon->factory(), parameters_for_test());
  if (!session) co_return;
  const auto chunk = co_await (*session)->read();
  EXPECT_EQ(chunk.kind, Kind::lost);
  EXPECT_EQ(chunk.error.code, errc::malformed);
}

TEST_F(AttachedSessionTest, ADaemonThatSendsMoreThanWasGrantedIsCutOff) {
  start(send_beyond_credit(&daemon_));
  run_test(loop_, expect_violation(&daemon_, &loop_));
}

asio::awaitable<void> cut_snapshot(FakeDaemon* daemon) {
  auto first = co_await accept_attach(daemon);
  co_await first.peer->send(attach_reply(first.request.id(), 1, 50, false, 0));
  v1::Frame part;
  part.mutable_snapshot()->set_attachment(1);
  part.mutable_snapshot()->set_offset(50);
  part.mutable_snapshot()->set_data("half");
  co_await first.peer->send(part);
  first.peer->close();
  auto second = co_await accept_attach(daemon);
  EXPECT_FALSE(second.request.request().attach().has_resume_offset()) << "half a screen can't be gone on from";
  co_await second.peer->send(attach_reply(second.request.id(), 1, 60, false, 0));
  part.mutable_snapshot()->set_offset(60);
  part.mutable_snapshot()->set_data("whole");
  part.mutable_snapshot()->set_last(true);
  co_await second.peer->send(part);
  co_await second.peer->send(ended_frame(1, v1::DISPLACED));
}

asio::awaitable<void> expect_second_snapshot(FakeDaemon* daemon, asio::io_context* loop) {
  auto parameters = parameters_for_test();
  parameters.from_offset.reset();
  auto session = co_await AttachedSession::attach(loop->get_executor(), daemon->factory(), parameters);
  if (!session) co_return;
  std::string story;
  for (;;) {
    const auto chunk = co_await (*session)->read();
    if (chunk.kind == Kind::snapshot)
      story += (chunk.first ? "first " : "") + chunk.data + (chunk.last ? " last " : " ");
    if (chunk.kind != Kind::ended && chunk.kind != Kind::failed) continue;
    EXPECT_EQ(chunk.ended.reason(), v1::DISPLACED);
    break;
  }
  EXPECT_EQ(story, "first half first whole last ");
}

TEST_F(AttachedSessionTest, AskForTheScreenAnewWhenItsSnapshotWasCut) {
  start(cut_snapshot(&daemon_));
  run_test(loop_, expect_second_snapshot(&daemon_, &loop_));
}

asio::awaitable<void> refuse_once(FakeDaemon* daemon) {
  auto attached = co_await accept_attach(daemon);
  co_await attached.peer->send(attach_reply(attached.request.id(), 1, 0, true, 0));
  auto input = co_await attached.peer->receive();
  EXPECT_TRUE(input && input->has_input());
  if (!input) co_return;
  v1::Frame refusal;
  refusal.set_id(input->id());
  refusal.mutable_response()->mutable_error()->set_code(v1::RESOURCE_EXHAUSTED);
  co_await attached.peer->send(refusal);
  const auto again = co_await typed_bytes(attached.peer, 0, 3);
  EXPECT_EQ(again, "abc");
  const auto question = co_await attached.peer->receive();
  EXPECT_TRUE(question && question->input().data().empty() && question->input().offset() == 3)
      << "three bytes are not acknowledged unless somebody asks";
  v1::Frame ack;
  ack.mutable_input_ack()->set_attachment(1);
  ack.mutable_input_ack()->set_accepted(3);
  ack.mutable_input_ack()->set_limit(100);
  co_await attached.peer->send(ack);
}

asio::awaitable<void> type_and_drain(FakeDaemon* daemon, asio::io_context* loop) {
  auto session = co_await AttachedSession::attach(loop->get_executor(), daemon->factory(), parameters_for_test());
  if (!session) co_return;
  const auto typed = co_await (*session)->type("abc");
  EXPECT_TRUE(typed.has_value());
  const bool drained = co_await (*session)->drain_input(std::chrono::seconds(30));
  EXPECT_TRUE(drained);
}

TEST_F(AttachedSessionTest, InputThatWasRefusedForNowIsSentAgain) {
  start(refuse_once(&daemon_));
  run_test(loop_, type_and_drain(&daemon_, &loop_));
}

// The first input is refused for good: it counts as taken. What is typed then is behind it.
asio::awaitable<void> refuse_by_a_lease(FakeDaemon* daemon) {
  auto attached = co_await accept_attach(daemon);
  EXPECT_TRUE(attached.request.request().attach().person());
  EXPECT_EQ(attached.request.request().attach().lease(), "0123456789abcdef");
  co_await attached.peer->send(attach_reply(attached.request.id(), 1, 0, true, 0));
  auto input = co_await attached.peer->receive();
  while (input && !input->has_input()) input = co_await attached.peer->receive();
  EXPECT_TRUE(input);
  if (!input) co_return;
  EXPECT_EQ(input->input().data(), "refused");
  v1::Frame refusal;
  refusal.set_id(input->id());
  refusal.mutable_response()->mutable_error()->set_code(v1::BUSY);
  refusal.mutable_response()->mutable_error()->set_message("held");
  co_await attached.peer->send(refusal);
  v1::Frame taken;
  taken.mutable_input_ack()->set_attachment(1);
  taken.mutable_input_ack()->set_accepted(7);
  taken.mutable_input_ack()->set_limit(65536);
  co_await attached.peer->send(taken);
  input = co_await attached.peer->receive();
  while (input && (!input->has_input() || input->input().data().empty())) input = co_await attached.peer->receive();
  EXPECT_TRUE(input);
  if (!input) co_return;
  EXPECT_EQ(input->input().offset(), 7u);
  EXPECT_EQ(input->input().data(), "typed");
  co_await attached.peer->send(ended_frame(1, v1::DETACHED));
}

asio::awaitable<void> type_under_a_lease(FakeDaemon* daemon, asio::io_context* loop) {
  auto parameters = parameters_for_test();
  parameters.lease = "0123456789abcdef";
  parameters.person = true;
  auto session = co_await AttachedSession::attach(loop->get_executor(), daemon->factory(), parameters);
  EXPECT_TRUE(session);
  if (!session) co_return;
  static_cast<void>(co_await (*session)->type("refused"));
  const auto refused = co_await (*session)->read();
  EXPECT_EQ(refused.kind, Kind::input_refused);
  EXPECT_EQ(refused.error.code, errc::busy);
  EXPECT_EQ(refused.error.message, "held");
  const bool drained = co_await (*session)->drain_input(std::chrono::seconds(30));
  EXPECT_TRUE(drained);
  static_cast<void>(co_await (*session)->type("typed"));
  const auto ended = co_await (*session)->read();
  EXPECT_EQ(ended.kind, Kind::ended);
}

TEST_F(AttachedSessionTest, InputThatALeaseRefusedIsNeverSentAgain) {
  start(refuse_by_a_lease(&daemon_));
  run_test(loop_, type_under_a_lease(&daemon_, &loop_));
}

asio::awaitable<void> vanish(FakeDaemon* daemon) {
  auto attached = co_await accept_attach(daemon);
  co_await attached.peer->send(attach_reply(attached.request.id(), 1, 0, true, 0));
  attached.peer->close();
}

asio::awaitable<void> expect_giving_up(FakeDaemon* daemon, asio::io_context* loop) {
  auto parameters = parameters_for_test();
  parameters.reconnect_deadline = std::chrono::milliseconds(100);
  auto session = co_await AttachedSession::attach(loop->get_executor(), daemon->factory(), parameters);
  if (!session) co_return;
  daemon->refuse = 1000;
  const auto lost = co_await (*session)->read();
  EXPECT_EQ(lost.kind, Kind::lost);
  const auto failed = co_await (*session)->read();
  EXPECT_EQ(failed.kind, Kind::failed);
  EXPECT_EQ(failed.error.code, errc::unavailable);
  const auto typed = co_await (*session)->type("x");
  EXPECT_EQ(typed.error().code, errc::unavailable);
  EXPECT_GE(daemon->tries, 4u);
}

TEST_F(AttachedSessionTest, GivesUpWhenNoDaemonComesBackInTime) {
  start(vanish(&daemon_));
  run_test(loop_, expect_giving_up(&daemon_, &loop_));
}

}  // namespace
}  // namespace ptyd
