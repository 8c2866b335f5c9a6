// Connecting to a host, and what a host tells.
#include "daemon/hostlink/host_link.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <optional>

#include "common/local_endpoint.hpp"
#include "tests/unit/hostlink/fake_host.hpp"

namespace ptyd {
namespace {

namespace asio = boost::asio;
using host::MessageType;
constexpr std::chrono::seconds kLimit{20};

Result<std::unique_ptr<HostLink>> try_connect(const std::function<void(FakeHost&)>& script,
                                              std::chrono::milliseconds deadline = kLimit) {
  FakeHost host(script);
  asio::io_context loop;
  auto task = HostLink::connect(loop.get_executor(), host.path(), deadline);
  auto link = run(loop, std::move(task));
  if (link) close_link(loop, **link);
  return link;
}

TEST(HostLink, TakesTheHostOverWithTheNextGeneration) {
  FakeHost host([](FakeHost& self) {
    self.greet();
    self.hand_over();
    self.wait_for_end();
  });
  host.ring().write("output");
  asio::io_context loop;
  const auto link = connect_to(loop, host);
  EXPECT_EQ(link->generation(), FakeHost::kGeneration + 1);
  EXPECT_EQ(link->session_id()[0], 0xab);
  EXPECT_EQ(link->features(), host::kFeaturePidfd);
  EXPECT_EQ(link->ring().head(), 6u);
  EXPECT_FALSE(link->lost());
  close_link(loop, *link);
}

TEST(HostLink, NamesTheVersionsOfAHostItCantSpeakTo) {
  const auto link = try_connect([](FakeHost& host) {
    host.expect(MessageType::hello);
    auto reply = host.hello_reply();
    reply.version = 0;
    reply.version_min = 2;
    reply.version_max = 3;
    host.send(MessageType::hello_reply, bytes_of(reply));
    host.wait_for_end();
  });
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().code, errc::unsupported_version);
  EXPECT_EQ(link.error().have_from, 2u);
  EXPECT_EQ(link.error().have_to, 3u);
}

TEST(HostLink, IsBusyWhenANewerDaemonHasTheHost) {
  const auto link = try_connect([](FakeHost& host) {
    host.greet();
    host.expect(MessageType::attach);
    host.answer(MessageType::attach, EBUSY);
  });
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().code, errc::busy);
}

// It was taken for another daemon's, and not asked again.
TEST(HostLink, SaysWhatTheHostLacks) {
  const auto link = try_connect([](FakeHost& host) {
    host.greet();
    host.expect(MessageType::attach);
    host.answer(MessageType::attach, EMFILE);
  });
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().code, errc::resource_exhausted);
  EXPECT_EQ(link.error().os_error, static_cast<std::uint32_t>(EMFILE));
}

TEST(HostLink, GivesUpOnAHostThatIsSilent) {
  for (const bool greets : {false, true}) {
    const auto link = try_connect(
        [greets](FakeHost& host) {
          if (greets) host.greet();
          host.wait_for_end();
        },
        std::chrono::milliseconds(50));
    ASSERT_FALSE(link);
    EXPECT_EQ(link.error().code, errc::unavailable);
    EXPECT_EQ(link.error().os_error, 0u) << "not to be taken for a socket nobody listens on";
  }
}

TEST(HostLink, SaysWhenNobodyListens) {
  asio::io_context loop;
  const TempDir temp;
  auto task = HostLink::connect(loop.get_executor(), temp / "none", kLimit);
  const auto link = run(loop, std::move(task));
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().code, errc::not_found);
}

// It was taken for a leftover, and its socket removed.
TEST(HostLink, AHostThatTakesNoConnectionsIsStillThere) {
  const TempDir temp;
  const auto path = temp / "host";
  const auto listener = listen_local(path).value();
  ASSERT_EQ(::listen(listener.fd(), 0), 0);
  std::vector<UniqueHandle> waiting;
  auto connected = connect_local(path);
  for (; connected && waiting.size() < 100; connected = connect_local(path)) waiting.push_back(std::move(*connected));
  ASSERT_FALSE(connected);
  ASSERT_EQ(connected.error().os_error, static_cast<std::uint32_t>(EAGAIN));
  asio::io_context loop;
  auto task = HostLink::connect(loop.get_executor(), path, kLimit);
  const auto link = run(loop, std::move(task));
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().code, errc::unavailable);
  EXPECT_EQ(link.error().os_error, 0u) << "not to be taken for a socket nobody listens on";
}

