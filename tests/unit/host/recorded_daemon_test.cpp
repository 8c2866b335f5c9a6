// A host of today with a daemon of the first release, of which the bytes are recorded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <optional>
#include <span>

#include "daemon/host/errors.hpp"
#include "tests/support/recorded.hpp"
#include "tests/unit/host/host_client.hpp"

namespace ptyd {
namespace {

using host::MessageType;
using host::RingHeader;
using testing::HasSubstr;

constexpr std::size_t kHead = sizeof(host::MessageHeader);

// Where a daemon of the first release looks.
static_assert(offsetof(RingHeader, head) == 64 && offsetof(RingHeader, floor) == 128);
static_assert(offsetof(RingHeader, input_taken) == 192 && offsetof(RingHeader, input_written) == 200);
static_assert(offsetof(RingHeader, state) == 256 && offsetof(RingHeader, exit_kind) == 260);
static_assert(offsetof(RingHeader, exit_value) == 264 && offsetof(RingHeader, window_size) == 280);
static_assert(offsetof(RingHeader, streams) == 320 && sizeof(host::InputStream) == 32);
static_assert(offsetof(RingHeader, size_changes) == 2368 && offsetof(RingHeader, size_change_count) == 2880);

std::string bytes_of(const Message& message) {
  const host::MessageHeader header{static_cast<std::uint32_t>(message.body.size()),
                                   static_cast<std::uint16_t>(message.type), 0};
  std::string bytes(kHead, '\0');
  std::memcpy(bytes.data(), &header, kHead);
  return bytes + message.body;
}

// A host that was started by the recorded description of a program, in a folder of the same length.
class RecordedDaemon : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(::mkdtemp(folder_), nullptr);
    ASSERT_EQ(::mkdir((std::string(folder_) + "/run").c_str(), 0700), 0);
    ASSERT_EQ(::mkdir((std::string(folder_) + "/run/hosts").c_str(), 0700), 0);
    std::string spec = recorded("spec");
    const std::string before = spec.substr(sizeof(host::SpawnSpec), std::strlen(folder_));
    for (auto at = spec.find(before); at != std::string::npos; at = spec.find(before))
      spec.replace(at, before.size(), folder_);
    HostOptions options;
    options.socket_path = spec.c_str() + sizeof(host::SpawnSpec);
    options.raw_spec = spec;
    options.record = recorded("record");
    process_.emplace(options);
    ASSERT_TRUE(process_->answered());
    ASSERT_EQ(process_->result().error, 0U) << "step " << process_->result().step;
    // The recorded one found a host that had had a daemon before.
    first_.emplace(options.socket_path);
    ASSERT_TRUE(first_->hello() && first_->attach());
    daemon_.emplace(options.socket_path);
    ASSERT_TRUE(daemon_->connected());
  }
  void TearDown() override {
    process_.reset();
    for (const char* name : {"/run/hosts", "/run", ""}) ::rmdir((std::string(folder_) + name).c_str());
  }

  bool send(const std::string& bytes, int descriptor = -1) {
    return daemon_->send_raw(std::as_bytes(std::span(bytes)), descriptor);
  }
  // The next message must be the recorded one, byte by byte.
  void expect_recorded(const char* name) {
    const auto message = daemon_->receive();
    ASSERT_TRUE(message) << name;
    EXPECT_EQ(bytes_of(*message), recorded(name)) << name;
  }
  // Of the same kind and size.
  std::optional<Message> receive_like(const char* name) {
    auto message = daemon_->receive();
    EXPECT_TRUE(message) << name;
    if (message) {
      EXPECT_EQ(bytes_of(*message).substr(0, kHead), recorded(name).substr(0, kHead)) << name;
    }
    return message;
  }
  void take_over();
  // What came so far when it does not come in time.
  std::string output_until(const std::string& text);
  RingHeader& ring() { return first_->ring(); }

  char folder_[19] = "/tmp/ptyd-olXXXXXX";
  std::optional<HostProcess> process_;
  std::optional<HostClient> first_;
  std::optional<HostClient> daemon_;
  host::Descriptor wake_;
};

void RecordedDaemon::take_over() {
  ASSERT_TRUE(send(recorded("hello")));
  const auto reply = receive_like("hello_reply");
  ASSERT_TRUE(reply);
  host::HelloReply then{};
  std::memcpy(&then, recorded("hello_reply").data() + kHead, sizeof then);
  const auto now = reply->as<host::HelloReply>();
  EXPECT_EQ(now.version, then.version);
  EXPECT_EQ(now.version_min, then.version_min);
  EXPECT_EQ(now.generation, then.generation);
  EXPECT_EQ(now.features & then.features, then.features);
  EXPECT_EQ(now.child_pid, process_->result().child_pid);
  ASSERT_TRUE(send(recorded("attach")));
  auto attached = receive_like("attached");
  ASSERT_TRUE(attached);
  EXPECT_EQ(bytes_of(*attached), recorded("attached"));
  ASSERT_EQ(attached->descriptors.size(), 2U);
  wake_ = std::move(attached->descriptors[1]);
}

