// A daemon of today with a host of the first release, of which the bytes are recorded.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <optional>

#include "daemon/hostlink/memory_file.hpp"
#include "tests/support/recorded.hpp"
#include "tests/unit/hostlink/fake_host.hpp"

namespace ptyd {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kHead = sizeof(host::MessageHeader);

// What the recorded daemon sent must be sent today, byte by byte.
void expect_recorded(FakeHost& host, const std::string& name) {
  const HostMessage message = host.receive();
  const host::MessageHeader header{static_cast<std::uint32_t>(message.body.size()),
                                   static_cast<std::uint16_t>(message.type), 0};
  std::string bytes(kHead, '\0');
  std::memcpy(bytes.data(), &header, kHead);
  EXPECT_EQ(bytes + message.body, recorded(name)) << name;
}

void hand_over_recorded(FakeHost& host) {
  expect_recorded(host, "hello");
  host.send_raw(recorded("hello_reply"));
  expect_recorded(host, "attach");
  host.send_raw(recorded("attached"), {host.ring().handle().fd(), host.wake_handle()});
}

// A link to the recorded host, which then does what `script` says.
struct OldHost {
  explicit OldHost(std::function<void(FakeHost&)> script)
      : host([script = std::move(script)](FakeHost& self) {
          put_ring(self);
          hand_over_recorded(self);
          script(self);
          self.wait_for_end();
        }),
        link(connect_to(loop, host)) {}
  ~OldHost() { close_link(loop, *link); }

  // Of a session whose program has ended with 42. What follows the recorded header was zero.
  static void put_ring(FakeHost& self) {
    const std::string page = recorded("ring");
    std::memcpy(static_cast<void*>(&self.ring().header()), page.data(), page.size());
  }

  FakeHost host;
  asio::io_context loop;
  std::unique_ptr<HostLink> link;
};

TEST(RecordedHost, IsTakenOverWithAllThatItSays) {
  OldHost old([](FakeHost&) {});
  EXPECT_EQ(old.link->generation(), 2u);
  EXPECT_EQ(old.link->features(), host::kFeaturePidfd | host::kFeatureSubreaper | host::kFeatureKeptTty);
  EXPECT_EQ(std::memcmp(old.link->session_id().data(), recorded("hello_reply").data() + kHead + 24, 16), 0);
  const RingView& ring = old.link->ring();
  EXPECT_EQ(ring.capacity(), 65'536u);
  EXPECT_EQ(ring.head(), 108'912u);
  EXPECT_EQ(ring.oldest(), 108'912u - 65'536u);
  EXPECT_EQ(ring.read(ring.oldest(), 1 << 20).size(), 65'536u);
  EXPECT_EQ(ring.state(), host::State::exited);
  EXPECT_TRUE(ring.stream_ended());
  EXPECT_EQ(ring.exit_kind(), host::ExitKind::exited);
  EXPECT_EQ(ring.exit_value(), 42u);
  EXPECT_GT(ring.exit_unix_ms(), ring.started_unix_ms());
  EXPECT_EQ(ring.started_boot_ns(), 0u);  // it did not tell
  EXPECT_EQ(ring.exit_boot_ns(), 0u);
  EXPECT_EQ(ring.input_taken(), 12u);
  EXPECT_EQ(ring.input_written(), 12u);
  EXPECT_EQ(ring.window_size().cols, 132);
  EXPECT_EQ(ring.window_size().rows, 43);
  EXPECT_EQ(ring.resizes(), 1u);
  std::vector<SizeChange> sizes;
  EXPECT_EQ(ring.size_changes(0, sizes), 0u);
  EXPECT_EQ(sizes.size(), 2u);
  EXPECT_FALSE(ring.usage()) << "it is not known, and not made up";
}

TEST(RecordedHost, IsAskedAsItWasAndItsAnswersAreUnderstood) {
  const std::string content = recorded("record");
  OldHost old([&content](FakeHost& host) {
    expect_recorded(host, "status");
    host.send_raw(recorded("status_reply"));
    expect_recorded(host, "signal");
    host.send_raw(recorded("result_signal"));
    expect_recorded(host, "put");
    EXPECT_TRUE(host.taken());
    host.send_raw(recorded("result_put"));
    expect_recorded(host, "get");
    const auto kept = make_memory_file(content + std::string(154 - content.size(), ' '));
    host.send_raw(recorded("blob_present"), {kept->fd()});
    static_cast<void>(host.receive());
    host.send_raw(recorded("blob_absent"));
    expect_recorded(host, "terminate");
    host.send_raw(recorded("result_terminate"));
    expect_recorded(host, "forget");
    host.send_raw(recorded("result_forget"));
  });
  HostLink& link = *old.link;
  link.start({});
  const auto status = run(old.loop, link.status());
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(status->canonical, 0u);
  EXPECT_TRUE(run(old.loop, link.signal(15, host::SignalTarget::group)));
  EXPECT_TRUE(run(old.loop, link.put(host::Slot::checkpoint, 45'056, std::string(252'618, 's'))));
  const auto got = run(old.loop, link.get(host::Slot::record));
  ASSERT_TRUE(got) << got.error().message;
  ASSERT_TRUE(got->has_value());
  EXPECT_EQ((*got)->substr(0, content.size()), content);
  const auto nothing = run(old.loop, link.get(host::Slot::checkpoint));
  ASSERT_TRUE(nothing) << nothing.error().message;
  EXPECT_FALSE(nothing->has_value());
  EXPECT_TRUE(run(old.loop, link.terminate()));
  EXPECT_TRUE(run(old.loop, link.forget()));
}

TEST(RecordedHost, GetsInputAndSizesAsItDid) {
  OldHost old([](FakeHost& host) {
    expect_recorded(host, "input");
    expect_recorded(host, "skip");
    expect_recorded(host, "credit");
    expect_recorded(host, "resize");
    expect_recorded(host, "status");
    host.send_raw(recorded("status_reply"));
  });
  HostLink& link = *old.link;
  link.start({});
  const auto stream_of = [](const std::string& message) {
    InputStreamId stream{};
    std::memcpy(stream.data(), message.data() + kHead, stream.size());
    return stream;
  };
  EXPECT_TRUE(link.send_input(stream_of(recorded("input")), 0, std::as_bytes(std::span("go\n", 3))));
  EXPECT_TRUE(link.skip_input(stream_of(recorded("skip")), 0, 6));
  link.kick();
  EXPECT_TRUE(link.resize({132, 43, 7, 9}));
  EXPECT_TRUE(run(old.loop, link.status()));
}

TEST(RecordedHost, IsHeardWhenItIsNotAsked) {
  OldHost old([](FakeHost& host) {
    for (const char* name : {"exited", "stream_end", "input_gap", "fenced"}) host.send_raw(recorded(name));
  });
  int exited = 0;
  int ended = 0;
  int gaps = 0;
  std::optional<bool> fenced;
  HostEvents events;
  events.on_exited = [&exited] { ++exited; };
  events.on_stream_end = [&ended] { ++ended; };
  events.on_lost = [&fenced](bool by_newer) { fenced = by_newer; };
  events.on_input_gap = [&gaps] { ++gaps; };
  old.link->start(std::move(events));
  run_until(old.loop, [&fenced] { return fenced.has_value(); });
  EXPECT_EQ(exited, 1);
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(gaps, 1);
  EXPECT_EQ(fenced, true);
}

}  // namespace
}  // namespace ptyd