// It was taken for a host that breaks the protocol, and not asked again.
TEST(HostLink, SaysWhenThereAreNoDescriptorsLeftForTheRing) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const auto link = try_connect([before](FakeHost& host) {
    host.greet();
    host.expect(MessageType::attach);
    const rlimit none{3, before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    const host::Attached attached{FakeHost::kGeneration + 1};
    host.send(MessageType::attached, bytes_of(attached), {host.ring().handle().fd(), host.wake_handle()});
    host.wait_for_end();
  });
  ::setrlimit(RLIMIT_NOFILE, &before);
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().code, errc::resource_exhausted) << link.error().message;
  EXPECT_EQ(link.error().os_error, static_cast<std::uint32_t>(EMFILE));
}

TEST(HostLink, RefusesAHostThatBreaksTheProtocol) {
  const struct {
    const char* name;
    std::function<void(FakeHost&)> script;
  } cases[] = {
      {"closes at once", [](FakeHost&) {}},
      {"closes after hello", [](FakeHost& host) { host.greet(); }},
      {"a message too long",
       [](FakeHost& host) {
         host.send_raw(std::string(8, '\xff'));
         host.wait_for_end();
       }},
      {"no hello",
       [](FakeHost& host) {
         host.send(MessageType::attached);
         host.wait_for_end();
       }},
      {"hello of another size",
       [](FakeHost& host) {
         host.send(MessageType::hello_reply);
         host.wait_for_end();
       }},
      {"no generation left",
       [](FakeHost& host) {
         host.expect(MessageType::hello);
         auto reply = host.hello_reply();
         reply.generation = ~std::uint64_t{0};
         host.send(MessageType::hello_reply, bytes_of(reply));
         host.wait_for_end();
       }},
      {"another generation",
       [](FakeHost& host) {
         host.greet();
         host.expect(MessageType::attach);
         const host::Attached attached{1};
         host.send(MessageType::attached, bytes_of(attached), {host.ring().handle().fd(), host.wake_handle()});
         host.wait_for_end();
       }},
      {"no descriptors",
       [](FakeHost& host) {
         host.greet();
         host.expect(MessageType::attach);
         const host::Attached attached{FakeHost::kGeneration + 1};
         host.send(MessageType::attached, bytes_of(attached));
         host.wait_for_end();
       }},
      {"descriptors exchanged",
       [](FakeHost& host) {
         host.greet();
         host.expect(MessageType::attach);
         const host::Attached attached{FakeHost::kGeneration + 1};
         host.send(MessageType::attached, bytes_of(attached), {host.wake_handle(), host.ring().handle().fd()});
         host.wait_for_end();
       }},
      {"a file to be woken by",
       [](FakeHost& host) {
         host.greet();
         host.expect(MessageType::attach);
         const host::Attached attached{FakeHost::kGeneration + 1};
         const int ring = host.ring().handle().fd();
         host.send(MessageType::attached, bytes_of(attached), {ring, ring});
         host.wait_for_end();
       }},
      {"a flood of descriptors",
       [](FakeHost& host) {
         for (int i = 0; i < 100; ++i) host.send_raw("x", std::vector<int>(4, host.wake_handle()));
         host.wait_for_end();
       }},
  };
  for (const auto& one : cases) {
    const auto link = try_connect(one.script);
    ASSERT_FALSE(link) << one.name;
    EXPECT_TRUE(link.error().code == errc::malformed || link.error().code == errc::unavailable)
        << one.name << ": " << link.error().message;
  }
}

struct Told {
  int wakes = 0;
  int exited = 0;
  int stream_end = 0;
  int input_gap = 0;
  std::optional<bool> lost;

  HostEvents events() {
    HostEvents events;
    events.on_wake = [this] { ++wakes; };
    events.on_exited = [this] { ++exited; };
    events.on_stream_end = [this] { ++stream_end; };
    events.on_input_gap = [this] { ++input_gap; };
    events.on_lost = [this](bool fenced) { lost = fenced; };
    return events;
  }
};

TEST(HostLink, TellsWhatTheHostTells) {
  FakeHost host([](FakeHost& self) {
    self.greet();
    self.hand_over();
    self.send(MessageType::exited);
    self.send(MessageType::stream_end);
    const host::InputGap gap{};
    self.send(MessageType::input_gap, bytes_of(gap));
    self.send(static_cast<MessageType>(200));  // of a later version
    self.wait_for_end();
  });
  asio::io_context loop;
  const auto link = connect_to(loop, host);
  Told told;
  link->start(told.events());
  run_until(loop, [&told] { return told.input_gap == 1; });
  EXPECT_EQ(told.exited, 1);
  EXPECT_EQ(told.stream_end, 1);
  EXPECT_EQ(told.lost, std::nullopt);
  close_link(loop, *link);
  EXPECT_EQ(told.lost, std::nullopt) << "closing is no loss";
}