std::string RecordedDaemon::output_until(const std::string& text) {
  for (;;) {
    ring().output_armed.store(1);
    const std::string output = first_->output(0, ring().head.load());
    std::uint64_t count = 0;
    if (output.find(text) != std::string::npos || !wait_for(wake_.fd(), POLLIN) ||
        ::read(wake_.fd(), &count, sizeof count) <= 0)
      return output;
  }
}

TEST_F(RecordedDaemon, TakesTheHostOver) {
  take_over();
  const auto fenced = first_->receive();
  ASSERT_TRUE(fenced);
  EXPECT_EQ(bytes_of(*fenced), recorded("fenced"));
  // Magic, version, where the data is, capacity.
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(&ring()), 24), recorded("ring").substr(0, 24));
  EXPECT_EQ(ring().window_size.load(), 90U | 30U << 16);
  EXPECT_THAT(output_until("recorded"), HasSubstr("recorded"));
}

TEST_F(RecordedDaemon, IsAnswered) {
  take_over();
  ASSERT_TRUE(send(recorded("status")));
  ASSERT_TRUE(receive_like("status_reply"));
  ASSERT_TRUE(send(recorded("get")));
  const auto record = receive_like("blob_present");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->as<host::Blob>().size, recorded("record").size());
  EXPECT_EQ(record->descriptors.size(), 1U);
  const host::Descriptor content(::memfd_create("test", MFD_CLOEXEC));
  ASSERT_TRUE(send(recorded("put"), content.fd()));
  expect_recorded("result_put");
}

TEST_F(RecordedDaemon, TypesAndSizes) {
  take_over();
  EXPECT_THAT(output_until("recorded"), HasSubstr("recorded")) << "before what is typed is echoed";
  ASSERT_TRUE(send(recorded("resize")));
  ASSERT_TRUE(send(recorded("input")));
  EXPECT_THAT(output_until("go\r\ngo\r\n"), HasSubstr("go\r\ngo\r\n")) << "its echo, and the program's";
  EXPECT_EQ(ring().window_size.load(), 132U | 43U << 16 | std::uint64_t{7} << 32 | std::uint64_t{9} << 48);
  ASSERT_TRUE(send(recorded("skip")));
  ASSERT_TRUE(send(recorded("credit")));
  // Two messages of the stream that the recorded gap is in, the second one of which is too far ahead.
  const std::string gap = recorded("input_gap");
  for (const std::uint64_t offset : {0, 9}) {
    std::string input = recorded("input");
    std::memcpy(input.data() + kHead, gap.data() + kHead, 16);
    std::memcpy(input.data() + kHead + 16, &offset, sizeof offset);
    ASSERT_TRUE(send(input));
  }
  expect_recorded("input_gap");
  EXPECT_EQ(ring().input_taken.load(), 3U + 3U) << "what is skipped is not typed";
  const std::string skip = recorded("skip");
  const auto skipped = std::find_if(std::begin(ring().streams), std::end(ring().streams), [&skip](const auto& stream) {
    return std::memcmp(stream.id, skip.data() + kHead, sizeof stream.id) == 0;
  });
  ASSERT_NE(skipped, std::end(ring().streams));
  EXPECT_EQ(skipped->accepted.load(), 6U);
}

TEST_F(RecordedDaemon, EndsTheProgramAndThenTheHost) {
  take_over();
  ASSERT_TRUE(send(recorded("forget")));
  EXPECT_EQ(daemon_->result(), host::kBusy) << "the program runs";
  ASSERT_TRUE(send(recorded("signal")));
  expect_recorded("result_signal");
  expect_recorded("exited");
  expect_recorded("stream_end");
  EXPECT_EQ(ring().state.load(), 2U);
  EXPECT_EQ(ring().exit_kind, 2U);
  EXPECT_EQ(ring().exit_value, 15U);
  ASSERT_TRUE(send(recorded("terminate")));
  expect_recorded("result_terminate");
  ASSERT_TRUE(send(recorded("forget")));
  expect_recorded("result_forget");
  EXPECT_EQ(process_->wait_end(), 0);
}

}  // namespace
}  // namespace ptyd
