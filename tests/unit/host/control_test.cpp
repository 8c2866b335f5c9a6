// Who controls a host, and what it can be asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "tests/unit/host/host_client.hpp"

namespace ptyd {
namespace {

using host::MessageType;
using testing::HasSubstr;

TEST(HostControl, ANewerAttachmentFencesTheOlder) {
  Attached session(child({"echo"}));
  ASSERT_TRUE(session.ready);
  HostClient next(session.process.socket_path());
  ASSERT_TRUE(next.hello());
  EXPECT_EQ(next.about().generation, 1U);
  ASSERT_TRUE(next.attach());
  const auto fenced = session.client.receive();
  ASSERT_TRUE(fenced);
  EXPECT_EQ(fenced->type, MessageType::fenced);
  EXPECT_TRUE(session.client.closed_by_host());
  ASSERT_TRUE(next.type("typed by the second\n", 0));
  EXPECT_THAT(next.output_until("second"), HasSubstr("typed by the second"));
}

TEST(HostControl, AWakeupOfTheOlderDaemonIsNotTheNewers) {
  Attached session(child({"echo"}));
  ASSERT_TRUE(session.ready);
  EXPECT_THAT(session.client.output_until("ready\r\n"), HasSubstr("ready"));
  HostClient next(session.process.socket_path());
  ASSERT_TRUE(next.hello() && next.attach());
  ASSERT_TRUE(next.type("x", 0));
  EXPECT_TRUE(next.wait_output(7));
}

TEST(HostControl, RefusesAGenerationThatIsNotHigher) {
  Attached session(child({"echo"}));
  ASSERT_TRUE(session.ready);
  HostClient other(session.process.socket_path());
  ASSERT_TRUE(other.hello());
  for (const std::uint64_t generation : {0, 1}) {
    ASSERT_TRUE(other.send(MessageType::attach, host::Attach{generation}));
    EXPECT_EQ(other.result(), static_cast<std::uint32_t>(EBUSY));
  }
  EXPECT_EQ(session.client.signal(0, host::SignalTarget::leader), 0U);
  EXPECT_TRUE(other.attach_as(100));
  HostClient late(session.process.socket_path());
  ASSERT_TRUE(late.hello());
  EXPECT_EQ(late.about().generation, 100U);
}

TEST(HostControl, AgreesOnAVersionOrSaysWhichItSpeaks) {
  struct Case {
    std::uint32_t min, max, version;
  };
  const HostProcess process(child({"echo"}));
  for (const Case one : {Case{1, 1, 1}, Case{1, 9, 1}, Case{0, 1, 1}, Case{2, 9, 0}, Case{0, 0, 0}, Case{9, 0, 0}}) {
    HostClient client(process.socket_path());
    ASSERT_TRUE(client.send(MessageType::hello, host::Hello{one.min, one.max}));
    const auto reply = client.expect(MessageType::hello_reply);
    ASSERT_TRUE(reply);
    const auto about = reply->as<host::HelloReply>();
    EXPECT_EQ(about.version, one.version);
    EXPECT_EQ(about.version_min, 1U);
    EXPECT_EQ(about.version_max, 1U);
    if (one.version == 0) {
      EXPECT_TRUE(client.closed_by_host());
    }
  }
}

TEST(HostControl, HasWhatThisSystemOffers) {
  const HostProcess process(child({"echo"}));
  HostClient client(process.socket_path());
  ASSERT_TRUE(client.hello());
  EXPECT_EQ(client.about().features,
            host::kFeaturePidfd | host::kFeatureSubreaper | host::kFeatureKeptTty | host::kFeatureCustody |
                host::kFeatureGuests | host::kFeatureGuestSizes);
}

TEST(HostControl, ResizesTheTerminal) {
  Attached session(child({"sizes"}));
  ASSERT_TRUE(session.ready);
  HostClient& client = session.client;
  EXPECT_EQ(client.output_until("\n"), "80x24\r\n");
  ASSERT_TRUE(client.send(MessageType::resize, host::Resize{132, 43, 7, 9}));
  EXPECT_EQ(client.output_until("132x43\r\n"), "80x24\r\n132x43\r\n");
  EXPECT_EQ(client.ring().window_size.load(), 132U | 43U << 16 | std::uint64_t{7} << 32 | std::uint64_t{9} << 48);
  EXPECT_EQ(client.ring().resized_at.load(), 7U);
  EXPECT_EQ(client.ring().resizes.load(), 1U);
  ASSERT_EQ(client.ring().size_change_count.load(), 2U);
  EXPECT_EQ(client.ring().size_changes[0].offset.load(), 0U);
  EXPECT_EQ(client.ring().size_changes[0].size.load(), 80U | 24U << 16);
  EXPECT_EQ(client.ring().size_changes[1].offset.load(), 7U);
  EXPECT_EQ(client.ring().size_changes[1].size.load(), client.ring().window_size.load());
}

TEST(HostControl, WakesADaemonThatSleepsForEachSize) {
  Attached session(child({"wait"}));
  ASSERT_TRUE(session.ready);
  HostClient& client = session.client;
  for (std::uint16_t columns = 100; columns < 102; ++columns) {
    client.ring().output_armed.store(1);
    ASSERT_TRUE(client.send(MessageType::resize, host::Resize{columns, 24, 0, 0}));
    ASSERT_TRUE(client.wait_wakeup(soon()));
    EXPECT_EQ(client.ring().window_size.load(), columns | 24U << 16);
    EXPECT_EQ(client.ring().output_armed.load(), 0U);
  }
}

// A daemon answered a resize and was killed before its host had read it. The host could not send the answer to an
// earlier request, closed the connection and so dropped what it had not read.
TEST(HostControl, WhatADaemonAskedBeforeItDiedIsDone) {
  Attached session(child({"sizes"}));
  ASSERT_TRUE(session.ready);
  HostClient& client = session.client;
  EXPECT_EQ(client.output_until("\n"), "80x24\r\n");
  session.process.send_signal(SIGSTOP);
  ASSERT_TRUE(client.send(MessageType::status));
  ASSERT_TRUE(client.send(MessageType::status));
  ASSERT_TRUE(client.send(MessageType::resize, host::Resize{102, 40, 0, 0}));
  client.disconnect();
  session.process.send_signal(SIGCONT);
  HostClient next(session.process.socket_path());
  ASSERT_TRUE(next.hello() && next.attach());
  EXPECT_EQ(next.output_until("102x40\r\n"), "80x24\r\n102x40\r\n");
}

TEST(HostControl, TheLastOfManySizesHolds) {
  Attached session(child({"sizes"}));
  ASSERT_TRUE(session.ready);
  HostClient& client = session.client;
  for (std::uint16_t i = 0; i < 1000; ++i)
    ASSERT_TRUE(client.send(MessageType::resize, host::Resize{static_cast<std::uint16_t>(i + 1), i, 0, 0}));
  ASSERT_TRUE(client.send(MessageType::resize, host::Resize{65535, 0, 0, 0}));
  EXPECT_THAT(client.output_until("65535x0\r\n"), HasSubstr("65535x0\r\n"));
  EXPECT_EQ(client.ring().resizes.load(), 1001U);
}

TEST(HostControl, KnowsTheModesOfTheTerminal) {
  const auto status_of = [](HostClient& client) {
    client.send(MessageType::status);
    const auto reply = client.expect(MessageType::status_reply);
    return reply ? reply->as<host::StatusReply>() : host::StatusReply{};
  };
  Attached cooked(child({"ignore-hup"}));
  ASSERT_TRUE(cooked.ready);
  const host::StatusReply first = status_of(cooked.client);
  EXPECT_EQ(first.canonical, 1U);
  EXPECT_EQ(first.echo, 1U);
  EXPECT_EQ(first.paused, 0U);
  EXPECT_EQ(first.foreground_pgid, cooked.process.result().child_pid);

  Attached raw(child({"echo"}));
  ASSERT_TRUE(raw.ready);
  EXPECT_THAT(raw.client.output_until("ready"), HasSubstr("ready"));
  const host::StatusReply second = status_of(raw.client);
  EXPECT_EQ(second.canonical, 0U);
  EXPECT_EQ(second.echo, 0U);
}

host::Descriptor memory_with(std::string_view text) {
  host::Descriptor memory(::memfd_create("test", MFD_CLOEXEC));
  if (::write(memory.fd(), text.data(), text.size()) < 0) memory.reset();
  return memory;
}

struct Content {
  std::string text;
  std::uint64_t offset = 0;
  std::uint32_t present = 0;
};

Content get(HostClient& client, host::Slot slot) {
  client.send(MessageType::get, host::Blob{static_cast<std::uint32_t>(slot), 0, 0, 0});
  const auto reply = client.expect(MessageType::blob);
  if (!reply) return {"no answer"};
  const auto blob = reply->as<host::Blob>();
  Content content{std::string(static_cast<std::size_t>(blob.size), 0), blob.offset, blob.present};
  if (blob.present != (reply->descriptors.empty() ? 0U : 1U)) return {"no descriptor"};
  if (blob.present != 0 && ::pread(reply->descriptors[0].fd(), content.text.data(), content.text.size(), 0) < 0)
    return {"not readable"};
  return content;
}

TEST(HostControl, KeepsWhatADaemonPutsForTheNext) {
  HostOptions options = child({"echo"});
  options.record = "the record";
  Attached session(options);
  ASSERT_TRUE(session.ready);
  EXPECT_EQ(get(session.client, host::Slot::record).text, "the record");
  EXPECT_EQ(get(session.client, host::Slot::checkpoint).present, 0U);
  for (const char* const text : {"a screen", "another"}) {
    const host::Descriptor memory = memory_with(text);
    const host::Blob blob{static_cast<std::uint32_t>(host::Slot::checkpoint), 1, std::strlen(text) + 70,
                          std::strlen(text)};
    ASSERT_TRUE(session.client.send(MessageType::put, blob, {}, memory.fd()));
    EXPECT_EQ(session.client.result(), 0U);
  }
  session.client.disconnect();
  HostClient next(session.process.socket_path());
  ASSERT_TRUE(next.hello());
  const Content content = get(next, host::Slot::checkpoint);
  EXPECT_EQ(content.text, "another");
  EXPECT_EQ(content.offset, 77U);
  EXPECT_EQ(get(next, host::Slot::record).text, "the record");
}

TEST(HostControl, RefusesSlotsThatAreNoneAndPutsWithoutADescriptor) {
  Attached session(child({"echo"}));
  ASSERT_TRUE(session.ready);
  const host::Descriptor memory = memory_with("x");
  ASSERT_TRUE(session.client.send(MessageType::put, host::Blob{2, 1, 0, 1}, {}, memory.fd()));
  EXPECT_EQ(session.client.result(), static_cast<std::uint32_t>(EINVAL));
  ASSERT_TRUE(session.client.send(MessageType::get, host::Blob{~0U, 0, 0, 0}));
  EXPECT_EQ(session.client.result(), static_cast<std::uint32_t>(EINVAL));
  ASSERT_TRUE(session.client.send(MessageType::put, host::Blob{1, 1, 0, 1}));
  EXPECT_EQ(session.client.result(), static_cast<std::uint32_t>(EBADF));
  EXPECT_EQ(get(session.client, host::Slot::checkpoint).present, 0U);
}

TEST(HostControl, AnswersAllOfAThousandRequestsInOrder) {
  HostOptions options = child({"echo"});
  options.record = "x";
  Attached session(options);
  ASSERT_TRUE(session.ready);
  // Answers are read only when nothing more can be sent: then the host has stopped in the middle of one.
  int sent = 0;
  for (int answered = 0; answered < 1000;) {
    if (sent < 1000 && wait_for(session.client.fd(), POLLOUT, std::chrono::steady_clock::now())) {
      ASSERT_TRUE(session.client.send(MessageType::get, host::Blob{sent % 2 == 0 ? 0U : 9U, 0, 0, 0}));
      ++sent;
      continue;
    }
    const auto reply = session.client.receive();
    ASSERT_TRUE(reply) << answered;
    ASSERT_EQ(reply->type, answered % 2 == 0 ? MessageType::blob : MessageType::result) << answered;
    ASSERT_EQ(reply->descriptors.size(), answered % 2 == 0 ? 1U : 0U) << answered;
    ++answered;
  }
}

}  // namespace
}  // namespace ptyd