TEST(HostLink, KeepsNewsUntilSomebodyListensAndNeverCallsFromInside) {
  FakeHost host([](FakeHost& self) {
    self.greet();
    self.hand_over();
    self.wake();
    self.send(MessageType::exited);
    self.expect(MessageType::status);
    const host::StatusReply reply{1, 1, 0, 9};
    self.send(MessageType::status_reply, bytes_of(reply));
    self.wait_for_end();
  });
  asio::io_context loop;
  const auto link = connect_to(loop, host);
  // The answer comes after the news, so that has been taken in by then.
  const auto status = run(loop, link->status());
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(status->foreground_pgid, 9u);
  Told told;
  link->start(told.events());
  EXPECT_EQ(told.exited, 0);
  run_until(loop, [&told] { return told.exited == 1 && told.wakes > 0; });
  close_link(loop, *link);
}

TEST(HostLink, TellsAgainWhatTheListenerHadNoMemoryFor) {
  FakeHost host([](FakeHost& self) {
    self.greet();
    self.hand_over();
    self.wake();
    self.send(MessageType::exited);
    self.wait_for_end();
  });
  asio::io_context loop;
  const auto link = connect_to(loop, host);
  Told told;
  auto events = told.events();
  int tries = 0;
  events.on_wake = [&] {
    if (++tries < 3) throw std::bad_alloc();
    ++told.wakes;
  };
  link->start(std::move(events));
  run_until(loop, [&told] { return told.wakes == 1 && told.exited == 1; });
  EXPECT_EQ(tries, 3);
  close_link(loop, *link);
}

// One at first, and another after credit.
void expect_two_wakes(FakeHost& host) {
  asio::io_context loop;
  const auto link = connect_to(loop, host);
  Told told;
  link->start(told.events());
  run_until(loop, [&told] { return told.wakes == 1; });
  link->kick();
  run_until(loop, [&told] { return told.wakes == 2; });
  EXPECT_EQ(told.lost, std::nullopt);
  close_link(loop, *link);
}

TEST(HostLink, WakesOnceForCallsThatCameTogether) {
  FakeHost host([](FakeHost& self) {
    for (int i = 0; i < 100; ++i) self.wake();
    self.greet();
    self.hand_over();
    self.expect(MessageType::credit);
    self.wake();
    self.wait_for_end();
  });
  expect_two_wakes(host);
}

// A call that comes the other way before the host has heard of the wish counts as well.
TEST(HostLink, IsWokenByMessagesWhereAHostOffersIt) {
  FakeHost host([](FakeHost& self) {
    self.expect(MessageType::hello);
    auto reply = self.hello_reply();
    reply.features |= host::kFeatureWakeMessages;
    self.send(MessageType::hello_reply, bytes_of(reply));
    self.hand_over();
    self.wake();
    self.expect(MessageType::wake_by_message);
    self.expect(MessageType::credit);
    self.send(MessageType::wake);
    self.wait_for_end();
  });
  expect_two_wakes(host);
}

TEST(HostLink, IsLostWhenTheHostGoes) {
  for (const bool fenced : {false, true}) {
    FakeHost host([fenced](FakeHost& self) {
      self.greet();
      self.hand_over();
      if (fenced) self.send(MessageType::fenced);
    });
    asio::io_context loop;
    const auto link = connect_to(loop, host);
    Told told;
    link->start(told.events());
    run_until(loop, [&told] { return told.lost.has_value(); });
    EXPECT_EQ(*told.lost, fenced);
    EXPECT_TRUE(link->lost());
    const auto resized = link->resize({80, 24, 0, 0});
    ASSERT_FALSE(resized);
    EXPECT_EQ(resized.error().code, errc::unavailable);
    const auto ended = run(loop, link->terminate());
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, errc::unavailable);
    close_link(loop, *link);
  }
}

TEST(HostLink, IsLostWhenTheHostBreaksTheProtocol) {
  const std::function<void(FakeHost&)> cases[] = {
      [](FakeHost& host) { host.answer(MessageType::terminate); },
      [](FakeHost& host) { host.greet(); },
      [](FakeHost& host) { host.send_raw("\xff\xff\xff\x7f\1\2\3\4"); },
      [](FakeHost& host) { host.send(MessageType::hello_reply); },
  };
  for (const auto& breaks : cases) {
    FakeHost host([&breaks](FakeHost& self) {
      self.greet();
      self.hand_over();
      breaks(self);
      self.wait_for_end();
    });
    asio::io_context loop;
    const auto link = connect_to(loop, host);
    Told told;
    link->start(told.events());
    static_cast<void>(link->resize({80, 24, 0, 0}));
    run_until(loop, [&told] { return told.lost.has_value(); });
    EXPECT_EQ(*told.lost, false);
    close_link(loop, *link);
  }
}

}  // namespace
}  // namespace ptyd
