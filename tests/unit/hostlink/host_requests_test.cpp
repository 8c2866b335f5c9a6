// Requests to a host and their answers.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <future>
#include <optional>

#include "daemon/hostlink/memory_file.hpp"
#include "tests/unit/hostlink/fake_host.hpp"

namespace ptyd {
namespace {

namespace asio = boost::asio;
using host::MessageType;

// A link to a host that runs `script` after the handshake.
struct Linked {
  explicit Linked(std::function<void(FakeHost&)> script)
      : host([script = std::move(script)](FakeHost& self) {
          self.greet();
          self.hand_over();
          script(self);
          self.wait_for_end();
        }),
        link(connect_to(loop, host)) {
    link->start({});
  }
  ~Linked() { close_link(loop, *link); }

  FakeHost host;
  asio::io_context loop;
  std::unique_ptr<HostLink> link;
};

TEST(HostRequests, AreAnsweredInOrder) {
  Linked linked([](FakeHost& host) {
    host.expect(MessageType::signal);
    host.expect(MessageType::status);
    host.expect(MessageType::terminate);
    host.answer(MessageType::signal, ESRCH);
    const host::StatusReply reply{1, 0, 1, 77};
    host.send(MessageType::status_reply, bytes_of(reply));
    host.answer(MessageType::terminate);
  });
  std::optional<Result<void>> signalled;
  std::optional<Result<host::StatusReply>> status;
  std::optional<Result<void>> ended;
  const auto into = [](auto& place) { return [&place](std::exception_ptr, auto value) { place = std::move(value); }; };
  asio::co_spawn(linked.loop, linked.link->signal(SIGINT, host::SignalTarget::foreground), into(signalled));
  asio::co_spawn(linked.loop, linked.link->status(), into(status));
  asio::co_spawn(linked.loop, linked.link->terminate(), into(ended));
  run_until(linked.loop, [&ended] { return ended.has_value(); });
  ASSERT_TRUE(signalled && status);
  ASSERT_FALSE(*signalled);
  EXPECT_EQ(signalled->error().code, errc::session_ended);
  EXPECT_EQ(signalled->error().os_error, static_cast<std::uint32_t>(ESRCH));
  ASSERT_TRUE(*status);
  EXPECT_EQ((*status)->foreground_pgid, 77u);
  EXPECT_TRUE(*ended);
}

TEST(HostRequests, CarryWhatTheyAreGiven) {
  Linked linked([](FakeHost& host) {
    host::Signal signal{};
    if (!decode(host.expect(MessageType::signal).body, signal)) return;
    host.answer(MessageType::signal, signal.number == 2 && signal.target == 3 ? 0 : EINVAL);
    host::Input input{};
    const auto typed = host.expect(MessageType::input).body;
    decode(typed.substr(0, sizeof input), input);
    const bool as_sent = input.stream[0] == 9 && input.offset == 1000 && typed.substr(sizeof input) == "ls\n";
    host::Resize size{};
    decode(host.expect(MessageType::resize).body, size);
    host.expect(MessageType::forget);
    host.answer(MessageType::forget, as_sent && size.cols == 120 && size.rows == 40 ? 0 : EINVAL);
  });
  EXPECT_TRUE(run(linked.loop, linked.link->signal(2, host::SignalTarget::tree)));
  InputStreamId stream{};
  stream[0] = 9;
  EXPECT_TRUE(linked.link->send_input(stream, 1000, std::as_bytes(std::span("ls\n", 3))));
  EXPECT_TRUE(linked.link->resize({120, 40, 0, 0}));
  EXPECT_TRUE(run(linked.loop, linked.link->forget()));
}

TEST(HostRequests, ForgetIsRefusedWhileTheProgramRuns) {
  Linked linked([](FakeHost& host) {
    host.expect(MessageType::forget);
    host.answer(MessageType::forget, EBUSY);
  });
  const auto forgotten = run(linked.loop, linked.link->forget());
  ASSERT_FALSE(forgotten);
  EXPECT_EQ(forgotten.error().code, errc::failed_precondition);
}

TEST(HostRequests, ContentTravelsByDescriptor) {
  const std::string content(300'000, 'r');
  Linked linked([](FakeHost& host) {
    host::Blob put{};
    decode(host.expect(MessageType::put).body, put);
    const auto kept = std::move(host.taken());
    const bool whole = put.slot == 1 && put.offset == 55 && put.size == 300'000 && kept;
    host.answer(MessageType::put, whole ? 0 : EINVAL);
    host.expect(MessageType::get);
    const host::Blob blob{1, 1, 55, put.size};
    host.send(MessageType::blob, bytes_of(blob), {kept.fd()});
    host.expect(MessageType::get);
    const host::Blob none{0, 0, 0, 0};
    host.send(MessageType::blob, bytes_of(none));
  });
  EXPECT_TRUE(run(linked.loop, linked.link->put(host::Slot::checkpoint, 55, content)));
  const auto got = run(linked.loop, linked.link->get(host::Slot::checkpoint));
  ASSERT_TRUE(got) << got.error().message;
  ASSERT_TRUE(got->has_value());
  EXPECT_TRUE(**got == content);
  const auto nothing = run(linked.loop, linked.link->get(host::Slot::record));
  ASSERT_TRUE(nothing) << nothing.error().message;
  EXPECT_FALSE(nothing->has_value());
}

TEST(HostRequests, ContentThatIsTooLargeIsRefusedAtOnce) {
  Linked linked([](FakeHost&) {});
  const auto put = run(linked.loop, linked.link->put(host::Slot::record, 0, std::string(kMaxBlob + 1, 'x')));
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, errc::resource_exhausted);
}

TEST(HostRequests, BadContentIsRefused) {
  const struct {
    const char* name;
    std::uint64_t size;
    bool with_handle;
    bool pipe;
  } cases[] = {{"no descriptor", 3, false, false},
               {"too short", 4, true, false},
               {"too large", kMaxBlob + 1, true, false},
               {"a pipe", 3, true, true}};
  for (const auto& one : cases) {
    Linked linked([one](FakeHost& host) {
      host.expect(MessageType::get);
      const auto file = make_memory_file("abc");
      const host::Blob blob{0, 1, 0, one.size};
      std::vector<int> handles;
      if (one.with_handle) handles.push_back(one.pipe ? host.wake_handle() : file->fd());
      host.send(MessageType::blob, bytes_of(blob), handles);
    });
    const auto got = run(linked.loop, linked.link->get(host::Slot::record));
    ASSERT_FALSE(got) << one.name;
    EXPECT_EQ(got.error().code, errc::malformed) << one.name;
  }
}

TEST(HostRequests, FailWhenTheHostGoes) {
  FakeHost host([](FakeHost& self) {
    self.greet();
    self.hand_over();
    self.expect(MessageType::terminate);
  });
  asio::io_context loop;
  const auto link = connect_to(loop, host);
  const auto ended = run(loop, link->terminate());
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, errc::unavailable);
  close_link(loop, *link);
}

TEST(HostRequests, FailWhenTheLinkIsClosed) {
  FakeHost host([](FakeHost& self) {
    self.greet();
    self.hand_over();
    self.wait_for_end();
  });
  asio::io_context loop;
  auto link = connect_to(loop, host);
  std::optional<Result<void>> ended;
  asio::co_spawn(loop, link->terminate(),
                 [&ended](std::exception_ptr, Result<void> value) { ended = std::move(value); });
  loop.poll();
  close_link(loop, *link);
  link.reset();
  run_until(loop, [&ended] { return ended.has_value(); });
  ASSERT_FALSE(*ended);
  EXPECT_EQ(ended->error().code, errc::unavailable);
}

TEST(HostRequests, AHostThatDoesNotReadCostsABoundedAmount) {
  std::promise<void> enough;
  FakeHost host([&enough](FakeHost& self) {
    self.greet();
    self.hand_over();
    enough.get_future().wait_for(std::chrono::seconds(20));
  });
  asio::io_context loop;
  const auto link = connect_to(loop, host);
  link->start({});
  const std::string data(host::kMaxPayload, 'x');
  Result<void> sent;
  std::size_t accepted = 0;
  for (int i = 0; i < 1000 && sent; ++i) {
    sent = link->send_input({}, 0, std::as_bytes(std::span(data)));
    if (sent) accepted += data.size();
  }
  EXPECT_FALSE(sent);
  EXPECT_EQ(sent ? errc::internal : sent.error().code, errc::unavailable);
  EXPECT_LT(accepted, 8u * 1024 * 1024);
  enough.set_value();
  close_link(loop, *link);
}

TEST(HostRequests, OneMessageOfInputIsBounded) {
  Linked linked([](FakeHost&) {});
  const std::string data(host::kMaxPayload + 1, 'x');
  const auto sent = linked.link->send_input({}, 0, std::as_bytes(std::span(data)));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, errc::invalid_argument);
}

TEST(HostRequests, WhatIsQueuedIsSentWhenTheHostReadsAgain) {
  constexpr int kMessages = 12;
  Linked linked([](FakeHost& host) {
    for (int i = 0; i < kMessages; ++i) {
      host::Input input{};
      const auto body = host.expect(MessageType::input).body;
      decode(body.substr(0, sizeof input), input);
      if (input.offset != static_cast<std::uint64_t>(i) || body.size() != sizeof input + host::kMaxPayload) return;
    }
    host.expect(MessageType::terminate);
    host.answer(MessageType::terminate);
  });
  const std::string data(host::kMaxPayload, 'x');
  for (std::uint64_t i = 0; i < kMessages; ++i)
    ASSERT_TRUE(linked.link->send_input({}, i, std::as_bytes(std::span(data))));
  EXPECT_TRUE(run(linked.loop, linked.link->terminate()));
}

}  // namespace
}  // namespace ptyd
